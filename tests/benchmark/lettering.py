# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Time the import of a file of letterings on PostgreSQL.

python -m tests.benchmark.lettering [1000 10000 100000]

For each number of lines it prints the seconds of reading and rehearsing the
file, of applying and of undoing it, the microseconds a line of both first, the
most memory of the process in MB, and the ratio of both first to the plain SQL
that letters the same invoices.  Each size is a process of its own.
"""
import argparse
import datetime as dt
import json
import resource
import subprocess
import sys
import time

from tests.benchmark import database
from tests.benchmark.copies import YEAR, copy_invoice, post_first_invoice

PLAIN = [
    "CREATE TEMPORARY TABLE pair (number VARCHAR, lettering VARCHAR) "
    "ON COMMIT DROP",
    "COPY pair FROM STDIN",
    "ANALYZE pair",
    "UPDATE account_invoice SET lettering = pair.lettering, "
    "lettered_at = now(), lettered_by = 1, write_date = now(), write_uid = 1 "
    "FROM pair WHERE account_invoice.number = pair.number "
    "AND company = (SELECT min(id) FROM company_company) AND type = 'out'",
    "INSERT INTO account_invoice_lettering_change "
    "(create_uid, create_date, invoice, new_value) "
    "SELECT 1, now(), id, pair.lettering "
    "FROM account_invoice JOIN pair USING (number) "
    "WHERE company = (SELECT min(id) FROM company_company) AND type = 'out'",
    ]


def main(options):
    if options.alone:
        return print(json.dumps(measure(*options.sizes)))
    print(f"{'lines':>7} {'rehearse':>9} {'apply':>7} {'undo':>7} "
        f"{'µs a line':>10} {'MB':>5} {'plain':>7} {'× plain':>8}")
    with database.postgresql():
        invoice, _ = post_first_invoice()
        copy_invoice(invoice, max(options.sizes) + 1)
        for size in options.sizes:
            print_row(size, **run(size))


def parse():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        'sizes', type=int, nargs='*', default=[1000, 10_000, 100_000],
        help="lines of the file")
    parser.add_argument('--alone', action='store_true',
        help="measure in this process and database")
    return parser.parse_args()


def run(size):
    "Return what a new process has measured"
    output = subprocess.run(
        [sys.executable, '-m', 'tests.benchmark.lettering', '--alone',
            str(size)],
        stdout=subprocess.PIPE, text=True, check=True).stdout
    return json.loads(output.splitlines()[-1])


def print_row(size, rehearse, apply, undo, memory, plain):
    both = rehearse + apply
    print(f"{size:7} {rehearse:9.2f} {apply:7.2f} {undo:7.2f} "
        f"{both / size * 1e6:10.0f} {memory:5.0f} {plain:7.2f} "
        f"{both / plain:8.2f}", flush=True)


def measure(size):
    "Return the seconds of each step and the memory"
    from trytond.pool import Pool
    from trytond.tests.test_tryton import DB_NAME
    Pool.start()
    Pool(DB_NAME).init()
    times = {'plain': letter_plain(size)}
    file = make_file(size)

    def rehearse():
        Batch = Pool().get('account.invoice.lettering.batch')
        return Batch.rehearse_file(file, "benchmark.csv")

    times['rehearse'], batch = timed(rehearse)
    for name in ['apply', 'undo']:
        times[name], _ = timed(press, name, batch)
    kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {**times, 'memory': kilobytes / 1024}


def press(button, batch):
    from trytond.pool import Pool
    Batch = Pool().get('account.invoice.lettering.batch')
    getattr(Batch, button)(Batch.browse([batch]))


def timed(function, *args):
    "Return the seconds of the call in a transaction of its own and its result"
    from trytond.pool import Pool
    from trytond.tests.test_tryton import DB_NAME
    from trytond.transaction import Transaction
    start = time.perf_counter()
    with Transaction().start(DB_NAME, 1) as transaction:
        company, = Pool().get('company.company').search([])
        with transaction.set_context(company=company.id):
            result = function(*args)
        transaction.commit()
    return time.perf_counter() - start, result


def make_pairs(size):
    return (
        (f'{YEAR}-{i:08}', f'L-{dt.date.today()}-{i}')
        for i in range(2, size + 2))


def make_file(size):
    lines = (f'{number};{lettering}' for number, lettering in make_pairs(size))
    return '\r\n'.join(['Number;Lettering', *lines]).encode()


def letter_plain(size):
    "Return the seconds of the plain SQL, which is rolled back"
    from trytond.tests.test_tryton import DB_NAME
    from trytond.transaction import Transaction
    with Transaction().start(DB_NAME, 1) as transaction:
        start = time.perf_counter()
        cursor = transaction.connection.cursor()
        for statement in PLAIN:
            if statement.startswith('COPY'):
                with cursor.copy(statement) as copy:
                    for pair in make_pairs(size):
                        copy.write_row(pair)
            else:
                cursor.execute(statement)
        seconds = time.perf_counter() - start
        assert cursor.rowcount == size
        transaction.rollback()
        return seconds


if __name__ == '__main__':
    main(parse())
