# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
import datetime as dt
from itertools import groupby

from sql import Null
from sql.operators import Equal

from trytond.i18n import gettext
from trytond.model import Exclude, Index, ModelView, Unique, Workflow, fields
from trytond.model.exceptions import AccessError
from trytond.pool import Pool, PoolMeta
from trytond.pyson import Eval
from trytond.transaction import Transaction, without_check_access

from ..exceptions import (
    InvoiceDateOrderError, InvoiceEmptyError, InvoiceFutureError,
    InvoiceNumberError, InvoiceNumberTakenError)
from ..invoice.company_date import get_today
from .number_format import COUNTERS
from .number_range_drawing import Drawing

_DOCUMENT_TYPES = list(COUNTERS)
_SET_BY_POSTING = {
    'number', 'number_range', 'range_number', 'document_type',
    'corrected_invoice', 'corrected_invoices', 'corrections'}


class Invoice(metaclass=PoolMeta):
    __name__ = 'account.invoice'

    number_range = fields.Many2One(
        'account.invoice.number_range', "Number Range", readonly=True,
        ondelete='RESTRICT',
        domain=[
            ('company', '=', Eval('company', -1)),
            ('document_type', '=', Eval('document_type')),
            ],
        states={
            'invisible': ~Eval('number_range'),
            },
        help="The range that the number is from.")
    range_number = fields.Integer(
        "Counter", readonly=True,
        states={
            'invisible': ~Eval('number_range'),
            },
        help="The counter of the range that the number prints.")
    range_number._sql_type = 'BIGINT'
    is_empty = fields.Function(
        fields.Boolean(
            "Empty",
            help="Whether nothing is invoiced, so that it cannot be posted."),
        'on_change_with_is_empty')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_constraints += [
            ('range_number_unique',
                Unique(t, t.number_range, t.range_number),
                'shop_invoicing.msg_number_range_counter_unique'),
            ('number_range_number_unique',
                Exclude(
                    t, (t.company, Equal), (t.number, Equal),
                    where=t.number_range != Null),
                'shop_invoicing.msg_number_range_number_unique'),
            ]
        cls._sql_indexes.add(
            Index(
                t,
                (t.company, Index.Equality()),
                (t.number, Index.Equality()),
                where=(t.type == 'out') & (t.number != Null)))
        post = cls._buttons['post']
        cls._buttons['post'] = {
            **post,
            'readonly': Eval('is_empty', False) | post.get('readonly', False),
            'depends': [*post['depends'], 'is_empty'],
            }

    @fields.depends('type', 'lines', 'corrected_invoice')
    def on_change_with_is_empty(self, name=None):
        if self.type != 'out' or any(
                getattr(line, 'type', 'line') == 'line'
                for line in self.lines or []):
            return False
        # What was issued empty before can still be cancelled
        corrected = self.corrected_invoice
        return not (corrected and corrected.number and corrected.is_empty)

    @classmethod
    def copy(cls, invoices, default=None):
        default = default.copy() if default is not None else {}
        default.setdefault('number_range')
        default.setdefault('range_number')
        return super().copy(invoices, default=default)

    @classmethod
    def check_modification(cls, mode, invoices, values=None, external=False):
        super().check_modification(
            mode, invoices, values=values, external=external)
        if external and mode == 'create':
            cls._check_number_by_hand([i for i in invoices if i.number])
        elif external and mode == 'write' and 'number' in values:
            cls._check_number_by_hand(
                [i for i in invoices if i.number != values['number']])

    @classmethod
    def _check_number_by_hand(cls, invoices):
        "Raise if one of the invoices gets its number from a range"
        for invoice in invoices:
            if invoice.is_numbered_from_range:
                raise cls._get_protection_error('number', invoice)

    @classmethod
    def _get_protection_error(cls, name, record=None):
        if record and name in _SET_BY_POSTING:
            return AccessError(gettext(
                    'shop_invoicing.msg_number_range_by_hand',
                    invoice=record.rec_name, **cls.__names__(name)))
        return super()._get_protection_error(name, record)

    @property
    def is_numbered_from_range(self):
        "Whether the number comes from a range and not from a sequence"
        Configuration = Pool().get('account.configuration')
        return self.type == 'out' and Configuration(1).numbers_from_range(
            self.company)

    @classmethod
    @ModelView.button
    @Workflow.transition('draft')
    def draft(cls, invoices):
        for invoice in invoices:
            if invoice.number_range:
                raise AccessError(gettext(
                        'shop_invoicing.msg_number_range_draft',
                        invoice=invoice.rec_name))
        super().draft(invoices)

    @classmethod
    @ModelView.button
    @Workflow.transition('posted')
    def post(cls, invoices):
        cls._check_empty(invoices)
        # Before the warning that could be skipped
        cls._check_future(cls._get_to_number(invoices))
        super().post(invoices)

    @classmethod
    def _post(cls, invoices):
        # The turn is short if the numbers are given as late as possible
        with Transaction().set_context(
                _number_with_move=[i.id for i in invoices]):
            super()._post(invoices)

    @classmethod
    def set_number(cls, invoices):
        cls._check_empty(invoices)
        for invoice in invoices:
            if (invoice.type == 'out'
                    and invoice.state in {'draft', 'validated'}):
                invoice.set_document_type()
        to_number = cls._get_to_number(invoices)
        cls._prepare_number(to_number)
        later = {i for i in to_number if i.is_being_posted}
        cls._set_range_number([i for i in to_number if i not in later])
        super().set_number([i for i in invoices if i not in later])

    @classmethod
    @without_check_access
    def _prepare_number(cls, invoices):
        "Set what comes with the number and refuse what can never have one"
        pool = Pool()
        Period = pool.get('account.period')
        Range = pool.get('account.invoice.number_range')
        for invoice in invoices:
            if not invoice.invoice_date:
                invoice.invoice_date = get_today(invoice.company)
            # Whoever has a number must be able to have a move
            Period.find(
                invoice.company,
                date=invoice.accounting_date or invoice.invoice_date)
            if not invoice.tax_identifier:
                invoice.tax_identifier = invoice.get_tax_identifier()
            if not invoice.party_tax_identifier:
                invoice.party_tax_identifier = invoice.party.tax_identifier
            invoice.sequence_type_cache = invoice._sequence_type
        cls._check_future(invoices)
        cls._check_corrections(invoices)
        Range.prepare_all({
                (invoice.company, invoice.invoice_date.year)
                for invoice in invoices})

    # The context of a client has no name with an underscore

    @property
    def is_being_posted(self):
        "Whether the move that brings the number is still to be posted"
        return self.id in Transaction().context.get('_number_with_move', [])

    @property
    def is_modifiable(self):
        return (super().is_modifiable
            or self.id in Transaction().context.get('_numbering', []))

    @classmethod
    def number_with_moves(cls, moves):
        "Number the invoices of which the moves are to be posted"
        invoices = [
            move.origin for move in moves if isinstance(move.origin, cls)
            and move.origin.move == move and not move.origin.number
            and move.origin.is_numbered_from_range]
        with Transaction().set_context(_numbering=[i.id for i in invoices]):
            invoices = cls.browse(invoices)
            cls._set_range_number(invoices)
            cls.save(invoices)

    @classmethod
    def _get_to_number(cls, invoices):
        "Return those of the invoices that a range has to number"
        Configuration = Pool().get('account.configuration')
        configuration = Configuration(1)
        invoices = [
            invoice for invoice in invoices
            if invoice.type == 'out' and not invoice.number
            and invoice.state in {'draft', 'validated'}]
        companies = {
            company for company in {invoice.company for invoice in invoices}
            if configuration.numbers_from_range(company)}
        return [
            invoice for invoice in invoices if invoice.company in companies]

    @classmethod
    def _check_empty(cls, invoices):
        """Raise if an invoice that would get a number invoices nothing.

        Whatever gives the number: nothing could be printed after it but zero.
        """
        for invoice in invoices:
            if (not invoice.number and invoice.state in {'draft', 'validated'}
                    and invoice.is_empty):
                raise InvoiceEmptyError(gettext(
                        'shop_invoicing.msg_number_range_empty',
                        invoice=invoice.rec_name,
                        party=invoice.party.rec_name))

    @classmethod
    def _check_future(cls, invoices):
        """Raise if the date of an invoice lies in the future.

        It would lock out every invoice with a date before it.
        """
        pool = Pool()
        Configuration = pool.get('account.configuration')
        Lang = pool.get('ir.lang')
        configuration = Configuration(1)
        for company, grouped in groupby(invoices, key=lambda i: i.company):
            days = configuration.get_multivalue(
                'invoice_future_days', company=company.id) or 0
            latest = get_today(company) + dt.timedelta(days=days)
            for invoice in grouped:
                if invoice.invoice_date and invoice.invoice_date > latest:
                    lang = Lang.get()
                    raise InvoiceFutureError(gettext(
                            'shop_invoicing.msg_number_range_future',
                            invoice=invoice.rec_name,
                            party=invoice.party.rec_name,
                            date=lang.strftime(invoice.invoice_date),
                            latest=lang.strftime(latest)))

    @classmethod
    @without_check_access
    def _set_range_number(cls, invoices):
        """Number the invoices in the order of their dates and their creation.

        Corrections come after invoices, because they print the counter of the
        invoice that they correct.
        """
        drawing = Drawing()
        invoices = sorted(invoices, key=cls._range_key)
        for _, grouped in groupby(invoices, key=cls._range_key):
            drawing.number(
                sorted(grouped, key=lambda i: (i.invoice_date, i.id)))
        cls._check_taken(invoices)

    @classmethod
    def _check_corrections(cls, invoices):
        "Raise if a correction cannot refer to what it corrects"
        dates = {invoice.id: invoice.invoice_date for invoice in invoices}
        for invoice in invoices:
            invoice._check_correction(dates)
            if (invoice.document_type == 'credit_note'
                    and invoice.total_amount > 0):
                raise InvoiceNumberError(gettext(
                        'shop_invoicing.msg_number_range_credit_note_amount',
                        invoice=invoice.rec_name,
                        party=invoice.party.rec_name))

    def _check_correction(self, dates):
        """Raise if the corrected document has no number or a later date.

        The dates are those of the invoices that are numbered together.
        """
        Lang = Pool().get('ir.lang')
        for corrected in self.originals:
            if not corrected.number and corrected.id not in dates:
                raise InvoiceNumberError(gettext(
                        'shop_invoicing.msg_number_range_correction_draft',
                        corrected=corrected.rec_name,
                        party=corrected.party.rec_name))
            date = dates.get(corrected.id) or corrected.invoice_date
            if self.invoice_date < date:
                lang = Lang.get()
                raise InvoiceDateOrderError(gettext(
                        'shop_invoicing.msg_number_range_correction_date',
                        date=lang.strftime(self.invoice_date),
                        corrected=corrected.rec_name,
                        corrected_date=lang.strftime(date)))

    def _range_key(self):
        "Return what those have in common that are numbered together"
        return (
            self.company.id,
            _DOCUMENT_TYPES.index(self.document_type),
            self.invoice_date.year,
            )

    @classmethod
    def _check_taken(cls, invoices):
        "Raise if another document of the company has a number already"
        Lang = Pool().get('ir.lang')
        for company, grouped in groupby(
                sorted(invoices, key=lambda i: i.company.id),
                key=lambda i: i.company):
            by_number = {invoice.number: invoice for invoice in grouped}
            taken = cls.search([
                    ('company', '=', company.id),
                    ('type', '=', 'out'),
                    ('number', 'in', list(by_number)),
                    ],
                limit=1)
            if taken:
                other, = taken
                invoice = by_number[other.number]
                raise InvoiceNumberTakenError(gettext(
                        'shop_invoicing.msg_number_range_number_taken',
                        invoice=invoice.rec_name,
                        party=invoice.party.rec_name,
                        date=Lang.get().strftime(other.invoice_date),
                        number=other.number,
                        range=invoice.number_range.rec_name))
