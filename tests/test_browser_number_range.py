# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
import datetime as dt
import re

import pytest

pytestmark = pytest.mark.once

YEAR = dt.date.today().year
RANGES = {
    'oscar': ["Financial", "Configuration", "Invoice Number Ranges"],
    }


@pytest.fixture
def ranges(log_in):
    "Return the client with the list of this year's ranges"
    client = log_in('oscar')
    client.open_menu(*RANGES['oscar'])
    return client


def formats(client):
    return [row["Format"] for row in client.rows()]


def test_the_three_rows_of_the_year_stand_together(ranges):
    assert [row["Document Type"] for row in ranges.rows()] == [
        "Invoice", "Cancellation", "Credit Note"]
    assert {row["Year"] for row in ranges.rows()} == {str(YEAR)}
    assert formats(ranges) == [
        'RE{yy}{qq}-{i;4}', 'RE{yy}{qq}-{i;4}-S{c;0}',
        'RE{yy}{qq}-{i;4}-{ci;0}']
    ranges.choose_tab("All")
    assert {row["Year"] for row in ranges.rows()} == {
        str(YEAR), str(YEAR - 1)}


def test_edit_a_format_and_post(ranges):
    invoice = ranges.row("Invoice")
    ranges.edit_cell(invoice, "Format", 'WEB{yyyy}-{i,6}')
    preview = ranges.cell(invoice, "Preview")
    assert re.fullmatch(rf'WEB{YEAR}-\d{{6}}', preview)
    ranges.save()
    assert formats(ranges) == [
        'WEB{yyyy}-{i;6}', 'WEB{yyyy}-{i;6}-S{c;0}',
        'WEB{yyyy}-{i;6}-{ci;0}']

    ranges.open_menu("Financial", "Invoices", "Customer Invoices")
    ranges.choose_tab("Draft")
    ranges.open(ranges.row("Green & Sons Ltd"))
    ranges.click_button("Post")
    ranges.confirm()
    assert ranges.field_value('number') == preview
    ranges.choose_page("Other Info")
    assert ranges.field_value('document_type') == "Invoice"
    assert ranges.field_value('range_number') == preview[-6:].lstrip('0')


@pytest.mark.parametrize('format_, reason', [
        ('RÖ{yyyy}{i;3}',
            'contains the character Ö (U+00D6) at position 2'),
        ('{yyyy}', f'would both be numbered "{YEAR}"'),
        ('{yyyy}{i;3', 'opens a brace at position 7 that is not closed'),
        ])
def test_a_bad_format_is_refused_with_its_text(ranges, format_, reason):
    before = formats(ranges)
    ranges.edit_cell(ranges.row("Invoice"), "Format", format_)
    ranges.save()
    assert reason in ranges.dialog_text()
    ranges.confirm()
    ranges.reload()
    assert formats(ranges) == before


def test_a_format_without_year_asks(ranges):
    before = formats(ranges)
    ranges.edit_cell(ranges.row("Invoice"), "Format", 'PS{i;3}')
    ranges.save()
    assert "has no year" in ranges.dialog_text()
    ranges.refuse()
    ranges.reload()
    assert formats(ranges) == before


def test_a_number_that_is_issued_is_refused(ranges):
    invoice = ranges.row("Invoice")
    last = ranges.cell(invoice, "Last Number")
    ranges.edit_cell(invoice, "Next Number", last)
    ranges.save()
    assert f"must be greater than the last number {last}" in (
        ranges.dialog_text())
    ranges.confirm()
    ranges.reload()
    assert ranges.cell(ranges.row("Invoice"), "Next Number") == str(
        int(last) + 1)


def test_rehearse_and_save_a_format(ranges):
    ranges.select(ranges.row("Invoice"))
    ranges.click_button("Rehearse Format")
    ranges.set_field('format', 'PS')
    assert 'would both be numbered "PS"' in ranges.field_value('refusal')
    assert not ranges.has_button("Save Format")
    ranges.set_field('format', 'PS{yyyy}{mm}-{i,3}')
    assert ranges.rows()[-1]["Number"] == f'PS{YEAR + 1}01-001'
    ranges.click_button("Save Format")
    ranges.reload()
    assert formats(ranges)[0] == 'PS{yyyy}{mm}-{i;3}'
    ranges.open(ranges.row("Invoice"))
    assert ranges.rows()[0]["New Value"] == 'PS{yyyy}{mm}-{i;3}'


@pytest.mark.parametrize('is_row_clicked', [False, True])
def test_prepare_next_year(ranges, is_row_clicked):
    if is_row_clicked:
        ranges.open(ranges.row("Invoice"))
        ranges.click_button("Prepare Next Year")
    else:
        ranges.open_menu(
            "Financial", "Configuration", "Prepare Number Ranges of Next Year")
    assert [row["Year"] for row in ranges.rows()] == [str(YEAR + 1)] * 3


def test_a_new_range_is_of_the_first_year_without_one(ranges):
    ranges.choose_tab("All")
    last = ranges.rows()[0]
    ranges.choose_tab("Next Year")
    ranges.new()
    new = ranges.rows()[-1]
    assert (new["Year"], new["Format"]) == (
        str(int(last["Year"]) + 1), last["Format"])


def test_nothing_is_found(ranges):
    ranges.open_menu("Financial", "Reporting", "Number Range Findings")
    assert ranges.tabs() == ["To Check 0", "All"]
    assert not ranges.rows()
