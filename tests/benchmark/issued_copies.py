# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Copy a posted invoice by SQL, so that many are issued within minutes.

The copies take the following numbers of the range and of the moves, with lines
and moves of their own, and the move sequence goes on after them.  They are of
other customers with ten unpaid invoices each: Tryton adds up the open amounts
of the customer in every posting, which is not what we want to measure.
"""
COUNTER = "lpad(i::text, greatest(5, length(i::text)), '0')"
INVOICES_A_CUSTOMER = 10


def issue(database, invoice, count):
    "Copy the posted invoice until its range has issued that many"
    import psycopg

    from trytond import backend
    with psycopg.connect(
            **backend.Database._connection_params(database)) as connection:
        cursor = connection.cursor()
        # The copies refer to what the original refers to: no need to check
        cursor.execute("SET session_replication_role = replica")
        customers = _copy_customer(cursor, invoice, count)
        _copy_documents(cursor, invoice, count, customers)
        connection.commit()
        connection.autocommit = True
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("CHECKPOINT")


def _copy_customer(cursor, invoice, count):
    "Return the ids of party and address of the invoice i as SQL"
    cursor.execute(
        "SELECT party, invoice_address FROM account_invoice WHERE id = %s",
        [invoice])
    party, address = cursor.fetchone()
    customers = count // INVOICES_A_CUSTOMER
    parties = _last_id(cursor, 'party_party')
    addresses = _last_id(cursor, 'party_address')
    _copy(cursor, 'party_party', f'id = {party}', customers,
        id=f'{parties} + i', code="'copy ' || i")
    _copy(cursor, 'party_address', f'id = {address}', customers,
        id=f'{addresses} + i', party=f'{parties} + i')
    which = f'2 + i % {customers - 1}'
    return {
        'party': f'{parties} + {which}',
        'invoice_address': f'{addresses} + {which}',
        }


def _copy_documents(cursor, invoice, count, customer):
    cursor.execute(
        "SELECT move.id, move.number, extract(year FROM invoice_date) "
        "FROM account_invoice AS invoice "
        "JOIN account_move AS move ON move.id = invoice.move "
        "WHERE invoice.id = %s", [invoice])
    move, move_number, year = cursor.fetchone()
    assert move_number == '1', "the invoice is not the first one posted"
    new_invoice = f"{_last_id(cursor, 'account_invoice')} + i"
    new_move = f"{_last_id(cursor, 'account_move')} + i"
    _copy(cursor, 'account_invoice', f'id = {invoice}', count,
        id=new_invoice, move=new_move, range_number='i',
        number=f"'{year}-' || {COUNTER}",
        number_alnum=f"'{year}' || {COUNTER}",
        number_digit=f"('{year}' || {COUNTER})::bigint",
        **customer)
    _copy(cursor, 'account_invoice_line', f'invoice = {invoice}', count,
        invoice=new_invoice)
    _copy(cursor, 'account_move', f'id = {move}', count,
        id=new_move, number='i::text',
        origin=f"'account.invoice,' || {new_invoice}")
    _copy(cursor, 'account_move_line',
        f'party IS NOT NULL AND move = {move}', count,
        move=new_move, party=customer['party'])
    _copy(cursor, 'account_move_line',
        f'party IS NULL AND move = {move}', count, move=new_move)
    _go_on_after(cursor, move, count)


def _go_on_after(cursor, move, count):
    "Make the next move number of the sequence follow the copies"
    cursor.execute("DELETE FROM ir_sequence_strict_draw")
    cursor.execute(
        "UPDATE ir_sequence_strict AS sequence SET number_next_internal = %s "
        "FROM account_move AS move, account_period AS period, "
        "account_fiscalyear AS year "
        "WHERE move.id = %s AND period.id = move.period "
        "AND year.id = period.fiscalyear AND sequence.id = "
        "coalesce(period.move_sequence, year.move_sequence)",
        [count + 1, move])
    assert cursor.rowcount == 1


def _last_id(cursor, table):
    cursor.execute(f"SELECT max(id) FROM {table}")
    return cursor.fetchone()[0]


def _copy(cursor, table, condition, count, **values):
    "Copy the rows for i from 2 to the count, with the values as SQL"
    cursor.execute(
        "SELECT column_name FROM information_schema.columns "
        "WHERE table_name = %s AND is_generated = 'NEVER'", [table])
    names = {name for name, in cursor} - {'id'} - values.keys()
    columns = [f'"{name}"' for name in sorted(names)]
    cursor.execute(
        f"INSERT INTO {table} ({', '.join([*columns, *values])}) "
        f"SELECT {', '.join([*columns, *values.values()])} "
        f"FROM {table}, generate_series(2, {count}) AS i WHERE {condition}")
    cursor.execute(
        f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), "
        f"(SELECT max(id) FROM {table}))")
