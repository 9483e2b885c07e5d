# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
import datetime as dt

import pytest

pytestmark = pytest.mark.once

LAST_YEAR = dt.date.today().year - 1
TO_LETTER = {
    'emily': ["Financial", "Invoices", "Invoices to Letter"],
    'camille': ["Financier", "Factures", "Factures à lettrer"],
    'anna': ["Rechnungswesen", "Rechnungen", "Abzugleichende Rechnungen"],
    }
# How the import is called, its button, its columns and two of its outcomes
REHEARSAL = {
    'emily': [
        "Import Letterings", "Rehearse", "Outcome", "Lines",
        "Already Equal", "Conflict"],
    'camille': [
        "Importer des lettrages", "Essayer", "Résultat", "Lignes",
        "Déjà identique", "Conflit"],
    'anna': [
        "Abgleichnummern importieren", "Erproben", "Ergebnis", "Zeilen",
        "Bereits gleich", "Konflikt"],
    }
REFUSAL = {
    'emily': "has it already.",
    'camille': "le porte déjà.",
    'anna': "sie bereits hat.",
    }


@pytest.fixture
def clerk(log_in):
    "Return the client of a clerk with the list of invoices to letter"
    client = log_in('emily')
    client.open_menu(*TO_LETTER['emily'])
    return client


def last_year(counter):
    "Return the number of an invoice of last year"
    return f'{LAST_YEAR}-{counter:05}'


def numbers(client):
    return [row["Number"] for row in client.rows()]


def corrections(client):
    "Return the numbers of the cancellation and the credit note"
    return [
        number for number in numbers(client) if number.count('-') == 2]


def rehearse(client, *lines, user='emily'):
    "Rehearse a file of the lines, and return what each outcome counts"
    menu, button, outcome, count, *_ = REHEARSAL[user]
    client.open_menu(*TO_LETTER[user], menu)
    client.choose_file('letters.csv', '\r\n'.join(lines).encode())
    client.click_button(button)
    return {row[outcome]: row[count] for row in client.rows()}


def test_letter_an_invoice_on_its_form(clerk):
    clerk.open(clerk.row(last_year(6)))
    clerk.set_field('lettering', ' VE-0311 ')
    clerk.save()
    assert clerk.field_value('lettering') == 'VE-0311'
    assert clerk.field_value('state') == "Posted"
    clerk.choose_page("Lettering Changes")
    assert clerk.field_value('lettered_by') == "Emily Clarke"
    change, = clerk.rows()
    assert (change["User"], change["Old Value"], change["New Value"]) == (
        "Emily Clarke", '', 'VE-0311')

    clerk.open_menu("Financial", "Invoices", "Customer Invoices")
    clerk.choose_tab("All")
    clerk.search('VE-0311')
    assert numbers(clerk) == [last_year(6)]


def test_a_lettering_of_another_invoice_is_refused(clerk):
    clerk.open(clerk.row(last_year(7)))
    clerk.set_field('lettering', 'VE-0131')
    clerk.save()
    assert clerk.dialog_text() == (
        f'The invoice "{last_year(7)}" cannot have the lettering "VE-0131" '
        f'because the invoice "{last_year(2)}" for "Brauerei Hirsch" has it '
        'already.')
    clerk.confirm()
    clerk.reload()
    assert clerk.field_value('lettering') == ''


def test_a_draft_is_not_lettered(clerk):
    clerk.open_menu("Financial", "Invoices", "Customer Invoices")
    clerk.choose_tab("Draft")
    clerk.open(clerk.row("Café Lumière"))
    assert clerk.is_readonly('lettering')


def test_letter_row_after_row(clerk):
    first, second = [n for n in numbers(clerk) if n.startswith('RE')][:2]
    clerk.enter_down(clerk.row(first), "Lettering", ['VE-0401', 'VE-0402'])
    clerk.reload()
    assert not {first, second} & set(numbers(clerk))
    assert clerk.tabs()[0] == f"To Letter {len(clerk.rows())}"
    clerk.choose_tab("Lettered")
    assert clerk.cell(clerk.row(first), "Lettering") == 'VE-0401'
    assert clerk.cell(clerk.row(second), "Lettering") == 'VE-0402'


