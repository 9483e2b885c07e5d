# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Time the list of the invoices to letter with many invoices on PostgreSQL.

python -m tests.benchmark.to_letter [number of invoices]

One invoice in a thousand is to be lettered.  It prints the milliseconds of
what an accountant does, with and without the partial index, and the ratio to
plain SQL with the index.
"""
import sys
from contextlib import contextmanager
from functools import partial

from tests.benchmark import database
from tests.benchmark.copies import (
    YEAR, copy_invoice, post_first_invoice, time_of)

LIMIT = 1000
ACTION = 'shop_invoicing', 'act_invoice_to_letter'
TAB = 'shop_invoicing', 'act_invoice_to_letter_domain_to_letter'
# With coalesce, as the index is
WHERE = """
    FROM account_invoice
    WHERE company = (SELECT min(id) FROM company_company) AND type = 'out'
        AND coalesce(number, '') != '' AND coalesce(lettering, '') = ''
        AND state IN ('posted', 'paid', 'cancelled')
    """
PLAIN = {
    'list': f"SELECT id {WHERE} ORDER BY invoice_date, id LIMIT {LIMIT}",
    'count': f"SELECT count(*) FROM (SELECT {WHERE} LIMIT {LIMIT}) AS t",
    'letter one': "UPDATE account_invoice SET lettering = 'benchmark' "
    "WHERE id = (SELECT max(id) FROM account_invoice)",
    'search lettering': "SELECT id FROM account_invoice "
    "WHERE coalesce(lettering, '') = 'L-7777'",
    'search name': "SELECT id FROM account_invoice "
    "WHERE coalesce(number, '') ILIKE '%L-7777%' "
    "OR coalesce(reference, '') ILIKE '%L-7777%' "
    "OR coalesce(lettering, '') ILIKE '%L-7777%'",
    }


def main(count=1_000_000):
    with database.postgresql():
        invoice, _ = post_first_invoice()
        copy_invoices(invoice, int(count))
        measure()


def copy_invoices(invoice, count):
    "Copy the invoice over a year, only each thousandth without lettering"
    copy_invoice(
        invoice, count,
        invoice_date=f"date '{YEAR}-01-01' + (i * 365 / {count + 1})::integer",
        lettering="CASE WHEN i % 1000 != 0 THEN 'L-' || i END")


def measure():
    "Print the times"
    print(f"{'':20} {'ms':>9} {'plain':>9} {'× plain':>8} {'no index':>9}")
    with as_accountant():
        functions = make_functions()
        times = {name: time_of(f) for name, f in functions.items()}
        plain = {
            name: time_of(partial(execute, q)) for name, q in PLAIN.items()}
        for name in find_partial_indexes():
            execute(f'DROP INDEX "{name}"')
        without = {name: time_of(f) for name, f in functions.items()}
    for name, seconds in times.items():
        sql = plain.get(name)
        print(f"{name:20} {seconds * 1000:9.2f} "
            f"{f'{sql * 1000:9.2f} {seconds / sql:8.2f}' if sql else '':18} "
            f"{without[name] * 1000:9.2f}")


@contextmanager
def as_accountant():
    "Start a transaction like the call of an accountant in the client"
    from trytond.pool import Pool
    from trytond.tests.test_tryton import DB_NAME
    from trytond.transaction import Transaction
    with Transaction().start(DB_NAME, 0) as transaction:
        user = create_accountant()
        with transaction.set_user(user):
            User = Pool().get('res.user')
            context = User.get_preferences(context_only=True)
            with transaction.set_context(context, _check_access=True):
                yield
        transaction.rollback()


def create_accountant():
    from trytond.pool import Pool
    pool = Pool()
    Company = pool.get('company.company')
    ModelData = pool.get('ir.model.data')
    User = pool.get('res.user')
    company, = Company.search([])
    user, = User.create([{
                'name': "Accountant", 'login': 'accountant',
                'companies': [('add', [company.id])], 'company': company.id,
                'groups': [('add', [
                            ModelData.get_id('account', 'group_account')])],
                }])
    return user.id


def to_letter():
    "Return the domain and the order of the list as the client sends them"
    from trytond.pool import Pool
    from trytond.pyson import PYSONDecoder
    pool = Pool()
    ModelData = pool.get('ir.model.data')
    action = pool.get('ir.action.act_window')(ModelData.get_id(*ACTION))
    tab = pool.get('ir.action.act_window.domain')(ModelData.get_id(*TAB))
    decode = PYSONDecoder().decode
    return (
        [decode(action.pyson_domain), decode(tab.domain)],
        decode(action.pyson_order))


def make_functions():
    "Return what is measured by its name"
    from trytond.pool import Pool
    from trytond.transaction import without_check_access
    Invoice = Pool().get('account.invoice')
    with without_check_access():
        domain, order = to_letter()
    ids = [i.id for i in Invoice.search(domain, order=order, limit=LIMIT)]
    letterings = (f'benchmark-{i}' for i in range(1000))
    query = Invoice.search(domain, order=order, limit=LIMIT, query=True)
    return {
        'list': lambda: execute(*query),
        'list with records': lambda: Invoice.search(
            domain, order=order, limit=LIMIT),
        'any other records': lambda: Invoice.search(
            [], order=[('id', 'ASC')], limit=LIMIT),
        'count': lambda: Invoice.search_count(domain, limit=LIMIT),
        'letter one': lambda: Invoice.write(
            Invoice.browse(ids[:1]), {'lettering': next(letterings)}),
        'search lettering': lambda: Invoice.search(
            [('lettering', '=', 'L-7777')]),
        'search name': lambda: Invoice.search(
            [('rec_name', 'ilike', '%L-7777%')], limit=LIMIT),
        'transaction code': lambda: Invoice.search(
            [('transaction_code', '=', 'unknown')], limit=LIMIT),
        }


def find_partial_indexes():
    "Return the names of the indexes of the invoices without lettering"
    return [name for name, in execute(
            "SELECT indexname FROM pg_indexes "
            "WHERE tablename = 'account_invoice' "
            "AND indexdef LIKE '% WHERE %COALESCE(lettering%'")]


def execute(query, params=None):
    from trytond.transaction import Transaction
    cursor = Transaction().connection.cursor()
    cursor.execute(query, params)
    return cursor.fetchall() if cursor.description else None


if __name__ == '__main__':
    main(*sys.argv[1:])
