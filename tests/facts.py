# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"Facts of documents that are made without a database"
import datetime as dt
from decimal import Decimal as D

from trytond.modules.shop_invoicing.document.facts import (
    Currency, Delivery, Facts, Line, Maturity, Note, Party, Payment, Reference,
    Tax, TaxTotal, Totals)
from trytond.modules.shop_invoicing.document.facts_print import print_facts
from trytond.modules.shop_invoicing.document.typst_pdf import write_pdf

from .source import FOLDER

VAT = Tax("VAT 20 %", 'S', D(20), None, "VAT")
MARGINS = {'top': 20, 'bottom': 20, 'left': 20, 'right': 20}
TEMPLATE = (FOLDER / 'document' / 'invoice_document.typ').read_bytes()


class Lang:
    "What ir.lang does, for English"
    code = 'en'

    def strftime(self, date):
        return date.strftime('%m/%d/%Y')

    def format_number(self, value, digits=0):
        return f'{value:,.{digits}f}'

    def currency(self, value, currency, grouping=True, digits=None):
        if digits is None:
            digits = currency.digits
        return f'{currency.symbol or currency.code}{value:,.{digits}f}'


def make_line(name="Cards", quantity=2, price='10', **values):
    amount = round(D(quantity) * D(price), 2)
    return Line(**{
            'name': name, 'quantity': D(quantity), 'price': D(price),
            'amount': amount, 'unit': 'C62', 'unit_digits': 0,
            'taxes': [VAT], **values})


def make_facts(*lines, **values):
    lines = list(lines) or [make_line()]
    untaxed = sum(line.amount for line in lines if line.type == 'line')
    tax = round(untaxed / 5, 2)
    day = dt.date(2026, 3, 31)
    return Facts(**{
            'number': '2026-00001', 'date': day, 'language': 'en',
            'currency': Currency('EUR', '€'),
            'seller': Party("Print Shop", address=["Rue de la Loi 1"]),
            'buyer': Party("Customer", address=["Customer", "Brussels"]),
            'lines': lines, 'taxes': [TaxTotal(VAT, untaxed, tax)],
            'totals': Totals(untaxed, tax, untaxed + tax),
            'orders': [Reference("S1", day)], 'references': ["PO-17"],
            'delivery': Delivery(day, day), 'notes': [Note("Thank you")],
            'payment': Payment(
                "Transfer", iban='FR7630006000011234567890189',
                maturities=[Maturity(untaxed + tax, day)]),
            **values})


def get_data(facts, margins=MARGINS):
    "Return what the template prints"
    return {
        **print_facts(facts, Lang()), 'labels': {}, 'has_letterhead': False,
        'margins': {'first': margins, 'following': margins}}


def print_pdf(facts, margins=MARGINS):
    return write_pdf(TEMPLATE, get_data(facts, margins))
