# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
import pytest

pytestmark = pytest.mark.once


@pytest.fixture
def client(log_in):
    return log_in('oscar')


def tick_invoice(client, customer, allowed=True):
    "Allow the method Invoice on the form of the customer, or forbid it"
    client.open_menu("Parties", "Parties")
    client.open(client.row(customer))
    client.choose_page("Sale")
    client.edit_cell(client.row("Selected Customers"), "Allowed", allowed)
    client.save()
    client.close_tab()


def open_draft(client, customer):
    client.open_menu("Sales", "Sales")
    client.choose_tab("Draft")
    client.open(client.row(customer))


def add_line(client):
    client.scope.get_by_title("New").last.click()
    client.settle()
    client.choose('product', "Business Cards (250)")
    client.set_field('quantity', "2")
    client.click_button("Add")


def offered_methods(client):
    return client.field('payment_method').evaluate(
        '(e) => Array.from(e.options).map((o) => o.text)')


def test_tick_invoice_for_a_customer_and_sell_on_invoice(client):
    open_draft(client, "Green & Sons Ltd")
    assert "Prepayment" in offered_methods(client)
    assert "Invoice" not in offered_methods(client)
    client.close_tab()

    tick_invoice(client, "Green & Sons Ltd")
    open_draft(client, "Green & Sons Ltd")
    client.set_field('payment_method', "Invoice")
    client.save()
    assert client.field_value('payment_method') == "Invoice"
    client.close_tab()
    open_draft(client, "Green & Sons Ltd")
    assert client.field_value('payment_method') == "Invoice"


def test_read_why_a_customer_may_not_pay_on_invoice(client, log_in):
    client.open_menu("Sales", "Sales")
    client.new()
    client.choose('party', "Librairie du Canal")
    add_line(client)
    client.set_field('payment_method', "Invoice")
    client.save()
    tick_invoice(log_in('emily'), "Librairie du Canal", allowed=False)
    client.click_button("Quote")
    assert (
        'because the method is not allowed to "Librairie du Canal". Choose '
        'another method or tick "Invoice" on the page "Sale" of the customer.'
        ) in client.dialog_text()
    client.confirm()
    assert client.field_value('state') == "Draft"


def test_mark_a_prepaid_order_as_paid(client):
    client.open_menu("Sales", "Sales")
    client.choose_tab("Awaiting Payment")
    client.open(client.row("Unpaid"))
    assert client.field_value('payment_state') == "Unpaid"
    client.click_button("Confirm")
    assert "must first pay" in client.dialog_text()
    client.confirm()
    client.click_button("Mark as Paid")
    client.finish("Mark as Paid")
    assert client.field_value('payment_state') == "Paid"
    assert client.field_value('state') == "Processing"


def test_make_an_internal_order_and_see_zero(client):
    client.open_menu("Sales", "Sales")
    client.new()
    client.choose('party', "Demo Print Shop")
    add_line(client)
    assert client.field_value('total_amount') != "0.00"
    client.set_field('order_type', "Internal")
    assert client.field_value('total_amount') == "0.00"
    client.click_button("Quote")
    client.click_button("Confirm")
    assert client.field_value('state') == "Processing"
    assert client.field_value('total_amount') == "0.00"
    assert client.field_value('invoice_state') == "None"
