# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Several clerks letter at the same time on PostgreSQL."""
import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier

import pytest

pytestmark = pytest.mark.postgresql
YEAR = dt.date.today().year
ROUNDS = 10
DATE = f"date '{YEAR}-01-01' + i / 100"


@pytest.fixture(scope='module')
def shop():
    "Make the database of a shop with copies of a posted invoice"
    from tests.benchmark.copies import copy_invoice, post_first_invoice
    from trytond.tests.test_tryton import drop_db
    invoice, _ = post_first_invoice()
    copy_invoice(
        invoice, 5000, invoice_date=DATE,
        type="CASE WHEN i > 3000 THEN 'in' ELSE 'out' END",
        lettering="CASE WHEN i BETWEEN 101 AND 3000 THEN 'L-' || i END")
    yield
    drop_db()


@pytest.fixture
def invoices(shop):
    "Return the ids of invoices without lettering"
    from trytond.pool import Pool

    def search():
        Invoice = Pool().get('account.invoice')
        return [i.id for i in Invoice.search(
                [('to_letter', '=', True)], order=[('id', 'ASC')])]
    return call(search)


def call(function, *args, **extras):
    "Call the function with the loop of trytond.protocols.dispatcher"
    from trytond import backend, config
    from trytond.pool import Pool
    from trytond.tests.test_tryton import DB_NAME
    from trytond.transaction import Transaction, TransactionError
    count = 0
    while True:
        with Transaction().start(DB_NAME, 1, **extras) as transaction:
            company, = Pool().get('company.company').search([])
            try:
                with transaction.set_context(company=company.id):
                    result = function(*args)
                transaction.commit()
                return result
            except TransactionError as error:
                transaction.rollback()
                error.fix(extras)
            except backend.DatabaseOperationalError:
                transaction.rollback()
                count += 1
                if count > config.getint('database', 'retry'):
                    raise


def letter(invoice, lettering):
    from trytond.pool import Pool
    Invoice = Pool().get('account.invoice')
    Invoice.write([Invoice(invoice)], {'lettering': lettering})


def rehearse(pairs):
    "Return the id of an import of invoices and letterings"
    from trytond.pool import Pool
    pool = Pool()
    Batch = pool.get('account.invoice.lettering.batch')
    Invoice = pool.get('account.invoice')
    return Batch.rehearse_file('\n'.join(
            f'{Invoice(invoice).number};{lettering}'
            for invoice, lettering in pairs).encode(), "file.csv")


def apply(batch):
    from trytond.pool import Pool
    Batch = Pool().get('account.invoice.lettering.batch')
    Batch.apply([Batch(batch)])


def read(ids):
    "Return the letterings and the count of changes of the invoices"
    from trytond.pool import Pool

    def browse():
        Invoice = Pool().get('account.invoice')
        return [
            (i.lettering, len(i.lettering_changes))
            for i in Invoice.browse(ids)]
    return call(browse)


def at_once(*functions):
    "Call the functions at the same moment and return their errors or None"
    barrier = Barrier(len(functions))

    def run(function):
        barrier.wait(60)
        try:
            call(function)
        except Exception as error:
            return error
    with ThreadPoolExecutor(len(functions)) as pool:
        return list(pool.map(run, functions))


def test_one_of_two_gets_the_lettering_and_the_other_its_owner(invoices):
    from trytond.modules.shop_invoicing.exceptions import LetteringTakenError
    for number in range(ROUNDS):
        pair, invoices = invoices[:2], invoices[2:]
        lettering = f'same-{number}'
        errors = at_once(*(partial(letter, i, lettering) for i in pair))
        error, = filter(None, errors)
        assert type(error) is LetteringTakenError
        winner = pair[errors.index(None)]
        assert call(number_of, winner) in error.message
        assert dict(zip(pair, read(pair))) == {
            winner: (lettering, 1), pair[errors.index(error)]: (None, 0)}


def number_of(invoice):
    from trytond.pool import Pool
    return Pool().get('account.invoice')(invoice).number


