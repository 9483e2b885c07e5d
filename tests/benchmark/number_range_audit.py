# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Time the audit of number ranges with many invoices on PostgreSQL.

python -m tests.benchmark.number_range_audit [number of invoices]

It prints the seconds of the audit, of stock Tryton counting the same invoices
by a search of their numbers, and the ratio of both.
"""
import sys

from tests.benchmark import database
from tests.benchmark.copies import (
    YEAR, copy_invoice, post_first_invoice, time_of)

COUNT = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000


def main():
    with database.postgresql():
        invoice, range_ = post_first_invoice()
        copy_invoice(invoice, COUNT, where='i % 100000 != 3')
        measure(range_)


def measure(range_):
    "Print the times"
    from trytond.pool import Pool
    from trytond.tests.test_tryton import DB_NAME
    from trytond.transaction import Transaction
    with Transaction().start(DB_NAME, 1):
        pool = Pool()
        Finding = pool.get('account.invoice.number_range.finding')
        Invoice = pool.get('account.invoice')
        Range = pool.get('account.invoice.number_range')

        def audit():
            return [finding.explanation for finding in Finding.search([])]

        def counters():
            return Range.browse([range_])[0].number_next

        def stock():
            return Invoice.search(
                [('number', 'like', f'{YEAR}-%')], count=True)

        times = {f.__name__: time_of(f) for f in [stock, audit, counters]}
        for name, seconds in times.items():
            print(f"{name:<10} {seconds:8.3f} s "
                f"{seconds / times['stock']:8.2f} × stock")
        print(f"{len(audit())} findings in {stock()} invoices")


if __name__ == '__main__':
    main()
