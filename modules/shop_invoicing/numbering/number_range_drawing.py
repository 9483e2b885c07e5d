# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from trytond.i18n import gettext
from trytond.pool import Pool

from ..exceptions import InvoiceDateOrderError
from . import posting_turn
from .number_format import COUNTERS


class Drawing:
    """The counters that one call draws.

    Nothing else in the module counts.
    """

    def __init__(self):
        self._next = {}
        self._issued = {}

    def number(self, invoices):
        "Number the invoices, which are of one range, in the given order"
        Range = Pool().get('account.invoice.number_range')
        first = invoices[0]
        range_ = Range.get_range(
            first.company, first.invoice_date.year, first.document_type)
        format_ = range_.parsed_format
        counter = self._take(range_)
        self._check_order(range_, first)
        for number, invoice in enumerate(invoices, counter):
            invoice.number_range = range_
            invoice.range_number = number
            invoice.number = format_.print_number(
                invoice.invoice_date, **self._get_counters(invoice))
        self._next[range_.series_key] = number + 1
        if range_.document_type == 'invoice':
            self._issued.update(
                (invoice.id, invoice.range_number) for invoice in invoices)

    def _take(self, range_):
        "Return the next counter of the series of the range"
        posting_turn.take(range_.company)
        if range_.series_key not in self._next:
            counters = range_.read_counters_in_turn()
            self._next[range_.series_key] = counters['number_next']
        return self._next[range_.series_key]

    def _check_order(self, range_, invoice):
        "Raise if the range has issued a later date than that of the invoice"
        Lang = Pool().get('ir.lang')
        last, date, number = self._read_last(range_)
        if date and invoice.invoice_date < date:
            lang = Lang.get()
            raise InvoiceDateOrderError(gettext(
                    'shop_invoicing.msg_number_range_date_order',
                    invoice=invoice.rec_name,
                    party=invoice.party.rec_name,
                    date=lang.strftime(invoice.invoice_date),
                    range=range_.rec_name,
                    last=number,
                    last_date=lang.strftime(date)))

    def _read_last(self, range_):
        "Return counter, date and number of the last document of the range"
        invoice = Pool().get('account.invoice').__table__()
        query = invoice.select(
            invoice.range_number, invoice.invoice_date, invoice.number,
            where=invoice.number_range == range_.id,
            order_by=invoice.range_number.desc, limit=1)
        return max(posting_turn.read(query), default=(0, None, None))

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
        if document and document.id in self._issued:
            return self._issued[document.id]
        if document and document.document_type == 'invoice':
            return document.range_number

    def _get_last_invoice(self, invoice):
        "Return the last counter of the invoices of the document's year"
        Range = Pool().get('account.invoice.number_range')
        range_ = Range.get_range(invoice.company, invoice.invoice_date.year)
        if range_.series_key in self._next:
            return self._next[range_.series_key] - 1
        counters = range_.read_counters_in_turn()
        return counters['number_last'] or counters['series_last']
