# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Time the audit of number ranges with many invoices on PostgreSQL.

python -m tests.benchmark.number_range_audit [number of invoices]

It prints the seconds of the audit, of stock Tryton counting the same invoices
by a search of their numbers, and the ratio of both.
"""
import datetime as dt
import sys
import time
from functools import partial

from tests.benchmark import database

COUNT = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
YEAR = dt.date.today().year


def main():
    with database.postgresql():
        invoice, range_ = post_first_invoice()
        copy_invoice(invoice, COUNT)
        measure(range_)


def post_first_invoice():
    "Return the ids of a posted invoice and its range"
    from proteus import Model

    from tests.tools import create_customer_invoice, create_shop, post
    from trytond.tests.tools import activate_modules
    activate_modules('shop_invoicing', partial(create_shop, YEAR, YEAR))
    customer, = Model.get('party.party').find([('name', '=', "Customer")])
    invoice = create_customer_invoice(customer, dt.date(YEAR, 1, 1))
    post(invoice)
    return invoice.id, invoice.number_range.id


def copy_invoice(invoice, count):
    "Copy the row of the invoice with the following numbers, but for a few"
    from trytond.tests.test_tryton import DB_NAME
    from trytond.transaction import Transaction
    with Transaction().start(DB_NAME, 0) as transaction:
        cursor = transaction.connection.cursor()
        cursor.execute(
            "SELECT column_name FROM information_schema.columns "
            "WHERE table_name = 'account_invoice'")
        names = {name for name, in cursor} - {
            'id', 'number', 'range_number', 'move'}
        columns = ', '.join(f'"{name}"' for name in names)
        cursor.execute(
            f"INSERT INTO account_invoice "
            f"({columns}, number, range_number) "
            f"SELECT {columns}, '{YEAR}-' || to_char(i, 'FM00000000'), i "
            f"FROM account_invoice, generate_series(2, {count}) AS i "
            f"WHERE id = {invoice} AND i % 100000 != 3")
        transaction.commit()
        transaction.connection.autocommit = True
        cursor.execute("VACUUM ANALYZE account_invoice")


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


def time_of(function):
    "Return the seconds of the fastest of three calls"
    seconds = []
    for _ in range(3):
        start = time.perf_counter()
        function()
        seconds.append(time.perf_counter() - start)
    return min(seconds)


if __name__ == '__main__':
    main()
