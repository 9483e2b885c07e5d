# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Whoever breaks while he posts leaves no hole, no lock and nothing half."""
import datetime as dt
import random
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests import ledger, second_postgresql, two_companies
from tests.office import Office, wait_for
from tests.two_companies import END_OF_LAST_YEAR, TODAY

pytestmark = pytest.mark.postgresql

POSTERS = 8
KILLS = 50
YESTERDAY = TODAY - dt.timedelta(days=1)
# A server that is restarted is no excuse for these
CONFLICTS = {'DeadlockDetected', 'LockNotAvailable', 'SerializationFailure'}
IMPATIENT = {('shop_invoicing', 'posting_timeout'): '1'}


@pytest.fixture(scope='module')
def database():
    "Make the database of the tests of this file, one after the other"
    from trytond.tests.test_tryton import drop_db
    two_companies.prepare()
    yield
    drop_db()


@pytest.fixture
def first(database):
    "Return a draft of the first company to copy"
    return two_companies.get_drafts()[0]


class RestartedOffice(Office):
    "An office whose server restarts, whereupon the users call again"
    restarted = False

    def is_repeated(self, answer):
        lost = (self.restarted and answer['operational']
            and answer['error'] not in CONFLICTS)
        return super().is_repeated(answer) or lost


def breaking_calls(seed):
    "Yield calls for ever, of which one in five breaks"
    rng = random.Random(seed)
    companies = two_companies.get_drafts()
    while True:
        date = YESTERDAY if rng.random() < .05 else None
        ids = ledger.copy_draft(
            rng.choice(companies), rng.choice([1, 1, 1, 2]), date)
        call = {'action': 'post', 'args': [ids]}
        if rng.random() < .2:
            call['breaks'] = rng.choice(['before', 'after', 'end'])
        yield call


def test_fifty_are_killed_one_in_five_breaks_and_the_server_restarts(database):
    rng = random.Random(50)
    with second_postgresql.start() as server:
        settings = {('database', 'uri'): server.uri}
        with RestartedOffice(
                POSTERS, breaking_calls(50), settings) as office:
            for number in range(KILLS):
                office.work(rng.uniform(.1, .9))
                office.kill(rng.choice(office.clerks))
                if number == KILLS // 2:
                    office.restarted = True
                    server.restart('immediate')
            office.close()
            office.work()
            refused = [a for a in office.answers if is_refused(a)]
            assert not [a for a in office.answers
                if a['error'] and not is_refused(a)
                and not office.is_repeated(a)]
            # What was behind when somebody was killed follows the next draw
            for company in two_companies.get_drafts():
                last = ledger.copy_draft(company, 1)
                assert not office.clerks[0].do('post', last)['error']
        good = [a for a in office.answers if not a['error']]
        assert ids_of(good) == ledger.find_posted(ids_of(good + refused))
        wait_for(lambda: not ledger.find_turns())
        assert ledger.find_wrong() == {}


def ids_of(answers):
    return {id_ for answer in answers for id_ in answer['args'][0]}


def is_refused(answer):
    "Whether somebody with a later date was faster"
    return answer['error'] == 'InvoiceDateOrderError'


def test_who_hangs_with_the_turn_stops_others_for_a_bounded_time(first):
    hanging, *others = ledger.copy_draft(first, 4)
    with Office(4, settings=IMPATIENT) as office:
        hung, *clerks = office.clerks
        hung.ask('post', [hanging], breaks='end', how='hang')
        hung.wait_until_stopped()
        for clerk, id_ in zip(clerks, others):
            clerk.ask('post', [id_])
        for clerk in clerks:
            answer = clerk.answer()
            assert answer['error'] == 'PostingTurnError'
            assert "more than 1 seconds" in answer['message']
        assert not ledger.find_posted([hanging, *others])
        hung.kill()
        for clerk, id_ in zip(clerks, others):
            assert not clerk.do('post', [id_])['error']
    assert ledger.find_posted([hanging, *others]) == set(others)
    assert ledger.find_wrong() == {}


SMALL_POOL = {('database', 'maxconn'): '2'}


def employ(first, settings):
    """Return an office of two with a history.

    A server of Tryton that has just started needs a second connection of the
    pool to find out what PostgreSQL can do.
    """
    office = Office(2, settings=settings)
    for clerk in office.clerks:
        assert not clerk.do('post', ledger.copy_draft(first, 1))['error']
    return office


