# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Clerks who work at the same time, each a process of its own.

They are forked from a process that has loaded Tryton already, so that who is
killed is replaced at once.
"""
import multiprocessing
import os
import signal
import time
from multiprocessing.connection import wait

import psutil

from tests import clerk

_context = multiprocessing.get_context('forkserver')
_context.set_forkserver_preload(['tests.clerk_school'])


def fork(work, *args):
    "Return the connection to a process that does the work, and the process"
    connection, theirs = _context.Pipe()
    process = _context.Process(
        target=work, args=(theirs, *args), daemon=True)
    process.start()
    theirs.close()
    return connection, process


class Clerk:
    "A process that answers one call at a time"

    def __init__(self, settings=None):
        self.connection, self.process = fork(clerk.work, settings or {})
        self.call = None

    def ask(self, action, *args, **options):
        self.call = {'action': action, 'args': args, **options}
        self.connection.send(self.call)

    def answer(self):
        self.call = None
        return self.connection.recv()

    def do(self, action, *args, **options):
        self.ask(action, *args, **options)
        return self.answer()

    def wait_until_stopped(self):
        "Wait until the process hangs"
        process = psutil.Process(self.process.pid)
        wait_for(lambda: process.status() == psutil.STATUS_STOPPED)

    def go_on(self):
        "Let the process go on that hangs"
        os.kill(self.process.pid, signal.SIGCONT)

    def kill(self):
        "Kill the process and return the call that it has not answered"
        self.process.kill()
        self.process.join()
        self.connection.close()
        return self.call


class Office:
    """Clerks who share the calls.

    What is killed or breaks as it was told to is asked for again, as a user
    would do it.  The answers are what the users have seen.
    """

    def __init__(self, clerks, calls=(), settings=None):
        self.calls = iter(calls)
        self.again = []
        self.answers = []
        self.settings = settings
        self.clerks = [Clerk(settings) for _ in range(clerks)]

    def __enter__(self):
        return self

    def __exit__(self, type, value, traceback):
        for one in self.clerks:
            one.kill()

    def work(self, seconds=None):
        "Work for the seconds, or else until all calls are answered"
        end = time.monotonic() + seconds if seconds is not None else None
        while True:
            self._hand_out()
            busy = {c.connection: c for c in self.clerks if c.call}
            left = end and max(0, end - time.monotonic())
            if not busy or left == 0:
                return
            for connection in wait(busy, left):
                self._collect(busy[connection])

    def _hand_out(self):
        for one in self.clerks:
            if not one.call:
                call = self.again.pop() if self.again else next(
                    self.calls, None)
                if call:
                    one.ask(call['action'], *call['args'], **{
                            name: call[name] for name in ['breaks', 'how']
                            if name in call})

    def _collect(self, one):
        answer = one.answer()
        self.answers.append(answer)
        if answer['error'] and self.is_repeated(answer):
            self.again.append(
                {'action': answer['action'], 'args': answer['args']})

    def is_repeated(self, answer):
        "Whether the user calls again after the error"
        return answer['error'] == 'Broken'

    def kill(self, one):
        "Kill the clerk and employ another one, who is asked again"
        if call := one.kill():
            self.again.append(
                {'action': call['action'], 'args': call['args']})
        self.clerks[self.clerks.index(one)] = Clerk(self.settings)

    def close(self):
        "Accept no other calls than those that were asked for"
        self.calls = iter(())

    @property
    def errors(self):
        "The errors that are not told to happen"
        return [
            (a['error'], a['message']) for a in self.answers
            if a['error'] and not self.is_repeated(a)]


def wait_for(condition, seconds=600):
    "Wait until the condition holds; return what it returns"
    end = time.monotonic() + seconds
    while not (result := condition()):
        assert time.monotonic() < end, (
            f"waited in vain: {condition.__doc__ or condition.__name__}")
        time.sleep(.05)
    return result


def do_both(first, second, models=None):
    """Return the errors of two clerks.

    The second one starts when the first one is about to commit.  The models
    are the file with those of a neighbour.
    """
    clerks = [Clerk(), Clerk()]
    try:
        if models:
            for one in clerks:
                assert not one.do('join_neighbour', models)['error']
        clerks[0].ask('click', *first, breaks='end', how='hang')
        clerks[0].wait_until_stopped()
        clerks[1].ask('click', *second)
        wait_for(is_somebody_waiting)
        clerks[0].go_on()
        return [one.answer()['error'] for one in clerks]
    finally:
        for one in clerks:
            one.kill()


def is_somebody_waiting():
    from trytond.tests.test_tryton import DB_NAME
    from trytond.transaction import Transaction
    with Transaction().start(DB_NAME, 0, readonly=True) as transaction:
        cursor = transaction.connection.cursor()
        cursor.execute(
            "SELECT COUNT(*) FROM pg_stat_activity "
            "WHERE wait_event_type = 'Lock'")
        return cursor.fetchone() != (0,)
