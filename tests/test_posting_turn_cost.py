# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""What a posting costs does not grow with the invoices issued before."""
import pytest

from tests.benchmark import issued_copies, posting, statements
from tests.benchmark.poster import call

pytestmark = pytest.mark.postgresql

ISSUED = 5_000


def test_it_needs_few_statements_more_than_stock():
    assert statements.count('ours') <= statements.count('stock') + 10


@pytest.fixture(scope='module')
def plans():
    "Return the plans of the statements of a posting that read invoices"
    from trytond.tests.test_tryton import DB_NAME, drop_db
    posting.prepare('ours')
    first, second, last = posting.create_drafts(3)
    post(first)
    issued_copies.issue(DB_NAME, first, ISSUED)
    # What is cached is not read again by the last one
    post(second)
    recorded = statements.record(post, last)
    assert number_of(last) == ISSUED + 2
    yield explain([
            (query, params) for query, params in recorded
            if '"account_invoice"' in str(query)])
    drop_db()


def post(draft):
    from trytond.tests.test_tryton import DB_NAME
    call(DB_NAME, 'account.invoice', 'post', [draft])


def number_of(id_):
    from trytond.pool import Pool
    from trytond.tests.test_tryton import DB_NAME
    from trytond.transaction import Transaction
    with Transaction().start(DB_NAME, 0):
        return Pool().get('account.invoice')(id_).range_number


def explain(recorded):
    "Return the plans of the statements by their text"
    from psycopg import ClientCursor

    from trytond.tests.test_tryton import DB_NAME
    from trytond.transaction import Transaction
    with Transaction().start(DB_NAME, 0) as transaction:
        cursor = ClientCursor(transaction.connection)
        plans = {}
        for query, params in recorded:
            cursor.execute('EXPLAIN (FORMAT JSON) ' + query, params)
            plans[query], = cursor.fetchone()[0]
        return plans


def scans(plan):
    "Yield each node that reads invoices"
    if plan.get('Relation Name') == 'account_invoice':
        yield plan['Node Type']
    for part in plan.get('Plans', []):
        yield from scans(part)


def test_it_reads_issued_invoices_by_an_index(plans):
    wrong = [
        query for query, plan in plans.items()
        if 'Seq Scan' in scans(plan['Plan'])]
    assert not wrong


@pytest.mark.parametrize('what', [
        'SELECT MAX("b"."range_number")',
        'SELECT "a"."range_number", "a"."invoice_date", "a"."number"',
        'COALESCE("a"."number", %s) = ANY (%s)',
        ])
def test_the_queries_of_the_module_are_among_them(plans, what):
    found = [plan for query, plan in plans.items() if what in query]
    assert found
    for plan in found:
        assert list(scans(plan['Plan']))
