# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Post with many clients at the same time: stock Tryton, ours, without lock.

python -m tests.benchmark.posting [--clients 1 2 4 8 16] [--calls 10]
                                  [--batch 1]

Each client is a process and posts one batch a call on PostgreSQL.
Without lock the numbers come from sequences of PostgreSQL: the most that the
machine can do, with holes wherever something fails.
"""
import argparse
import datetime as dt
import json
import statistics
import subprocess
import sys
import time
from functools import partial

from tests.benchmark import database, unlocked

MODULES = {
    'stock': ['account', 'account_invoice', 'company', 'sale'],
    'ours': ['shop_invoicing'],
    'no lock': ['shop_invoicing'],
    }
YEAR = dt.date.today().year
LINES = 3


def main():
    options = parse()
    print(f"{'':7} clients   per s  failed  median ms  findings  × stock")
    with database.postgresql():
        for clients in options.clients:
            rates = {}
            for name in MODULES:
                result = measure(
                    name, clients, options.calls, options.batch)
                rates[name] = result['rate']
                print(f"{name:7} {clients:7} {result['rate']:7.2f} "
                    f"{result['failed']:6.0%} {result['median']:10.0f} "
                    f"{result['findings']:9} "
                    f"{rates[name] / (rates['stock'] or 1):8.2f}", flush=True)


def parse():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        '--clients', type=int, nargs='+', default=[1, 2, 4, 8, 16])
    parser.add_argument('--calls', type=int, default=10,
        help="calls of each client")
    parser.add_argument('--batch', type=int, default=1,
        help="invoices a call")
    return parser.parse_args()


def measure(name, clients, calls, batch):
    "Return what came of the calls of the clients"
    from trytond.tests.test_tryton import drop_db
    prepare(name)
    drafts = create_drafts(clients * calls * batch)
    if name == 'no lock':
        create_sequences()
    seconds, results = run(clients, drafts, batch, unlocked=name == 'no lock')
    good = [call for call in results if not call['error']]
    findings = count_findings(good)
    drop_db()
    return {
        'rate': sum(len(call['ids']) for call in good) / seconds,
        'failed': 1 - len(good) / len(results),
        'median': 1000 * statistics.median(
            call['seconds'] for call in good or results),
        'findings': findings,
        }


def prepare(name):
    "Make a fresh database with the modules"
    from tests.tools import create_shop
    from trytond.tests.tools import activate_modules
    activate_modules(MODULES[name], partial(create_shop, YEAR, YEAR))


def create_sequences():
    from trytond.tests.test_tryton import DB_NAME
    from trytond.transaction import Transaction
    with Transaction().start(DB_NAME, 0) as transaction:
        unlocked.create()
        transaction.commit()


def create_drafts(count):
    "Return the ids of that many drafts of today with three lines"
    from proteus import Model

    from tests.tools import create_customer_invoice
    customer, = Model.get('party.party').find([('name', '=', "Customer")])
    invoice = create_customer_invoice(customer)
    line = invoice.lines[0]
    for _ in range(LINES - 1):
        invoice.lines.new(
            account=line.account, quantity=1, unit_price=line.unit_price)
    invoice.save()
    return [invoice.duplicate()[0].id for _ in range(count)]


def run(clients, drafts, batch, unlocked=False):
    "Return the seconds and the results of all calls"
    processes = [
        start(drafts[number::clients], batch, unlocked)
        for number in range(clients)]
    begin = time.monotonic()
    for process in processes:
        go(process)
    results = [call for process in processes for call in finish(process)]
    return time.monotonic() - begin, results


def start(drafts, batch=1, unlocked=False):
    "Return a client that is ready to post the drafts"
    from trytond.tests.test_tryton import DB_NAME
    process = subprocess.Popen(
        [sys.executable, '-m', 'tests.benchmark.poster',
            *['--unlocked'] * unlocked, DB_NAME, str(batch),
            *map(str, drafts)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "ready\n"
    return process


def go(process):
    process.stdin.write("go\n")
    process.stdin.flush()


def finish(process):
    "Return what the client has printed until it ended"
    output, _ = process.communicate()
    return [json.loads(line) for line in output.splitlines()
        if line.endswith('}')]


def count_findings(good):
    "Return how much is wrong with the numbers of invoices and moves"
    from trytond.pool import Pool
    from trytond.tests.test_tryton import DB_NAME
    from trytond.transaction import Transaction
    posted = {id_ for call in good for id_ in call['ids']}
    with Transaction().start(DB_NAME, 0):
        pool = Pool()
        Invoice = pool.get('account.invoice')
        invoices = Invoice.search([('number', '!=', None)])
        # A client that was killed may have posted without saying so
        wrong = len(posted - {i.id for i in invoices})
        numbers = sorted(i.number_digit % 100000 for i in invoices)
        moves = sorted(int(i.move.number) for i in invoices)
        gapless = list(range(1, len(invoices) + 1))
        wrong += (numbers != gapless) + (moves != gapless)
        sequence, = {i.move.period.move_sequence_used for i in invoices}
        wrong += sequence.number_next != len(invoices) + 1
        return wrong


if __name__ == '__main__':
    main()
