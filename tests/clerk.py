# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""A process that does what it is asked for, as a server of Tryton does.

A call can be told to break at a moment: 'before' the numbering, right 'after'
it, at the 'end' before the commit, or when it is 'committed'.  It fails with
an error, it hangs, or the process dies.
"""
import os
import signal
import threading
import time
from contextlib import contextmanager
from unittest.mock import patch

from tests import neighbour
from trytond import backend, config, worker
from trytond.pool import Pool
from trytond.transaction import Transaction, TransactionError

CONTEXT = {'_skip_warnings': True}
# A slow machine makes them wait, which is no failure
PATIENT = {('shop_invoicing', 'posting_timeout'): '600'}


class Broken(Exception):
    pass


def work(connection, settings):
    "Answer the calls until nobody asks any more"
    configure(settings)
    while True:
        try:
            connection.send(answer(connection.recv()))
        except EOFError:
            return


def configure(settings):
    for (section, name), value in (PATIENT | settings).items():
        if not config.has_section(section):
            config.add_section(section)
        config.set(section, name, value)


def answer(call):
    "Return the call with its result or its error"
    try:
        return {**call, 'error': None, 'result': do(**call)}
    except Exception as error:
        return {
            **call,
            'error': type(error).__name__,
            'message': str(error),
            'operational': isinstance(
                error, backend.DatabaseOperationalError),
            }


def do(action, args, breaks=None, how='fail'):
    if action == 'post_by_threads':
        return post_by_threads(*args)
    if action == 'work_off':
        return work_off(*args)
    return run(ACTIONS[action], args, breaks, how)


def run(action, args, breaks, how):
    "Run the action with the loop of trytond.protocols.dispatcher"
    retry = config.getint('database', 'retry')
    count, extras = 0, {}
    while True:
        time.sleep(.02 * count)
        with Transaction().start(
                os.environ['DB_NAME'], 1, context=CONTEXT,
                **extras) as transaction:
            try:
                with breaking(breaks, how):
                    result = action(*args)
            except TransactionError as error:
                transaction.rollback()
                transaction.tasks.clear()
                error.fix(extras)
                continue
            except backend.DatabaseOperationalError as error:
                # Nobody may need a second try because of a deadlock
                if count >= retry or error.sqlstate == '40P01':
                    raise
                transaction.rollback()
                transaction.tasks.clear()
                count += 1
                continue
            transaction.commit()
            transaction.tasks.clear()
            return result


@contextmanager
def breaking(moment, how):
    "Break at the moment as long as the context lasts"
    if moment in {'end', 'committed'}:
        Transaction().join(BreakAtTheEnd(moment, how))
    if moment in {'before', 'after'}:
        with break_numbering(moment, how):
            yield
    else:
        yield


def break_numbering(moment, how):
    from trytond.modules.shop_invoicing.numbering.number_range_drawing import (
        Drawing)
    stock_number = Drawing.number

    def number(drawing, invoices):
        if moment == 'after':
            stock_number(drawing, invoices)
        BREAKS[how]()

    return patch.object(Drawing, 'number', number)


class BreakAtTheEnd:
    "Break when everything is done but the commit, or right after it"

    def __init__(self, moment, how):
        self._moment = moment
        self._how = how

    def tpc_begin(self, transaction):
        pass

    def commit(self, transaction):
        pass

    def tpc_vote(self, transaction):
        self._reach('end')

    def tpc_finish(self, transaction):
        self._reach('committed')

    def _reach(self, moment):
        if self._moment == moment:
            # Tryton commits again when the transaction ends
            self._moment = None
            BREAKS[self._how]()

    def tpc_abort(self, transaction):
        pass


def fail():
    raise Broken


def hang():
    os.kill(os.getpid(), signal.SIGSTOP)


def die():
    os.kill(os.getpid(), signal.SIGKILL)


BREAKS = {'fail': fail, 'hang': hang, 'die': die}


def click(name, button, ids):
    "Click the button of the records"
    Model = Pool().get(name)
    getattr(Model, button)(Model.browse(ids))


def post(ids):
    "Post the invoices together"
    Invoice = Pool().get('account.invoice')
    Invoice.post(Invoice.browse(ids))


def post_in_order(ids):
    "Post one invoice after the other in one transaction"
    Invoice = Pool().get('account.invoice')
    for id_ in ids:
        Invoice.post([Invoice(id_)])


def cancel(ids):
    "Cancel the posted invoices by credits"
    Invoice = Pool().get('account.invoice')
    Invoice.credit(Invoice.browse(ids), refund=True)


def credit(ids):
    "Credit the posted invoices"
    Invoice = Pool().get('account.invoice')
    Invoice.post(Invoice.credit(Invoice.browse(ids)))


def draw(quantities):
    "Return the numbers drawn from each sequence in the given order"
    Sequence = Pool().get('ir.sequence.strict')
    return [
        (id_, number) for id_, n in quantities
        for number in Sequence(id_).get_many(n)]


def post_by_threads(shares):
    "Return the answers of as many threads as shares, None for who hangs"
    answers = [None] * len(shares)

    def post_share(number):
        answers[number] = [
            answer({'action': 'post', 'args': [[id_]]})
            for id_ in shares[number]]

    threads = [
        threading.Thread(target=post_share, args=[n], daemon=True)
        for n in range(len(shares))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    return answers


def work_off(step, moment):
    """Do the tasks of the queue, and die at the moment in the step.

    The step is that of an invoice made at dispatch, or None for making it.
    """
    pool = Pool(os.environ['DB_NAME'])
    Queue = pool.get('ir.queue')
    stock_run = Queue.run

    def run(task):
        if get_step(task) == step:
            Transaction().join(BreakAtTheEnd(moment, 'die'))
        stock_run(task)

    queue = worker.Queue(pool.database_name, None)
    with patch.object(Queue, 'run', run):
        while task_id := queue.pull()[0]:
            worker.run_task(pool, task_id)


def get_step(task):
    "Return the step of an invoice that the task takes, None for making it"
    match task.data['model'], task.data['method']:
        case 'sale.sale', 'process':
            return None
        case 'account.invoice', 'dispatch':
            Invoice = Pool().get('account.invoice')
            return Invoice(task.data['instances']).dispatch_state
    return ''


ACTIONS = {
    'cancel': cancel,
    'click': click,
    'credit': credit,
    'draw': draw,
    'join_neighbour': neighbour.join,
    'post': post,
    'post_in_order': post_in_order,
    }
