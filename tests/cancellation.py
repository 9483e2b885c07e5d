# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"Cancel and replace invoices in scenarios, and look at the ledger"
from collections import Counter
from decimal import Decimal

from proteus import Model, Wizard

from trytond.modules.account.tests.tools import get_accounts


def issue(*invoices):
    "Post the invoices and note that they were sent by post"
    type(invoices[0]).click(invoices, 'post')
    mark_as_sent(*invoices)


def mark_as_sent(*invoices):
    mark = Wizard('account.invoice.email.mark', list(invoices))
    mark.execute('mark')
    for invoice in invoices:
        invoice.reload()


def cancel(invoice, name='account.invoice.cancel_invoice', **values):
    "Cancel the invoice and return the cancellation invoice"
    return _run(invoice, name, 'cancel_', values)


def replace(invoice, name='account.invoice.replace_invoice', **values):
    "Replace the invoice and return the draft"
    return _run(invoice, name, 'replace', values)


def _run(invoice, name, button, values):
    wizard = Wizard(name, [invoice])
    wizard.form.reason = "Wrong address"
    for field, value in values.items():
        setattr(wizard.form, field, value)
    wizard.execute(button)
    (document,), = wizard.actions
    invoice.reload()
    return document


def create_payment_method():
    "Return a method that books what is paid on the account of cash"
    Journal = Model.get('account.journal')
    PaymentMethod = Model.get('account.invoice.payment.method')
    cash = get_accounts()['cash']
    method = PaymentMethod(
        name="Cash", credit_account=cash, debit_account=cash)
    method.journal, = Journal.find([('type', '=', 'cash')])
    method.save()
    return method


def pay(invoice, amount, method, date=None, **values):
    "Pay an amount of the invoice"
    wizard = Wizard('account.invoice.pay', [invoice])
    wizard.form.amount = Decimal(amount)
    wizard.form.payment_method = method
    if date:
        wizard.form.date = date
    wizard.execute('choice')
    if wizard.form_state == 'ask':
        for field, value in ({'type': 'partial'} | values).items():
            setattr(wizard.form, field, value)
        wizard.execute('pay')
    invoice.reload()


def journal(*moves):
    "Return the accounts and amounts of the moves as a small table"
    return sorted(
        (line.account.name, _get_balance(line))
        for move in moves for line in move.lines)


def balances():
    "Return the accounts that are not zero"
    Line = Model.get('account.move.line')
    amounts = Counter()
    for line in Line.find([('move.state', '=', 'posted')]):
        amounts[line.account.name] += _get_balance(line)
    return sorted((n, a) for n, a in amounts.items() if a)


def open_lines(party):
    "Return what the party has to pay and to get"
    Line = Model.get('account.move.line')
    return sorted(
        _get_balance(line) for line in Line.find([
                ('party', '=', party.id),
                ('account.type.receivable', '=', True),
                ('reconciliation', '=', None),
                ]))


def _get_balance(line):
    return (line.debit - line.credit).quantize(Decimal('.01'))
