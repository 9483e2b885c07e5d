# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"Invoices with taxes, and what a clerk credits and is paid on them."
from collections import defaultdict
from decimal import Decimal

from proteus import Model, Wizard

from tests.cancellation import mark_as_sent
from tests.tools import post
from trytond.modules.account.tests.tools import create_tax, get_accounts

NO_TAX = 'no_tax'


def create_taxes(*rates):
    "Return a tax for each rate"
    taxes = [create_tax(Decimal(rate)) for rate in rates]
    for tax in taxes:
        tax.save()
    return taxes


def issue_invoice(
        party, *lines, date=None, sent=True, currency=None, quantity=1,
        accounts=()):
    """Post an invoice with a line for each unit price with its taxes.

    The lines are on the accounts as far as there are some.
    """
    Invoice = Model.get('account.invoice')
    Tax = Model.get('account.tax')
    invoice = Invoice(type='out', party=party, invoice_date=date)
    if currency:
        invoice.currency = currency
    accounts = iter(accounts)
    revenue = get_accounts(invoice.company)['revenue']
    for amount, *taxes in lines:
        line = invoice.lines.new()
        line.account = next(accounts, revenue)
        line.description = "Line"
        line.quantity = quantity
        line.unit_price = Decimal(amount)
        for tax in taxes:
            line.taxes.append(Tax(tax.id))
    invoice.save()
    post(invoice)
    if sent:
        mark_as_sent(invoice)
    return invoice


def credit(invoice, net, tax=None, **values):
    "Credit the net amount by the wizard and return the credit note"
    wizard = Wizard('account.invoice.credit_amount', [invoice])
    if tax:
        wizard.form.tax = tax if isinstance(tax, str) else str(tax.id)
    wizard.form.net_amount = Decimal(net)
    for name, value in values.items():
        setattr(wizard.form, name, value)
    wizard.execute('credit')
    (credit_note,), = wizard.actions
    invoice.reload()
    return credit_note


def cancel(document):
    "Cancel the document by Tryton's own credit with refund"
    wizard = Wizard('account.invoice.credit', [document])
    wizard.form.with_refund = True
    wizard.execute('credit')
    document.reload()
    (cancellation,), = wizard.actions
    return cancellation


def book(*documents):
    "Return by account what the documents have booked, without what is zero"
    names = {a.id: n for n, a in get_accounts().items()}
    balances = defaultdict(Decimal)
    for document in documents:
        for line in document.move.lines:
            name = names.get(line.account.id, line.account.name)
            balances[name] += line.debit - line.credit
    return sorted((n, b) for n, b in balances.items() if b)
