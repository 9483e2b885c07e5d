# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""The facts of a document as the texts that are printed, without Tryton.

They keep the names of the facts.  The language that is given writes numbers
and dates as ir.lang of Tryton does.
"""
import re
from dataclasses import asdict

from .facts import count_digits
from .facts_qr import make_payment_code

NO_BREAK = '\u00a0'
_ZERO_WIDTH_SPACE = '\u200b'
# In letters: what is longer may be wider than its column
_LONG_WORD = 24
_LONG = re.compile(rf'\S{{{_LONG_WORD + 1},}}')
# Nobody counts the unit of what is counted by the piece
_PIECES = {'C62', 'H87'}
# In French they are never the first in a line
_HIGH_SIGNS = re.compile(' (?=[:;!?%€»])|(?<=«) ')


def print_facts(facts, lang):
    "Return the texts in the facts as dictionaries and lists"
    money = _Money(lang, facts.currency)
    return {
        'kind': facts.kind,
        'language': facts.language,
        'colon': print_label(' :', facts.language).lstrip(' '),
        'is_draft': facts.is_draft,
        'number': facts.number or '',
        'date': lang.strftime(facts.date),
        'year': facts.date.year,
        'month': facts.date.month,
        'day': facts.date.day,
        'seller': _print_party(facts.seller),
        'buyer': _print_party(facts.buyer),
        'corrected': [
            _print_reference(c, lang) for c in facts.all_corrected],
        'replaced': _print_reference(facts.replaced, lang),
        'reason': facts.reason,
        'orders': [_print_reference(o, lang) for o in facts.orders],
        'references': facts.references,
        'subject': facts.subject,
        'delivery': _print_delivery(facts, lang),
        'lines': [_print_line(line, lang, money) for line in facts.lines],
        'taxes': [_print_tax_total(t, lang, money) for t in facts.taxes],
        'totals': _print_totals(facts, lang, money),
        'payment': _print_payment(facts, lang, money),
        'notices': facts.notices,
        'notes': [asdict(note) for note in facts.notes],
        'marks': [asdict(mark) for mark in facts.marks],
        'header': facts.header,
        'footer': facts.footer,
        'imprint': facts.imprint,
        }


def print_label(text, language):
    "Return the label with the blanks of the language"
    if (language or '').startswith('fr'):
        return _HIGH_SIGNS.sub(NO_BREAK, text)
    return text


def print_percentage(value, lang):
    "Return the percentage, in French and German with a blank before the sign"
    digits = count_digits(value)
    blank = '' if lang.code.startswith('en') else NO_BREAK
    return f'{lang.format_number(value, digits=digits)}{blank}%'


class _Money:
    "Amounts of a currency in a language"

    def __init__(self, lang, currency):
        self.lang = lang
        self.currency = currency

    def format(self, amount, digits=None):
        # No minus before a zero
        return self.lang.currency(
            amount + 0, self.currency, grouping=True, digits=digits)

    def format_price(self, price):
        "Return as many digits as the price needs, at least the usual ones"
        return self.format(
            price, max(self.currency.digits, count_digits(price)))


def _print_party(party):
    return {
        'name': party.name,
        'code': party.code,
        'address': party.address,
        'identifiers': [asdict(i) for i in party.identifiers],
        }


def _print_reference(reference, lang):
    "Return number and date, None without both"
    if reference:
        parts = [reference.number, reference.date and lang.strftime(
                reference.date)]
        return ', '.join(filter(None, parts)) or None


def _print_delivery(facts, lang):
    delivery, party = facts.delivery, facts.delivery.party
    dates = list(dict.fromkeys(filter(None, [delivery.first, delivery.last])))
    if party and _get_place(party) == _get_place(facts.buyer):
        party = None
    return {
        'dates': ' – '.join(map(lang.strftime, dates)) or None,
        'address': party.address if party else [],
        }


def _get_place(party):
    return party.name, party.street, party.postal_code, party.city


def _print_line(line, lang, money):
    values = {
        'type': line.type,
        'name': break_words(line.name),
        'description': break_words(line.description),
        'code': line.code,
        'amount': '' if line.amount is None else money.format(line.amount),
        }
    if line.type == 'line':
        values.update({
            'quantity': _print_quantity(line, lang),
            'price': money.format_price(
                line.price if line.gross_price is None else line.gross_price),
            'discount': (
                print_percentage(line.discount, lang)
                if line.discount else ''),
            'taxes': [_print_rate(tax, lang) for tax in line.taxes],
            })
    return values


def _print_quantity(line, lang):
    text = lang.format_number(
        line.quantity,
        digits=max(count_digits(line.quantity), line.unit_digits or 0))
    if line.unit in _PIECES or not line.unit_symbol:
        return text
    return f'{text}{NO_BREAK}{line.unit_symbol}'


def _print_rate(tax, lang):
    "Return the rate, the name of the tax without one"
    if tax.rate is None:
        return tax.label or tax.name
    return print_percentage(tax.rate, lang)


def _print_tax_total(total, lang, money):
    tax = total.tax
    return {
        'label': tax.label or tax.name,
        'rate': '' if tax.rate is None else print_percentage(tax.rate, lang),
        'base': money.format(total.base),
        'amount': money.format(total.amount),
        }


def _print_totals(facts, lang, money):
    totals = facts.totals
    currency = totals.accounting_currency
    tax = totals.accounting_tax
    return {
        'untaxed': money.format(totals.untaxed),
        'tax': money.format(totals.tax),
        'total': money.format(totals.total),
        'paid': money.format(totals.paid) if totals.paid else None,
        'due': money.format(totals.due),
        'is_paid': totals.is_paid,
        'accounting_currency': currency.code if currency and tax else None,
        'accounting_tax': (
            _Money(lang, currency).format(tax) if currency and tax else None),
        }


def _print_payment(facts, lang, money):
    payment = facts.payment
    if not facts.asks_for_payment:
        return None
    due = payment.due_date
    is_told = payment.iban and payment.iban in _compact(payment.instructions)
    return {
        'name': payment.name,
        'iban': None if is_told else group_iban(payment.iban),
        'bic': None if is_told else payment.bic,
        'accounts': payment.accounts,
        'reference': payment.reference if payment.maturities else None,
        'terms': payment.terms,
        'instructions': payment.instructions,
        'due_date': lang.strftime(due) if due else None,
        'maturities': [{
                'date': lang.strftime(m.date) if m.date else None,
                'amount': money.format(m.amount),
                } for m in payment.maturities],
        'code': make_payment_code(facts),
        }


def group_iban(iban):
    "Return the IBAN in groups of four, which do not break"
    if iban:
        return NO_BREAK.join(iban[i:i + 4] for i in range(0, len(iban), 4))


def break_words(text):
    "Return the text with places at which a very long word may break"
    return _LONG.sub(
        lambda match: _ZERO_WIDTH_SPACE.join(match.group()), text or '')


def _compact(text):
    return re.sub(r'[\s-]', '', text or '').upper()
