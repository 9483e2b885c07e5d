# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
import datetime as dt

import pytest

pytestmark = pytest.mark.once
CUSTOMER = "Buchhandlung Sonnenschein"
# An invoice of books and posters, which have two taxes
DATE = f"09/14/{dt.date.today().year - 1}"


@pytest.fixture
def client(log_in):
    return log_in('oscar')


def open_invoices(client, tab):
    client.open_menu("Financial", "Invoices", "Customer Invoices")
    client.choose_tab(tab)


def test_credit_an_amount(client):
    open_invoices(client, "Posted")
    client.open(client.row(CUSTOMER, DATE))
    number = client.field_value('number')
    client.click_button("New Credit")
    assert client.field_value('invoice') == number
    options = client.field('tax').locator('option').all_inner_texts()
    tax, _ = filter(None, options)
    client.set_field('tax', tax)
    left = float(client.field_value('creditable_net'))
    client.set_field('net_amount', '10')
    tax = float(client.field_value('tax_amount'))
    assert float(client.field_value('total_amount')) == 10 + tax
    client.finish("Credit")
    assert client.field_value('state') == "Posted"
    credit_note = client.field_value('number')
    client.choose_page("Corrections")
    assert client.field_value('corrected_invoice') == number
    client.close_tab()

    client.choose_page("Corrections")
    client.reload()
    row, = client.rows()
    assert row["Number"] == credit_note
    assert row["Document Type"] == "Credit Note"
    creditable = client.field_value('creditable').splitlines()
    assert any(f"{left - 10:.2f}" in line for line in creditable)


def test_what_is_not_sent_cannot_be_credited(client):
    open_invoices(client, "All")
    client.open(client.row("Credit Note"))
    assert not client.has_button("New Credit")
    client.choose_page("Corrections")
    assert client.field_value('corrected_invoice')
