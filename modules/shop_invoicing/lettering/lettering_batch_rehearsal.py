# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from itertools import islice

from sql import Literal, Null, Window
from sql.aggregate import Count, Min
from sql.conditionals import Case
from sql.functions import CurrentTimestamp
from sql.operators import Exists

from trytond.i18n import gettext
from trytond.model import ModelView, Workflow
from trytond.model.exceptions import AccessError
from trytond.pool import Pool, PoolMeta
from trytond.rpc import RPC
from trytond.transaction import Transaction, without_check_access

from ..exceptions import LetteringFileError
from ..invoice.document_type import ISSUED
from .lettering_batch_line import WRITTEN
from .lettering_file import read
from .lettering_file_layout import LetteringFileError as FileError

_ROWS_AN_INSERT = 1_000
_FILE_MESSAGES = {
    'empty': 'shop_invoicing.msg_lettering_file_empty',
    'size': 'shop_invoicing.msg_lettering_file_size',
    'spreadsheet': 'shop_invoicing.msg_lettering_file_spreadsheet',
    'binary': 'shop_invoicing.msg_lettering_file_binary',
    'lines': 'shop_invoicing.msg_lettering_file_lines',
    'columns': 'shop_invoicing.msg_lettering_file_columns',
    }


class Batch(metaclass=PoolMeta):
    __name__ = 'account.invoice.lettering.batch'

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.__rpc__['rehearse_file'] = RPC(readonly=False)

    @classmethod
    def rehearse_file(cls, data, name):
        """Return the id of a new import with the outcome of each line.

        data is the CSV file as bytes.  No invoice is changed.  Raise
        LetteringFileError if nothing can be read from the file.
        """
        pool = Pool()
        ModelAccess = pool.get('ir.model.access')
        User = pool.get('res.user')
        ModelAccess.check('account.invoice', 'write')
        transaction = Transaction()
        company = transaction.context.get('company')
        if not company or (
                transaction.user and company not in User.get_companies()):
            raise AccessError(gettext(
                    'shop_invoicing.msg_lettering_batch_company'))
        with without_check_access():
            batch = cls(name=name, company=company)
            batch.save()
            batch._read_file(data)
            cls.rehearse([batch])
        return batch.id

    def _read_file(self, data):
        "Insert a line for each line of the file"
        try:
            lines = read(data)
            while rows := list(islice(lines, _ROWS_AN_INSERT)):
                self._insert_lines(rows)
        except FileError as error:
            raise LetteringFileError(gettext(
                    _FILE_MESSAGES[error.reason],
                    name=self.name, **error.values)) from error

    def _insert_lines(self, rows):
        Line = Pool().get('account.invoice.lettering.batch.line')
        transaction = Transaction()
        line = Line.__table__()
        query = line.insert(
            [
                line.create_uid, line.batch, line.line, line.number,
                line.lettering, line.error, line.create_date],
            [[transaction.user, self.id, *rows[0], CurrentTimestamp()]])
        # The text of the query is the same for all rows
        transaction.connection.cursor().executemany(
            str(query), [[transaction.user, self.id, *row] for row in rows])

    @classmethod
    @ModelView.button
    @Workflow.transition('rehearsed')
    def rehearse(cls, batches):
        for batch in batches:
            for query in [
                    batch._query_start(),
                    batch._query_invoice(),
                    batch._query_repeated('number'),
                    batch._query_repeated('lettering'),
                    batch._query_compare(),
                    batch._query_conflict(),
                    ]:
                Transaction().connection.cursor().execute(*query)
        cls._forget(cls.__name__, f'{cls.__name__}.line')

    def _lines(self):
        "Return the table of the lines and the condition of those to look at"
        line = Pool().get('account.invoice.lettering.batch.line').__table__()
        return line, (line.batch == self.id) & (line.outcome == Null)

    def _query_start(self):
        "Set the outcome of lines that are malformed or have no lettering"
        line, _ = self._lines()
        return line.update(
            [line.outcome, line.invoice, line.old_lettering,
                line.other_invoice],
            [
                Case(
                    (line.error != Null, 'malformed'),
                    (line.lettering == Null, 'empty'),
                    else_=Null),
                Null, Null, Null],
            # Writing each fresh line to change nothing would take long
            where=(line.batch == self.id)
            & ((line.error != Null)
                | (line.lettering == Null)
                | (line.outcome != Null)))

    def _query_invoice(self):
        "Set the invoice that has the number"
        Invoice = Pool().get('account.invoice')
        line, to_find = self._lines()
        candidate, candidate_to_find = self._lines()
        invoice = Invoice.__table__()
        found = (candidate
            .join(invoice, 'LEFT', condition=(
                    (invoice.company == self.company.id)
                    & (invoice.type == 'out')
                    & (invoice.number == candidate.number)))
            .select(
                candidate.id, Min(invoice.id).as_('invoice'),
                Count(invoice.id).as_('count'),
                where=candidate_to_find,
                group_by=candidate.id))
        return line.update(
            [line.invoice, line.outcome],
            [
                Case((found.count == 1, found.invoice), else_=Null),
                Case(
                    (found.count == 0, 'unknown'),
                    (found.count > 1, 'ambiguous'),
                    else_=Null)],
            from_=[found],
            where=line.id == found.id)

    def _query_repeated(self, name):
        "Set the outcome of lines with what stands in other lines too"
        # By window and id it is fast, even before the database has statistics
        # of the fresh lines
        Line = Pool().get('account.invoice.lettering.batch.line')
        line, same = Line.__table__(), Line.__table__()
        counted = same.select(
            same.id,
            Count(same.id, window=Window([getattr(same, name)])).as_('count'),
            where=(same.batch == self.id)
            & (same.error == Null) & (same.lettering != Null))
        return line.update(
            [line.outcome], ['repeated'],
            from_=[counted],
            where=(line.id == counted.id) & (counted.count > 1))

    def _query_compare(self):
        "Set the outcome of lines of which the invoice was found"
        invoice = Pool().get('account.invoice').__table__()
        line, to_compare = self._lines()
        return line.update(
            [line.old_lettering, line.outcome],
            [invoice.lettering,
                Case(
                    (~invoice.state.in_(ISSUED), 'not_completed'),
                    (invoice.lettering == line.lettering, 'equal'),
                    (invoice.lettering == Null, 'matched'),
                    else_='change')],
            from_=[invoice],
            where=to_compare & (line.invoice == invoice.id))

    def _query_conflict(self):
        """Set the outcome of lines whose lettering another invoice has.

        An invoice that this file gives another lettering is not in the way.
        """
        pool = Pool()
        Line = pool.get('account.invoice.lettering.batch.line')
        line, other = Line.__table__(), Line.__table__()
        invoice = pool.get('account.invoice').__table__()
        changed = other.select(
            Literal(1),
            where=(other.batch == self.id)
            & (other.outcome == 'change')
            & (other.invoice == invoice.id))
        return line.update(
            [line.outcome, line.other_invoice],
            ['conflict', invoice.id],
            from_=[invoice],
            where=(line.batch == self.id)
            & line.outcome.in_(WRITTEN)
            & (invoice.company == self.company.id)
            & (invoice.lettering == line.lettering)
            & (invoice.id != line.invoice)
            & ~Exists(changed))
