# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"What the demo shop sends off with an invoice, and what it invoices by hand."
from decimal import Decimal

from proteus import Model

from . import shop

CARDS, FLYERS, POSTER, BOOK, LAYOUT = [name for name, *_ in shop.PRODUCTS]
SHIPPED = [
    # customer, products and quantities
    ("Brauerei Hirsch", {FLYERS: 2, LAYOUT: 1}),
    # Without an e-mail address, so that the invoice cannot be sent
    ("Café Lumière", {POSTER: 15}),
    ]
PACKED = ("Buchhandlung Sonnenschein", {POSTER: 5})
BY_HAND = ("Librairie du Canal", {BOOK: 15, LAYOUT: 1})
FEE = "Cancellation Fee"


def dispatch(trade):
    "Invoice at dispatch what is sent off today, and leave an order to a clerk"
    set_up(trade.products[LAYOUT])
    for customer, lines in SHIPPED:
        trade.ship([order(trade, customer, lines, 'fulfillment')])
    packed = order(trade, *PACKED, 'fulfillment')
    shipment, = packed.shipments
    for button in ['assign_try', 'pick', 'pack']:
        shipment.click(button)
    order(trade, *BY_HAND, 'manual')


def set_up(service):
    "Choose what happens at dispatch, and the product of the fee"
    template = Model.get('product.template')(
        name=FEE, type='service', salable=True, list_price=Decimal('15.00'))
    template.default_uom = service.default_uom
    template.account_category = shop.save(
        'product.category', name="Without Tax", accounting=True,
        account_revenue=service.account_category.account_revenue)
    template.save()
    configuration = Model.get('sale.configuration')(1)
    configuration.dispatch_invoice_post = True
    configuration.dispatch_invoice_print = True
    configuration.dispatch_invoice_send = True
    configuration.cancellation_fee_product, = template.products
    configuration.save()


def order(trade, customer, lines, invoice_method):
    "Return a confirmed sale that is invoiced by the method"
    sale = trade.order(trade.today, customer, lines)
    sale.invoice_method = invoice_method
    sale.click('quote')
    sale.click('confirm')
    return sale
