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
import zlib

from trytond import backend, config
from trytond.i18n import gettext
from trytond.model.exceptions import SQLConstraintError
from trytond.transaction import (
    Transaction, TransactionError, without_check_access)

from .exceptions import PostingTurnError

DEFAULT_TIMEOUT = 30
logger = logging.getLogger(__name__)
_SPACE = zlib.crc32(b'shop_invoicing.posting_turn') - 2 ** 31


def waits():
    "Whether several transactions can number at the same time"
    return backend.name == 'postgresql'


def take(company):
    """Wait until no other transaction numbers documents of the company.

    Raise PostingTurnError if that takes longer than the configured seconds.
    """
    if not waits():
        return
    key = (_SPACE, company.id if company else 0)
    cursor = Transaction().connection.cursor()
    cursor.execute('SELECT pg_try_advisory_xact_lock(%s, %s)', key)
    free, = cursor.fetchone()
    if not free:
        _wait(cursor, key, company)


def _wait(cursor, key, company):
    timeout = config.getint(
        'shop_invoicing', 'posting_timeout', default=DEFAULT_TIMEOUT)
    # The message cannot be read any more when the lock has failed
    error = PostingTurnError(gettext(
            'shop_invoicing.msg_posting_turn_timeout',
            company=company.rec_name if company else '', seconds=timeout))
    cursor.execute("SELECT set_config('lock_timeout', %s, true)",
        (f'{timeout}s',))
    try:
        cursor.execute('SELECT pg_advisory_xact_lock(%s, %s)', key)
    except backend.DatabaseOperationalError as exception:
        if getattr(exception, 'sqlstate', None) != '55P03':
            raise
        raise error from exception
    cursor.execute("SELECT set_config('lock_timeout', '0', true)")


class MissingRecordError(TransactionError):
    """What many need at once and nobody has created yet.

    Who runs the transaction calls fix, which creates and commits it alone, and
    starts the transaction again.
    """

    def __init__(self, create):
        super().__init__()
        self._create = create

    @without_check_access
    def fix(self, extras):
        super().fix(extras)
        transaction = Transaction()
        try:
            self._create()
            transaction.commit()
        except SQLConstraintError:
            # Somebody else has been faster
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
    """The connection beside the transaction of the one who has the turn.

    It is not from the pool, which may be empty while everybody waits for the
    turn, and it ends with the transaction.
    """

    def __init__(self):
        self._connection = None
        self.queries = []

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
