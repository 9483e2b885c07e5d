# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""What the document of an invoice states, without Tryton.

The PDF and the electronic invoice are made from it and from nothing else, so
that they cannot differ.  Numbers such as BT-31 are the terms of the standard
EN 16931-1; what has none is only printed.

Texts are in the language of the customer.  Amounts are those of the document:
what a correction gives back is negative.
"""
import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal

# It changes when something changes its name or its meaning.  What is added
# has a default and changes nothing.
FACTS_VERSION = 1
# UN/ECE Recommendation 20: a count without a unit
ONE = 'C62'
CORRECTIONS = {'cancellation', 'credit_note'}


@dataclass(frozen=True)
class Currency:
    "A currency, of which BT-5 and BT-6 are the codes"
    code: str
    symbol: str = None
    digits: int = 2


@dataclass(frozen=True)
class Reference:
    "The number and the date of another document, such as BT-25 and BT-26"
    number: str = None
    date: dt.date = None


@dataclass(frozen=True)
class Identifier:
    "A registration as it is printed"
    label: str
    code: str


@dataclass(frozen=True)
class Note:
    """A text to the document (BT-22), with its code of UNTDID 4451 (BT-21).

    The place is where it is printed: 'text' after the payment, 'footer' below
    all texts, or None where only the electronic invoice says it.
    """
    text: str
    subject: str = None
    place: str = 'text'


@dataclass(frozen=True)
class Mark:
    """What proves the document itself, such as a seal.

    It is printed small at the foot of each page and is a note of the
    electronic invoice.  A digest of the facts leaves the marks out.
    """
    label: str
    text: str


@dataclass
class Party:
    """The seller (BG-4), the buyer (BG-7) or who gets the goods (BG-13).

    address: the lines of its address as they are printed
    identifiers: the registrations that are printed
    vat_number, tax_number: BT-31 or BT-48, and BT-32
    legal_number, legal_scheme: BT-30 or BT-47, in a register of ISO 6523
    electronic_address, electronic_scheme: where it gets electronic invoices
        (BT-34 or BT-49), in a scheme of the code list EAS
    is_private: whether it is no business
    code: the number by which the seller calls it (BT-29 of a seller)
    """
    name: str
    street: list[str] = field(default_factory=list)
    postal_code: str = None
    city: str = None
    country: str = None
    vat_number: str = None
    tax_number: str = None
    legal_number: str = None
    legal_scheme: str = None
    electronic_address: str = None
    electronic_scheme: str = None
    is_private: bool = False
    code: str = None
    address: list[str] = field(default_factory=list)
    identifiers: list[Identifier] = field(default_factory=list)


@dataclass(frozen=True)
class Tax:
    """A tax of a line (BG-30) or of the document (BG-23).

    name: how the seller calls it
    category: a code of UNTDID 5305 (BT-118, BT-151)
    rate: in percent (BT-119, BT-152), None if it is no percentage
    notice: why there is none (BT-120)
    label: how the customer calls it
    """
    name: str
    category: str = None
    rate: Decimal = None
    notice: str = None
    label: str = None

    @property
    def key(self):
        "What the electronic invoice tells taxes apart by"
        return self.category, None if self.category == 'O' else self.rate


# What a line without tax has in the electronic invoice
OUTSIDE = Tax(None, 'O')


@dataclass
class TaxTotal:
    "A tax with its base (BT-116) and its amount (BT-117)"
    tax: Tax
    base: Decimal
    amount: Decimal


@dataclass
class Line:
    """A line (BG-25), or a title, subtotal or comment, which only has a text.

    name: BT-153
    description: BT-154, or the text of what is no line
    code: the number of the product (BT-155)
    quantity, unit: BT-129, and BT-130 of UN/ECE Recommendation 20
    unit_symbol, unit_digits: how the quantity is printed
    price, gross_price: the unit price after and before the discount (BT-146,
        BT-148)
    discount: what was taken off the gross price, in percent
    amount: BT-131, or the subtotal
    nature: 'goods', 'service', or 'accessory' for what goes with the others
    """
    name: str = None
    quantity: Decimal = None
    price: Decimal = None
    amount: Decimal = None
    type: str = 'line'
    unit: str = None
    unit_name: str = None
    unit_symbol: str = None
    unit_digits: int = None
    taxes: list[Tax] = field(default_factory=list)
    description: str = None
    code: str = None
    gross_price: Decimal = None
    discount: Decimal = None
    nature: str = None


@dataclass
class Maturity:
    "What is to be paid until when; the text says it in the language"
    amount: Decimal
    date: dt.date = None
    text: str = None


@dataclass
class Payment:
    """How is paid (BG-16, BT-20).

    name, means: the method, and its code of UNTDID 4461 (BT-82, BT-81)
    iban, bic, accounts: where to (BT-84, BT-86), and other means as a text
    reference: what the customer writes on the payment (BT-83)
    terms, instructions: what it is told
    maturities: what is to be paid when, nothing if it is paid
    paid_on: when it was paid, where the country of the seller asks (BT-9)
    """
    name: str = None
    means: str = None
    iban: str = None
    bic: str = None
    accounts: list[str] = field(default_factory=list)
    reference: str = None
    terms: str = None
    instructions: str = None
    maturities: list[Maturity] = field(default_factory=list)
    paid_on: dt.date = None

    @property
    def due_date(self):
        "The day until which all is to be paid (BT-9), None without one"
        dates = [m.date for m in self.maturities if m.date]
        return dates[0] if len(dates) == 1 else None


@dataclass
class Delivery:
    "The first and the last day of the supply (BT-72), and to whom (BG-13)"
    first: dt.date = None
    last: dt.date = None
    party: Party = None


@dataclass
class Totals:
    """The sums of the document (BG-22).

    accounting_tax: the tax in the accounting currency (BT-111) if the
        document has another one, BT-6 is its code
    """
    untaxed: Decimal
    tax: Decimal
    total: Decimal
    paid: Decimal = Decimal(0)
    accounting_tax: Decimal = None
    accounting_currency: Currency = None

    @property
    def due(self):
        "What is left to pay (BT-115)"
        return self.total - self.paid

    @property
    def is_paid(self):
        "Whether something was paid and nothing is left to pay"
        return bool(self.paid) and not self.due


@dataclass
class Facts:
    """All that a document states.

    kind: 'invoice', 'cancellation', 'credit_note', or 'supplier' for what a
        supplier has issued
    number, date: BT-1, BT-2
    process: the kind of business (BT-23), by a list of the seller's country
    tax_point: the code of UNTDID 2475 of the day on which the tax is due
        (BT-8)
    corrected, replaced: the document that it corrects (BG-3), the first one
        if there are several, and the one in whose place it is
    also_corrected: the others that it corrects
    reason: why it corrects
    orders, references: how the seller calls the orders (BT-14) and how the
        customer calls them (BT-13)
    subject: a line below the title
    notices: what the law asks of the taxes
    header, footer, imprint: texts of the company
    """
    number: str
    date: dt.date
    currency: Currency
    seller: Party
    buyer: Party
    lines: list[Line]
    taxes: list[TaxTotal]
    totals: Totals
    version: int = FACTS_VERSION
    kind: str = 'invoice'
    language: str = None
    is_draft: bool = False
    process: str = None
    tax_point: str = None
    corrected: Reference = None
    also_corrected: list[Reference] = field(default_factory=list)
    replaced: Reference = None
    reason: str = None
    orders: list[Reference] = field(default_factory=list)
    references: list[str] = field(default_factory=list)
    subject: str = None
    delivery: Delivery = field(default_factory=Delivery)
    payment: Payment = field(default_factory=Payment)
    notices: list[str] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    header: str = None
    footer: str = None
    imprint: str = None

    @property
    def is_correction(self):
        return self.kind in CORRECTIONS

    @property
    def all_corrected(self):
        "The documents that it corrects, the first one as the first"
        first = [self.corrected] if self.corrected else []
        return first + self.also_corrected

    @property
    def asks_for_payment(self):
        "Whether the customer owes something by it"
        return self.kind == 'invoice' and self.totals.total > 0

    @property
    def charged(self):
        "The lines that have an amount of their own"
        return [line for line in self.lines if line.type == 'line']

    @property
    def categories(self):
        "The categories of the lines; one without tax is outside of the scope"
        return {
            tax.category for line in self.charged
            for tax in line.taxes or [OUTSIDE]}


def count_digits(value):
    "Return how many digits after the point the number needs"
    return max(0, -value.normalize().as_tuple().exponent)


def add_up_taxes(totals, get_key=lambda tax: tax):
    "Return one total for each key, with the first tax that has it"
    found = {}
    for total in totals:
        sum_ = found.setdefault(
            get_key(total.tax), TaxTotal(total.tax, Decimal(0), Decimal(0)))
        sum_.base += total.base
        sum_.amount += total.amount
    return list(found.values())
