# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
import datetime as dt

from sql.aggregate import Count, Max, Min

from trytond.i18n import gettext
from trytond.model import Index, fields
from trytond.model.exceptions import AccessError
from trytond.pool import Pool, PoolMeta
from trytond.pyson import Eval
from trytond.transaction import Transaction

from ..exceptions import NumberRangeJumpWarning, NumberRangeNextError
from ..invoice.company_date import get_today
from . import posting_turn
from .number_format import COUNTERS, NumberFormat, NumberFormatError

# The highest integer that every client shows exactly
MAX_COUNTER = 2 ** 53 - 1


class Range(metaclass=PoolMeta):
    """What the range counts.

    The issued documents are the only register: the last counter is read from
    them, and the next one follows from it and from the start number.
    """
    __name__ = 'account.invoice.number_range'

    number_start = fields.Integer(
        "Start Number", required=True, readonly=True,
        help="The lowest counter the next document can get.")
    number_start._sql_type = 'BIGINT'
    counter_since = fields.Integer(
        "Counting Since", required=True, readonly=True,
        states={
            'invisible': Eval('counter_since') == Eval('year'),
            },
        help="The year in which the counter started.\n"
        "Without a year in the format the counter of the year before goes on.")
    number_next = fields.Function(
        fields.Integer(
            "Next Number",
            domain=[
                ('number_next', '<=', MAX_COUNTER),
                ],
            help="The counter of the next document.\n"
            "A higher number leaves a hole that the audit shows."),
        'get_counters', setter='set_number_next')
    number_last = fields.Function(
        fields.Integer(
            "Last Number",
            help="The highest counter issued."),
        'get_counters')
    number_first = fields.Function(
        fields.Integer(
            "First Number",
            help="The lowest counter issued."),
        'get_statistics')
    number_count = fields.Function(
        fields.Integer(
            "Documents",
            help="How many documents are numbered from the range."),
        'get_statistics')
    preview = fields.Function(
        fields.Char(
            "Preview",
            help="The number of the next document."),
        'on_change_with_preview')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_indexes.add(
            Index(
                t,
                (t.company, Index.Equality()),
                (t.document_type, Index.Equality()),
                (t.counter_since, Index.Equality())))

    @staticmethod
    def default_number_start():
        return 1

    @staticmethod
    def default_number_last():
        return 0

    @classmethod
    def get_counters(cls, ranges, names):
        result = {name: {} for name in names}
        for range_ in ranges:
            counters = range_.read_counters()
            for name in names:
                result[name][range_.id] = counters[name]
        return result

    def read_counters(self):
        """Return the counters of the range by field name.

        number_last is the last one of this range, series_last the last one of
        all ranges that count together.
        """
        return self._get_counters(self._read_series())

    def read_counters_in_turn(self):
        "Return the counters as they are when nobody else is numbering"
        return self._get_counters(posting_turn.read(self._query_series()))

    def _get_counters(self, series):
        last = start = own = 0
        for id_, number_start, number_last in series:
            start = max(start, number_start)
            last = max(last, number_last or 0)
            if id_ == self.id:
                own = max(own, number_last or 0)
        return {
            'number_last': own,
            'number_next': max(start, last + 1),
            'series_last': last,
            }

    @property
    def series_key(self):
        "What ranges that share a counter have in common"
        return (
            ('company', self.company),
            ('document_type', self.document_type),
            ('counter_since', self.counter_since),
            )

    def _read_series(self):
        cursor = Transaction().connection.cursor()
        cursor.execute(*self._query_series())
        return cursor.fetchall()

    def _query_series(self):
        """Return the query of id, start number and last counter of the series

        These are the ranges that share the counter with this one.
        """
        pool = Pool()
        Invoice = pool.get('account.invoice')
        table = self.__table__()
        invoice = Invoice.__table__()
        # A subquery for each range reads nothing but the end of the index
        number_last = invoice.select(
            Max(invoice.range_number),
            where=invoice.number_range == table.id)
        return table.select(
            table.id, table.number_start, number_last,
            where=(table.company == self.company.id)
            & (table.document_type == self.document_type)
            & (table.counter_since == self.counter_since))

    @classmethod
    def get_statistics(cls, ranges, names):
        pool = Pool()
        Invoice = pool.get('account.invoice')
        invoice = Invoice.__table__()
        aggregates = {
            'number_first': Min(invoice.range_number),
            'number_count': Count(invoice.range_number),
            }
        ids = [range_.id for range_ in ranges]
        result = {name: dict.fromkeys(ids, 0) for name in names}
        cursor = Transaction().connection.cursor()
        cursor.execute(*invoice.select(
                invoice.number_range, *(aggregates[name] for name in names),
                where=fields.SQL_OPERATORS['in'](invoice.number_range, ids),
                group_by=invoice.number_range))
        for id_, *values in cursor:
            for name, value in zip(names, values):
                result[name][id_] = value
        return result

    @classmethod
    def set_number_next(cls, ranges, name, value):
        # No lock: whatever is issued meanwhile, the next number comes after it
        for range_ in cls.browse(ranges):
            range_._follow_year()
            counters = range_.read_counters()
            if value == counters['number_next']:
                continue
            range_._check_next(value, counters['series_last'])
            range_._ask_for_jump(value, counters)
            range_._start_series_at(value, counters['number_next'])

    def _check_next(self, number, last):
        "Raise if the number cannot follow the last one"
        if not number or number <= last:
            raise NumberRangeNextError(gettext(
                    'shop_invoicing.msg_number_range_next',
                    range=self.rec_name, next=number or 0, last=last))
        if number > MAX_COUNTER:
            raise NumberRangeNextError(gettext(
                    'shop_invoicing.msg_number_range_next_max',
                    range=self.rec_name, next=number, max=MAX_COUNTER))

    def _ask_for_jump(self, number, counters):
        "Warn if numbers would be left out after the last one issued"
        Warning = Pool().get('res.user.warning')
        if not counters['series_last'] or number <= counters['number_next']:
            return
        key = Warning.format(f'number_range_jump_{number}', [self])
        if Warning.check(key):
            raise NumberRangeJumpWarning(key, gettext(
                    'shop_invoicing.msg_number_range_jump',
                    range=self.rec_name, next=number,
                    last=counters['series_last']))

    def _start_series_at(self, number, old):
        "Give the number to the next document of the series and log it"
        Change = Pool().get('account.invoice.number_range.change')
        series = self._search_series()
        self.write(series, {'number_start': number})
        for range_ in series:
            Change.log_number_next(range_, old, number)

    def _search_series(self):
        return self.search([
                (name, '=', getattr(value, 'id', value))
                for name, value in self.series_key])

    @fields.depends(
        'company', 'year', 'document_type', 'format', 'number_next',
        methods=['on_change_with_start_date'])
    def on_change_with_preview(self, name=None):
        # The start date itself may not be computed yet
        if not (self.company and self.on_change_with_start_date()):
            return
        try:
            format_ = NumberFormat.parse(self.format, self.document_type)
        except NumberFormatError:
            return
        return format_.print_number(
            self._preview_date(), **self._preview_counters())

    def _preview_date(self):
        "Return today, or the day of the year next to it"
        return min(
            max(get_today(self.company), dt.date(self.year, 1, 1)),
            dt.date(self.year, 12, 31))

    def _preview_counters(self):
        counters = {COUNTERS[self.document_type]: self.number_next or 1}
        if self.document_type != 'invoice':
            invoice = self.get_range(self.company, self.year)
            counters['i'] = invoice.last_counter if invoice else 0
        return counters

    @property
    def last_counter(self):
        "The last counter of the year, else that of the years before"
        counters = self.read_counters()
        return counters['number_last'] or counters['series_last']

    @classmethod
    def preprocess_values(cls, mode, values):
        values = super().preprocess_values(mode, values)
        if mode == 'create':
            if not values.get('number_next'):
                values.pop('number_next', None)
            values['number_start'] = 1
            values['counter_since'] = cls._get_year(values)
        return values

    @classmethod
    def check_modification(cls, mode, ranges, values=None, external=False):
        super().check_modification(
            mode, ranges, values=values, external=external)
        if mode == 'delete':
            for range_ in ranges:
                if range_.has_issued():
                    raise AccessError(gettext(
                            'shop_invoicing.msg_number_range_delete_issued',
                            range=range_.rec_name))

    @classmethod
    def _get_protection_error(cls, name, record=None):
        if record and name in {'number_start', 'counter_since'}:
            return AccessError(gettext(
                    'shop_invoicing.msg_number_range_counter',
                    range=record.rec_name))
        return super()._get_protection_error(name, record)

    def has_issued(self):
        "Whether a document of the range or of those that follow it is issued"
        return any(
            range_.number_last
            for range_ in [self, *self.get_derived_ranges()])

    @classmethod
    def on_modification(cls, mode, ranges, field_names=None):
        super().on_modification(mode, ranges, field_names=field_names)
        if mode == 'create' or (mode == 'write' and 'format' in field_names):
            for range_ in ranges:
                range_._follow_year()

    def _follow_year(self):
        """Share the counter with the other years, or start anew.

        A format without a year would print a number again if the counter
        started at 1 every year.
        """
        try:
            has_year = self.parsed_format.has_year
        except NumberFormatError:
            # The validation refuses it later
            return
        if not has_year:
            self._share_counter()
        elif not self.number_last:
            self._leave_series()

    def _share_counter(self):
        "Count on together with all years that print no year"
        ranges = self.search([
                ('company', '=', self.company.id),
                ('document_type', '=', self.document_type),
                ])
        years = {
            range_.counter_since for range_ in ranges
            if range_ == self or not range_.parsed_format.has_year}
        series = [range_ for range_ in ranges if range_.counter_since in years]
        self._count_since(series, min(range_.year for range_ in series))

    def _leave_series(self):
        "Count from 1 again and leave the others their counter"
        others = [r for r in self._search_series() if r != self]
        if others:
            self._count_since(others, min(range_.year for range_ in others))
            self._count_since([self], self.year)
            self.number_start = 1
            self.save()

    @classmethod
    def _count_since(cls, ranges, year):
        ranges = [r for r in ranges if r.counter_since != year]
        if ranges:
            cls.write(ranges, {'counter_since': year})
