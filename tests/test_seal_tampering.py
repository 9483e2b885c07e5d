# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Whatever is changed past Tryton in what was sealed is found."""
import datetime as dt
from decimal import Decimal
from functools import partial

import pytest

YEAR = dt.date.today().year
# What may change, or is computed from what is sealed
UNSEALED = {
    '*': {
        'id', 'create_date', 'create_uid', 'write_date', 'write_uid',
        'last_modified_at', 'last_modified_by'},
    'account.invoice': {
        # Follow from the number
        'number_alnum', 'number_digit',
        # What becomes of the document, of which the state is compared
        'dispatch_state', 'dispatch_error', 'electronic_invoice_missing',
        'lettering', 'lettered_at', 'lettered_by',
        # How it is paid
        'payment_direct_debit',
        # Compared with the cancellation and with its move
        'cancel_move',
        # Of supplier invoices, or of what the invoice was made from
        'supplier_payment_reference', 'supplier_payment_reference_type',
        'source_untaxed_amount', 'source_tax_amount', 'source_total_amount',
        },
    'account.invoice.line': {
        'note', 'invoiced_by_hand',
        # Of supplier invoices
        'cost_share',
        # Stated by the document, which is sealed
        'supply_nature'},
    'account.move.line': {
        # What becomes of what is to be paid
        'maturity_date', 'reconciliation', 'payment_amount_cache',
        'payment_blocked', 'payment_direct_debit'},
    'account.invoice.email': {
        # Only while it is not sent
        'next_try', 'sending_since', 'tries_before'},
    'account.invoice.number_range': {
        # Of the next number, which leaves a hole that the audit shows
        'number_start', 'counter_since'},
    'account.invoice.number_range.change': set(),
    }
MODELS = [
    'account.invoice', 'account.invoice.line', 'account.invoice.tax',
    'account.invoice.line-account.tax', 'account.move', 'account.move.line',
    'account.tax.line', 'account.invoice.email',
    'account.invoice.email-account.invoice',
    'account.invoice.number_range', 'account.invoice.number_range.change',
    'account.invoice.seal']


@pytest.fixture(scope='module')
def database():
    from trytond.tests.test_tryton import DB_NAME, drop_db
    from trytond.transaction import Transaction
    prepare()
    # Everything is settled at once
    monkeypatch = pytest.MonkeyPatch()
    monkeypatch.setattr(
        'trytond.modules.shop_invoicing.seal.seal_register._GRACE',
        dt.timedelta(days=-1))
    with Transaction().start(DB_NAME, 0) as transaction:
        allow_anything()
        yield transaction
    monkeypatch.undo()
    drop_db()


def prepare():
    "Issue three documents with taxes: one stored and sent, one cancelled"
    from proteus import Model

    from tests.tools import call, create_shop, post
    from trytond.modules.account.tests.tools import create_tax, get_accounts
    from trytond.tests.tools import activate_modules
    activate_modules('shop_invoicing', partial(create_shop, YEAR, YEAR))
    Invoice = Model.get('account.invoice')
    Party = Model.get('party.party')
    Tax = Model.get('account.tax')
    Range = Model.get('account.invoice.number_range')
    customer, = Party.find([('name', '=', "Customer")])
    tax = create_tax(Decimal('0.2'))
    tax.save()
    range_ = Range(year=YEAR)
    range_.save()
    range_.number_next = 5
    range_.save()
    invoices = []
    for _ in range(3):
        invoice = Invoice(type='out', party=customer)
        line = invoice.lines.new()
        line.account = get_accounts()['revenue']
        line.quantity, line.unit_price = 1, Decimal(100)
        line.taxes.append(Tax(tax.id))
        invoice.save()
        post(invoice)
        invoices.append(invoice)
    sent, cancelled, _ = invoices
    now = dt.datetime.now().replace(microsecond=0)
    for invoice in [sent, cancelled]:
        call('account.invoice', 'note_as_sent', [invoice], 'post', now)
    call(
        'account.invoice', 'issue_cancellation', [cancelled], None,
        "Wrong address")


def allow_anything():
    "Take away what PostgreSQL refuses to whom Tryton does not refuse it"
    from trytond import backend
    if backend.name == 'postgresql':
        execute("SET session_replication_role = replica")
        for table, constraint in execute(
                "SELECT conrelid::regclass::text, conname FROM pg_constraint "
                "WHERE contype = 'c' AND conrelid::regclass::text "
                "LIKE 'account%'"):
            execute(f'ALTER TABLE {table} DROP CONSTRAINT {constraint}')


def find_faults(documents=True):
    "Return the kinds of what a check finds"
    from trytond.pool import Pool
    pool = Pool()
    company, = pool.get('company.company').search([])
    pool.get('account.invoice.seal.audit').check_seals(
        company, documents=documents)
    table = pool.get('account.invoice.seal.fault').__table__()
    return {kind for kind, in execute(*table.select(table.kind))}


def execute(*query):
    from trytond.transaction import Transaction
    cursor = Transaction().connection.cursor()
    cursor.execute(*query)
    return cursor.fetchall() if cursor.description else []


