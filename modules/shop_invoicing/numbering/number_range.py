# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
import datetime as dt
import re

from trytond.i18n import gettext
from trytond.model import ModelSQL, ModelView, Unique, fields
from trytond.model.exceptions import AccessError
from trytond.pyson import Eval, PYSONEncoder
from trytond.transaction import Transaction, without_check_access

from ..invoice.checked_search import checked_search
from ..invoice.company_date import get_today
from ..invoice.document_type import DOCUMENT_TYPES
from ..invoice.protection import ProtectedMixin
from . import posting_turn
from .number_format import DEFAULT_FORMAT, describe_date_tokens


class Range(ProtectedMixin, ModelSQL, ModelView):
    __name__ = 'account.invoice.number_range'
    _order_name = 'year'

    company = fields.Many2One(
        'company.company', "Company", required=True, ondelete='RESTRICT',
        states={
            'readonly': Eval('id', -1) >= 0,
            },
        help="The company whose documents are numbered.")
    year = fields.Integer(
        "Year", required=True,
        domain=[
            ('year', '>=', 1),
            ('year', '<=', 9999),
            ],
        states={
            'readonly': Eval('id', -1) >= 0,
            },
        help="The calendar year of the invoice date.")
    start_date = fields.Function(
        fields.Date("Start Date"),
        'on_change_with_start_date', searcher='search_start_date')
    document_type = fields.Selection(
        DOCUMENT_TYPES, "Document Type", required=True, readonly=True,
        sort=False)
    document_type_string = document_type.translated('document_type')
    format = fields.Char(
        "Format", required=True,
        states={
            'readonly': Eval('document_type') != 'invoice',
            },
        help="The text of the number around tokens in braces:\n"
        f"{describe_date_tokens()}\n"
        "{i;n}: the counter on at least n digits\n"
        "The date is the invoice date.\n"
        "The formats of cancellations and credit notes follow it.")
    changes = fields.One2Many(
        'account.invoice.number_range.change', 'range', "Changes",
        readonly=True)

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_constraints += [
            ('company_year_document_type_unique',
                Unique(t, t.company, t.year, t.document_type),
                'shop_invoicing.msg_number_range_unique'),
            ]
        cls._order = [
            ('year', 'DESC'),
            ('company', 'ASC'),
            ('id', 'ASC'),
            ]
        cls._buttons.update({
                'prepare_next_year': {
                    'invisible': Eval('document_type') != 'invoice',
                    'icon': 'tryton-forward',
                    'depends': ['document_type'],
                    },
                'rehearse': {
                    'invisible': Eval('document_type') != 'invoice',
                    'icon': 'tryton-search',
                    'depends': ['document_type'],
                    },
                })

    @staticmethod
    def default_company():
        return Transaction().context.get('company')

    @classmethod
    def default_year(cls):
        "Return the first year as of this one that has no range yet"
        year = get_today().year
        ranges = cls.search([
                ('company', '=', cls.default_company()),
                ('year', '>=', year),
                ])
        years = {range_.year for range_ in ranges}
        while year in years:
            year += 1
        return year

    @classmethod
    def _get_year(cls, values):
        "Return the year of what is created with the values"
        return values['year'] if 'year' in values else cls.default_year()

    @staticmethod
    def default_document_type():
        return 'invoice'

    @fields.depends('company', 'year', 'document_type', 'format')
    def on_change_year(self):
        if (self.document_type == 'invoice' and self.company and self.year
                and not self.format):
            self.format = self._get_previous_format(self.company, self.year)

    @fields.depends('year')
    def on_change_with_start_date(self, name=None):
        if self.year and 1 <= self.year <= 9999:
            return dt.date(self.year, 1, 1)

    @classmethod
    @checked_search
    def search_start_date(cls, name, clause):
        _, operator, value = clause
        dates = value if operator in {'in', 'not in'} else [value]
        if operator in {'=', '!=', 'in', 'not in'}:
            # A range starts on no other day than 1 January
            years = [date.year for date in dates
                if date and (date.month, date.day) == (1, 1)]
            positive = operator in {'=', 'in'}
            return [('year', 'in' if positive else 'not in', years)]
        if value is None:
            # As of what is stored nothing is before or after it
            return [('year', operator, None)]
        year = value.year
        if operator in {'>=', '<'} and (value.month, value.day) != (1, 1):
            year += 1
        return [('year', operator, year)]

    def get_rec_name(self, name):
        return f'{self.document_type_string} {self.year}'

    @classmethod
    @checked_search
    def search_rec_name(cls, name, clause):
        _, operator, value = clause
        texts = value if operator in {'in', 'not in'} else [value]
        ranges = cls.search(
            ['OR', *(cls._domain_text(text) for text in texts if text)],
            order=[]) if any(texts) else []
        negative = operator.startswith(('!', 'not'))
        return [('id', 'not in' if negative else 'in', ranges)]

    @classmethod
    def _domain_text(cls, text):
        "Return the domain of the ranges that the text names"
        words = text.replace('%', ' ').lower().split()
        years = [int(word) for word in words if re.fullmatch('[0-9]{4}', word)]
        selection = cls.fields_get(['document_type'])[
            'document_type']['selection']
        types = [
            type_ for type_, label in selection
            if label.lower() in ' '.join(words)]
        conditions = [('year', 'in', years), ('document_type', 'in', types)]
        domain = [condition for condition in conditions if condition[2]]
        return domain or [('format', 'ilike', f'%{text}%')]

    @classmethod
    def get_range(cls, company, year, document_type='invoice'):
        "Return the range, None if there is none"
        ranges = cls.search([
                ('company', '=', company.id),
                ('year', '=', year),
                ('document_type', '=', document_type),
                ])
        return ranges[0] if ranges else None

    @classmethod
    @without_check_access
    def prepare(cls, company, year):
        """Return the ranges of the year by document type.

        Where they are missing they are made with the format of the year
        before, because a company seldom changes it, or with the default one.
        """
        if not cls.get_range(company, year):
            with Transaction().set_context(_skip_warnings=True):
                cls.create([{
                            'company': company.id,
                            'year': year,
                            'document_type': 'invoice',
                            'format': cls._get_previous_format(company, year),
                            }])
        ranges = cls.search([
                ('company', '=', company.id),
                ('year', '=', year),
                ])
        return {range_.document_type: range_ for range_ in ranges}

    @classmethod
    def prepare_to_open(cls, years):
        """Make the ranges of the pairs of company and year that are missing.

        Return the values of an action that opens all ranges of them.
        """
        ids = [
            range_.id for company, year in years
            for range_ in cls.prepare(company, year).values()]
        return {'pyson_domain': PYSONEncoder().encode([('id', 'in', ids)])}

    @classmethod
    @without_check_access
    def prepare_all(cls, years):
        """Make the ranges of each company and year that are missing.

        Where several may do that at once it is done and committed first.
        """
        for company, year in sorted(
                years, key=lambda k: (k[0].id, k[1])):
            if not cls.get_range(company, year):
                if posting_turn.waits():
                    raise posting_turn.MissingRecordError(
                        lambda: cls.prepare(company, year))
                cls.prepare(company, year)

    @classmethod
    def _get_previous_format(cls, company, year):
        previous = cls.get_range(company, year - 1)
        return previous.format if previous else DEFAULT_FORMAT

    @classmethod
    def copy(cls, ranges, default=None):
        default = default.copy() if default is not None else {}
        default.setdefault('changes')
        return super().copy(ranges, default=default)

    @classmethod
    def check_modification(cls, mode, ranges, values=None, external=False):
        super().check_modification(
            mode, ranges, values=values, external=external)
        if mode == 'write':
            cls._check_identity(ranges, values)
        elif mode == 'delete':
            cls._check_delete(ranges)

    @classmethod
    def _check_identity(cls, ranges, values):
        "Raise if the company, the year or the document type would change"
        names = values.keys() & {'company', 'year', 'document_type'}
        for range_ in ranges:
            for name in names:
                value = getattr(range_, name)
                if values[name] != getattr(value, 'id', value):
                    raise AccessError(gettext(
                            'shop_invoicing.msg_number_range_identity',
                            range=range_.rec_name,
                            **cls.__names__(name)))

    @classmethod
    def _check_delete(cls, ranges):
        "Raise if the invoice's range stays without the others"
        for range_ in ranges:
            if range_.document_type == 'invoice':
                continue
            invoice = cls.get_range(range_.company, range_.year)
            if invoice and invoice not in ranges:
                raise AccessError(gettext(
                        'shop_invoicing.msg_number_range_delete_derived',
                        range=range_.rec_name,
                        invoice_range=invoice.rec_name))

    @classmethod
    def on_delete(cls, ranges):
        callbacks = super().on_delete(ranges)
        derived = cls.browse([
                r for range_ in ranges for r in range_.get_derived_ranges()
                if r not in ranges])
        if derived:
            callbacks.append(lambda: cls.delete(derived))
        return callbacks

    def get_derived_ranges(self):
        "Return the ranges whose format follows this range"
        if self.document_type != 'invoice':
            return []
        return self.search([
                ('company', '=', self.company.id),
                ('year', '=', self.year),
                ('document_type', '!=', 'invoice'),
                ])

    @classmethod
    @ModelView.button_action('shop_invoicing.act_number_range_next_year')
    def prepare_next_year(cls, ranges):
        return cls.prepare_to_open([
                (range_.company, range_.year + 1) for range_ in ranges])

    @classmethod
    @ModelView.button_action('shop_invoicing.wizard_number_range_rehearse')
    def rehearse(cls, ranges):
        pass
