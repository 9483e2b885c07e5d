# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""What an electronic invoice says, without Tryton.

The amounts are those of the document: what a correction gives back is
negative. Numbers such as BT-31 are the terms of the standard EN 16931-1.
"""
import datetime as dt
import re
from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal

from stdnum import iban

# UNTDID 5305, as far as EN 16931 allows
CATEGORIES = ['S', 'Z', 'E', 'AE', 'K', 'G', 'O']
EXEMPT = {'E', 'AE', 'K', 'G', 'O'}
# VATEX, where the category says it all
EXEMPTION_CODES = {
    'AE': 'VATEX-EU-AE', 'K': 'VATEX-EU-IC', 'G': 'VATEX-EU-G',
    'O': 'VATEX-EU-O'}
# UN/ECE Recommendation 20: a count without a unit
ONE = 'C62'
_IBAN = re.compile(r'\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{1,4}){3,8}\b')


@dataclass
class Party:
    name: str
    street: list = field(default_factory=list)
    postal_code: str = None
    city: str = None
    country: str = None
    vat_number: str = None
    tax_number: str = None
    legal_number: str = None
    legal_scheme: str = None
    code: str = None


@dataclass(frozen=True)
class Tax:
    "A tax of a line; the rate is in percent, or None if it is no percentage"
    name: str
    category: str
    rate: Decimal
    notice: str = None

    @property
    def key(self):
        return self.category, self.rate


@dataclass
class Line:
    name: str
    quantity: Decimal
    price: Decimal
    amount: Decimal
    unit: str = None
    unit_name: str = None
    taxes: list = field(default_factory=list)
    description: str = None
    code: str = None
    gross_price: Decimal = None


@dataclass
class Payment:
    means: str = None
    name: str = None
    iban: str = None
    bic: str = None
    reference: str = None


@dataclass
class Document:
    number: str
    date: dt.date
    currency: str
    seller: Party
    buyer: Party
    lines: list
    taxes: list
    total: Decimal
    is_correction: bool = False
    corrected: tuple = None
    digits: int = 2
    accounting_currency: str = None
    accounting_tax: Decimal = None
    paid: Decimal = Decimal(0)
    payment: Payment = field(default_factory=Payment)
    due_date: dt.date = None
    payment_terms: str = None
    delivery_date: dt.date = None
    deliver_to: Party = None
    reference: str = None
    order: str = None
    note: str = None

    @property
    def sign(self):
        "A credit note says in positive amounts what it gives back"
        return -1 if self.is_correction else 1

    @property
    def untaxed(self):
        return sum((line.amount for line in self.lines), Decimal(0))

    @property
    def tax(self):
        return sum((amount for _, amount in self.taxes), Decimal(0))

    @property
    def categories(self):
        return {tax.category for line in self.lines for tax in line.taxes}

    @property
    def breakdown(self):
        "Yield each tax category and rate with its base and its amount"
        bases, amounts, taxes = {}, defaultdict(Decimal), {}
        for line in self.lines:
            for tax in line.taxes:
                bases.setdefault(tax.key, Decimal(0))
                bases[tax.key] += line.amount
                taxes.setdefault(tax.key, tax)
        for tax, amount in self.taxes:
            amounts[tax.key] += amount
        for key, base in bases.items():
            yield taxes[key], base, amounts[key]


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
    "Return the first IBAN that the text contains"
    for match in _IBAN.finditer(text or ''):
        words = match.group().split(' ')
        # Capital letters may follow
        while words:
            if iban.is_valid(''.join(words)):
                return iban.compact(''.join(words))
            words.pop()


def find_missing(document):
    """Yield what keeps the document from being an electronic invoice.

    It is the name of the reason and what the reason is about.
    """
    yield from _find_missing_of_parties(document)
    for line in document.lines:
        yield from _find_missing_of_line(line)
    yield from _find_missing_of_taxes(document)
    if document.digits > 2:
        yield 'currency', document.currency


def _find_missing_of_parties(document):
    seller, buyer = document.seller, document.buyer
    for party in [seller, buyer]:
        if not party.country:
            yield 'country', party.name
    if not (seller.vat_number or seller.tax_number) and (
            document.categories - {'O'}):
        yield 'tax_number', seller.name
    if document.categories & {'AE', 'K', 'G'} and not seller.vat_number:
        yield 'vat_number', seller.name
    if document.categories & {'AE', 'K'} and not buyer.vat_number:
        yield 'vat_number', buyer.name


def _find_missing_of_line(line):
    if not line.unit:
        yield 'unit', line.unit_name or line.name
    if len(line.taxes) != 1:
        yield 'line_tax', line.name


def _find_missing_of_taxes(document):
    if not document.lines:
        yield 'lines', document.number
    taxes = {
        tax.name: tax for line in document.lines for tax in line.taxes}
    for tax in taxes.values():
        if tax.category not in CATEGORIES or tax.rate is None or (
                (tax.category == 'S') != (tax.rate > 0)):
            yield 'tax_category', tax.name
        elif tax.category == 'E' and not tax.notice:
            yield 'tax_notice', tax.name
    if 'K' in document.categories:
        if not document.delivery_date:
            yield 'delivery_date', document.number
    if 'O' in document.categories and len(document.categories) > 1:
        yield 'outside_scope', document.number
    if (document.untaxed + document.tax != document.total
            or sum(a for _, _, a in document.breakdown) != document.tax):
        yield 'total', document.number
