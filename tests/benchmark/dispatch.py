# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Ship goods and post their invoices: stock Tryton and ours.

python -m tests.benchmark.dispatch [number of shipments]

A clerk of stock Tryton ships, and posts the draft of each invoice by its
button; ours are posted at dispatch.  Each way runs in a process of its own on
SQLite and does the tasks of the queue at once.
"""
import os
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
WAYS = {
    'stock': ("stock, by the button", [
            'account', 'account_invoice', 'account_invoice_stock', 'company',
            'sale', 'stock']),
    'ours': ("ours, at dispatch", ['shop_invoicing']),
    }


def main(count=10):
    rates = {}
    for way, (name, _) in WAYS.items():
        process = subprocess.run(
            [sys.executable, '-W', 'ignore', '-m', 'tests.benchmark.dispatch',
                way, str(count)],
            check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            text=True)
        rates[way] = float(process.stdout.split()[-1])
        print(f"{name:20} {rates[way]:8.2f} shipments per s", flush=True)
    print(f"{rates['ours'] / rates['stock']:.2f} × stock")


def measure(way, count):
    "Print how many packed shipments a second leave and are invoiced"
    shipments = prepare(way, int(count))
    start = time.perf_counter()
    for shipment in shipments:
        shipment.click('do')
        if way == 'stock':
            post_drafts(shipment)
    seconds = time.perf_counter() - start
    check_posted(len(shipments))
    print(len(shipments) / seconds)


def prepare(way, count):
    "Return that many packed shipments of an order of one line each"
    os.environ['TRYTOND_DATABASE_URI'] = 'sqlite://'
    os.environ['DB_NAME'] = ':memory:'
    os.environ['DB_CACHE'] = str(ROOT / '.cache' / 'databases')
    from proteus import Model

    from tests import database_cache
    database_cache.install()
    from tests.tools import create_packed_sale, create_product, create_shop
    from trytond.tests.tools import activate_modules
    year = time.localtime().tm_year
    activate_modules(WAYS[way][1], partial(create_shop, year, year))
    if way == 'ours':
        configuration = Model.get('sale.configuration')(1)
        configuration.dispatch_invoice_post = True
        configuration.save()
    customer, = Model.get('party.party').find([('name', '=', "Customer")])
    goods = create_product("Goods", type='goods')
    return [create_packed_sale(customer, goods)[1] for _ in range(count)]


def post_drafts(shipment):
    "Do what a clerk does who opens the order of the shipment"
    sale = shipment.outgoing_moves[0].origin.sale
    for invoice in sale.invoices:
        invoice.click('post')


def check_posted(count):
    from proteus import Model
    posted = Model.get('account.invoice').find([('state', '=', 'posted')])
    assert len(posted) == count


if __name__ == '__main__':
    if sys.argv[1:2] and sys.argv[1] in WAYS:
        measure(*sys.argv[1:])
    else:
        main(*map(int, sys.argv[1:]))
