# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Compare the number ranges with their documents and with their log.

Both are sealed, so the ranges need no seal of their own.
"""
import datetime as dt
from typing import NamedTuple

from sql import Null
from sql.aggregate import Max, Min

from trytond.pool import Pool, PoolMeta
from trytond.transaction import Transaction

from ..invoice.document_type import DOCUMENT_TYPES
from ..numbering.number_format import NumberFormat, NumberFormatError


class Audit(metaclass=PoolMeta):
    __name__ = 'account.invoice.seal.audit'

    def _check_registers(self):
        super()._check_registers()
        self._check_ranges()

    def _check_ranges(self):
        "Note the number ranges that are missing or changed"
        pool = Pool()
        Fault = pool.get('account.invoice.seal.fault')
        Range = pool.get('account.invoice.number_range')
        years = {}
        for range_ in Range.search([('company', '=', self.company.id)]):
            years.setdefault(range_.year, {})[range_.document_type] = range_
        documents, formats = self._read_documents(), self._read_formats()
        faults = []
        for year, ranges in years.items():
            for type_, _ in DOCUMENT_TYPES:
                range_ = ranges.get(type_)
                if not range_:
                    faults.append(('missing', None, _get_name(type_, year)))
                elif range_._is_tampered(
                        ranges.get('invoice'),
                        documents.pop(range_.id, None),
                        formats.get(range_.id)):
                    faults.append((
                            'range_changed', range_.id, range_.rec_name))
        # What is numbered from a range that is not there
        faults += [
            ('missing', None, _get_name(d.last_type, d.last_year))
            for d in documents.values()]
        Fault.create([{
                    'audit': self.id,
                    'company': self.company.id,
                    'kind': kind,
                    'number_range': range_,
                    'name': name,
                    } for kind, range_, name in faults])

    def _read_documents(self):
        "Return what the documents tell about their ranges, by their ids"
        cursor = Transaction().connection.cursor()
        invoice, last = (
            Pool().get('account.invoice').__table__() for _ in range(2))
        range_ = invoice.select(
            invoice.number_range,
            Min(invoice.invoice_date).as_('first_date'),
            Max(invoice.invoice_date).as_('last_date'),
            Min(invoice.document_type).as_('first_type'),
            Max(invoice.document_type).as_('last_type'),
            Max(invoice.range_number).as_('counter'),
            where=(invoice.company == self.company.id)
            & (invoice.number_range != Null),
            group_by=invoice.number_range)
        cursor.execute(*range_
            .join(last, condition=(
                    (last.number_range == range_.number_range)
                    & (last.range_number == range_.counter)))
            .select(
                range_.number_range, range_.first_date, range_.last_date,
                range_.first_type, range_.last_type, last.invoice_date,
                last.range_number, last.number))
        return {id_: _Documents.read(row) for id_, *row in cursor}

    @staticmethod
    def _read_formats():
        "Return the last formats of the log by the ids of their ranges"
        Change = Pool().get('account.invoice.number_range.change')
        return {
            change.range.id: change.new_value
            for change in Change.search(
                [('field', '=', 'format')], order=[('id', 'ASC')])}


class Range(metaclass=PoolMeta):
    __name__ = 'account.invoice.number_range'

    def _is_tampered(self, invoice_range, documents, last_format):
        """Whether it is not the range that it was.

        invoice_range is that of the invoices of the year, if there is one,
        documents are those of the range, and last_format is that of the log.
        """
        try:
            if documents and not documents.are_of(self, last_format):
                return True
            if last_format and self.format != last_format:
                return True
            return (
                self != invoice_range and bool(invoice_range)
                and self.format != invoice_range.derive_format(
                    self.document_type))
        except NumberFormatError:
            return True


class _Documents(NamedTuple):
    "What the documents of a range tell about it"
    first_date: dt.date
    last_date: dt.date
    first_type: str
    last_type: str
    date: dt.date
    counter: int
    number: str

    @classmethod
    def read(cls, row):
        "Return what the row says, in which SQLite makes texts of dates"
        documents = cls(*row)
        return documents._replace(**{
                name: dt.date.fromisoformat(value)
                for name in ['first_date', 'last_date', 'date']
                if isinstance(value := getattr(documents, name), str)})

    @property
    def last_year(self):
        return self.last_date.year if self.last_date else ''

    def are_of(self, range_, last_format):
        "Whether the range has numbered them"
        if None in self or (
                {self.first_date.year, self.last_date.year} != {range_.year}
                or {self.first_type, self.last_type}
                != {range_.document_type}):
            return False
        # Which of several formats has printed the number the log does not say
        return (
            bool(last_format) or range_.document_type != 'invoice'
            or self.number == NumberFormat.parse(range_.format).print_number(
                self.date, i=self.counter))


def _get_name(document_type, year):
    "How the range is called that is not there"
    Range = Pool().get('account.invoice.number_range')
    return Range(document_type=document_type, year=year).get_rec_name(None)
