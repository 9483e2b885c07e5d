# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Time a post while few and while many invoices are issued in the range.

python -m tests.benchmark.issued [--issued 1000 1000000] [--posts 50]

Each number of issued invoices has a database of its own.  One client posts in
all of them in turn, one invoice of three lines a call, so that what slows the
machine down slows all of them down.
"""
import argparse
import statistics
import time

from tests.benchmark import database, issued_copies, posting
from tests.benchmark.poster import call, in_production
from tests.benchmark.statements import record

WARM_UP = 5


def main():
    options = parse()
    with database.postgresql():
        first, *drafts = make_shop(options.posts)
        names = {
            count: make_database(first, count) for count in options.issued}
        seconds = measure(list(names.values()), drafts[:-1])
        print(f"{'issued':>9} statements  median ms  mean ms    ratio")
        base = seconds[names[options.issued[0]]]
        for count, name in names.items():
            statements = len(record(post, name, drafts[-1]))
            median = statistics.median(seconds[name])
            print(f"{count:9} {statements:10} "
                f"{1000 * median:10.1f} "
                f"{1000 * statistics.mean(seconds[name]):8.1f} "
                f"{median / statistics.median(base):8.3f}")


def parse():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        '--issued', type=int, nargs='+', default=[1_000, 1_000_000],
        help="invoices that are issued already")
    parser.add_argument('--posts', type=int, default=50,
        help="posts in each database")
    return parser.parse_args()


def make_shop(posts):
    "Return a posted invoice and the drafts of a new shop"
    from trytond.tests.test_tryton import DB_NAME
    posting.prepare('ours')
    first, *drafts = posting.create_drafts(1 + WARM_UP + posts + 1)
    post(DB_NAME, first)
    return first, *drafts


def make_database(invoice, count):
    "Return the name of a copy of the shop with that many issued"
    from trytond import backend
    from trytond.pool import Pool
    from trytond.tests.test_tryton import DB_NAME
    from trytond.transaction import Transaction
    name = f'{DB_NAME}_{count}'
    backend.Database(DB_NAME).close()
    with Transaction().start(None, 0, close=True, autocommit=True) as (
            transaction):
        transaction.database.create(
            transaction.connection, name, template=DB_NAME)
    issued_copies.issue(name, invoice, count)
    Pool(name).init()
    return name


def measure(names, drafts):
    "Return the seconds of each post by the name of the database"
    seconds = {name: [] for name in names}
    for number, draft in enumerate(drafts):
        # Nobody is always the first
        for name in names[::-1 if number % 2 else 1]:
            start = time.perf_counter()
            post(name, draft)
            if number >= WARM_UP:
                seconds[name].append(time.perf_counter() - start)
    return seconds


def post(name, draft):
    with in_production():
        call(name, 'account.invoice', 'post', [draft])


if __name__ == '__main__':
    main()
