# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""A process that calls a method of records one after the other.

It is forked from the one that has loaded Tryton already, says that it is
ready, waits for the word to go, and tells the error of each call.
"""
import os
import time

from tests.clerk import configure
from tests.office import fork

# Invoice all that is left of the sales, as the wizard does
INVOICE_ALL = 'invoice_all'
# Credit the net amount of the invoices, as the wizard does
CREDIT_ALL = 'credit_all'
# What must be given besides the records
VALUES = {
    'issue_cancellation': {'reason': "Wrong address"},
    'replace': {'reason': "Wrong address"},
    'upload_print_data': {'file': b'%PDF', 'name': 'cards.pdf'},
    }


def start(model, method, ids):
    """Return what is ready to call the method: a connection and its process.

    It sends by the mail server of this process.
    """
    from trytond import config
    settings = {('email', 'uri'): config.get('email', 'uri')}
    connection, process = fork(
        work, settings, os.environ['DB_NAME'], model, method, ids)
    assert connection.recv() == 'ready'
    return connection, process


def run(*payers):
    "Let the processes go at the same moment and return their errors"
    for connection, _ in payers:
        connection.send('go')
    errors = [connection.recv() for connection, _ in payers]
    for _, process in payers:
        # Nobody is connected to the database any more
        process.join()
    return errors


def work(connection, settings, database, model, method, ids):
    configure(settings)
    load_modules(database)
    connection.send('ready')
    connection.recv()
    errors = []
    for id_ in ids:
        try:
            call(database, model, method, [id_])
            errors.append(None)
        except Exception as error:
            errors.append(repr(error))
    connection.send(errors)


def load_modules(database):
    "Load those of the database, if they were others when the first was forked"
    from sql import Table

    from trytond.pool import Pool
    from trytond.transaction import Transaction
    module = Table('ir_module')
    with Transaction().start(database, 0, readonly=True) as transaction:
        cursor = transaction.connection.cursor()
        cursor.execute(*module.select(
                module.name, where=module.state == 'activated'))
        activated = [name for name, in cursor]
    Pool.refresh(database, activated)
    if database not in Pool.database_list():
        Pool(database).init()


def call(database, model, method, ids):
    "Call the method and do its tasks as the server does"
    from trytond import backend, config
    from trytond.pool import Pool
    from trytond.transaction import Transaction, TransactionError
    from trytond.worker import run_task
    count, extras = 0, {}
    while True:
        time.sleep(.02 * count)
        with Transaction().start(
                database, 1, context={'company': 1}, **extras) as transaction:
            Model = Pool().get(model)
            try:
                if method == INVOICE_ALL:
                    invoice_all(Model.browse(ids))
                elif method == CREDIT_ALL:
                    credit_all(Model.browse(ids))
                else:
                    getattr(Model, method)(
                        Model.browse(ids), **VALUES.get(method, {}))
                transaction.commit()
                break
            except TransactionError as error:
                transaction.rollback()
                transaction.tasks.clear()
                error.fix(extras)
            except backend.DatabaseOperationalError:
                if count >= config.getint('database', 'retry'):
                    raise
                transaction.rollback()
                transaction.tasks.clear()
                count += 1
    while transaction.tasks:
        run_task(database, transaction.tasks.pop())


def invoice_all(sales):
    for sale in sales:
        sale.invoice_by_hand({l: l.quantity for l in sale.lines})


def credit_all(invoices):
    for invoice in invoices:
        invoice.give_credit(invoice.untaxed_amount)
