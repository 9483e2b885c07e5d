# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
import datetime as dt
import logging
import time
from contextlib import ExitStack
from functools import partial

import trytond.config as config
from trytond import backend
from trytond.exceptions import UserError, UserWarning
from trytond.i18n import gettext
from trytond.pool import PoolMeta
from trytond.sendmail import get_smtp_server
from trytond.transaction import Transaction, TransactionError

from ..exceptions import InvoiceEmailError
from .invoice_email_carrier import REFUSED, REFUSED_FOR_NOW, SENT, UNKNOWN
from .invoice_email_smtp import Connection, delay

logger = logging.getLogger(__name__)

_DEFAULTS = {
    'email_timeout': 60,
    'email_first_delay': 60,
    'email_longest_delay': 3600,
    'email_tries': 60,
    'email_unknown_after': 900,
    }
# How much later than the queue the cron looks for a lost task
_GRACE = 120
_LIMIT = 1000


def setting(name):
    return config.getint('shop_invoicing', name, default=_DEFAULTS[name])


def connect():
    "Return a connection to the mail server that does not hang for ever"
    uri = config.get('email', 'uri')
    if 'timeout=' not in uri:
        separator = '&' if '?' in uri else '?'
        uri += f"{separator}timeout={setting('email_timeout')}"
    return get_smtp_server(uri, strict=True)


def now():
    return dt.datetime.now().replace(microsecond=0)


class Email(metaclass=PoolMeta):
    __name__ = 'account.invoice.email'

    @classmethod
    def _get_carriers(cls):
        return super()._get_carriers() | {
            'email': partial(Connection, connect),
            }

    @classmethod
    def process(cls, emails):
        """Send those of the messages that are due, one after the other.

        The transaction is committed before and after each.
        """
        ids = [e.id for e in emails]
        makers, carriers = cls._get_carriers(), {}
        with ExitStack() as stack:
            for id_ in ids:
                email = cls(id_)
                if not email.is_due:
                    continue
                way = email.way
                if way in makers and way not in carriers:
                    carriers[way] = stack.enter_context(makers[way]())
                email._send(carriers.get(way))

    @property
    def is_due(self):
        return self.state == 'queued' and self.next_try <= now()

    def _send(self, carrier):
        """Try once to send the message by the carrier.

        That somebody tries is committed before, and what came of it after.
        Who is killed in between leaves it to be checked, because nobody knows
        whether the server had taken it.
        """
        transaction = Transaction()
        try:
            if not carrier:
                raise InvoiceEmailError(gettext(
                        'shop_invoicing.msg_invoice_email_carrier',
                        email=self.rec_name,
                        way=self.way))
            message, digests = self.build()
        except (backend.DatabaseOperationalError, TransactionError):
            raise
        except Exception as error:
            transaction.rollback()
            self._note_unbuilt(error)
            return
        sender, recipients = self.envelope_sender, self.pending
        transaction.commit()
        if self._claim(digests):
            outcome = carrier.deliver(sender, recipients, message)
            self._note_safely(outcome)

    def _note_unbuilt(self, error):
        if not isinstance(error, (UserError, UserWarning)):
            logger.exception("failed to build %s", self.message_id)
        cls = self.__class__
        email = cls(self.id)
        email.state = 'failed'
        email.error = str(error) or type(error).__name__
        email.save()
        cls._show_state([email])
        Transaction().commit()

    def _claim(self, digests):
        "Note who is the only one to send the message now"
        transaction = Transaction()
        table = self.__table__()
        cursor = transaction.connection.cursor()
        try:
            cursor.execute(*table.update(
                    [table.state, table.sending_since, table.tries,
                        table.document_digest],
                    ['sending', now(), table.tries + 1, ' '.join(digests)],
                    where=(table.id == self.id)
                    & (table.state == 'queued')
                    & (table.next_try <= now())))
            is_claimed = cursor.rowcount == 1
            transaction.commit()
        except backend.DatabaseOperationalError:
            # Somebody else has changed it at the same moment
            transaction.rollback()
            return False
        return is_claimed

    def _note_safely(self, outcome):
        "Note the outcome, also when others change the invoices just now"
        transaction = Transaction()
        left = config.getint('database', 'retry') * 2
        while True:
            try:
                self._note(outcome)
                transaction.commit()
                return
            except backend.DatabaseOperationalError:
                transaction.rollback()
                if not left:
                    raise
                left -= 1
                time.sleep(.05)

    def _note(self, outcome):
        cls = self.__class__
        email = cls(self.id)
        if email.state == 'sent':
            # Somebody has marked it meanwhile
            return
        email._apply(outcome)
        email.save()
        cls._show_state([email])
        if email.state == 'queued':
            email._enqueue_next_try()

    def _apply(self, outcome):
        words = [
            f'{address}: {words}' for address, words in (
                outcome.refused | outcome.refused_for_now).items()]
        if outcome.state != SENT and not words:
            words.append(outcome.words)
        self.error = '\n'.join(words) or None
        self.accepted = _add(self.accepted, outcome.accepted)
        self.refused = _add(self.refused, outcome.refused)
        self.sending_since = None
        if outcome.state == UNKNOWN:
            self.state = 'unknown'
        elif outcome.state == REFUSED:
            self.state = 'failed'
        elif outcome.state == REFUSED_FOR_NOW or self.pending:
            self._wait()
        else:
            self.state = 'failed' if self.is_refused else 'sent'
        if self.state == 'sent':
            self.sent_at = now()

    def _wait(self):
        "Try again later unless it was tried often enough"
        tries = self.tries - (self.tries_before or 0)
        if tries >= setting('email_tries'):
            self.state = 'failed'
            return
        self.state = 'queued'
        self.next_try = now() + dt.timedelta(seconds=delay(
                tries,
                setting('email_first_delay'), setting('email_longest_delay')))

    def _enqueue_next_try(self):
        # Without worker the task would run at once: the cron does it
        if config.getboolean('queue', 'worker', default=False):
            wait = self.next_try - now() + dt.timedelta(seconds=1)
            with Transaction().set_context(queue_scheduled_at=wait):
                self.__class__.__queue__.process([self])

    @classmethod
    def process_due(cls):
        "Queue what nobody has tried, and mark what nobody has noted"
        late = now() - dt.timedelta(seconds=setting('email_unknown_after'))
        lost = cls.search([
                ('state', '=', 'sending'),
                ('sending_since', '<=', late),
                ])
        if lost:
            cls.write(lost, {'state': 'unknown'})
            cls._show_state(lost)
        due = now()
        if config.getboolean('queue', 'worker', default=False):
            due -= dt.timedelta(seconds=_GRACE)
        emails = cls.search([
                ('state', '=', 'queued'),
                ('next_try', '<=', due),
                ], order=[('next_try', 'ASC'), ('id', 'ASC')], limit=_LIMIT)
        if emails:
            cls._enqueue(emails)


def _add(text, addresses):
    lines = (text or '').splitlines()
    return '\n'.join(lines + [a for a in addresses if a not in lines]) or None
