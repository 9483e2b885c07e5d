# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""What an electronic invoice asks of the facts, without Tryton."""
import re
from decimal import Decimal

from stdnum import iban

# UNTDID 5305, as far as EN 16931 allows
CATEGORIES = ['S', 'Z', 'E', 'AE', 'K', 'G', 'O']
EXEMPT = {'E', 'AE', 'K', 'G', 'O'}
# VATEX, where the category says it all
EXEMPTION_CODES = {
    'AE': 'VATEX-EU-AE', 'K': 'VATEX-EU-IC', 'G': 'VATEX-EU-G',
    'O': 'VATEX-EU-O'}
# Typed in groups, with blanks or hyphens; overlapping, as words may look alike
_IBAN = re.compile(
    r'(?=\b([A-Z]{2}[\s-]?\d{2}(?:[\s-]?[A-Z0-9]){11,30}))', re.IGNORECASE)
_SHORTEST, _LONGEST = 15, 34


def get_category(code, rate, notice):
    "Return the category of a tax, which follows from the rate without a code"
    if code in {'AA', 'H'}:
        # Lower and higher rates are standard rates in the standard
        return 'S'
    if code or rate is None:
        return code
    if rate:
        return 'S'
    return 'E' if notice else 'Z'


def to_decimal(value):
    "Return the float as it is shown"
    return Decimal(str(value or 0))


def find_iban(text):
    "Return the first IBAN that the text contains, None without one"
    for match in _IBAN.finditer(text or ''):
        code = re.sub(r'[\s-]', '', match.group(1)).upper()
        # Other words may follow
        for length in range(_LONGEST, _SHORTEST - 1, -1):
            if iban.is_valid(code[:length]):
                return code[:length]


def find_missing(facts):
    """Yield what keeps the document from being an electronic invoice.

    It is the name of the reason and what the reason is about.
    """
    yield from _find_missing_of_parties(facts)
    for line in facts.charged:
        yield from _find_missing_of_line(line)
    yield from _find_missing_of_taxes(facts)
    yield from _find_missing_of_totals(facts)
    if facts.currency.digits > 2:
        yield 'currency', facts.currency.code


def _find_missing_of_parties(facts):
    seller, buyer = facts.seller, facts.buyer
    categories = facts.categories
    for party in [seller, buyer]:
        if not party.country:
            yield 'country', party.name
    if not (seller.vat_number or seller.tax_number) and (
            categories - {'O'}):
        yield 'tax_number', seller.name
    if categories & {'AE', 'K', 'G'} and not seller.vat_number:
        yield 'vat_number', seller.name
    if categories & {'AE', 'K'} and not buyer.vat_number:
        yield 'vat_number', buyer.name


def _find_missing_of_line(line):
    if not line.unit:
        yield 'unit', line.unit_name or line.name
    if len(line.taxes) > 1:
        yield 'line_tax', line.name


def _find_missing_of_taxes(facts):
    taxes = {tax.name: tax for line in facts.charged for tax in line.taxes}
    for tax in taxes.values():
        if tax.category not in CATEGORIES or tax.rate is None or (
                (tax.category == 'S') != (tax.rate > 0)):
            yield 'tax_category', tax.name
        elif tax.category == 'E' and not tax.notice:
            yield 'tax_notice', tax.name
    if 'K' in facts.categories and not facts.delivery.last:
        yield 'delivery_date', facts.number
    categories = facts.categories
    if 'O' in categories and len(categories) > 1:
        untaxed = [line.name for line in facts.charged if not line.taxes]
        if untaxed:
            yield from (('line_tax', name) for name in untaxed)
        else:
            yield 'outside_scope', facts.number


def _find_missing_of_totals(facts):
    totals, charged = facts.totals, facts.charged
    if not charged:
        yield 'lines', facts.number
    keys = {tax.key for line in charged for tax in line.taxes}
    if (any(t.tax.key not in keys for t in facts.taxes)
            or sum(line.amount for line in charged) != totals.untaxed
            or sum(t.amount for t in facts.taxes) != totals.tax
            or totals.untaxed + totals.tax != totals.total):
        yield 'total', facts.number
