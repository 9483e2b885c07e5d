# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Several processes send the same message, and one is killed meanwhile."""
import datetime as dt
import os
from functools import partial

import pytest

from tests import payer
from tests.mail_server import MailServer, use
from tests.office import wait_for
from tests.worker import kill, leave_tasks, worker

pytestmark = pytest.mark.postgresql
YEAR = dt.date.today().year
INVOICES = 4


@pytest.fixture
def server():
    with MailServer() as server:
        yield use(server)


@pytest.fixture(scope='module')
def customer():
    "Make the database of a shop and return the customer"
    from proteus import Model

    from tests.tools import create_shop
    from trytond.tests.test_tryton import drop_db
    from trytond.tests.tools import activate_modules
    activate_modules('shop_invoicing', partial(create_shop, YEAR, YEAR))
    customer, = Model.get('party.party').find([('name', '=', "Customer")])
    Model.get('party.contact_mechanism')(
        party=customer, type='email', value='billing@example.com').save()
    yield customer
    drop_db()


@pytest.fixture
def invoices(server, customer):
    "Return posted invoices"
    from tests.tools import create_customer_invoice, post
    invoices = [create_customer_invoice(customer) for _ in range(INVOICES)]
    post(*invoices)
    return invoices


@pytest.fixture
def queue():
    "Leave the tasks to workers"
    with leave_tasks():
        yield


def states(invoices):
    for invoice in invoices:
        invoice.reload()
    return [
        (i.sent_state, [e.state for e in i.emails],
            [e.tries for e in i.emails])
        for i in invoices]


def execute(statement):
    from trytond.tests.test_tryton import DB_NAME
    from trytond.transaction import Transaction
    with Transaction().start(DB_NAME, 0) as transaction:
        cursor = transaction.connection.cursor()
        cursor.execute(statement)
        return cursor.fetchall() if cursor.description else None


def test_two_press_send_at_the_same_moment(server, invoices):
    ids = [i.id for i in invoices]
    errors = payer.run(*[
            payer.start('account.invoice', 'send', ids) for _ in range(2)])
    assert errors == [[None] * INVOICES] * 2
    assert states(invoices) == [('sent', ['sent'], [1])] * INVOICES
    assert len(server.messages) == INVOICES


def test_two_workers_try_the_same_message(server, invoices, queue):
    type(invoices[0]).click(invoices, 'send')
    assert states(invoices) == [('queued', ['queued'], [0])] * INVOICES
    ids = [i.emails[0].id for i in invoices]
    errors = payer.run(*[
            payer.start('account.invoice.email', 'process', ids)
            for _ in range(3)])
    assert errors == [[None] * INVOICES] * 3
    assert states(invoices) == [('sent', ['sent'], [1])] * INVOICES
    assert len(server.messages) == INVOICES


def test_an_invoice_is_changed_while_its_message_is_sent(server, invoices):
    invoice = invoices[0]
    server.before_reply = lambda: execute(
        "UPDATE account_invoice SET comment = 'changed' "
        f"WHERE id = {invoice.id}")
    invoice.click('send')
    assert states([invoice]) == [('sent', ['sent'], [1])]
    assert len(server.messages) == 1


def test_a_message_is_marked_while_it_is_sent(server, invoices):
    invoice = invoices[0]
    server.reply = '550 No'
    server.before_reply = lambda: execute(
        "UPDATE account_invoice_email SET state = 'sent' "
        "WHERE state = 'sending'")
    invoice.click('send')
    assert invoice.emails[0].state == 'sent'


def test_the_worker_is_killed_before_it_notes(
        server, invoices, queue, tmp_path):
    first, *others = invoices
    holder = hold_messages(server)
    with worker(tmp_path, server) as process:
        first.click('send')
        email, = first.emails
        # The server has taken the message and said so; the note has to wait
        wait_for(lambda: holder.is_waited_for)
        kill(process)
    holder.release()
    server.before_reply = None
    assert states([first]) == [('queued', ['sending'], [1])]
    assert len(server.messages) == 1

    with worker(tmp_path, server):
        type(first).click(others, 'send')
        wait_for(lambda: len(server.messages) == INVOICES)
        wait_for(lambda: {s[0] for s in states(others)} == {'sent'})
        execute(
            "UPDATE account_invoice_email "
            "SET sending_since = sending_since - INTERVAL '1 day' "
            f"WHERE id = {email.id}")
        run_cron()
        assert states([first]) == [('unknown', ['unknown'], [1])]
        assert len(server.messages) == INVOICES
        email.reload()
        email.click('send_again')
        wait_for(lambda: states([first])[0][0] == 'sent')
    assert len(server.messages) == INVOICES + 1


def hold_messages(server):
    "Lock the messages when the next one comes, until released"
    holder = Holder()
    server.before_reply = holder.hold
    return holder


class Holder:
    connection = None

    def hold(self):
        import psycopg

        from trytond.tests.test_tryton import DB_NAME
        self.connection = psycopg.connect(
            os.environ['TRYTOND_DATABASE_URI'], dbname=DB_NAME)
        self.connection.execute(
            'SELECT id FROM account_invoice_email FOR UPDATE')

    @property
    def is_waited_for(self):
        return bool(self.connection) and execute(
            "SELECT COUNT(*) FROM pg_stat_activity "
            "WHERE wait_event_type = 'Lock'") != [(0,)]

    def release(self):
        self.connection.close()


def run_cron():
    from proteus import Model
    cron, = Model.get('ir.cron').find(
        [('method', '=', 'account.invoice.email|process_due')])
    cron.click('run_once')


def test_a_lost_task_is_found_by_the_cron(server, invoices, queue, tmp_path):
    type(invoices[0]).click(invoices, 'send')
    execute("DELETE FROM ir_queue")
    execute(
        "UPDATE account_invoice_email "
        "SET next_try = next_try - INTERVAL '1 hour'")
    with worker(tmp_path, server):
        run_cron()
        wait_for(lambda: len(server.messages) == INVOICES)
        wait_for(lambda: {s[0] for s in states(invoices)} == {'sent'})


def test_the_worker_tries_again_by_itself(server, invoices, queue, tmp_path):
    with worker(tmp_path, server):
        server.reply = '451 Try later'
        type(invoices[0]).click(invoices, 'send')
        wait_for(lambda: server.seen == INVOICES)
        wait_for(lambda: states(invoices) == [
                ('queued', ['queued'], [1])] * INVOICES)
        server.reply = '250 OK'
        # As if a minute had passed
        execute(
            "UPDATE account_invoice_email "
            "SET next_try = next_try - INTERVAL '1 minute'")
        execute(
            "UPDATE ir_queue SET scheduled_at = CURRENT_TIMESTAMP "
            "WHERE dequeued_at IS NULL")
        wait_for(lambda: len(server.messages) == INVOICES)
        wait_for(lambda: states(invoices) == [
                ('sent', ['sent'], [2])] * INVOICES)
