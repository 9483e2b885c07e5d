# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
import pytest

pytestmark = pytest.mark.once

CUSTOMER_INVOICES = {
    'emily': ["Financial", "Invoices", "Customer Invoices"],
    'camille': ["Financier", "Factures", "Factures client"],
    'anna': ["Rechnungswesen", "Rechnungen", "Kundenrechnungen"],
    }


def test_a_clerk_posts_an_invoice_and_sees_its_number(log_in):
    client = log_in('emily')
    client.open_menu(*CUSTOMER_INVOICES['emily'])
    client.choose_tab("Draft")
    client.open(client.row("Café Lumière"))
    assert client.field_value('number') == ''
    assert client.field_value('state') == "Draft"

    client.click_button("Post")
    assert client.dialog_text() == (
        "Are you sure you want to post the invoices?")
    client.confirm()

    assert client.field_value('state') == "Posted"
    assert client.field_value('number').startswith('RE')
    assert client.field_value('number').endswith('-0012')


@pytest.mark.parametrize('user', CUSTOMER_INVOICES)
def test_the_client_speaks_the_language_of_the_clerk(user, log_in):
    client = log_in(user)
    assert not client.has_dialog()
    client.open_menu(*CUSTOMER_INVOICES[user])
    assert client.row("Librairie du Canal").count() == 1
