# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"Invoices that were cancelled or replaced, and one that can be."
from decimal import Decimal

from proteus import Model, Wizard

from . import shop

CARDS, FLYERS, POSTER, BOOK, LAYOUT = [name for name, *_ in shop.PRODUCTS]
CUSTOMER = ("Atelier Papillon", 'fr', "3 place du Marché", '69001', "Lyon",
    'FR')
NEW_STREET = "12 rue de la Soie"
PAID_IN_PART = Decimal('50.00')
WRONG_ORDER = "Commande saisie deux fois"
WRONG_ADDRESS = "Adresse de facturation erronée"
LETTERINGS = ['VE-0451', 'VE-0452']


def correct(trade):
    "Replace an invoice that is paid, and leave another one to a clerk"
    party = shop.create_party(*CUSTOMER)
    trade.customers[party.name] = party
    replaced = issue(trade, party, {POSTER: 8})
    trade.pay(replaced, trade.today)
    replace(trade, replaced)
    left = issue(trade, party, {BOOK: 10, LAYOUT: 1})
    wizard = left.click('pay')
    wizard.form.payment_method = trade.payment_method
    wizard.form.date = trade.today
    wizard.form.amount = PAID_IN_PART
    wizard.execute('choice')
    wizard.execute('pay')


def issue(trade, party, lines):
    "Return an invoice that was posted and handed over"
    invoice = trade.invoice(party.name, lines)
    invoice.click('post')
    mark_as_sent(invoice)
    return invoice


def mark_as_sent(invoice):
    wizard = Wizard('account.invoice.email.mark', [invoice])
    wizard.form.way = 'hand'
    wizard.execute('mark')
    invoice.reload()


def cancel(trade, invoice):
    "Cancel the invoice, which was sent, by a cancellation invoice"
    mark_as_sent(invoice)
    wizard = Wizard('account.invoice.cancel_invoice', [invoice])
    wizard.form.date = trade.today
    wizard.form.reason = WRONG_ORDER
    wizard.execute('cancel_')


def replace(trade, invoice):
    "Replace the invoice by one with another address"
    wizard = Wizard('account.invoice.replace_invoice', [invoice])
    wizard.form.date = trade.today
    wizard.form.reason = WRONG_ADDRESS
    wizard.execute('replace')
    (replacement,), = wizard.actions
    party = Model.get('party.party')(invoice.party.id)
    party.addresses.new(
        street_unstructured=NEW_STREET, postal_code='69004', city="Lyon",
        country=invoice.invoice_address.country)
    party.save()
    replacement.invoice_address = party.addresses[-1]
    replacement.click('post')
    # The corrections of the others wait to be lettered
    invoice.reload()
    for document, lettering in zip(
            [invoice, *invoice.corrections], LETTERINGS):
        document.lettering = lettering
        document.save()
