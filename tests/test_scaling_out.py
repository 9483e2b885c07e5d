# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Two web servers and two workers post on one PostgreSQL, and one dies.

They are started with the configuration and the commands of doc/scaling.rst.
"""
import os
import queue
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from tests import scaling_out
from tests.benchmark import posting
from tests.browser.server import free_port
from tests.office import wait_for
from tests.scaling_out import Service, User

pytestmark = pytest.mark.postgresql

PASSWORD = 'password of the test'
USERS = 4
CLICKS = 16
TASKS = 12
# Of each worker, see -n in the unit
PROCESSES = 2


@pytest.fixture
def shop():
    "Make the database of a shop in which nothing was posted yet"
    from proteus import Model

    from trytond.tests.test_tryton import DB_NAME, drop_db
    posting.prepare('ours')
    admin, = Model.get('res.user').find([('login', '=', 'admin')])
    admin.password = PASSWORD
    admin.save()
    yield DB_NAME
    drop_db()


@pytest.fixture
def start(shop, tmp_path):
    "Return a function that starts a unit, which is killed in the end"
    configuration = scaling_out.write_configuration(
        tmp_path, os.environ['TRYTOND_DATABASE_URI'])
    started = []

    def start(unit, instance):
        service = Service(unit, instance, shop, configuration)
        started.append(service)
        return service
    yield start
    for service in started:
        service.kill()


@pytest.fixture
def web(start):
    "Start two web servers and return them by their name"
    servers = [start('trytond-web@.service', free_port()) for _ in range(2)]
    for server in servers:
        wait_for(lambda: scaling_out.answers(address_of(server.name)))
    return {server.name: server for server in servers}


@pytest.fixture
def workers(start):
    "Start two workers and return them by their name"
    workers = [start('trytond-worker@.service', n) for n in [1, 2]]
    wait_for(lambda: len(listening()) == len(workers))
    return {worker.name: worker for worker in workers}


def listening():
    return select(
        "SELECT application_name FROM pg_stat_activity "
        "WHERE query LIKE 'LISTEN \"ir.queue\"' "
        "AND datname = current_database()")


def address_of(name):
    return 'http://127.0.0.1:' + name.removeprefix('web-')


@contextmanager
def transaction():
    from trytond.tests.test_tryton import DB_NAME
    from trytond.transaction import Transaction
    with Transaction(new=True).start(DB_NAME, 1) as transaction:
        yield transaction


def select(query):
    "Return the first column"
    with transaction() as current:
        cursor = current.connection.cursor()
        cursor.execute(query)
        return [row[0] for row in cursor]


def queue_posts(drafts):
    "Leave a task for each of the drafts to the workers"
    from trytond.pool import Pool
    with transaction() as current:
        Invoice = Pool().get('account.invoice')
        for draft in drafts:
            Invoice.__queue__.post([Invoice(draft)])
        current.commit()
        # This process would do them itself, as it is not configured
        current.tasks.clear()


@contextmanager
def turn():
    "Have the turn, so that everybody waits"
    from trytond.modules.shop_invoicing.numbering import posting_turn
    from trytond.pool import Pool
    with transaction():
        company, = Pool().get('company.company').search([])
        posting_turn.take(company)
        yield


def waiting():
    "Return the name of the service for each of those who wait for the turn"
    return select(
        "SELECT application_name FROM pg_stat_activity "
        "WHERE wait_event_type = 'Lock' AND wait_event = 'advisory' "
        "AND datname = current_database()")


def tasks(condition):
    "Return the invoices of the tasks"
    return select(
        "SELECT (data->'instances'->>0)::int FROM ir_queue "
        f"WHERE {condition}")


def posted():
    return select("SELECT id FROM account_invoice WHERE state = 'posted'")


def test_a_killed_server_and_worker_lose_nothing(shop, web, workers, start):
    drafts = posting.create_drafts(CLICKS + TASKS)
    clicked, queued = drafts[:CLICKS], drafts[CLICKS:]
    clicks = queue.SimpleQueue()
    with ThreadPoolExecutor(USERS) as executor:
        users = [
            executor.submit(work, shop, web, clicks) for _ in range(USERS)]
        try:
            leave(clicks, clicked[:8], queued[:4])
            # What follows a post waits for the turn, too
            wait_for(lambda: len(posted()) == 12 and not tasks(
                    'finished_at IS NULL'))
            with turn():
                leave(clicks, clicked[8:], queued[4:])
                wait_for(lambda: len(waiting()) == USERS + 2 * PROCESSES)
                worker = kill_one_of_each(web, workers)
        finally:
            # Nobody waits for more, also when this has failed
            for _ in range(USERS):
                clicks.put(None)
        # As systemd does it
        start('trytond-worker@.service', worker.removeprefix('worker-'))
        for user in users:
            user.result()
    assert set(clicked) <= set(posted())
    finish_tasks()
    # Posting leaves other tasks to the workers too
    assert sorted(tasks("data->>'method' = 'post'")) == queued
    assert set(drafts) == set(posted())
    check_database(drafts)


def work(database, web, clicks):
    "Post what is to click until there is nothing any more"
    user = User(map(address_of, web), database, 'admin', PASSWORD)
    while invoice := clicks.get():
        user.post(invoice)


def leave(clicks, clicked, queued):
    "Leave drafts to the users and to the workers"
    for draft in clicked:
        clicks.put(draft)
    queue_posts(queued)


def kill_one_of_each(web, workers):
    "Kill a web server and a worker that post and return the worker's name"
    names = waiting()
    server = next(name for name in names if name in web)
    worker = next(name for name in names if name in workers)
    web[server].kill()
    workers[worker].kill()
    return worker


def finish_tasks():
    "Wait for the workers and give back to them what the killed one has left"
    wait_for(lambda: len(tasks('finished_at IS NULL')) == PROCESSES)
    left_behind = tasks('finished_at IS NULL AND dequeued_at IS NOT NULL')
    assert len(left_behind) == PROCESSES
    assert not set(left_behind) & set(posted())
    give_back = scaling_out.sample('give-back.sql')
    execute(give_back)
    # A task that was taken just now may still be running
    assert tasks('finished_at IS NULL AND dequeued_at IS NULL') == []
    execute(give_back.replace('1 hour', '0 seconds'))
    wait_for(lambda: not tasks('finished_at IS NULL'))
    assert select(scaling_out.sample('not-taken.sql')) == [0]


def execute(statements):
    with transaction() as current:
        current.connection.execute(statements)
        current.commit()


def check_database(invoices):
    "Nothing is missing, double or left"
    assert posting.count_findings([{'ids': invoices}]) == 0
    moves = select("SELECT origin FROM account_move WHERE state = 'posted'")
    assert sorted(moves) == sorted(f'account.invoice,{i}' for i in invoices)
    assert select("SELECT message FROM ir_error") == []
    assert select(
        "SELECT objid FROM pg_locks WHERE locktype = 'advisory' "
        "AND database = (SELECT oid FROM pg_database "
        "WHERE datname = current_database())") == []
    # What the proxy says counts, and who has logged in is so on both servers
    assert set(select("SELECT ip_address FROM ir_session")) == {'203.0.113.7'}
