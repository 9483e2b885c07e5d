# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""A process that calls a method of records one after the other.

python -m tests.payer DATABASE MODEL METHOD ID...

It says "ready", waits for a line, and prints the error of each call.
"""
import argparse
import json
import subprocess
import sys
import time

# Invoice all that is left of the sales, as the wizard does
INVOICE_ALL = 'invoice_all'
# Credit the net amount of the invoices, as the wizard does
CREDIT_ALL = 'credit_all'


def start(model, method, ids):
    "Return a process that is ready to call the method of the records"
    from trytond.tests.test_tryton import DB_NAME
    process = subprocess.Popen(
        [sys.executable, '-W', 'ignore', '-m', 'tests.payer', DB_NAME, model,
            method, *map(str, ids)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "ready\n"
    return process


def run(*processes):
    "Let the processes go at the same moment and return their errors"
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()
    outputs = [p.communicate()[0] for p in processes]
    return [json.loads(o.splitlines()[-1]) for o in outputs]


def main(options):
    from tests import module_lookup
    from trytond.pool import Pool
    module_lookup.install()
    Pool.start()
    Pool(options.database).init()
    print("ready", flush=True)
    sys.stdin.readline()
    errors = []
    for id_ in options.ids:
        try:
            call(options.database, options.model, options.method, [id_])
            errors.append(None)
        except Exception as error:
            errors.append(repr(error))
    print(json.dumps(errors))


def call(database, model, method, ids):
    "Call the method and do its tasks as the server does"
    from trytond import backend, config
    from trytond.pool import Pool
    from trytond.transaction import Transaction, TransactionError
    from trytond.worker import run_task
    count, extras = 0, {}
    while True:
        time.sleep(.02 * count)
        with Transaction().start(
                database, 1, context={'company': 1}, **extras) as transaction:
            Model = Pool().get(model)
            try:
                if method == INVOICE_ALL:
                    invoice_all(Model.browse(ids))
                elif method == CREDIT_ALL:
                    credit_all(Model.browse(ids))
                else:
                    getattr(Model, method)(Model.browse(ids))
                transaction.commit()
                break
            except TransactionError as error:
                transaction.rollback()
                transaction.tasks.clear()
                error.fix(extras)
            except backend.DatabaseOperationalError:
                if count >= config.getint('database', 'retry'):
                    raise
                transaction.rollback()
                transaction.tasks.clear()
                count += 1
    while transaction.tasks:
        run_task(database, transaction.tasks.pop())


def invoice_all(sales):
    for sale in sales:
        sale.invoice_by_hand({l: l.quantity for l in sale.lines})


def credit_all(invoices):
    for invoice in invoices:
        invoice.give_credit(invoice.untaxed_amount)


def parse():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('database')
    parser.add_argument('model')
    parser.add_argument('method')
    parser.add_argument('ids', type=int, nargs='*')
    return parser.parse_args()


if __name__ == '__main__':
    main(parse())
