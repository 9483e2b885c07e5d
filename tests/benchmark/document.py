# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Time making the document of an invoice beside the stock way.

python -m tests.benchmark.document [number of invoices [lines of each]]

The stock way is the ODT of the module account_invoice, which soffice turns
into a PDF; it is left out on a machine without soffice.  Each way runs in a
process of its own, which prints the milliseconds for the first invoice, for
one more, and for each of the run, and the peak of the memory in MB, that of
its children apart.
"""
import os
import resource
import shutil
import subprocess
import sys
import time
from decimal import Decimal
from functools import cache, partial

WAYS = {'stock': "ODT and soffice", 'ours': "Typst"}


def main(count=200, lines=20):
    ways = list(WAYS) if shutil.which('soffice') else ['ours']
    print(f"{'':20} {'first':>8} {'one':>8} {'run':>8} {'MB':>6} {'child':>6}")
    found = {}
    for way in ways:
        process = subprocess.run(
            [sys.executable, '-W', 'ignore', '-m', 'tests.benchmark.document',
                way, str(count), str(lines)],
            check=True, capture_output=True, text=True)
        found[way] = list(map(float, process.stdout.split()[-5:]))
        first, one, each, own, child = found[way]
        print(f"{WAYS[way]:20} {first:8.0f} {one:8.0f} {each:8.0f} "
            f"{own:6.0f} {child:6.0f}", flush=True)
    if len(found) > 1:
        ratios = [s / o for s, o in zip(found['stock'], found['ours'])][:3]
        print(f"{'times faster':20} " + ' '.join(f"{r:8.1f}" for r in ratios))


def measure(way, count, lines):
    "Print what making the documents takes"
    invoice = create_invoice(int(lines))
    render = {'stock': render_stock, 'ours': render_ours}[way]
    times = []
    for _ in range(int(count) + 2):
        start = time.perf_counter()
        pdf = render(invoice)
        times.append(1000 * (time.perf_counter() - start))
        assert pdf.startswith(b'%PDF')
    memory = [
        resource.getrusage(who).ru_maxrss / 1024
        for who in [resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN]]
    print(times[0], times[1], sum(times[2:]) / int(count), *memory)


def create_invoice(lines):
    "Make a draft, whose document is made anew each time"
    os.environ['TRYTOND_DATABASE_URI'] = 'sqlite://'
    os.environ['DB_NAME'] = ':memory:'
    from proteus import Model

    from tests.tools import create_customer_invoice, create_shop
    from trytond.tests.tools import activate_modules
    year = time.localtime().tm_year
    activate_modules('shop_invoicing', partial(create_shop, year, year))
    customer, = Model.get('party.party').find([('name', '=', "Customer")])
    invoice = create_customer_invoice(customer)
    account = invoice.lines[0].account
    for i in range(1, lines):
        line = invoice.lines.new(account=account, quantity=i)
        line.description = f"Business Cards {i}, 250 pieces, matt, 350 g"
        line.unit_price = Decimal('12.34')
    invoice.save()
    return invoice


def render_ours(invoice):
    from proteus import Report
    return Report('account.invoice').execute([invoice])[1]


def render_stock(invoice):
    from proteus import Report
    use_stock_template()
    return Report('account.invoice').execute([invoice])[1]


@cache
def use_stock_template():
    "Make the report what it is without this module, but as a PDF"
    from trytond.pool import Pool
    from trytond.tests.test_tryton import DB_NAME
    from trytond.transaction import Transaction
    with Transaction().start(DB_NAME, 0) as transaction:
        ActionReport = Pool().get('ir.action.report')
        ActionReport.write(
            ActionReport.search([('report_name', '=', 'account.invoice')]), {
                'report': 'account_invoice/invoice.fodt',
                'template_extension': 'odt',
                'extension': 'pdf',
                })
        transaction.commit()


if __name__ == '__main__':
    if sys.argv[1:2] and sys.argv[1] in WAYS:
        measure(*sys.argv[1:])
    else:
        main(*map(int, sys.argv[1:]))
