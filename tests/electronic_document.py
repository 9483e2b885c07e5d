# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"Facts of documents whose taxes follow from their lines"
import datetime as dt
from dataclasses import replace
from decimal import Decimal as D

from trytond.modules.shop_invoicing.document.facts import (
    Currency, Delivery, Facts, Line, Maturity, Party, Payment, Reference, Tax,
    TaxTotal, Totals)

NORMAL = Tax("VAT 20 %", 'S', D('20'))
REDUCED = Tax("VAT 5.5 %", 'S', D('5.5'))
ZERO = Tax("VAT 0 %", 'Z', D(0))
EXEMPT = Tax("Exempt", 'E', D(0), "Article 261 C of the CGI")
REVERSE = Tax("Reverse charge", 'AE', D(0), "Reverse charge")
SUPPLY = Tax("Intra-community", 'K', D(0), "Intra-community supply")
EXPORT = Tax("Export", 'G', D(0), "Export outside the EU")
OUTSIDE = Tax("Outside", 'O', D(0), "Not subject to VAT")


def make_seller(**values):
    return Party(**{
            'name': "Print Shop", 'street': ["Rue de la Loi 1"],
            'postal_code': '75001', 'city': "Paris", 'country': 'FR',
            'vat_number': 'FR23334175221', **values})


def make_buyer(**values):
    return Party(**{
            'name': "Müller & Söhne <GmbH>",
            'street': ["Weg 1", "a", "b", "c"],
            'postal_code': '10115', 'city': "Berlin", 'country': 'DE',
            'vat_number': 'DE122265872', **values})


def make_line(tax=NORMAL, quantity=2, price='10', **values):
    quantity, price = D(quantity), D(price)
    amount = round(quantity * price, values.pop('digits', 2))
    return Line(**{
            'name': "Cards", 'quantity': quantity, 'price': price,
            'amount': amount, 'unit': 'C62', 'taxes': [tax], **values})


def make_document(*lines, **values):
    "Return an invoice whose taxes follow from the lines"
    lines = list(lines) or [make_line()]
    digits = values.pop('digits', 2)
    lines = values.pop('lines', lines)
    taxes = values.pop('taxes', list(make_taxes(lines, digits)))
    untaxed = sum(line.amount for line in lines)
    tax = sum((t.amount for t in taxes), D(0))
    totals = {'untaxed': untaxed, 'tax': tax, 'total': untaxed + tax}
    for name in totals | {'paid': 0, 'accounting_tax': 0,
            'accounting_currency': 0}:
        if name in values:
            totals[name] = values.pop(name)
    delivered = values.pop('delivery_date', dt.date(2026, 3, 30))
    payment = values.pop('payment', Payment())
    if due := values.pop('due_date', dt.date(2026, 4, 30)):
        payment = replace(payment, maturities=[
                Maturity(totals['total'], due)])
    return Facts(**{
            'number': '2026-00001', 'date': dt.date(2026, 3, 31),
            'currency': Currency('EUR', digits=digits),
            'seller': make_seller(), 'buyer': make_buyer(), 'lines': lines,
            'taxes': taxes, 'totals': Totals(**totals), 'payment': payment,
            'delivery': Delivery(
                delivered, delivered, values.pop('deliver_to', None)),
            **values})


def make_taxes(lines, digits):
    bases = {}
    for line in lines:
        for tax in line.taxes:
            bases[tax] = bases.get(tax, D(0)) + line.amount
    for tax, base in bases.items():
        yield TaxTotal(tax, base, round(base * (tax.rate or 0) / 100, digits))


def make_correction(*lines, **values):
    return make_document(
        *lines, kind='credit_note',
        corrected=Reference('2026-00001', dt.date(2026, 3, 31)), **values)
