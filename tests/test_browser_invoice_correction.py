# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
import pytest

pytestmark = pytest.mark.once

CUSTOMER = "Atelier Papillon"


@pytest.fixture
def client(log_in):
    return log_in('oscar')


def open_invoice(client, state):
    client.open_menu("Financial", "Invoices", "Customer Invoices")
    client.choose_tab("All")
    client.open(client.row(CUSTOMER, "Invoice", state))


def test_only_the_group_can_cancel(log_in):
    client = log_in('emily')
    open_invoice(client, "Posted")
    assert not client.has_button("Cancel Invoice")
    assert not client.has_button("Cancel and Replace")


def test_cancel_an_invoice(client):
    open_invoice(client, "Posted")
    number = client.field_value('number')
    client.click_button("Cancel Invoice")
    assert number in client.field_value('invoice')
    assert client.field_value('paid') == "50.00"
    assert "By Hand" in client.field_value('sent')
    assert "stays as a credit" in client.field_value('consequences')
    client.set_field('reason', "Commande annulée")
    client.finish("Cancel Invoice")
    assert client.field_value('number').endswith('-S3')
    assert client.field_value('state') == "Paid"
    client.choose_page("Corrections")
    assert number in client.field_value('corrected_invoice')
    client.choose_page("Other Info")
    assert client.field_value('comment') == "Commande annulée"


def test_cancel_and_replace_a_paid_invoice(client):
    open_invoice(client, "Paid")
    number = client.field_value('number')
    client.click_button("Mark as Sent")
    client.finish("Mark as Sent")
    client.click_button("Cancel and Replace")
    assert "pays the replacement" in client.field_value('consequences')
    client.set_field('reason', "Date de livraison erronée")
    client.finish("Cancel and Replace")
    assert client.field_value('state') == "Draft"
    client.choose_page("Corrections")
    assert number in client.field_value('replaces')
    client.click_button("Post")
    client.confirm()
    client.choose_page("Invoice")
    assert client.field_value('state') == "Paid"
    assert client.has_button("Send with Cancellation")
