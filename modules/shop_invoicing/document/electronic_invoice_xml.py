# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""An electronic invoice as XML of EN 16931, without Tryton.

The library factur-x writes the syntax (UN/CEFACT Cross Industry Invoice).
Here the terms get their numbers in the standard.
"""
from decimal import ROUND_HALF_UP, Decimal

from facturx import generate_xml, xml_check_xsd
from lxml import etree

from .electronic_invoice_terms import EXEMPT, EXEMPTION_CODES
from .facts import OUTSIDE, TaxTotal, add_up_taxes

LEVEL = 'en16931'
# UNTDID 1001
_INVOICE, _CREDIT_NOTE = '380', '381'
# UNTDID 4461
_CREDIT_TRANSFER, _UNDEFINED = '30', '1'
_CENT = Decimal('0.01')
_NIL = '{http://www.w3.org/2001/XMLSchema-instance}nil'


class InvalidError(ValueError):
    "The XML does not follow the schema"


def make_xml(facts):
    "Return the XML of the facts after a check with the schema"
    try:
        xml = generate_xml(
            _get_terms(facts), level=LEVEL, check_xsd=False,
            check_schematron=False)
    except ValueError as error:
        raise InvalidError(str(error)) from error
    xml = _remove_nil(xml)
    _check_schema(xml)
    return xml


def _check_schema(xml):
    try:
        xml_check_xsd(xml, flavor='factur-x', level=LEVEL)
    except Exception as error:
        # The library wraps what lxml finds in a bare exception
        if not isinstance(error.__cause__, etree.DocumentInvalid):
            raise
        raise InvalidError(str(error)) from error


def _remove_nil(xml):
    "Return the XML with empty elements as the schema wants them"
    root = etree.fromstring(xml)
    etree.strip_attributes(root, _NIL)
    return etree.tostring(root, xml_declaration=True, encoding='UTF-8')


def _get_terms(facts):
    # A credit note says in positive amounts what it gives back
    sign = -1 if facts.is_correction else 1
    terms = {
        'BT-1': facts.number,
        'BT-2': facts.date,
        'BT-3': _CREDIT_NOTE if facts.is_correction else _INVOICE,
        'BT-5': facts.currency.code,
        'BT-8': facts.tax_point,
        'BT-13': ', '.join(facts.references),
        'BT-14': ', '.join(o.number for o in facts.orders if o.number),
        'BT-23': facts.process,
        'BG-1': list(_get_notes(facts)),
        'BG-4': _get_party(facts, facts.seller, is_seller=True),
        'BG-7': _get_party(facts, facts.buyer),
        'BG-23': [_get_tax(total, sign) for total in _add_up_taxes(facts)],
        'BG-25': [
            _get_line(i, line, sign)
            for i, line in enumerate(facts.charged, 1)],
        }
    terms['BG-3'] = [
        {'BT-25': original.number, 'BT-26': original.date}
        for original in facts.all_corrected if original.number]
    terms.update(_get_delivery(facts))
    terms.update(_get_payment(facts))
    terms.update(_get_totals(facts, sign))
    return {term: value for term, value in terms.items() if value}


def _add_up_taxes(facts):
    "Return one total for each category and rate, also of lines without tax"
    untaxed = [
        TaxTotal(OUTSIDE, line.amount, Decimal(0))
        for line in facts.charged if not line.taxes]
    return add_up_taxes([*facts.taxes, *untaxed], lambda tax: tax.key)


def _get_notes(facts):
    for text in filter(None, [facts.subject, facts.reason]):
        yield {'BT-22': text}
    for note in facts.notes:
        if note.subject:
            yield {'BT-21': note.subject, 'BT-22': note.text}
        else:
            yield {'BT-22': note.text}
    for mark in facts.marks:
        yield {'BT-22': f'{mark.label} {mark.text}'}


def _get_party(facts, party, is_seller=False):
    has_vat = 'O' not in facts.categories
    values = {
        'name': party.name,
        'legal_identifier': party.legal_number,
        'legal_identifier_schemeid': party.legal_scheme,
        'einvoicing_addr': party.electronic_address,
        'einvoicing_addr_schemeid': party.electronic_scheme,
        # What is not subject to the tax must not show its numbers
        'vat_identifier': party.vat_number if has_vat else None,
        'tax_identifier': party.tax_number if has_vat and is_seller else None,
        **_get_address(party),
        }
    if is_seller and not (values['vat_identifier'] or party.legal_number):
        values['identifiers'] = {None: party.code or party.name}
    return {name: value for name, value in values.items() if value}


def _get_address(party):
    lines = [line for line in party.street if line]
    return {
        'addr_l1': lines[0] if lines else None,
        'addr_l2': lines[1] if len(lines) > 1 else None,
        'addr_l3': ', '.join(lines[2:]),
        'postcode': party.postal_code,
        'city': party.city,
        'country_code': party.country,
        }


def _get_delivery(facts):
    delivery, party = facts.delivery, facts.delivery.party
    terms = {'BT-72': delivery.last}
    if delivery.first != delivery.last:
        terms.update({'BT-73': delivery.first, 'BT-74': delivery.last})
    # An intra-community supply needs the country it goes to
    if not party and 'K' in facts.categories:
        party = facts.buyer
    if party and party.country:
        values = {'name': party.name, **_get_address(party)}
        terms['BG-13'] = {n: value for n, value in values.items() if value}
    return terms


def _get_tax(total, sign):
    tax = total.tax
    values = {
        'BT-116': _format(sign * total.base),
        'BT-117': _format(sign * total.amount),
        'BT-118': tax.category,
        }
    if tax.category != 'O':
        values['BT-119'] = _format(tax.rate)
    if tax.category in EXEMPT:
        values['BT-120'] = tax.notice
        values['BT-121'] = EXEMPTION_CODES.get(tax.category)
    return values


def _get_line(number, line, sign):
    tax, = line.taxes or [OUTSIDE]
    # A price is never negative
    price_sign = -1 if line.price < 0 else 1
    price = price_sign * line.price
    values = {
        'BT-126': str(number),
        'BT-129': _format(sign * price_sign * line.quantity, None),
        'BT-130': line.unit,
        'BT-131': _format(sign * line.amount),
        'BT-146': _format(price, None),
        'BT-151': tax.category,
        'BT-153': line.name,
        'BT-154': line.description,
        'BT-155': line.code,
        }
    if tax.category != 'O':
        values['BT-152'] = _format(tax.rate)
    if line.gross_price and line.gross_price > price and price_sign > 0:
        values['BT-148'] = _format(line.gross_price, None)
        values['BT-147-00'] = [
            {'BT-147': _format(line.gross_price - price, None)}]
    return values


def _get_payment(facts):
    if not facts.asks_for_payment:
        # What is given back is not paid to the seller
        return {}
    payment = facts.payment
    means = payment.means or (payment.name and _UNDEFINED)
    terms = {'BT-81': means, 'BT-82': payment.name}
    if not facts.totals.due:
        # Who has paid is not told how to
        return {**terms, 'BT-9': payment.paid_on}
    terms.update({
        'BT-9': payment.due_date,
        'BT-20': '\n'.join(_get_payment_terms(payment)),
        'BT-83': payment.reference,
        })
    if payment.iban and not payment.means:
        terms.update({
            'BT-81': _CREDIT_TRANSFER,
            'BT-84': payment.iban,
            'BT-86': payment.bic,
            })
    return terms


def _get_payment_terms(payment):
    if payment.terms:
        yield payment.terms
    if len(payment.maturities) > 1:
        yield from (m.text for m in payment.maturities if m.text)


def _get_totals(facts, sign):
    totals = facts.totals
    terms = {
        'BT-106': _format(sign * totals.untaxed),
        'BT-109': _format(sign * totals.untaxed),
        'BT-110': _format(sign * totals.tax),
        'BT-112': _format(sign * totals.total),
        'BT-115': _format(sign * totals.due),
        }
    if totals.paid:
        terms['BT-113'] = _format(sign * totals.paid)
    if totals.accounting_currency:
        terms['BT-6'] = totals.accounting_currency.code
        terms['BT-111'] = _format(sign * totals.accounting_tax)
    return terms


def _format(value, unit=_CENT):
    "Return the number as plain digits"
    if unit:
        value = value.quantize(unit, ROUND_HALF_UP)
    else:
        value = value.normalize()
    # No minus before a zero
    return format(value + 0, 'f')
