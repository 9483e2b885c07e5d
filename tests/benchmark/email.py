# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Send invoices to a mail server on this machine: stock Tryton and ours.

python -m tests.benchmark.email [--invoices 200]

The documents are frozen before.  Stock Tryton sends from the dialogue of the
client, one message a transaction; ours are queued in one click and sent by one
worker.
"""
import argparse
import datetime as dt
import smtplib
import subprocess
import sys
import time
from contextlib import contextmanager
from functools import partial

from tests.benchmark import database
from tests.browser.server import free_port

YEAR = dt.date.today().year


def main():
    options = parse()
    with database.postgresql(), mail_server():
        invoices = prepare(options.invoices)
        stock = measure(send_by_dialogue, invoices)
        queue = measure(send_by_queue, invoices)
        work = measure(run_tasks, invoices)
        count_unsent(invoices)
    print(f"{'stock, sent':20} {stock:8.1f} per s")
    print(f"{'ours, queued':20} {queue:8.1f} per s")
    print(f"{'ours, sent':20} {work:8.1f} per s")
    print(f"ours, both: {1 / (1 / queue + 1 / work):.1f} per s, "
        f"{1 / (1 / queue + 1 / work) / stock:.2f} × stock")


def parse():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--invoices', type=int, default=200)
    return parser.parse_args()


@contextmanager
def mail_server():
    "Let Tryton send to a server that is a process of its own"
    from trytond import config
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, '-m', 'aiosmtpd', '--nosetuid',
            '--class', 'aiosmtpd.handlers.Sink',
            '--listen', f'localhost:{port}'])
    try:
        while True:
            try:
                smtplib.SMTP('localhost', port).quit()
                break
            except OSError:
                time.sleep(.1)
        config.set('email', 'uri', f'smtp://localhost:{port}')
        config.set('email', 'from', 'invoicing@shop.example')
        yield
    finally:
        process.terminate()
        process.wait()


def prepare(count):
    "Return the ids of that many posted invoices with a document"
    from proteus import Model

    from tests.tools import create_customer_invoice, create_shop, post
    from trytond.tests.tools import activate_modules
    activate_modules('shop_invoicing', partial(create_shop, YEAR, YEAR))
    customer, = Model.get('party.party').find([('name', '=', "Customer")])
    Model.get('party.contact_mechanism')(
        party=customer, type='email', value='billing@example.com').save()
    first = create_customer_invoice(customer)
    Invoice = type(first)
    invoices = [first] + [
        Invoice(first.duplicate()[0].id) for _ in range(count - 1)]
    post(*invoices)
    return [i.id for i in invoices]


def measure(function, invoices):
    "Return how many invoices a second the function does"
    begin = time.monotonic()
    function(invoices)
    return len(invoices) / (time.monotonic() - begin)


@contextmanager
def transaction():
    from trytond.tests.test_tryton import DB_NAME
    from trytond.transaction import Transaction
    with Transaction().start(
            DB_NAME, 1, context={'company': 1}) as transaction:
        yield transaction


def send_by_dialogue(ids):
    "Do for each invoice what the dialogue of the client does"
    from trytond.pool import Pool
    for id_ in ids:
        with transaction():
            ModelData = Pool().get('ir.model.data')
            template = Pool().get('ir.email.template')(ModelData.get_id(
                    'shop_invoicing', 'email_template_invoice'))
            values = template.get(id_)
            Report = Pool().get('account.invoice', type='report')
            extension, data, _, name = Report.execute([id_], {})
            Pool().get('ir.email').send(
                to=', '.join(values['to']), subject=values['subject'],
                body=values['body'], files=[(f'{name}.{extension}', data)],
                record=('account.invoice', id_))


def send_by_queue(ids):
    from trytond import config
    from trytond.pool import Pool
    config.set('queue', 'worker', 'True')
    with transaction():
        Invoice = Pool().get('account.invoice')
        Invoice.send(Invoice.browse(ids))


def run_tasks(ids):
    "Do what a worker does with the tasks"
    from trytond.pool import Pool
    from trytond.tests.test_tryton import DB_NAME
    from trytond.worker import run_task
    with transaction():
        tasks = Pool().get('ir.queue').search([
                ('finished_at', '=', None),
                ], order=[('id', 'ASC')])
        task_ids = [t.id for t in tasks]
    for task_id in task_ids:
        run_task(DB_NAME, task_id)


def count_unsent(ids):
    from trytond.pool import Pool
    with transaction():
        Invoice = Pool().get('account.invoice')
        unsent = Invoice.search([
                ('id', 'in', ids),
                ('sent_state', '!=', 'sent'),
                ], count=True)
    assert not unsent, f"{unsent} are not sent"


if __name__ == '__main__':
    main()
