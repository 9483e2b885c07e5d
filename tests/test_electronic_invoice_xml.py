# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"Electronic invoices follow the schema and the rules of EN 16931"
from decimal import Decimal as D

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from tests.electronic_document import (
    EXEMPT, EXPORT, NORMAL, OUTSIDE, REDUCED, REVERSE, SUPPLY, ZERO,
    make_buyer, make_correction, make_document, make_line, make_seller)
from tests.schematron import find_violations
from trytond.modules.shop_invoicing.document import electronic_invoice_xml
from trytond.modules.shop_invoicing.document.electronic_invoice_terms import (
    find_iban, find_missing, get_category)
from trytond.modules.shop_invoicing.document.electronic_invoice_xml import (
    InvalidError, make_xml)
from trytond.modules.shop_invoicing.document.facts import (
    Currency, Mark, Note, Party, Payment, Reference, Tax, TaxTotal)
from trytond.modules.shop_invoicing.seal.seal_chain import format_mark

pytestmark = pytest.mark.once

IBAN = 'FR7630006000011234567890189'
_NAMESPACES = {
    'ram': 'urn:un:unece:uncefact:data:standard:'
    'ReusableAggregateBusinessInformationEntity:100',
    'udt': 'urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100',
    'qdt': 'urn:un:unece:uncefact:data:standard:QualifiedDataType:100',
    'rsm': 'urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100',
    }


def write(document):
    "Return the XML after all checks"
    assert list(find_missing(document)) == []
    xml = make_xml(document)
    assert find_violations(xml) == []
    return etree.fromstring(xml)


def read(xml, *names):
    "Return the texts at a path of names"
    path = '//' + '/'.join(
        name if ':' in name else f'ram:{name}' for name in names)
    return [e.text for e in xml.xpath(path, namespaces=_NAMESPACES)]


def test_the_rules_are_really_checked():
    xml = make_xml(make_document())
    wrong = xml.replace(b'>24.00</ram:Grand', b'>25.00</ram:Grand')
    assert any('BR-CO-15' in v for v in find_violations(wrong))
    assert find_violations(xml.replace(b'ram:LineID', b'ram:LineNumber'))


