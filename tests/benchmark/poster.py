# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""A client that posts invoices, one call after the other.

python -m tests.benchmark.poster [--unlocked] DATABASE BATCH ID...

It says "ready", waits for a line, and prints what becomes of each call.
With --unlocked the numbers come from sequences of PostgreSQL, which nobody
waits for and which leave holes.
"""
import argparse
import json
import sys
import time
from unittest.mock import patch


def main(options):
    database, ids, batch = options.database, options.ids, options.batch
    from trytond.pool import Pool
    Pool.start()
    Pool(database).init()
    if options.unlocked:
        from tests.benchmark import unlocked
        unlocked.install()
    print("ready", flush=True)
    sys.stdin.readline()
    for start in range(0, len(ids), batch):
        begin = time.monotonic()
        error = post(database, ids[start:start + batch])
        print(json.dumps({
                    'ids': ids[start:start + batch],
                    'seconds': time.monotonic() - begin,
                    'error': error,
                    }), flush=True)


def post(database, ids):
    "Post the invoices as the server does; return the name of the error"
    try:
        call(database, 'account.invoice', 'post', ids)
    except Exception as error:
        return type(error).__name__


def in_production():
    """Return a context without what Tryton does in tests only.

    There it computes all function fields of what is created, to validate them.
    """
    from trytond.pool import Pool
    return patch.object(Pool, 'test', False)


def call(database, model, method, ids, user=1):
    "Call the method with the loop of trytond.protocols.dispatcher"
    from trytond import backend, config
    from trytond.pool import Pool
    from trytond.transaction import Transaction, TransactionError
    retry = config.getint('database', 'retry')
    count, extras = 0, {}
    while True:
        with Transaction().start(
                database, user, context={'_skip_warnings': True},
                **extras) as transaction:
            Model = Pool().get(model)
            try:
                result = getattr(Model, method)(Model.browse(ids))
                transaction.commit()
                return result
            except TransactionError as error:
                transaction.rollback()
                transaction.tasks.clear()
                error.fix(extras)
            except backend.DatabaseOperationalError:
                if count >= retry:
                    raise
                transaction.rollback()
                transaction.tasks.clear()
                count += 1


def parse():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--unlocked', action='store_true')
    parser.add_argument('database')
    parser.add_argument('batch', type=int)
    parser.add_argument('ids', type=int, nargs='*')
    return parser.parse_args()


if __name__ == '__main__':
    main(parse())