def post_by_threads(clerk, ids, threads=8):
    clerk.ask('post_by_threads', [ids[n::threads] for n in range(threads)])


def get_errors(clerk):
    "Return the errors of all calls of the threads"
    threads = clerk.answer()['result']
    assert None not in threads, "a thread hangs"
    return [answer['error'] for answer in sum(threads, [])]


@pytest.mark.parametrize('date', [None, END_OF_LAST_YEAR])
def test_nobody_starves_when_the_pool_is_exhausted(first, date):
    ids = ledger.copy_draft(first, 32, date)
    with employ(first, SMALL_POOL) as office:
        # In the last year the ranges and the journal period are missing
        for number, clerk in enumerate(office.clerks):
            post_by_threads(clerk, ids[number::2])
        for clerk in office.clerks:
            assert get_errors(clerk) == [None] * 16
    assert ledger.find_posted(ids) == set(ids)
    assert ledger.find_wrong() == {}


def test_waiting_is_bounded_when_the_pool_is_exhausted(first):
    hanging, *ids = ledger.copy_draft(first, 9)
    with employ(first, SMALL_POOL | IMPATIENT) as office:
        hung, clerk = office.clerks
        hung.ask('post', [hanging], breaks='end', how='hang')
        hung.wait_until_stopped()
        post_by_threads(clerk, ids)
        assert get_errors(clerk) == ['PostingTurnError'] * 8
        hung.kill()
        post_by_threads(clerk, ids)
        assert get_errors(clerk) == [None] * 8
    assert ledger.find_posted([hanging, *ids]) == set(ids)
    assert ledger.find_wrong() == {}


def test_who_dies_right_after_the_commit_has_posted(first):
    before, after = ledger.copy_draft(first, 2)
    with Office(2) as office:
        dying, clerk = office.clerks
        dying.ask('post', [before], breaks='committed', how='die')
        dying.process.join(60)
        assert ledger.find_posted([before])
        assert ledger.find_wrong().keys() == {'draws', 'sequences'}
        assert not clerk.do('post', [after])['error']
    assert ledger.find_wrong() == {}


@pytest.fixture
def sequence(first):
    "Return the id of a sequence of moves"
    (id_,), *_ = ledger.query(
        "SELECT move_sequence FROM account_fiscalyear ORDER BY id DESC")
    return id_


class Disconnect:
    "Terminate the connections of the process when it has committed"

    def tpc_begin(self, transaction):
        pass

    commit = tpc_vote = tpc_abort = tpc_begin

    def tpc_finish(self, transaction):
        terminate("pid != pg_backend_pid()")


def terminate(condition):
    return ledger.query(f"""
        SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND {condition}""")


def draw(id_):
    from trytond.pool import Pool
    number, = Pool().get('ir.sequence.strict')(id_).get_many(1)
    return int(number)


def test_a_follow_up_that_fails_is_made_up_for(sequence, caplog):
    from trytond.tests.test_tryton import DB_NAME
    from trytond.transaction import Transaction
    with Transaction().start(DB_NAME, 0) as transaction:
        transaction.join(Disconnect())
        number = draw(sequence)
        transaction.commit()
    assert "Could not follow up the commit" in caplog.text
    with Transaction().start(DB_NAME, 0) as transaction:
        assert draw(sequence) == number + 1
        transaction.commit()
    assert not ledger.query(ledger.DRAWS_LEFT)


def test_who_loses_the_connection_while_waiting_is_told_so(first):
    from tests.clerk import answer
    hanging, waiting = ledger.copy_draft(first, 2)
    call = {'action': 'post', 'args': [[waiting]]}
    with Office(1) as office, ThreadPoolExecutor(1) as threads:
        hung, = office.clerks
        hung.ask('post', [hanging], breaks='end', how='hang')
        hung.wait_until_stopped()
        answered = threads.submit(answer, call)
        wait_for(lambda: [t for t in ledger.find_turns() if not t[1]])
        terminate("wait_event = 'advisory'")
        assert answered.result()['operational']
        hung.kill()
        assert not threads.submit(answer, call).result()['error']
    assert ledger.find_wrong() == {}
