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
from trytond.transaction import without_check_access

from .exceptions import (
    InvoiceDateOrderError, InvoiceFutureError, InvoiceNumberTakenError)
from .number_format import COUNTERS

_DOCUMENT_TYPES = list(COUNTERS)


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
        if external and mode != 'delete':
            for invoice in invoices:
                invoice._check_numbering_by_hand(values)

    def _check_numbering_by_hand(self, values=None):
        "Raise if the values, or else the new record, set what posting sets"
        names = {
            'number_range', 'range_number', 'document_type',
            'corrected_invoice'}
        if self.is_numbered_from_range:
            names.add('number')
        if values is None:
            values = {
                name: value for name in names
                if (value := getattr(self, name)) is not None}
        for name in sorted(names & values.keys()):
            raise AccessError(gettext(
                    'shop_invoicing.msg_number_range_by_hand',
                    invoice=self.rec_name, **self.__names__(name)))

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
        # Before the warning that could be skipped
        cls._check_future(cls._get_to_number(invoices))
        super().post(invoices)

    @classmethod
    def set_number(cls, invoices):
        for invoice in invoices:
            if (invoice.type == 'out'
                    and invoice.state in {'draft', 'validated'}):
                invoice.set_document_type()
        cls._set_range_number(cls._get_to_number(invoices))
        super().set_number(invoices)

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
    def _check_future(cls, invoices):
        """Raise if the date of an invoice lies in the future.

        It would lock out every invoice with a date before it.
        """
        pool = Pool()
        Configuration = pool.get('account.configuration')
        Lang = pool.get('ir.lang')
        Range = pool.get('account.invoice.number_range')
        configuration = Configuration(1)
        for company, invoices in groupby(invoices, key=lambda i: i.company):
            days = configuration.get_multivalue(
                'invoice_future_days', company=company.id) or 0
            latest = Range.get_today(company) + dt.timedelta(days=days)
            for invoice in invoices:
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
        Range = Pool().get('account.invoice.number_range')
        for invoice in invoices:
            if not invoice.invoice_date:
                invoice.invoice_date = Range.get_today(invoice.company)
        cls._check_future(invoices)
        cls._check_correction_date(invoices)
        allocation = _Allocation()
        invoices = sorted(invoices, key=cls._range_key)
        for _, grouped in groupby(invoices, key=cls._range_key):
            allocation.number(
                sorted(grouped, key=lambda i: (i.invoice_date, i.id)))
        cls._check_taken(invoices)

    @classmethod
    def _check_correction_date(cls, invoices):
        "Raise if a correction is dated before what it corrects"
        Lang = Pool().get('ir.lang')
        for invoice in invoices:
            corrected = invoice.corrected_invoice
            if (corrected and corrected.invoice_date
                    and invoice.invoice_date < corrected.invoice_date):
                lang = Lang.get()
                raise InvoiceDateOrderError(gettext(
                        'shop_invoicing.msg_number_range_correction_date',
                        date=lang.strftime(invoice.invoice_date),
                        corrected=corrected.rec_name,
                        corrected_date=lang.strftime(corrected.invoice_date)))

    def _range_key(self):
        return (
            _DOCUMENT_TYPES.index(self.document_type),
            self.company.id,
            self.invoice_date.year,
            )

    @classmethod
    def _check_taken(cls, invoices):
        "Raise if another document of the company has a number already"
        Lang = Pool().get('ir.lang')
        for company, invoices in groupby(
                sorted(invoices, key=lambda i: i.company.id),
                key=lambda i: i.company):
            by_number = {invoice.number: invoice for invoice in invoices}
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


class _Allocation:
    """The counters that one call draws.

    Nothing else in the module counts.
    """

    def __init__(self):
        self._next = {}
        self._last_invoice = {}
        self._issued = {}

    def number(self, invoices):
        "Number the invoices, which are of one range, in the given order"
        Range = Pool().get('account.invoice.number_range')
        first = invoices[0]
        year = first.invoice_date.year
        range_ = Range.prepare(first.company, year)[first.document_type]
        format_ = range_.parsed_format
        counter = self._lock(range_)
        self._check_order(range_, first)
        for number, invoice in enumerate(invoices, counter):
            invoice.number_range = range_
            invoice.range_number = number
            invoice.number = format_.print_number(
                invoice.invoice_date, **self._get_counters(invoice))
            invoice.sequence_type_cache = invoice._sequence_type
        self._next[range_.series_key] = number + 1
        if range_.document_type == 'invoice':
            self._issued.update(
                (invoice.id, invoice.range_number) for invoice in invoices)
            self._last_invoice[first.company, year] = number

    def _lock(self, range_):
        "Return the next counter of the series of the range, locked"
        if range_.series_key not in self._next:
            range_.lock_series()
            self._next[range_.series_key] = range_.number_next
        return self._next[range_.series_key]

    def _check_order(self, range_, invoice):
        "Raise if the range has issued a later date than that of the invoice"
        pool = Pool()
        Invoice = pool.get('account.invoice')
        Lang = pool.get('ir.lang')
        last = Invoice.search([
                ('number_range', '=', range_.id),
                ],
            order=[('range_number', 'DESC')], limit=1)
        if last and invoice.invoice_date < last[0].invoice_date:
            lang = Lang.get()
            raise InvoiceDateOrderError(gettext(
                    'shop_invoicing.msg_number_range_date_order',
                    invoice=invoice.rec_name,
                    party=invoice.party.rec_name,
                    date=lang.strftime(invoice.invoice_date),
                    range=range_.rec_name,
                    last=last[0].rec_name,
                    last_date=lang.strftime(last[0].invoice_date)))

    def _get_counters(self, invoice):
        "Return the values of the counters in the format of the document"
        counters = {COUNTERS[invoice.document_type]: invoice.range_number}
        if invoice.document_type != 'invoice':
            counters['i'] = (
                self._get_corrected(invoice.root_document)
                or self._get_last_invoice(invoice))
        return counters

    def _get_corrected(self, document):
        "Return the counter of the document if it is an invoice"
        if not document:
            return
        if document.document_type == 'invoice':
            return document.range_number
        return self._issued.get(document.id)

    def _get_last_invoice(self, invoice):
        "Return the last counter of the invoices of the document's year"
        Range = Pool().get('account.invoice.number_range')
        year = invoice.invoice_date.year
        key = invoice.company, year
        if key not in self._last_invoice:
            range_ = Range.get_range(invoice.company, year)
            self._last_invoice[key] = range_.last_counter
        return self._last_invoice[key]
