# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Count the SQL statements of posting one invoice of three lines.

python -m tests.benchmark.statements

It prints the count of stock Tryton, ours and the difference.
"""
from unittest.mock import patch

from tests.benchmark import database, posting
from tests.benchmark.poster import call, in_production


def main():
    with database.postgresql():
        counts = {name: count(name) for name in ['stock', 'ours']}
    for name, number in counts.items():
        print(f"{name:10} {number:5}")
    print(f"{'difference':10} {counts['ours'] - counts['stock']:+5}")


def count(name):
    "Return the number of statements of the third posting"
    from trytond.tests.test_tryton import DB_NAME, drop_db
    posting.prepare(name)
    *first, last = posting.create_drafts(3)
    for draft in first:
        call(DB_NAME, 'account.invoice', 'post', [draft])
    statements = record(call, DB_NAME, 'account.invoice', 'post', [last])
    drop_db()
    return len(statements)


def record(function, *args):
    "Call the function and return the statements with their parameters"
    from psycopg import Cursor
    execute = Cursor.execute
    statements = []

    def recording(cursor, query, params=None, **kwargs):
        statements.append((query, params))
        return execute(cursor, query, params, **kwargs)

    with patch.object(Cursor, 'execute', recording), in_production():
        function(*args)
    return statements


if __name__ == '__main__':
    main()
