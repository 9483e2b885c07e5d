# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Post, print and send the invoices of what was shipped.

Each step is a task of its own in Tryton's queue.  Writing the step that is
next queues the task, so that both are committed together.
"""
import datetime as dt
import logging
from contextlib import contextmanager

from trytond import backend
from trytond.exceptions import UserError, UserWarning
from trytond.i18n import gettext
from trytond.model import Index, ModelView, Workflow, fields
from trytond.pool import Pool, PoolMeta
from trytond.pyson import Bool, Eval
from trytond.transaction import (
    Transaction, TransactionError, without_check_access)

from ..exceptions import PostingTurnError

logger = logging.getLogger(__name__)
# What is next: the method that does it and the choice of the company
_STEPS = {
    'to_post': ('_post_dispatched', 'dispatch_invoice_post'),
    'to_print': ('freeze_document', 'dispatch_invoice_print'),
    'to_send': ('send', 'dispatch_invoice_send'),
    }
_FIELDS = {'dispatch_state', 'dispatch_error'}
# What Tryton or the safety net tries again by itself
_TEMPORARY = (
    TransactionError, backend.DatabaseOperationalError, PostingTurnError)
# How long a task may take before the safety net queues another one
_PATIENCE = dt.timedelta(minutes=10)


class Invoice(metaclass=PoolMeta):
    __name__ = 'account.invoice'

    dispatch_state = fields.Selection([
            (None, ""),
            ('waiting', "Waiting for Dispatch"),
            ('to_post', "To Post"),
            ('to_print', "To Print"),
            ('to_send', "To Send"),
            ('done', "Done"),
            ], "Dispatch", readonly=True, sort=False,
        states={
            'invisible': ~Eval('dispatch_state'),
            },
        help="What is next for an invoice that is made when goods leave.")
    dispatch_error = fields.Text(
        "Dispatch Error", readonly=True,
        states={
            'invisible': ~Eval('dispatch_error'),
            },
        help="Why the next step has failed.")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_indexes.add(
            Index(
                t, (t.dispatch_state, Index.Equality(cardinality='low')),
                where=t.dispatch_state.in_(list(_STEPS))))
        cls._check_modify_exclude |= _FIELDS
        cls._buttons.update({
                'try_dispatch_again': {
                    'invisible': ~Bool(Eval('dispatch_error')),
                    'icon': 'tryton-refresh',
                    'depends': ['dispatch_error'],
                    },
                'finish_dispatch': {
                    'invisible': ~Bool(Eval('dispatch_error')),
                    'icon': 'tryton-ok',
                    'depends': ['dispatch_error'],
                    },
                })

    @classmethod
    def copy(cls, invoices, default=None):
        default = default.copy() if default is not None else {}
        default.setdefault('dispatch_state')
        default.setdefault('dispatch_error')
        return super().copy(invoices, default=default)

    @property
    def is_dispatch_under_way(self):
        return self.dispatch_state in _STEPS and not self.dispatch_error

    @classmethod
    def on_modification(cls, mode, invoices, field_names=None):
        super().on_modification(mode, invoices, field_names=field_names)
        if mode == 'create' or (mode == 'write' and field_names & _FIELDS):
            for invoice in invoices:
                if invoice.is_dispatch_under_way:
                    # One task each, so that an error concerns no other
                    cls.__queue__.dispatch(invoice)

    @without_check_access
    def dispatch(self):
        """Take the next step and queue the one after it.

        What the step has done is rolled back if it fails, and the reason is
        noted.
        """
        if not self.is_dispatch_under_way:
            return
        step = self.dispatch_state
        try:
            # Whoever does the same step at the same time is waited for
            self.lock()
            self._take_dispatch_step()
        except _TEMPORARY:
            raise
        except Exception as error:
            Transaction().rollback()
            if not isinstance(error, (UserError, UserWarning)):
                logger.error(
                    "Step %s of invoice %s failed", step, self.id,
                    exc_info=True)
            self._note_dispatch_error(error)

    def _take_dispatch_step(self):
        cls = self.__class__
        method, _ = _STEPS[self.dispatch_state]
        with self._set_dispatch_context():
            getattr(cls, method)(cls.browse([self]))
        invoice = cls(self.id)
        invoice.dispatch_state = invoice._get_next_dispatch_state()
        invoice.save()

    @contextmanager
    def _set_dispatch_context(self):
        "Take steps for those who ship and have no right on invoices"
        User = Pool().get('res.user')
        transaction = Transaction()
        context = {'company': self.company.id}
        # Whoever has triggered the step may read why it fails
        if transaction.user and (user := User(transaction.user)).language:
            context['language'] = user.language.code
        with transaction.set_user(0, set_context=True), \
                transaction.set_context(context):
            yield

    def _get_next_dispatch_state(self):
        "Return the next step that the company wants"
        Configuration = Pool().get('sale.configuration')
        configuration = Configuration(1)
        steps = list(_STEPS)
        for step in steps[steps.index(self.dispatch_state) + 1:]:
            _, name = _STEPS[step]
            if (self.state in {'posted', 'paid'}
                    and configuration.get_multivalue(
                        name, company=self.company.id)):
                return step
        return 'done'

    def _note_dispatch_error(self, error):
        invoice = self.__class__(self.id)
        if isinstance(error, (UserError, UserWarning)):
            reason = '\n'.join(filter(None, [
                        error.message, error.description]))
        else:
            reason = gettext(
                'shop_invoicing.msg_dispatch_step_unexpected',
                error=f'{type(error).__name__}: {error}')
        invoice.dispatch_error = reason
        invoice.save()

    @classmethod
    def _post_dispatched(cls, invoices):
        cls.post([i for i in invoices if i.state in {'draft', 'validated'}])

    @classmethod
    @ModelView.button
    def try_dispatch_again(cls, invoices):
        cls.write(
            [i for i in invoices if i.dispatch_error],
            {'dispatch_error': None})

    @classmethod
    @ModelView.button
    def finish_dispatch(cls, invoices):
        cls.write(invoices, {
                'dispatch_state': 'done',
                'dispatch_error': None,
                })

    @classmethod
    @ModelView.button
    @Workflow.transition('cancelled')
    def cancel(cls, invoices):
        super().cancel(invoices)
        with without_check_access():
            cls.write([i for i in cls.browse(invoices) if i.dispatch_state], {
                    'dispatch_state': None,
                    'dispatch_error': None,
                    })

    @classmethod
    def dispatch_unfinished(cls):
        """Queue again what a killed process has not finished.

        A step that is taken twice does nothing the second time.
        """
        Sale = Pool().get('sale.sale')
        latest = dt.datetime.now() - _PATIENCE
        for invoice in cls.search([
                    ('dispatch_state', 'in', list(_STEPS)),
                    ('dispatch_error', '=', None),
                    ['OR',
                        ('write_date', '<', latest),
                        [
                            ('write_date', '=', None),
                            ('create_date', '<', latest),
                            ],
                        ],
                    ]):
            cls.__queue__.dispatch(invoice)
        Sale.process_dispatched()
