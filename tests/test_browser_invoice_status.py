# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"The main list of a clerk on a small screen."
import pytest

pytestmark = pytest.mark.once

CUSTOMER_INVOICES = {
    'emily': (
        ["Financial", "Invoices", "Customer Invoices"], "All",
        ["Invoice Date", "Number", "Party", "Total", "State", "Sending",
            "Lettering"]),
    'camille': (
        ["Financier", "Factures", "Factures client"], "Toutes",
        ["Date de facturation", "Numéro", "Tiers", "Total", "État", "Envoi",
            "Lettrage"]),
    'anna': (
        ["Rechnungswesen", "Rechnungen", "Kundenrechnungen"], "Alle",
        ["Rechnungsdatum", "Nummer", "Partei", "Brutto", "Status", "Versand",
            "Abgleichnummer"]),
    }


@pytest.mark.parametrize('user', CUSTOMER_INVOICES)
def test_see_what_counts_without_scrolling(log_in, user):
    menu, tab, columns = CUSTOMER_INVOICES[user]
    client = log_in(user)
    client.open_menu(*menu)
    client.choose_tab(tab)
    seen = [c for c in client.columns_in_sight() if c]
    assert seen[:len(columns)] == columns


def test_find_what_is_overdue_and_what_is_paid(log_in):
    client = log_in('emily')
    client.open_menu("Financial", "Invoices", "Customer Invoices")
    client.choose_tab("All")
    states = {row["Number"]: row["State"] for row in client.rows()}
    client.choose_tab("Overdue")
    overdue = [row["Number"] for row in client.rows()]
    assert overdue
    assert {states[n] for n in overdue if n in states} == {"Posted"}
    assert f"Overdue {len(overdue)}" in client.tabs()
    client.choose_tab("Paid")
    paid = {row["Number"] for row in client.rows()}
    assert paid and {states[n] for n in paid if n in states} == {"Paid"}
