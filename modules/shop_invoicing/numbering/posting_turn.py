# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Let those who number documents of a company wait for their turn.

On PostgreSQL a transaction that gives numbers holds the turn of the company
from the first number until it ends: an advisory lock, which goes with the
transaction even when the process is killed.  A transaction of Tryton sees the
database as it was at its first query.  So what the others have issued is read
by a connection of its own, of which every query sees what is committed.
"""
import logging
import threading
import zlib

from trytond import backend, config
from trytond.i18n import gettext
from trytond.model.exceptions import SQLConstraintError
from trytond.pool import Pool
from trytond.transaction import (
    Transaction, TransactionError, without_check_access)

from ..exceptions import PostingTurnError

DEFAULT_TIMEOUT = 30
logger = logging.getLogger(__name__)
_SPACE = zlib.crc32(b'shop_invoicing.posting_turn') - 2 ** 31
# Beside the ids of the companies: turns are taken in the order of these keys
_CREATE = 0
_NO_COMPANY = 2 ** 31 - 1
_again = threading.local()


def waits():
    "Whether several transactions can number at the same time"
    return backend.name == 'postgresql'


def take(*companies):
    """Wait until no other transaction numbers documents of the companies.

    None stands for what belongs to no company.
    Raise PostingTurnError if that takes longer than the configured seconds.
    """
    if not waits():
        return
    held = Transaction().join(_Beside()).turns
    wanted = {c.id if c else _NO_COMPANY for c in companies}
    wanted |= _again.__dict__.pop('turns', set())
    for turn in sorted(wanted - held):
        if not _try(turn):
            if turn < max(held, default=turn):
                raise TurnOrderError(wanted | held)
            _wait(turn)
        held.add(turn)


def _try(turn):
    "Take the turn if it is free, and return whether it was"
    cursor = Transaction().connection.cursor()
    cursor.execute(
        'SELECT pg_try_advisory_xact_lock(%s, %s)', (_SPACE, turn))
    free, = cursor.fetchone()
    return free


def _wait(turn):
    cursor = Transaction().connection.cursor()
    timeout = config.getint(
        'shop_invoicing', 'posting_timeout', default=DEFAULT_TIMEOUT)
    # The message cannot be read any more when the lock has failed
    error = PostingTurnError(gettext(
            'shop_invoicing.msg_posting_turn_timeout',
            company=_get_company_name(turn), seconds=timeout))
    cursor.execute("SELECT set_config('lock_timeout', %s, true)",
        (f'{timeout}s',))
    try:
        cursor.execute('SELECT pg_advisory_xact_lock(%s, %s)', (_SPACE, turn))
    except backend.DatabaseOperationalError as exception:
        if getattr(exception, 'sqlstate', None) != '55P03':
            raise
        raise error from exception
    cursor.execute("SELECT set_config('lock_timeout', '0', true)")


def _get_company_name(turn):
    if turn in {_CREATE, _NO_COMPANY}:
        return ''
    return Pool().get('company.company')(turn).rec_name


class TurnOrderError(TransactionError):
    """A turn is not free that comes before one that the transaction has.

    Who waited for it could wait for somebody who waits for him.  Who runs the
    transaction calls fix and starts the transaction again, and the first turn
    that it takes there brings all of them, in their order.
    """

    def __init__(self, turns):
        super().__init__()
        self._turns = turns

    def fix(self, extras):
        super().fix(extras)
        _again.turns = self._turns


class MissingRecordError(TransactionError):
    """What many need at once and nobody has created yet.

    Who runs the transaction calls fix, which creates and commits it alone, and
    starts the transaction again.  What creates it looks first whether somebody
    else has been faster: an error would need a second connection of the pool.
    """

    def __init__(self, create):
        super().__init__()
        self._create = create

    @without_check_access
    def fix(self, extras):
        super().fix(extras)
        if _try(_CREATE):
            self._create_and_commit()
        else:
            # Who creates now does it mostly for all who wait
            _wait(_CREATE)
            Transaction().rollback()

    def _create_and_commit(self):
        transaction = Transaction()
        try:
            self._create()
            transaction.commit()
        except SQLConstraintError:
            # Somebody else has been faster and has not waited
            transaction.rollback()


def read(query):
    """Return the rows of the query as this transaction has them and as all
    have committed them.

    On SQLite there is nobody else.
    """
    cursor = Transaction().connection.cursor()
    cursor.execute(*query)
    rows = cursor.fetchall()
    if waits():
        rows += Transaction().join(_Beside()).read(query)
    return rows


def after_commit(query):
    "Execute the query as soon as the transaction is committed"
    Transaction().join(_Beside()).queries.append(query)


class _Beside:
    """What the one who has turns keeps beside the transaction.

    The connection is not from the pool, which may be empty while everybody
    waits for the turn, and it ends with the transaction.
    """

    def __init__(self):
        self._connection = None
        self.queries = []
        self.turns = set()

    def __eq__(self, other):
        return isinstance(other, _Beside)

    def read(self, query):
        with self._connect().cursor() as cursor:
            cursor.execute(*query)
            return cursor.fetchall()

    def _connect(self):
        if not self._connection:
            import psycopg
            name = Transaction().database.name
            self._connection = psycopg.connect(
                autocommit=True, **backend.Database._connection_params(name))
        return self._connection

    def _close(self):
        self.queries.clear()
        self.turns.clear()
        if self._connection:
            self._connection.close()
            self._connection = None

    def tpc_begin(self, transaction):
        pass

    def commit(self, transaction):
        pass

    def tpc_vote(self, transaction):
        pass

    def tpc_abort(self, transaction):
        self._close()

    def tpc_finish(self, transaction):
        try:
            for query in self.queries:
                self._connect().execute(*query)
        except backend.DatabaseOperationalError:
            # Who has the next turn makes up for it
            logger.warning("Could not follow up the commit", exc_info=True)
        finally:
            self._close()
