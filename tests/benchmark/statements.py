# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Count the SQL statements of posting one invoice of three lines.

python -m tests.benchmark.statements

It prints the count of stock Tryton, ours and the difference.
"""
from unittest.mock import patch

from tests.benchmark import database, posting
from tests.benchmark.poster import call


def main():
    with database.postgresql():
        counts = {name: count(name) for name in ['stock', 'ours']}
    for name, number in counts.items():
        print(f"{name:10} {number:5}")
    print(f"{'difference':10} {counts['ours'] - counts['stock']:+5}")


def count(name):
    "Return the statements of the third posting"
    from psycopg import Cursor

    from trytond.tests.test_tryton import DB_NAME, drop_db
    posting.prepare(name)
    *first, last = posting.create_drafts(3)
    for draft in first:
        call(DB_NAME, 'account.invoice', 'post', [draft])
    execute = Cursor.execute
    statements = []

    def counting(cursor, query, *args, **kwargs):
        statements.append(query)
        return execute(cursor, query, *args, **kwargs)

    with patch.object(Cursor, 'execute', counting):
        call(DB_NAME, 'account.invoice', 'post', [last])
    drop_db()
    return len(statements)


if __name__ == '__main__':
    main()
