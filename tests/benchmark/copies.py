# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"Many invoices for the benchmarks, as copies of one row."
import datetime as dt
import time
from functools import partial

YEAR = dt.date.today().year


def post_first_invoice():
    "Return the ids of a posted invoice and its range"
    from proteus import Model

    from tests.tools import create_customer_invoice, create_shop, post
    from trytond.tests.tools import activate_modules
    activate_modules('shop_invoicing', partial(create_shop, YEAR, YEAR))
    customer, = Model.get('party.party').find([('name', '=', "Customer")])
    invoice = create_customer_invoice(customer, dt.date(YEAR, 1, 1))
    post(invoice)
    return invoice.id, invoice.number_range.id


def copy_invoice(invoice, count, where='true', **values):
    """Copy the row of the invoice with the following numbers up to count.

    where chooses the counters i that are copied, values are the SQL
    expressions of columns that are not those of the invoice.
    """
    from trytond.tests.test_tryton import DB_NAME
    from trytond.transaction import Transaction
    values.setdefault('number', f"'{YEAR}-' || to_char(i, 'FM00000000')")
    values.setdefault('range_number', 'i')
    # The report would make gigabytes of it
    values.setdefault('invoice_report_cache', 'NULL')
    with Transaction().start(DB_NAME, 0) as transaction:
        cursor = transaction.connection.cursor()
        cursor.execute(
            "SELECT column_name FROM information_schema.columns "
            "WHERE table_name = 'account_invoice'")
        names = {name for name, in cursor} - {'id', 'move'} - values.keys()
        columns = ', '.join(f'"{name}"' for name in names)
        # The foreign keys are good, and checking them would take minutes
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(
            f"INSERT INTO account_invoice ({columns}, {', '.join(values)}) "
            f"SELECT {columns}, {', '.join(values.values())} "
            f"FROM account_invoice, generate_series(2, {count}) AS i "
            f"WHERE id = {invoice} AND {where}")
        transaction.commit()
        transaction.connection.autocommit = True
        cursor.execute("VACUUM ANALYZE account_invoice")


def time_of(function, times=3):
    "Return the seconds of the fastest of the calls"
    seconds = []
    for _ in range(times):
        start = time.perf_counter()
        function()
        seconds.append(time.perf_counter() - start)
    return min(seconds)
