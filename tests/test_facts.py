# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"Facts as data, and what is printed of them"
import dataclasses
import io
import re
from decimal import Decimal as D

import pikepdf
import pytest

from tests.facts import TEMPLATE, get_data, make_facts, make_line, print_pdf
from tests.pages import read_pages
from trytond.modules.shop_invoicing.document import typst_pdf
from trytond.modules.shop_invoicing.document.electronic_invoice_pdf import (
    find_obstacles)
from trytond.modules.shop_invoicing.document.facts import (
    FACTS_VERSION, Currency, Facts, Line, Mark, Maturity, Note, Party, Payment)
from trytond.modules.shop_invoicing.document.facts_json import (
    FactsVersionError, from_json, to_json)
from trytond.modules.shop_invoicing.document.facts_qr import make_payment_code

pytestmark = pytest.mark.once


def read(facts):
    "Return the text of the document with single blanks"
    return ' '.join(' '.join(read_pages(print_pdf(facts))).split())


def test_json_loses_nothing():
    facts = make_facts(
        make_line(price='9.5000', gross_price=D(10), discount=D(5)),
        Line(type='title', description="Second"),
        marks=[Mark("Seal", "7K2M-9QXA")])
    assert from_json(to_json(facts)) == facts


def test_json_is_canonical():
    text = to_json(make_facts(make_line(quantity='2.00', price='10.0')))
    assert text == to_json(make_facts(make_line(quantity=2, price='1E1')))
    assert '"quantity":"2"' in text and ': ' not in text
    assert 'marks' not in text and 'null' not in text


def test_json_leaves_out_what_is_named():
    facts = make_facts()
    digest = to_json(facts, without=['marks'])
    facts.marks.append(Mark("Seal", "7K2M-9QXA"))
    assert to_json(facts, without=['marks']) == digest != to_json(facts)


def test_json_of_another_version_is_refused():
    text = to_json(dataclasses.replace(make_facts(), version=99))
    with pytest.raises(FactsVersionError):
        from_json(text)


def test_the_contract_changes_with_its_version_only():
    "Who removes or renames a field raises the version and changes this"
    assert FACTS_VERSION == 1
    assert {f.name for f in dataclasses.fields(Facts)} >= {
        'buyer', 'corrected', 'currency', 'date', 'delivery', 'footer',
        'header', 'imprint', 'is_draft', 'kind', 'language', 'lines', 'marks',
        'notes', 'notices', 'number', 'orders', 'payment', 'reason',
        'references', 'replaced', 'seller', 'subject', 'taxes', 'totals',
        'version'}


def test_what_an_accountant_looks_for():
    text = read(make_facts(
            make_line(quantity=1200), reason="Wrong address",
            marks=[Mark("Seal", "7K2M-9QXA")],
            notes=[Note("Thank you"), Note("No discount", 'AAB', 'footer')]))
    for expected in [
            "Due Date 03/31/2026", "Amount Due €14,400.00",
            "Total excl. VAT €12,000.00", "Total incl. VAT €14,400.00",
            "Tax Rate Base Tax Amount VAT 20% €12,000.00 €2,400.00",
            "Cards 1,200 €10.00 20% €12,000.00", "Reason Wrong address",
            "IBAN: FR76 3000 6000 0112 3456 7890 189", "Scan to pay",
            "Thank you", "No discount", "Seal 7K2M-9QXA", "Page 1 of 1"]:
        assert expected in text


def test_the_delivery_address_is_told_where_it_differs():
    facts = make_facts()
    facts.delivery.party = Party("Customer", address=["Customer", "Brussels"])
    assert "Delivery Address" not in read(facts)
    facts.delivery.party = Party("Depot", address=["Depot", "Quai 3"])
    assert "Delivery Address: Depot, Quai 3" in read(facts)


def test_what_gives_money_back_asks_for_none():
    text = read(make_facts(make_line(quantity=-2), kind='credit_note'))
    assert "Credit Note 2026-00001" in text and "Due" not in text
    assert "IBAN" not in text and "Transfer" not in text


