# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Time the check of all seals of many documents on PostgreSQL.

python -m tests.benchmark.seal_audit [number of documents]

The documents have three lines each, moves and no stored PDF.  It prints the
seconds and the highest memory of sealing them later and of the check.
"""
import resource
import sys
import time

from tests.benchmark import database, issued_copies, posting
from tests.benchmark.poster import call

COUNT = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000


def main():
    with database.postgresql():
        from trytond.tests.test_tryton import DB_NAME
        posting.prepare('ours')
        first, = posting.create_drafts(1)
        call(DB_NAME, 'account.invoice', 'post', [first])
        issued_copies.issue(DB_NAME, first, COUNT)
        measure("seal later", seal)
        vacuum()
        measure("check", check)


def measure(what, function):
    start = time.perf_counter()
    result = function()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{what:<12} {time.perf_counter() - start:8.1f} s "
        f"{memory:8.0f} MB  {result}", flush=True)


def seal():
    from trytond.pool import Pool
    from trytond.tests.test_tryton import DB_NAME
    from trytond.transaction import Transaction
    with Transaction().start(DB_NAME, 0):
        Company = Pool().get('company.company')
        companies = Company.search([])
        Company.seal_existing(companies)
        return f"{COUNT} documents"


def vacuum():
    import psycopg

    from trytond import backend
    from trytond.tests.test_tryton import DB_NAME
    with psycopg.connect(
            autocommit=True,
            **backend.Database._connection_params(DB_NAME)) as connection:
        connection.execute("VACUUM ANALYZE")


def check():
    from trytond.pool import Pool
    from trytond.tests.test_tryton import DB_NAME
    from trytond.transaction import Transaction
    with Transaction().start(DB_NAME, 0):
        pool = Pool()
        Audit = pool.get('account.invoice.seal.audit')
        company, = pool.get('company.company').search([])
        audit = Audit.check_seals(company)
        return f"{audit.seals} seals, {len(audit.faults)} faults"


if __name__ == '__main__':
    main()
