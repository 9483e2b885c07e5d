# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Look at the invoices and moves of a database past Tryton."""
import os
from contextlib import contextmanager

COUNTERS_WITH_HOLES = """
    SELECT number_range, array_agg(range_number ORDER BY range_number)
    FROM account_invoice WHERE number_range IS NOT NULL
    GROUP BY number_range
    HAVING min(range_number) != 1 OR max(range_number) != count(*)
        OR count(DISTINCT range_number) != count(*)"""
NUMBERS_TWICE = """
    SELECT company, number, count(*)
    FROM account_invoice WHERE number IS NOT NULL
    GROUP BY company, number HAVING count(*) > 1"""
DATES_OUT_OF_ORDER = """
    SELECT number FROM (
        SELECT number, invoice_date, lag(invoice_date) OVER (
            PARTITION BY number_range ORDER BY range_number) AS before
        FROM account_invoice WHERE number_range IS NOT NULL) AS numbered
    WHERE invoice_date < before"""
HALF_POSTED = """
    SELECT i.id, i.state, i.number, m.state, m.number
    FROM account_invoice AS i LEFT JOIN account_move AS m ON m.id = i.move
    WHERE (i.number IS NOT NULL)
        != (i.state IN ('posted', 'paid', 'cancelled'))
        OR (i.number IS NOT NULL)
        != (m.state = 'posted' AND m.number IS NOT NULL)
        OR (i.number IS NULL) != (i.move IS NULL)"""
MOVES = """
    WITH numbered AS (
        SELECT coalesce(p.move_sequence, y.move_sequence) AS sequence,
            m.number::int AS number
        FROM account_move AS m
        JOIN account_period AS p ON p.id = m.period
        JOIN account_fiscalyear AS y ON y.id = p.fiscalyear
        WHERE m.state = 'posted')
    SELECT sequence, array_agg(number ORDER BY number), number_next_internal
    FROM numbered JOIN ir_sequence_strict AS s ON s.id = sequence
    GROUP BY sequence, number_next_internal"""
MOVES_WITH_HOLES = f"""
    SELECT * FROM ({MOVES}) AS moves (sequence, numbers, next)
    WHERE numbers != (
        SELECT array_agg(n) FROM generate_series(
            1, array_length(numbers, 1)) AS n)"""
SEQUENCES_UNTRUE = f"""
    SELECT * FROM ({MOVES}) AS moves (sequence, numbers, next)
    WHERE next != array_length(numbers, 1) + 1"""
DRAWS_LEFT = "SELECT sequence, number_next FROM ir_sequence_strict_draw"
TURNS = """
    SELECT pid, granted, objid FROM pg_locks AS l
    JOIN pg_database AS d ON d.oid = l.database
    WHERE locktype = 'advisory' AND d.datname = current_database()"""
FINDINGS = {
    'counters': COUNTERS_WITH_HOLES,
    'numbers': NUMBERS_TWICE,
    'dates': DATES_OUT_OF_ORDER,
    'half posted': HALF_POSTED,
    'moves': MOVES_WITH_HOLES,
    'sequences': SEQUENCES_UNTRUE,
    'draws': DRAWS_LEFT,
    'turns': TURNS,
    }


@contextmanager
def connect(uri=None):
    import psycopg

    from trytond import config
    uri = config.parse_uri(uri or config.get('database', 'uri'))
    uri = uri._replace(scheme='postgresql', path='/' + os.environ['DB_NAME'])
    with psycopg.connect(uri.geturl(), autocommit=True) as connection:
        yield connection


def query(statement, *params, uri=None):
    "Return the rows"
    with connect(uri) as connection:
        return connection.execute(statement, params).fetchall()


def find_wrong(uri=None):
    "Return what is wrong by name"
    found = {
        name: query(statement, uri=uri)
        for name, statement in FINDINGS.items()}
    return {name: rows for name, rows in found.items() if rows}


def find_posted(ids, uri=None):
    "Return those of the invoices that are posted"
    return {id_ for id_, in query(
            "SELECT id FROM account_invoice "
            "WHERE id = ANY(%s) AND number IS NOT NULL", list(ids), uri=uri)}


def find_turns(uri=None):
    return query(TURNS, uri=uri)


def copy_draft(template, count, date=None, sign=1):
    "Return the ids of copies of the draft; with sign -1 of credit notes"
    with connect() as connection:
        columns = _get_columns(connection, 'account_invoice')
        ids = [id_ for id_, in connection.execute(f"""
                INSERT INTO account_invoice ({columns}, invoice_date)
                SELECT {columns}, %s::date
                FROM account_invoice, generate_series(1, %s)
                WHERE id = %s RETURNING id""", [date, count, template])]
        columns = _get_columns(connection, 'account_invoice_line')
        connection.execute(f"""
            INSERT INTO account_invoice_line ({columns}, invoice, quantity)
            SELECT {columns}, copy, %s * quantity
            FROM account_invoice_line, unnest(%s::int[]) AS copy
            WHERE invoice = %s""", [sign, ids, template])
        return ids


def _get_columns(connection, table):
    "Return the columns that are the same in a copy"
    columns = connection.execute("""
        SELECT quote_ident(column_name) FROM information_schema.columns
        WHERE table_name = %s AND column_name
        NOT IN ('id', 'invoice_date', 'invoice', 'quantity')""", [table])
    return ', '.join(column for column, in columns)
