# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""What France asks of electronic invoices, without Tryton.

They are the rules BR-FR of the standard AFNOR XP Z12-012, in force since
September 2026, as far as a company that sells by a web shop can break them.
The texts are those of article L441-9 of the Code de commerce.
"""
import re
from decimal import Decimal

from ..document.facts import count_digits
from ..document.facts_party import SIREN_SCHEME

# Where French VAT is charged
TERRITORIES = {'FR', 'GP', 'MQ', 'RE'}
# UNTDID 4451, and the reason that names the text
TEXTS = {'PMD': 'penalty', 'PMT': 'recovery_fee', 'AAB': 'discount'}
# UNTDID 2475: the tax is due with the invoice
ON_DEBITS = '5'
# BR-FR-16, in percent
_RATES = set(map(Decimal, (
            '0', '0.9', '1.05', '1.75', '2.1', '5.5', '7', '8.5', '9.2',
            '9.6', '10', '13', '19.6', '20', '20.6')))
# BR-FR-01 and 02
_NUMBER = re.compile(r'[A-Za-z0-9+_/-]{1,35}')
# BR-FR-DEC-02 and 03
_QUANTITY_DIGITS, _PRICE_DIGITS = 4, 6


def is_french(party):
    return party.country in TERRITORIES


def get_process(facts):
    """Return the kind of business (BT-23, BR-FR-08), such as B1.

    The letter tells goods (B), services (S) or both (M), and the digit
    whether the document is paid already (2).
    """
    natures = {line.nature for line in facts.charged}
    if {'goods', 'service'} <= natures:
        letter = 'M'
    else:
        letter = 'B' if 'goods' in natures else 'S'
    return letter + ('2' if facts.totals.is_paid else '1')


def find_missing(facts):
    """Yield what the rules find missing in the document of a French seller.

    It is the name of the reason and what the reason is about, None if that
    is the document.
    """
    yield from _find_missing_of_parties(facts)
    subjects = {note.subject for note in facts.notes}
    for subject, reason in TEXTS.items():
        if subject not in subjects:
            yield reason, facts.seller.name
    for line in facts.charged:
        yield from _find_missing_of_line(line)
    yield from _find_missing_of_document(facts)


def _find_missing_of_parties(facts):
    seller, buyer = facts.seller, facts.buyer
    yield from find_missing_of_party(seller)
    if not buyer.is_private:
        yield from find_missing_of_party(buyer)


def find_missing_of_party(party):
    "Yield what is missing of a seller or of a buyer that is a business"
    if is_french(party) and party.legal_scheme != SIREN_SCHEME:
        yield 'siren', party.name
    elif not party.electronic_address:
        yield 'electronic_address', party.name


def _find_missing_of_line(line):
    for tax in line.taxes:
        if tax.rate is not None and tax.rate not in _RATES:
            yield 'rate', tax.name
    if (count_digits(line.quantity) > _QUANTITY_DIGITS
            or count_digits(line.price) > _PRICE_DIGITS):
        yield 'digits', line.name


def _find_missing_of_document(facts):
    if facts.number and not _NUMBER.fullmatch(facts.number):
        yield 'number', facts.number
    originals = facts.all_corrected
    if facts.is_correction and not (
            originals and all(o.number and o.date for o in originals)):
        yield 'original', None
    if facts.payment.due_date and facts.payment.due_date < facts.date:
        yield 'due_date', None
    if 'EUR' not in {
            facts.currency.code,
            getattr(facts.totals.accounting_currency, 'code', None)}:
        yield 'currency', facts.currency.code


def find_unsaid(facts):
    """Yield what should be said, in the shape of find_missing.

    A supply without a day is one of the day of the invoice (article 242
    nonies A of annex II to the CGI).
    """
    if not facts.delivery.last and {line.nature for line in facts.charged} & {
            'goods', 'service'}:
        yield 'delivery_date', None
