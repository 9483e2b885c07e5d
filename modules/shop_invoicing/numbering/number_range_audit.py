# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from sql import Literal, Null, Union, Window
from sql.aggregate import Count, Max, Min
from sql.conditionals import Case, Coalesce
from sql.functions import Lag

from trytond.i18n import gettext
from trytond.model import ModelSQL, ModelView, fields
from trytond.pool import Pool
from trytond.report import Report

from ..invoice.company_date import to_local
from ..invoice.protection import QueryMixin


class Finding(QueryMixin, ModelSQL, ModelView):
    __name__ = 'account.invoice.number_range.finding'

    company = fields.Many2One('company.company', "Company")
    range = fields.Many2One('account.invoice.number_range', "Range")
    kind = fields.Selection([
            ('hole', "Hole"),
            ('duplicate', "Duplicate"),
            ('out_of_order', "Out of Order"),
            ], "Kind", sort=False)
    kind_string = kind.translated('kind')
    number_from = fields.Integer(
        "From Number",
        help="The first counter concerned.")
    number_from._sql_type = 'BIGINT'
    number_to = fields.Integer(
        "To Number",
        help="The last counter concerned.")
    number_to._sql_type = 'BIGINT'
    invoice = fields.Many2One(
        'account.invoice', "Invoice",
        help="The document after the hole, or the one whose number or date "
        "is wrong.")
    other_invoice = fields.Many2One(
        'account.invoice', "Other Invoice",
        help="Another document with the same number.")
    latest_date = fields.Date(
        "Latest Date",
        help="The latest date with a lower counter.")
    change = fields.Many2One(
        'account.invoice.number_range.change', "Change",
        help="The change of the next number that left the hole.")
    explanation = fields.Function(
        fields.Char("Explanation"), 'get_explanation')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._order = [
            ('range', 'ASC'),
            ('number_from', 'ASC'),
            ('id', 'ASC'),
            ]

    @classmethod
    def table_query(cls):
        return Union(*cls._get_queries(), all_=True)

    @classmethod
    def _get_queries(cls):
        "Return the queries of what is found"
        return [
            cls._query_holes(),
            cls._query_duplicates(),
            cls._query_out_of_order(),
            ]

    @classmethod
    def _query_holes(cls):
        "Return the jumps of the counter, with the change that explains each"
        pool = Pool()
        Invoice = pool.get('account.invoice')
        Range = pool.get('account.invoice.number_range')
        invoice = Invoice.__table__()
        range_ = Range.__table__()
        series = Window(
            [range_.company, range_.document_type, range_.counter_since],
            order_by=[invoice.range_number])
        previous = Coalesce(Lag(invoice.range_number, window=series), 0)
        counted = (invoice
            .join(range_, condition=invoice.number_range == range_.id)
            .select(
                invoice.id, range_.company, range_.document_type,
                range_.counter_since, invoice.number_range,
                invoice.range_number, previous.as_('previous')))
        change = cls._query_changes()
        query = counted.join(change, 'LEFT', condition=(
                (change.company == counted.company)
                & (change.document_type == counted.document_type)
                & (change.counter_since == counted.counter_since)
                & (change.number_next == counted.range_number)))
        return query.select(
            *cls._columns(
                'hole', counted,
                number_from=counted.previous + 1,
                number_to=counted.range_number - 1,
                change=change.id),
            where=counted.range_number > counted.previous + 1)

    @classmethod
    def _query_changes(cls):
        "Return the last change of the next number to each number"
        pool = Pool()
        Change = pool.get('account.invoice.number_range.change')
        Range = pool.get('account.invoice.number_range')
        change = Change.__table__()
        range_ = Range.__table__()
        columns = [
            range_.company, range_.document_type, range_.counter_since,
            change.number_next]
        return (change
            .join(range_, condition=change.range == range_.id)
            .select(
                Max(change.id).as_('id'), *columns,
                where=change.number_next != Null,
                group_by=columns))

    @classmethod
    def _query_duplicates(cls):
        "Return the documents whose number another customer document has"
        invoice = Pool().get('account.invoice').__table__()
        duplicate = invoice.select(
            invoice.company, invoice.number,
            Min(invoice.id).as_('first'), Max(invoice.id).as_('last'),
            Count(invoice.number_range).as_('numbered'),
            where=(invoice.type == 'out') & (invoice.number != Null),
            group_by=[invoice.company, invoice.number],
            having=Count(invoice.id) > 1)
        invoice = Pool().get('account.invoice').__table__()
        query = invoice.join(duplicate, condition=(
                (duplicate.company == invoice.company)
                & (duplicate.number == invoice.number)))
        other = Case(
            (duplicate.first == invoice.id, duplicate.last),
            else_=duplicate.first)
        return query.select(
            *cls._columns('duplicate', invoice, other_invoice=other),
            where=(invoice.type == 'out') & (invoice.number_range != Null)
            # The first one is right unless the others have no range
            & ((duplicate.first != invoice.id) | (duplicate.numbered == 1)))

    @classmethod
    def _query_out_of_order(cls):
        "Return the documents after one with a later date"
        invoice = Pool().get('account.invoice').__table__()
        earlier = Window(
            [invoice.number_range], order_by=[invoice.range_number],
            frame='ROWS', end=-1)
        dated = invoice.select(
            invoice.id, invoice.company, invoice.number_range,
            invoice.range_number, invoice.invoice_date,
            Max(invoice.invoice_date, window=earlier).as_('latest_date'),
            where=invoice.number_range != Null)
        return dated.select(
            *cls._columns(
                'out_of_order', dated, latest_date=dated.latest_date),
            where=dated.invoice_date < dated.latest_date)

    @classmethod
    def _columns(cls, kind, invoice, /, **values):
        """Return the columns of a finding at the invoice.

        The kind is one of the selection, or a column in which it stands.
        """
        kinds = [k for k, _ in cls.kind.selection]
        if isinstance(kind, str):
            kind, number = Literal(kind), kinds.index(kind)
        else:
            # Such findings are of a table of their own
            number = len(kinds)
        values = {
            'id': invoice.id * (len(kinds) + 1) + number,
            'company': invoice.company,
            'range': invoice.number_range,
            'kind': kind,
            'number_from': invoice.range_number,
            'number_to': invoice.range_number,
            'invoice': invoice.id,
            } | values
        return [
            field.sql_cast(values.get(name, Literal(Null))).as_(name)
            for name, field in cls._fields.items() if field.sql_type()]

    def get_rec_name(self, name):
        names = [self.kind_string, self.range and self.range.rec_name]
        return ' '.join(filter(None, names))

    @classmethod
    def get_explanation(cls, findings, name):
        return {
            finding.id: finding._explain() for finding in findings}

    def _explain(self):
        "Return what the finding means, in the language of the user"
        return getattr(self, f'_explain_{self.kind}')()

    def _explain_hole(self):
        Lang = Pool().get('ir.lang')
        if not self.change:
            return gettext('shop_invoicing.msg_number_range_hole_unexplained')
        date = to_local(self.change.create_date, self.company)
        return gettext(
            'shop_invoicing.msg_number_range_hole',
            new=self.change.new_value,
            user=self.change.create_uid.rec_name,
            date=Lang.get().strftime(date, '%x %X'))

    def _explain_duplicate(self):
        return gettext(
            'shop_invoicing.msg_number_range_duplicate',
            invoice=self.invoice.rec_name,
            date=self._format_date(self.other_invoice.invoice_date),
            other=self.other_invoice.rec_name)

    def _explain_out_of_order(self):
        return gettext(
            'shop_invoicing.msg_number_range_out_of_order',
            invoice=self.invoice.rec_name,
            date=self._format_date(self.invoice.invoice_date),
            latest_date=self._format_date(self.latest_date))

    @staticmethod
    def _format_date(date):
        Lang = Pool().get('ir.lang')
        return Lang.get().strftime(date)


class Audit(Report):
    __name__ = 'account.invoice.number_range.audit'

    @classmethod
    def get_context(cls, records, header, data):
        pool = Pool()
        Finding = pool.get('account.invoice.number_range.finding')
        context = super().get_context(records, header, data)
        context['audits'] = audits = list(cls._get_audits(records))
        ranges = [range_ for _, _, ranges in audits for range_ in ranges]
        context['findings'] = {range_.id: [] for range_ in ranges}
        for finding in Finding.search([('range', 'in', ranges)]):
            context['findings'][finding.range.id].append(finding)
        context['others'] = Finding.search([
                ('range', '=', None),
                ('company', 'in', [company for company, _, _ in audits]),
                ])
        return context

    @classmethod
    def _get_audits(cls, records):
        "Yield company, year and ranges of each year that a record is of"
        Range = Pool().get('account.invoice.number_range')
        years = []
        for record in records:
            if (record.company, record.year) not in years:
                years.append((record.company, record.year))
        for company, year in years:
            yield company, year, Range.search([
                    ('company', '=', company.id),
                    ('year', '=', year),
                    ])