@settings(max_examples=settings().max_examples * 2 // 5)
@given(st.booleans(), st.lists(
        st.tuples(
            st.sampled_from([NORMAL, REDUCED, ZERO, EXEMPT, REVERSE]),
            st.decimals(-999, 999, places=3).filter(bool),
            st.decimals(-99999, 99999, places=4)),
        min_size=1, max_size=12))
def test_any_lines(is_correction, lines):
    lines = [make_line(*line) for line in lines]
    document = make_document(
        *lines, kind='credit_note' if is_correction else 'invoice')
    assert list(find_missing(document)) == []
    assert find_violations(make_xml(document)) == []


def test_an_invoice():
    xml = write(make_document(
            make_line(code='C-1', description="Paper"),
            references=["PO 7"], orders=[Reference("S1")],
            notes=[Note("Thank you"), Note("No discount", 'AAB')],
            marks=[Mark("Seal", format_mark(12, 'e1480a7d' + 56 * '0'))],
            payment=Payment(
                "Invoice", iban=IBAN, reference='RF18', terms="30 days")))
    assert read(xml, 'IncludedNote', 'Content') == [
        "Thank you", "No discount", "Seal 12-e1480a7d"]
    assert read(xml, 'IncludedNote', 'SubjectCode') == ['AAB']
    assert read(xml, 'rsm:ExchangedDocument', 'TypeCode') == ['380']
    assert read(xml, 'rsm:ExchangedDocument', 'ID') == ['2026-00001']
    assert read(xml, 'GrandTotalAmount') == ['24.00']
    assert read(xml, 'DuePayableAmount') == ['24.00']
    assert read(xml, 'IBANID') == [IBAN]
    assert read(xml, 'SpecifiedTradeSettlementPaymentMeans', 'TypeCode') == [
        '30']
    assert read(
        xml, 'DueDateDateTime', 'udt:DateTimeString') == ['20260430']
    assert read(
        xml, 'OccurrenceDateTime', 'udt:DateTimeString') == ['20260330']
    assert read(xml, 'BuyerTradeParty', 'Name') == ["Müller & Söhne <GmbH>"]
    assert read(xml, 'BuyerTradeParty', 'PostalTradeAddress', 'LineThree') == [
        "b, c"]


def test_several_taxes():
    xml = write(make_document(
            make_line(), make_line(REDUCED, 3, '9.99'), make_line(ZERO),
            make_line(EXEMPT), make_line(NORMAL, 1, '0.0333')))
    header = 'ApplicableHeaderTradeSettlement', 'ApplicableTradeTax'
    assert read(xml, *header, 'CategoryCode') == ['S', 'S', 'Z', 'E']
    assert read(xml, *header, 'RateApplicablePercent') == [
        '20.00', '5.50', '0.00', '0.00']
    assert read(xml, *header, 'BasisAmount') == [
        '20.03', '29.97', '20.00', '20.00']
    assert read(xml, *header, 'ExemptionReason') == [EXEMPT.notice]


@pytest.mark.parametrize('tax, code', [
        (REVERSE, 'VATEX-EU-AE'), (SUPPLY, 'VATEX-EU-IC'),
        (EXPORT, 'VATEX-EU-G'), (OUTSIDE, 'VATEX-EU-O')])
def test_no_tax_is_charged(tax, code):
    xml = write(make_document(make_line(tax)))
    assert read(xml, 'ExemptionReasonCode') == [code]
    assert read(xml, 'TaxTotalAmount') == ['0.00']
    ids = read(xml, 'SpecifiedTaxRegistration', 'ID')
    assert bool(ids) == (tax != OUTSIDE)


def test_a_line_without_tax_is_outside_of_the_scope():
    xml = write(make_document(
            make_line(taxes=[], price='45'),
            seller=make_seller(legal_number='732829320', legal_scheme='0002')))
    assert read(xml, 'CategoryCode') == ['O', 'O']
    assert read(xml, 'BasisAmount') == ['90.00']
    assert read(xml, 'ExemptionReasonCode') == ['VATEX-EU-O']


def test_an_intra_community_supply_says_where_it_goes():
    country = 'ShipToTradeParty', 'PostalTradeAddress', 'CountryID'
    xml = write(make_document(make_line(SUPPLY)))
    assert read(xml, *country) == ['DE']
    xml = write(make_document(
            make_line(SUPPLY), deliver_to=make_buyer(country='AT')))
    assert read(xml, *country) == ['AT']


def test_a_correction_is_positive_and_names_the_original():
    xml = write(make_correction(
            make_line(quantity=-2), make_line(REDUCED, -1)))
    assert read(xml, 'rsm:ExchangedDocument', 'TypeCode') == ['381']
    assert read(xml, 'BilledQuantity') == ['2', '1']
    assert read(xml, 'DuePayableAmount') == ['34.55']
    assert read(xml, 'InvoiceReferencedDocument', 'IssuerAssignedID') == [
        '2026-00001']
    assert read(
        xml, 'InvoiceReferencedDocument', 'FormattedIssueDateTime',
        'qdt:DateTimeString') == ['20260331']
    assert read(xml, 'SpecifiedTradeSettlementPaymentMeans') == []


def test_a_cancellation_gives_back_what_a_discount_took():
    xml = write(make_correction(
            make_line(quantity=-2), make_line(quantity=1, price='5')))
    assert read(xml, 'BilledQuantity') == ['2', '-1']
    assert read(xml, 'GrandTotalAmount') == ['18.00']


def test_a_price_below_zero_becomes_a_quantity_below_zero():
    xml = write(make_document(
            make_line(), make_line(quantity=1, price='-3')))
    assert read(
        xml, 'NetPriceProductTradePrice', 'ChargeAmount') == ['10', '3']
    assert read(xml, 'BilledQuantity') == ['2', '-1']
    assert read(xml, 'LineTotalAmount') == ['20.00', '-3.00', '17.00']


def test_a_discount_on_the_price():
    xml = write(make_document(make_line(price='9', gross_price=D('12.5'))))
    price = 'GrossPriceProductTradePrice'
    assert read(xml, price, 'ChargeAmount') == ['12.5']
    assert read(
        xml, price, 'AppliedTradeAllowanceCharge', 'ActualAmount') == ['3.5']


def test_a_foreign_currency_tells_the_tax_in_the_own():
    xml = write(make_document(
            currency=Currency('USD'), accounting_currency=Currency('EUR'),
            accounting_tax=D('3.71')))
    assert read(xml, 'TaxCurrencyCode') == ['EUR']
    assert read(xml, 'TaxTotalAmount') == ['4.00', '3.71']


def test_a_currency_without_cents():
    xml = write(make_document(
            make_line(price='1050', digits=0),
            currency=Currency('JPY', digits=0), digits=0))
    assert read(xml, 'GrandTotalAmount') == ['2520.00']


def test_what_is_paid_is_not_due():
    xml = write(make_document(paid=D('24'), due_date=None))
    assert read(xml, 'TotalPrepaidAmount') == ['24.00']
    assert read(xml, 'DuePayableAmount') == ['0.00']


@pytest.mark.parametrize('payment, code', [
        (Payment("PayPal", '68', IBAN), ['68']),
        (Payment("Prepayment", None, IBAN), ['30']),
        (Payment("Prepayment"), ['1']),
        (Payment(iban=IBAN), ['30']),
        (Payment(), []),
        ])
def test_means_of_payment(payment, code):
    xml = write(make_document(payment=payment))
    assert read(
        xml, 'SpecifiedTradeSettlementPaymentMeans', 'TypeCode') == code


@pytest.mark.parametrize('seller', [
        {'vat_number': None, 'tax_number': '11/815/08150'},
        {'vat_number': None, 'tax_number': '11/815/08150', 'code': '17'},
        {'legal_number': '334175221', 'legal_scheme': '0002'},
        ])
def test_numbers_of_the_seller(seller):
    write(make_document(seller=make_seller(**seller)))


def test_nothing_is_known_of_the_delivery():
    write(make_document(delivery_date=None))


def test_an_address_without_street():
    write(make_document(buyer=Party("Guest", country='FR')))


@pytest.mark.parametrize('missing, document', [
        ('country', make_document(buyer=make_buyer(country=None))),
        ('country', make_document(seller=make_seller(country=None))),
        ('tax_number', make_document(seller=make_seller(vat_number=None))),
        ('vat_number', make_document(
                make_line(EXPORT),
                seller=make_seller(vat_number=None, tax_number='1'))),
        ('vat_number', make_document(
                make_line(REVERSE), buyer=make_buyer(vat_number=None))),
        ('unit', make_document(make_line(unit=None))),
        ('line_tax', make_document(make_line(taxes=[NORMAL, REDUCED]))),
        ('line_tax', make_document(make_line(), make_line(taxes=[]))),
        ('tax_category', make_document(make_line(Tax("?", 'D', D(0))))),
        ('tax_category', make_document(make_line(Tax("?", 'S', D(0))))),
        ('tax_category', make_document(make_line(Tax("?", 'E', D(5))))),
        ('tax_category', make_document(make_line(Tax("?", 'S', None)))),
        ('tax_notice', make_document(make_line(Tax("E", 'E', D(0))))),
        ('delivery_date', make_document(
                make_line(SUPPLY), delivery_date=None)),
        ('outside_scope', make_document(make_line(), make_line(OUTSIDE))),
        ('total', make_document(total=D('24.01'))),
        ('total', make_document(
                taxes=[
                    TaxTotal(NORMAL, D(20), D(4)),
                    TaxTotal(REDUCED, D(0), D(1))])),
        ('lines', make_document(lines=[], taxes=[])),
        ('currency', make_document(currency=Currency('TND', digits=3))),
        ])
def test_missing(missing, document):
    assert missing in dict(find_missing(document))


@pytest.mark.parametrize('error, document', [
        ('Currency XYZ', make_document(currency=Currency('XYZ'))),
        ('XML compatible', make_document(notes=[Note('\0')])),
        ('XML Schema', make_document(
                make_line(quantity='NaN', amount=D(20)))),
        ])
def test_an_error_of_the_library_is_typed(error, document):
    with pytest.raises(InvalidError, match=error):
        make_xml(document)


def test_a_fault_of_the_library_is_no_error_of_the_document(monkeypatch):
    def fail(*args, **kwargs):
        raise Exception("No schema")
    monkeypatch.setattr(electronic_invoice_xml, 'xml_check_xsd', fail)
    with pytest.raises(Exception, match="No schema") as info:
        make_xml(make_document())
    assert info.type is Exception


@pytest.mark.parametrize('code, rate, notice, category', [
        ('S', D(20), None, 'S'),
        ('AA', D('5.5'), None, 'S'),
        ('H', D(25), None, 'S'),
        ('AE', D(0), "Reverse charge", 'AE'),
        (None, D(20), None, 'S'),
        (None, D(0), "Exempt", 'E'),
        (None, D(0), None, 'Z'),
        (None, None, None, None),
        ])
def test_category_of_a_tax(code, rate, notice, category):
    assert get_category(code, rate, notice) == category


@pytest.mark.parametrize('text, found', [
        ("Pay to FR76 3000 6000 0112 3456 7890 189 BIC AGRIFRPP", IBAN),
        (f"IBAN: {IBAN}.", IBAN),
        ("DE89370400440532013000", 'DE89370400440532013000'),
        ("iban:de89-3704-0044-0532-0130-00 please", 'DE89370400440532013000'),
        ("RF18 FR76\u00a03000 6000 0112\n3456 7890 189", IBAN),
        ("DE89 3704 0044 0532 0130 01", None),
        ("Thank you", None),
        (None, None),
        ])
def test_find_iban(text, found):
    assert find_iban(text) == found
