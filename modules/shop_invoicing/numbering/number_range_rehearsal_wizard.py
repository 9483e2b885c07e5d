# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
import datetime as dt

from trytond.i18n import gettext
from trytond.model import ModelView, fields
from trytond.pool import Pool
from trytond.pyson import Bool, Eval
from trytond.transaction import check_access
from trytond.wizard import Button, StateTransition, StateView

from ..exceptions import NumberFormatValidationError
from ..invoice.checked_form import CheckedForm
from ..invoice.checked_wizard import CheckedWizard
from ..invoice.company_date import get_today
from .number_format import COUNTERS, DEFAULT_FORMAT
from .number_range_format import parse_format


class RehearseStart(CheckedForm, ModelView):
    __name__ = 'account.invoice.number_range.rehearse.start'

    range = fields.Many2One(
        'account.invoice.number_range', "Range", readonly=True)
    year = fields.Integer(
        "Year", required=True,
        domain=[
            ('year', '>=', 1),
            ('year', '<', 9999),
            ],
        states={
            'readonly': Bool(Eval('range')),
            })
    format = fields.Char(
        "Format", required=True,
        help="The format of the invoices to try out.")
    refusal = fields.Text(
        "Refused Because", readonly=True,
        states={
            'invisible': ~Eval('refusal'),
            })
    warning = fields.Text(
        "Warning", readonly=True,
        states={
            'invisible': ~Eval('warning'),
            })
    lines = fields.One2Many(
        'account.invoice.number_range.rehearse.line', None, "Numbers",
        readonly=True,
        states={
            'invisible': ~Eval('lines'),
            })

    @fields.depends('year', 'format')
    def on_change_with_refusal(self):
        try:
            self._parse()
        except NumberFormatValidationError as error:
            return error.message

    @fields.depends('year', 'format')
    def on_change_with_warning(self):
        try:
            format_ = self._parse()
        except NumberFormatValidationError:
            return
        if not format_.has_year:
            return gettext(
                'shop_invoicing.msg_number_format_year',
                format=str(format_), year=self.year)

    @fields.depends('year', 'format')
    def on_change_with_lines(self):
        pool = Pool()
        Line = pool.get('account.invoice.number_range.rehearse.line')
        if not self._has_year():
            return []
        try:
            format_ = self._parse()
        except NumberFormatValidationError:
            return []
        first_number = self._get_first_number(format_)
        return [
            Line(
                case=case, date=date, number=format_.derive(
                    document_type).print_number(date, **counters),
                corrects=first_number if document_type != 'invoice' else None)
            for case, date, document_type, counters in self._get_cases(
                format_, first_number)]

    def _get_first_number(self, format_):
        "Return the number of the invoice that is corrected in the rehearsal"
        return format_.print_number(dt.date(self.year, 1, 1), i=1)

    def _has_year(self):
        return self.year and 1 <= self.year < 9999

    def _parse(self):
        year = self.year if self._has_year() else 1
        return parse_format(self.format, dt.date(year, 1, 1))

    def _get_cases(self, format_, first_number):
        "Yield name, date, document type and counters of each case to show"
        first, last = dt.date(self.year, 1, 1), dt.date(self.year, 12, 31)
        yield 'today', get_today(), 'invoice', {'i': 1}
        yield 'first_day', first, 'invoice', {'i': 1}
        for month in [4, 7, 10]:
            date = dt.date(self.year, month, 1)
            if format_.print_number(date, i=1) != first_number:
                yield 'quarter', date, 'invoice', {'i': 1}
        longer = self._get_longer_counter(format_)
        yield 'counter', last, 'invoice', {'i': longer - 1}
        yield 'longer_counter', last, 'invoice', {'i': longer}
        # A correction has the date of its own and the counter of the invoice
        yield 'cancellation', last, 'cancellation', {'i': 1, 'c': 1}
        yield 'credit_note', last, 'credit_note', {'i': 1, 'ci': 1}
        yield 'last_day', last, 'invoice', {'i': 123}
        yield (
            'next_year', dt.date(self.year + 1, 1, 1), 'invoice',
            {'i': 1 if format_.has_year else 124})

    def _get_longer_counter(self, format_):
        "Return the first counter that makes the number longer"
        digits = max(
            part.digits for part in format_.parts
            if getattr(part, 'name', None) == COUNTERS['invoice'])
        return 10 ** max(digits, 1)


class RehearseLine(CheckedForm, ModelView):
    __name__ = 'account.invoice.number_range.rehearse.line'

    case = fields.Selection([
            ('today', "Today"),
            ('first_day', "First Day of the Year"),
            ('quarter', "First Day of the Quarter"),
            ('counter', "Last Counter of This Length"),
            ('longer_counter', "First Longer Counter"),
            ('cancellation', "Cancellation"),
            ('credit_note', "Credit Note"),
            ('last_day', "Last Day of the Year"),
            ('next_year', "First Day of the Next Year"),
            ], "Case", readonly=True, sort=False)
    date = fields.Date("Date", readonly=True)
    number = fields.Char("Number", readonly=True)
    corrects = fields.Char(
        "Corrects", readonly=True,
        help="The number of the invoice of the first day of the year that is "
        "corrected.")


class Rehearse(CheckedWizard):
    __name__ = 'account.invoice.number_range.rehearse'

    start = StateView(
        'account.invoice.number_range.rehearse.start',
        'shop_invoicing.number_range_rehearse_start_view_form', [
            Button("Close", 'end', 'tryton-close'),
            Button("Save Format", 'save', 'tryton-save', states={
                    'invisible': ~Eval('range'),
                    'readonly': Bool(Eval('refusal')),
                    }),
            ])
    save = StateTransition()

    def default_start(self, fields):
        Range = Pool().get('account.invoice.number_range')
        default = {
            'year': get_today().year,
            'format': DEFAULT_FORMAT,
            }
        if self.record:
            range_ = Range.get_range(self.record.company, self.record.year)
            default.update(
                range=range_.id, year=range_.year, format=range_.format)
        return default

    def transition_save(self):
        Range = Pool().get('account.invoice.number_range')
        # Wizards are executed without access check
        with check_access():
            Range.write(
                [Range(self.start.range.id)], {'format': self.start.format})
        return 'end'
