# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""By whatever door somebody posts, others may post at the same time."""
import os
import signal
import subprocess
import sys
from contextlib import contextmanager

import pytest

from tests import ledger, two_companies
from tests.office import Office, wait_for
from tests.worker import leave_tasks

pytestmark = pytest.mark.postgresql

PASSWORD = 'many clerks and workers'


@pytest.fixture(scope='module')
def draft():
    "Return the id of a draft to copy of the company that the user works in"
    from proteus import Model

    from trytond.tests.test_tryton import drop_db
    config = two_companies.prepare()
    user = Model.get('res.user')(config.user)
    user.password = PASSWORD
    user.save()
    _, second = two_companies.get_drafts()
    yield second
    drop_db()


def press_the_button(ids):
    "Post by the dispatcher of the requests of clients"
    from trytond.protocols import dispatcher
    from trytond.tests.test_tryton import Client, Response
    client = Client(dispatcher.app, Response)
    for id_ in ids:
        response = client.post(
            f"/{os.environ['DB_NAME']}/rpc/", auth=('admin', PASSWORD), json={
                'id': 1,
                'method': 'model.account.invoice.post',
                'params': [[id_], {}],
                })
        assert response.status_code == 200, response.data
        assert 'error' not in response.json, response.json


def click_with_proteus(ids):
    from proteus import Model
    for id_ in ids:
        Model.get('account.invoice')(id_).click('post')


def credit_with_the_wizard(ids):
    "Post by a script and cancel by the wizard"
    from proteus import Model, Wizard
    Invoice = Model.get('account.invoice')
    for id_ in ids:
        invoice = Invoice(id_)
        invoice.click('post')
        wizard = Wizard('account.invoice.credit', [invoice])
        wizard.form.with_refund = True
        wizard.execute('credit')
        invoice.reload()
        assert invoice.state == 'cancelled'
        assert invoice.corrections[0].document_type == 'cancellation'


def enqueue_without_worker(ids):
    "Post by tasks that run in this process after the commit"
    from trytond.worker import run_task
    transaction = enqueue(ids)
    while transaction.tasks:
        run_task(os.environ['DB_NAME'], transaction.tasks.pop())


def enqueue_for_a_worker(ids):
    "Post by tasks of another process"
    # What the tests before have left to print would come first
    ledger.query("DELETE FROM ir_queue RETURNING id")
    with worker():
        assert not enqueue(ids).tasks
        wait_for(lambda: ledger.find_posted(ids) == set(ids))


def enqueue(ids):
    "Return the transaction, which knows the tasks that no worker does"
    from trytond.pool import Pool
    from trytond.transaction import Transaction
    with Transaction().start(os.environ['DB_NAME'], 1) as transaction:
        Invoice = Pool().get('account.invoice')
        for id_ in ids:
            Invoice.__queue__.post([Invoice(id_)])
        transaction.commit()
    return transaction


@contextmanager
def worker():
    "Leave tasks to a real worker"
    process = subprocess.Popen(
        [sys.executable, '-W', 'ignore', '-m', 'trytond.cli.worker',
            '-d', os.environ['DB_NAME'], '-n', '1'],
        env={**os.environ, 'TRYTOND_QUEUE__WORKER': 'True'},
        start_new_session=True)
    try:
        with leave_tasks():
            yield
    finally:
        # The worker has a process for its tasks
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(60)


@pytest.mark.parametrize('post', [
        press_the_button, click_with_proteus, credit_with_the_wizard,
        enqueue_without_worker, enqueue_for_a_worker])
def test_the_door_is_open_while_others_post(draft, post):
    mine, others = ledger.copy_draft(draft, 5), ledger.copy_draft(draft, 24)
    with Office(3) as office:
        for number, clerk in enumerate(office.clerks):
            clerk.ask('post_by_threads', [others[number::3]])
        post(mine)
        for clerk in office.clerks:
            answers, = clerk.answer()['result']
            assert [a['error'] for a in answers] == [None] * 8
    assert ledger.find_posted(mine + others) == {*mine, *others}
    assert ledger.find_wrong() == {}
