# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
import datetime as dt

from sql import Literal, Null
from sql.conditionals import Case
from sql.functions import CurrentTimestamp
from sql.operators import Exists

from trytond import backend
from trytond.i18n import gettext
from trytond.model import ModelView, Workflow
from trytond.pool import Pool, PoolMeta
from trytond.transaction import Transaction

from ..exceptions import LetteringBatchError
from .lettering_batch_line import WRITTEN


class Batch(metaclass=PoolMeta):
    __name__ = 'account.invoice.lettering.batch'

    @classmethod
    @ModelView.button
    @Workflow.transition('imported')
    def apply(cls, batches):
        """Letter the invoices of all lines or, if one has a problem, of none.

        The invoices are written by SQL, so that triggers do not see it.
        """
        cls.rehearse(batches)
        for batch in cls.browse(batches):
            batch._check_no_problem()
            batch._write_letterings('old_lettering', 'lettering')
        cls._note('imported', batches)

    @classmethod
    @ModelView.button
    @Workflow.transition('undone')
    def undo(cls, batches):
        "Give the invoices the letterings back that they had before"
        for batch in batches:
            batch._check_untouched()
            batch._check_old_free()
            batch._write_letterings('lettering', 'old_lettering')
        cls._note('undone', batches)

    @classmethod
    def _note(cls, state, batches):
        cls.write(batches, {
                f'{state}_at': dt.datetime.now(),
                f'{state}_by': Transaction().user or None,
                })

    def _check_no_problem(self):
        if self.problem_count:
            first = self.problems[0]
            raise LetteringBatchError(gettext(
                    'shop_invoicing.msg_lettering_batch_problem',
                    batch=self.rec_name,
                    count=self.problem_count,
                    line=first.line,
                    explanation=first.explanation))

    def _written_lines(self):
        "Return the table of the lines and the condition of those written"
        line = Pool().get('account.invoice.lettering.batch.line').__table__()
        return line, (line.batch == self.id) & line.outcome.in_(WRITTEN)

    def _check_untouched(self):
        "Raise if the lettering of an invoice was changed since the import"
        Change = Pool().get('account.invoice.lettering.change')
        line, written = self._written_lines()
        own, later = Change.__table__(), Change.__table__()
        query = (line
            .join(own, condition=(
                    (own.invoice == line.invoice) & (own.batch == self.id)))
            .join(later, condition=(
                    (later.invoice == line.invoice) & (later.id > own.id)))
            .select(line.invoice, where=written, limit=1))
        self._raise_if_found(
            query, 'shop_invoicing.msg_lettering_batch_touched')

    def _check_old_free(self):
        "Raise if another invoice has one of the letterings to give back"
        Invoice = Pool().get('account.invoice')
        line, written = self._written_lines()
        own, own_written = self._written_lines()
        invoice = Invoice.__table__()
        given_back = own.select(
            Literal(1), where=own_written & (own.invoice == invoice.id))
        query = (line
            .join(invoice, condition=(
                    (invoice.company == self.company.id)
                    & (invoice.lettering == line.old_lettering)))
            .select(invoice.id,
                where=written & ~Exists(given_back),
                limit=1))
        self._raise_if_found(
            query, 'shop_invoicing.msg_lettering_batch_taken')

    def _raise_if_found(self, query, message):
        "Raise with the message if the query returns an invoice"
        Invoice = Pool().get('account.invoice')
        cursor = Transaction().connection.cursor()
        cursor.execute(*query)
        if row := cursor.fetchone():
            invoice = Invoice(row[0])
            raise LetteringBatchError(gettext(
                    message,
                    batch=self.rec_name,
                    invoice=invoice.rec_name,
                    lettering=invoice.lettering or ''))

    def _write_letterings(self, old, new):
        "Write the column new of the lines to the invoices and log it"
        cursor = Transaction().connection.cursor()
        try:
            # Two invoices of the file may exchange their letterings
            cursor.execute(*self._query_clear())
            cursor.execute(*self._query_write(new))
        except backend.DatabaseIntegrityError as exception:
            with Transaction().new_transaction(readonly=True):
                raise LetteringBatchError(gettext(
                        'shop_invoicing.msg_lettering_batch_concurrent')
                    ) from exception
        cursor.execute(*self._query_log(old, new))
        self._forget('account.invoice')

    def _query_clear(self):
        invoice = Pool().get('account.invoice').__table__()
        line, written = self._written_lines()
        return invoice.update(
            [invoice.lettering], [Null],
            from_=[line],
            where=written & (invoice.id == line.invoice)
            & (invoice.lettering != Null))

    def _query_write(self, name):
        invoice = Pool().get('account.invoice').__table__()
        user = Transaction().user
        line, written = self._written_lines()
        return invoice.update(
            [invoice.lettering, invoice.lettered_at, invoice.lettered_by,
                invoice.write_date, invoice.write_uid],
            [getattr(line, name), *self._when_and_who(getattr(line, name)),
                CurrentTimestamp(), user],
            from_=[line],
            where=written & (invoice.id == line.invoice))

    def _when_and_who(self, lettering):
        "Return what to note beside the lettering, which may be null"
        now = dt.datetime.now().replace(microsecond=0)
        return [
            Case((lettering != Null, value), else_=Null)
            for value in [now, Transaction().user or None]]

    def _query_log(self, old, new):
        Change = Pool().get('account.invoice.lettering.change')
        line, written = self._written_lines()
        change = Change.__table__()
        return change.insert(
            [change.create_uid, change.create_date, change.invoice,
                change.old_value, change.new_value, change.batch],
            line.select(
                Literal(Transaction().user), CurrentTimestamp(), line.invoice,
                getattr(line, old), getattr(line, new), Literal(self.id),
                where=written))