@pytest.mark.parametrize('values', [
        {'currency': Currency('USD', '$')},
        {'is_draft': True},
        {'kind': 'credit_note'},
        {'payment': Payment("Cash", maturities=[Maturity(D(24))])},
        {'payment': Payment(iban='FR00', maturities=[Maturity(D(24))])},
        {'payment': Payment(
                iban='FR7630006000011234567890189',
                maturities=[Maturity(D(12)), Maturity(D(12))])},
        ])
def test_no_code_without_one_transfer(values):
    assert make_payment_code(make_facts()).startswith('<svg')
    assert make_payment_code(make_facts(**values)) is None


def test_the_pdf_is_for_the_archive_and_for_everybody():
    pdf = print_pdf(make_facts())
    assert list(find_obstacles(pdf)) == []
    with pikepdf.open(io.BytesIO(pdf)) as document:
        assert document.Root.MarkInfo.Marked
        assert '/StructTreeRoot' in document.Root
        assert document.Root.Lang == 'en'
        assert b'pdfuaid' in document.Root.Metadata.read_bytes()


@pytest.mark.parametrize('text', [
        "#panic(\"x\") $x$ *b* _i_ @a <b> [c] \\u{41} // no comment",
        '{"json": "</script>"}', "Ω Ж ě ǆ", "a\u202eb\u2066c\ufeff", "a\x0bb"])
def test_any_text_is_printed_as_it_is(text):
    found = read(make_facts(make_line(text)))
    for word in text.split():
        if word.isascii():
            assert word in found
    assert "Total incl. VAT" in found


def test_a_word_of_20000_letters_and_a_thousand_lines():
    pages = read_pages(print_pdf(make_facts(
                make_line("W" * 20000),
                *(make_line(f"Line {i}.") for i in range(1000)))))
    text = ''.join(pages)
    assert text.count('W') >= 20000
    assert len(set(re.findall(r'Line (\d+)\.', text))) == 1000
    assert all(f"Page {i} of {len(pages)}" in p for i, p in enumerate(
            pages, 1))


def test_a_title_goes_with_its_lines_and_a_footer_never_stands_alone():
    lines = []
    for i in range(30):
        lines += [Line(type='title', description=f"Title {i}"),
            make_line(f"Line {i}"), Line(
                type='subtotal', description="Sum", amount=D(20))]
    for bottom in range(20, 160, 10):
        margins = {'top': 20, 'bottom': bottom, 'left': 20, 'right': 20}
        pages = read_pages(print_pdf(make_facts(
                    *lines, footer="Footer text"), margins))
        for page in pages:
            last = page.split("Page ")[0].split('\n')
            titles = [n for n in last if n.startswith("Title")]
            assert not titles or titles[-1].replace(
                "Title", "Line") in page
        assert "Thank you" in pages[-1] and "Footer text" in pages[-1]


def test_what_no_font_has_is_named():
    with pytest.raises(typst_pdf.GlyphError) as info:
        print_pdf(make_facts(make_line("\U0001f9ad and \U0001f9ab")))
    assert set(info.value.characters) == {'\U0001f9ad', '\U0001f9ab'}
    find = typst_pdf.find_missing_characters
    assert find("a\U0001f9adé") == '\U0001f9ad'
    assert find("Any € text – “Ω”") == ''


def test_what_no_font_has_is_printed_as_its_code():
    data = typst_pdf.replace_characters(
        get_data(make_facts(make_line("A \U0001f9ad"))), '\U0001f9ad')
    pdf = typst_pdf.write_pdf(TEMPLATE, data, standards=[])
    assert "A [U+1F9AD]" in read_pages(pdf)[0]
    assert list(find_obstacles(pdf))


@pytest.mark.parametrize('template, line', [
        (b'#let x = (\n', 1), (b'\n\n#data.name', 3),
        (b'#json(bytes(sys.inputs.data)).missing', 1),
        (b'#panic("no")', 1)])
def test_an_error_of_the_template_names_its_line(template, line):
    with pytest.raises(typst_pdf.TemplateError) as info:
        typst_pdf.write_pdf(template, {})
    assert info.value.line == line and info.value.message