def test_a_clerk_and_an_import_want_the_same_lettering(invoices):
    from trytond.modules.shop_invoicing.exceptions import (
        LetteringBatchError, LetteringTakenError)
    for number in range(ROUNDS):
        by_hand, *by_file = ids = invoices[:3]
        invoices = invoices[3:]
        letterings = [f'hand-{number}', f'file-{number}']
        batch = call(rehearse, list(zip(by_file, letterings)))
        clerk, file = at_once(
            partial(letter, by_hand, letterings[0]), partial(apply, batch))
        if clerk:
            assert type(clerk) is LetteringTakenError and not file
            assert read(ids) == [(None, 0)] + [(t, 1) for t in letterings]
        else:
            assert type(file) is LetteringBatchError
            assert read(ids) == [(letterings[0], 1), (None, 0), (None, 0)]


def test_two_imports_overlap(invoices):
    from trytond.modules.shop_invoicing.exceptions import LetteringBatchError
    for number in range(ROUNDS):
        ids, invoices = invoices[:3], invoices[3:]
        letterings = [f'{number}-{i}' for i in range(3)]
        # Both want the middle lettering, in the opposite order of the lines
        first = list(zip(ids[:2], letterings[:2]))
        second = [(ids[2], letterings[1]), (ids[1], letterings[2])]
        batches = [call(rehearse, pairs) for pairs in (first, second)]
        errors = at_once(*(partial(apply, b) for b in batches))
        assert {type(e) for e in errors if e} <= {LetteringBatchError}
        found = [lettering for lettering, _ in read(ids)]
        assert found in (
            [letterings[0], letterings[1], None],
            # Who comes second has taken the middle lettering away
            [letterings[0], letterings[2], letterings[1]],
            [None, letterings[2], letterings[1]])


def test_the_same_file_is_imported_twice(invoices):
    pairs = [(i, f'twice-{i}') for i in invoices[:10]]
    batches = [call(rehearse, pairs) for _ in range(2)]
    assert at_once(*(partial(apply, b) for b in batches)) == [None, None]
    assert read(invoices[:10]) == [(t, 1) for _, t in pairs]


def test_a_form_that_was_open_before_the_import_is_refused(invoices):
    from trytond.exceptions import ConcurrencyException
    from trytond.pool import Pool
    from trytond.transaction import Transaction

    def open_form():
        Invoice = Pool().get('account.invoice')
        values, = Invoice.read([invoices[0]], ['_timestamp'])
        return values['_timestamp']

    def save_form():
        Transaction().timestamp = {
            f'account.invoice,{invoices[0]}': timestamp}
        letter(invoices[0], 'form')

    timestamp = call(open_form)
    call(apply, call(rehearse, [(invoices[0], 'import')]))
    with pytest.raises(ConcurrencyException):
        call(save_form)
    assert read(invoices[:1]) == [('import', 1)]


def explain(domain, **options):
    "Return the plan of the search as the accountant's client makes it"
    from trytond.pool import Pool
    from trytond.transaction import Transaction

    def plan():
        Invoice = Pool().get('account.invoice')
        with Transaction().set_context(
                _check_access=True,
                companies=[Transaction().context['company']]):
            query = Invoice.search(domain, query=True, **options)
        cursor = Transaction().connection.cursor()
        sql, params = query
        cursor.execute(f'EXPLAIN {sql}', params)
        return '\n'.join(line for line, in cursor)
    return call(plan)


def find_index(definition):
    "Return the name of the index of which the definition is like that"
    from trytond.transaction import Transaction

    def find():
        cursor = Transaction().connection.cursor()
        cursor.execute(
            "SELECT indexname FROM pg_indexes "
            "WHERE tablename = 'account_invoice' AND indexdef LIKE %s",
            [definition])
        (name,), = cursor
        return name
    return call(find)


def test_what_is_to_letter_is_found_through_the_partial_index(shop):
    from tests.benchmark.to_letter import to_letter
    domain, order = call(to_letter)
    index = find_index('%invoice_date% WHERE %COALESCE(lettering%')
    assert index in explain(domain, order=order, limit=1000)
    assert index in explain(domain, order=[], limit=1000)


def test_a_lettering_is_found_through_its_index(shop):
    index = find_index('%btree (COALESCE(lettering%')
    assert index in explain([('lettering', '=', "L-2017")])
    plan = explain([
            ('company', '=', 1), ('lettering', '=', "L-2017"),
            ('id', '!=', 1)], limit=1)
    assert 'Seq Scan on account_invoice' not in plan