class Tampering:
    "A change that is undone afterwards"

    def __enter__(self):
        execute('SAVEPOINT tampering')

    def __exit__(self, *args):
        execute('ROLLBACK TO SAVEPOINT tampering')


def columns(Model):
    "Yield the columns of the model and their fields"
    unsealed = UNSEALED['*'] | UNSEALED.get(Model.__name__, set())
    for name, field in sorted(Model._fields.items()):
        if field.sql_type() and name not in unsealed:
            yield name, field


def tamper(Model, name, field):
    "Change the column of one row"
    table = Model.__table__()
    column = getattr(table, name)
    rows = execute(*table.select(
            table.id, column, where=sealed(Model, table),
            order_by=table.id))
    # The highest one, which is not 0 if another one is not
    id_, value = max(rows, key=lambda row: (row[1] is not None, row[1] or 0)
        if field._type in {'numeric', 'float', 'integer'} else row[0])
    execute(*table.update(
            [column], [another(field, value)], where=table.id == id_))


def sealed(Model, table):
    from sql import Null
    if Model.__name__ == 'account.invoice':
        return table.number != Null
    return table.id != Null


def another(field, value):
    "Return another value than that of the field"
    kind = field._type
    if kind in {'integer', 'many2one', 'float', 'numeric'}:
        return (value or 0) + 7000
    if kind == 'boolean':
        return not value
    if kind == 'date':
        return dt.date(2001, 2, 3)
    if kind in {'datetime', 'timestamp'}:
        return dt.datetime(2001, 2, 3)
    if kind == 'binary':
        return b'forged'
    if kind == 'reference':
        return 'account.invoice,7000'
    return 'forged' if value != 'posted' else 'draft'


def test_nothing_is_found_without_tampering(database):
    assert find_faults() == set()


@pytest.mark.parametrize('model', MODELS)
def test_each_column_that_is_changed_is_found(database, model):
    from trytond.pool import Pool
    Model = Pool().get(model)
    found = {}
    for name, field in columns(Model):
        with Tampering():
            tamper(Model, name, field)
            found[name] = find_faults()
    assert found
    assert not [name for name, kinds in found.items() if not kinds]


@pytest.mark.parametrize('model', MODELS)
@pytest.mark.parametrize('which', ['min', 'max'])
def test_each_row_that_is_deleted_is_found(database, model, which):
    from trytond.pool import Pool
    table = Pool().get(model).__table__()
    ids = [id_ for id_, in execute(*table.select(table.id))]
    with Tampering():
        execute(*table.delete(
                where=table.id == {'min': min, 'max': max}[which](ids)))
        assert find_faults()


def get_invoice(state):
    (id_, number, move), = execute(
        "SELECT id, number, move FROM account_invoice "
        f"WHERE state = '{state}' AND document_type = 'invoice' "
        "ORDER BY id LIMIT 1")
    return id_, number, move


def add_move(move, debit='debit', credit='credit'):
    "Add a posted move as the move is, and its lines, past Tryton"
    insert(
        'account_move', f'id = {move}',
        id=70000, number="'F1'", origin='origin')
    for number, (id_,) in enumerate(execute(
                f'SELECT id FROM account_move_line WHERE move = {move}')):
        insert(
            'account_move_line', f'id = {id_}', id=70000 + number,
            move=70000, debit=debit, credit=credit)


def insert(table, where, **values):
    "Insert a copy of the row with other values"
    from trytond.pool import Pool
    Model = Pool().get(table.replace('_', '.'))
    names = [
        n for n, f in Model._fields.items()
        if f.sql_type() and not n.startswith('last_modified_')]
    columns = ', '.join(f'"{n}"' for n in names)
    chosen = ', '.join(str(values.get(n, f'"{n}"')) for n in names)
    execute(
        f'INSERT INTO {table} ({columns}) '
        f'SELECT {chosen} FROM {table} WHERE {where}')


def test_a_move_that_is_added_to_a_document_is_found(database):
    _, _, move = get_invoice('posted')
    with Tampering():
        add_move(move)
        assert 'unlike_move' in find_faults()
    with Tampering():
        # What a payment looks like
        add_move(move, debit='credit', credit='debit')
        assert find_faults() == set()


def test_what_cancels_a_document_and_is_taken_away_is_found(database):
    _, _, move = get_invoice('cancelled')
    lines = (
        f'move = {move} AND reconciliation IS NOT NULL')
    for query in [
            'DELETE FROM account_move_reconciliation WHERE id IN ('
            f'SELECT reconciliation FROM account_move_line WHERE {lines})',
            f'UPDATE account_move_line SET reconciliation = NULL '
            f'WHERE {lines}']:
        with Tampering():
            execute(query)
            assert 'unlike_move' in find_faults()


@pytest.mark.parametrize('name, value', [
        ('format', "'X{i;4}'"), ('year', YEAR - 1)])
def test_a_range_that_is_changed_with_those_that_follow_is_found(
        database, name, value):
    with Tampering():
        execute(f'UPDATE account_invoice_number_range SET {name} = {value}')
        assert 'range_changed' in find_faults()


def test_all_ranges_that_are_deleted_are_found(database):
    with Tampering():
        execute('DELETE FROM account_invoice_number_range')
        assert 'missing' in find_faults()
