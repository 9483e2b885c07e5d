# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Two take the turn of the same rows at the same time on PostgreSQL.

PostgreSQL updates the rows of a statement in the order in which it finds them,
which is another one for each way to look for them.
"""
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.office import wait_for

pytestmark = pytest.mark.postgresql
# What each of both may not use to find the rows
WAYS = [
    ['enable_seqscan', 'enable_bitmapscan'],
    ['enable_indexscan', 'enable_indexonlyscan', 'enable_bitmapscan'],
    ]


@pytest.fixture
def ids():
    "Return ids of rows that stand in the table the other way round"
    from trytond.pool import Pool
    from trytond.tests.test_tryton import DB_NAME, USER, drop_db
    from trytond.tests.tools import activate_modules
    from trytond.transaction import Transaction
    activate_modules('shop_invoicing')
    with Transaction().start(DB_NAME, USER) as transaction:
        Party = Pool().get('party.party')
        ids = [p.id for p in Party.create([{} for _ in range(3)])]
        cursor = transaction.connection.cursor()
        for id_ in reversed(ids):
            cursor.execute(
                'UPDATE party_party SET code = %s WHERE id = %s',
                (str(id_), id_))
    yield ids
    drop_db()


def take_by_row(records):
    from trytond.modules.shop_invoicing.invoice import row_turn
    row_turn.take(records)


def take_by_statement(records):
    "What would do if the rows were always found in the same order"
    from sql.operators import In

    from trytond.transaction import Transaction
    table = records[0].__table__()
    Transaction().connection.cursor().execute(*table.update(
            [table.write_date], [table.write_date],
            where=In(table.id, sorted(r.id for r in records))))


def take_both(take, ids):
    """Return the errors of two who take the turn of the same rows.

    Both wait for a third one, who has the row in the middle.
    """
    from trytond.tests.test_tryton import DB_NAME
    from trytond.transaction import Transaction
    with ThreadPoolExecutor() as executor:
        with Transaction().start(DB_NAME, 0) as transaction:
            cursor = transaction.connection.cursor()
            cursor.execute(
                'SELECT id FROM party_party WHERE id = %s FOR UPDATE',
                (ids[1],))
            both = [
                executor.submit(go_through, take, order, way)
                for order, way in zip([ids, ids[::-1]], WAYS)]
            wait_for(lambda: count_waiting(cursor) == 2)
            transaction.rollback()
        return [one.result(timeout=60) for one in both]


def count_waiting(cursor):
    cursor.execute('SELECT COUNT(*) FROM pg_locks WHERE NOT granted')
    count, = cursor.fetchone()
    return count


def go_through(take, ids, way):
    "Take the turn, again after a refusal, and return the errors"
    from trytond import backend
    from trytond.pool import Pool
    from trytond.tests.test_tryton import DB_NAME
    from trytond.transaction import Transaction
    errors = []
    while len(errors) < 3:
        with Transaction().start(DB_NAME, 0) as transaction:
            cursor = transaction.connection.cursor()
            for name in way:
                cursor.execute(f'SET LOCAL {name} = off')
            try:
                take(Pool().get('party.party').browse(ids))
                break
            except backend.DatabaseOperationalError as error:
                errors.append(type(error).__name__)
                transaction.rollback()
    return errors


def test_nobody_waits_for_who_waits_for_him(ids):
    errors = take_both(take_by_row, ids)
    # The second one sees what the first one has done
    assert sorted(errors) == [[], ['SerializationFailure']]


def test_a_single_statement_would_be_a_deadlock(ids):
    first, second = take_both(take_by_statement, ids)
    assert 'DeadlockDetected' in first + second
