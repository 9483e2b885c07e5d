# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
import pytest

pytestmark = pytest.mark.once


@pytest.fixture
def client(log_in):
    return log_in('oscar')


def open_sale(client, customer):
    client.open_menu("Sales", "Sales")
    client.choose_tab("All")
    client.open(client.row(customer))


def test_ship_and_see_the_posted_invoice(client):
    client.open_menu("Inventory & Stock", "Shipments", "Customer Shipments")
    client.choose_tab("Packed")
    client.open(client.row("Buchhandlung Sonnenschein"))
    client.click_button("Ship")
    client.confirm()
    assert client.field_value('state') == "Shipped"
    client.close_tab()

    client.open_menu("Financial", "Invoices", "Customer Invoices")
    client.choose_tab("Posted")
    client.open(client.row("Buchhandlung Sonnenschein", "Invoice"))
    assert client.field_value('state') == "Posted"
    assert client.field_value('number').startswith('RE')
    assert client.field_value('delivery_date')


def test_invoice_a_part_of_an_order_by_hand(client):
    open_sale(client, "Librairie du Canal")
    client.click_button("Invoice Lines")
    assert len(client.rows()) == 2
    client.finish("Create Invoice")
    assert client.field_value('state') == "Draft"
    assert client.field_value('party') == "Librairie du Canal"


def test_charge_a_cancellation_fee(client):
    open_sale(client, "Librairie du Canal")
    client.launch("Charge Cancellation Fee")
    assert client.field_value('amount') == "15.00"
    client.finish("Create Invoice")
    assert client.field_value('total_amount') == "15.00"


def test_see_what_could_not_be_finished(client):
    client.open_menu("Financial", "Invoices", "Dispatch Invoices to Finish")
    row, = client.rows()
    assert row["Party"] == "Café Lumière"
    assert row["Dispatch"] == "To Send"
    assert "no e-mail address" in row["Dispatch Error"]
    client.click_button("Try Again")
    assert client.row("Café Lumière").count() == 1