def test_find_an_invoice_by_its_transaction_code(clerk):
    code = next(
        row["Transaction Code"] for row in reversed(clerk.rows())
        if row["Transaction Code"])
    clerk.search(f'Transaction Code: {code}')
    found, = clerk.rows()
    assert found["Transaction Code"] == code


def test_a_file_with_a_conflict_is_not_imported(clerk):
    assert rehearse(
        clerk, "Number;Lettering", f'{last_year(1)};VE-0107',
        f'{last_year(3)};VE-0240', f'{last_year(5)};VE-0306', 'RE;VE-0500',
        "A note") == {
            "Already Equal": '1', "Conflict": '1', "Change": '1',
            "Unknown Invoice": '1', "Malformed": '1'}
    assert [
        (row["Line"], row["Outcome"]) for row in clerk.rows(1)] == [
            ('3', "Conflict"), ('5', "Unknown Invoice"), ('6', "Malformed")]
    assert clerk.rows(1)[0]["Explanation"] == (
        f'The lettering "VE-0240" is that of the invoice "{last_year(4)}".')
    assert clerk.has_button("Rehearse Again")
    assert clerk.button("Import").count() and not clerk.has_button("Import")

    clerk.launch("Lines", 'relate')
    assert clerk.tabs() == ["Problems 3", "Change 1", "Matched 0", "All 5"]


def test_a_spreadsheet_is_refused(clerk):
    clerk.open_menu(*TO_LETTER['emily'], "Import Letterings")
    clerk.choose_file('letters.csv', b'PK\x03\x04' + bytes(100))
    clerk.click_button("Rehearse")
    assert clerk.dialog_text() == (
        'The file "letters.csv" is a spreadsheet. '
        'Save it as CSV and import that.')


def test_import_a_file_and_undo_it(clerk):
    cancellation, credit_note = corrections(clerk)
    assert rehearse(
        clerk, f'{cancellation},VE-0601', f'{credit_note},VE-0602') == {
            "Matched": '2'}
    clerk.click_button("Import")
    clerk.confirm()
    assert clerk.field_value('state') == "Imported"
    assert clerk.field_value('imported_by') == "Emily Clarke"

    clerk.open_menu(*TO_LETTER['emily'])
    clerk.reload()
    assert not corrections(clerk)
    clerk.choose_tab("Lettered")
    assert clerk.cell(clerk.row(credit_note), "Lettering") == 'VE-0602'

    clerk.open_menu(*TO_LETTER['emily'], "Lettering Imports")
    clerk.open(clerk.row('letters.csv', "Imported"))
    clerk.click_button("Undo")
    clerk.confirm()
    assert clerk.field_value('state') == "Undone"
    clerk.open_menu(*TO_LETTER['emily'])
    clerk.choose_tab("To Letter")
    clerk.reload()
    assert corrections(clerk) == [cancellation, credit_note]


def test_export_what_is_to_be_lettered(clerk):
    to_letter = numbers(clerk)
    clerk.open_menu(*TO_LETTER['emily'], "Export Invoices to Letter")
    clerk.click_button("Export")
    assert clerk.field_value('invoices') == str(len(to_letter))
    name, content = clerk.download()
    header, *lines = content.decode('utf-8-sig').splitlines()
    assert name == 'lettering.csv'
    assert header.startswith("Number;Lettering;Invoice Date;Party;")
    assert [line.split(';')[:2] for line in lines] == [
        [number, ''] for number in to_letter]


@pytest.mark.parametrize('user', TO_LETTER)
def test_the_lettering_speaks_the_language_of_the_clerk(user, log_in):
    client = log_in(user)
    client.open_menu(*TO_LETTER[user])
    client.open(client.row())
    client.set_field('lettering', 'VE-0188')
    client.save()
    assert client.dialog_text().endswith(REFUSAL[user])
    client.confirm()
    client.reload()

    *_, equal, conflict = REHEARSAL[user]
    assert rehearse(
        client, f'{last_year(1)};VE-0107', f'{last_year(3)};VE-0240',
        user=user) == {equal: '1', conflict: '1'}
