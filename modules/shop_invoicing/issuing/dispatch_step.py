# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Post, print and send the invoices of what was shipped.

Each step is a task of its own in Tryton's queue.  Writing the step that is
next queues the task, so that both are committed together.
"""
import datetime as dt
import logging
from contextlib import contextmanager
from typing import NamedTuple

from trytond import backend
from trytond.exceptions import UserError, UserWarning
from trytond.i18n import gettext
from trytond.model import Index, ModelView, Workflow, fields
from trytond.pool import Pool, PoolMeta
from trytond.pyson import Bool, Eval
from trytond.transaction import (
    Transaction, TransactionError, without_check_access)

from ..exceptions import PostingTurnError
from ..invoice.checked_search import checked_search
from ..invoice.document_type import STANDING

logger = logging.getLogger(__name__)
_FIELDS = {'dispatch_state', 'dispatch_error'}
# What Tryton or the safety net tries again by itself
_TEMPORARY = (
    TransactionError, backend.DatabaseOperationalError, PostingTurnError)
# How long a task may take before the safety net queues another one
_PATIENCE = dt.timedelta(minutes=10)


class DispatchStep(NamedTuple):
    """A step that is taken with an invoice after its goods have left.

    state: the dispatch state of an invoice that waits for the step
    label: how that state is called
    method: the name of the method of account.invoice that takes the step with
        a list of invoices, and does nothing the second time
    choice: the choice in the sales configuration by which a company wants the
        step, None for a step that every company wants
    invoice_states: the states of the invoices with which it can be taken
    """
    state: str
    label: str
    method: str
    choice: str = None
    invoice_states: tuple = tuple(STANDING)


class Invoice(metaclass=PoolMeta):
    __name__ = 'account.invoice'

    dispatch_state = fields.Selection([
            (None, ""),
            ('waiting', "Waiting for Dispatch"),
            # Here are the steps
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
    dispatch_to_finish = fields.Function(
        fields.Boolean("Dispatch to Finish"),
        'get_dispatch_to_finish', searcher='search_dispatch_to_finish')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls.dispatch_state.selection[-1:-1] = [
            (step.state, step.label) for step in cls._dispatch_steps()]
        cls._sql_indexes.add(
            Index(
                t, (t.dispatch_state, Index.Equality(cardinality='low')),
                where=t.dispatch_state.in_(cls._dispatch_step_states())))
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
    def _dispatch_steps(cls):
        """Return the steps in the order in which they are taken.

        To add one, put it in its place of the list.
        """
        return [
            # Whether to post is asked before the invoice waits for it
            DispatchStep(
                'to_post', "To Post", '_post_dispatched',
                invoice_states=('draft', 'validated')),
            DispatchStep(
                'to_print', "To Print", 'freeze_document',
                'dispatch_invoice_print'),
            DispatchStep(
                'to_send', "To Send", 'send', 'dispatch_invoice_send'),
            ]

    @classmethod
    def _dispatch_step_states(cls):
        return [step.state for step in cls._dispatch_steps()]

    def get_dispatch_to_finish(self, name):
        return self.dispatch_state in self._dispatch_step_states()

    @classmethod
    @checked_search
    def search_dispatch_to_finish(cls, name, clause):
        _, operator, value = clause
        states = cls._dispatch_step_states()
        if (operator == '=') == bool(value):
            return [('dispatch_state', 'in', states)]
        return [('dispatch_state', 'not in', states)]

    @classmethod
    def copy(cls, invoices, default=None):
        default = default.copy() if default is not None else {}
        default.setdefault('dispatch_state')
        default.setdefault('dispatch_error')
        return super().copy(invoices, default=default)

    @property
    def is_dispatch_under_way(self):
        return (
            self.dispatch_state in self._dispatch_step_states()
            and not self.dispatch_error)

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
        step, = [
            s for s in self._dispatch_steps()
            if s.state == self.dispatch_state]
        with self._set_dispatch_context():
            getattr(cls, step.method)(cls.browse([self]))
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
        steps = self._dispatch_steps()
        taken = self._dispatch_step_states().index(self.dispatch_state) + 1
        return self._choose_dispatch_state(
            steps[taken:], self.state, self.company)

    @classmethod
    def get_first_dispatch_state(cls, company, invoice_state='draft'):
        "Return what is next for an invoice when its goods have left"
        return cls._choose_dispatch_state(
            cls._dispatch_steps(), invoice_state, company)

    @classmethod
    def _choose_dispatch_state(cls, steps, invoice_state, company):
        "Return the state of the first step that the company wants"
        Configuration = Pool().get('sale.configuration')
        configuration = Configuration(1)
        for step in steps:
            if invoice_state in step.invoice_states and (
                    not step.choice or configuration.get_multivalue(
                        step.choice, company=company.id)):
                return step.state
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
        # Nobody is there who could be warned
        with Transaction().set_context(_document_unseen=True):
            cls.post([
                    i for i in invoices if i.state in {'draft', 'validated'}])

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
                    ('dispatch_to_finish', '=', True),
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
