# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Let those who decide by the same records wait for one another.

PostgreSQL refuses to update a row that was updated since the transaction has
started, and so Tryton starts the transaction again and sees what the others
have done.  A lock fails instead of waiting.
"""
from trytond.transaction import Transaction


def take(records):
    "Wait for those who have the turn of one of the records, of one model"
    cursor = Transaction().connection.cursor()
    # In one order, so that two never wait for each other.  A single update of
    # all takes the rows in the order in which they are found.
    for record in sorted(set(records), key=lambda r: r.id):
        table = record.__table__()
        cursor.execute(*table.update(
                [table.write_date], [table.write_date],
                where=table.id == record.id))
