# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
import datetime as dt
from itertools import groupby

from trytond.i18n import gettext
from trytond.model import ModelView, fields
from trytond.pool import Pool
from trytond.pyson import Eval
from trytond.transaction import without_check_access
from trytond.wizard import Button, StateTransition, StateView

from ..exceptions import InvoiceEmailRecipientError, InvoiceEmailWarning
from ..invoice.checked_form import CheckedForm
from ..invoice.checked_wizard import CheckedWizard
from ..invoice.company_date import get_start, get_today
from .invoice_email import WAYS


class Send(CheckedWizard):
    __name__ = 'account.invoice.email.send'
    start_state = 'send'
    active_models = ('account.invoice',)

    send = StateTransition()

    def transition_send(self):
        Invoice = Pool().get('account.invoice')
        Invoice.check_issued(self.records)
        invoices, refused = [], []
        for invoice in self.records:
            if invoice.can_be_sent:
                try:
                    invoice.find_recipients()
                    invoices.append(invoice)
                except InvoiceEmailRecipientError as error:
                    refused.append((invoice, error))
        if refused:
            self._warn(refused, invoices)
        with without_check_access():
            Invoice.send(invoices)
        return 'end'

    @staticmethod
    def _warn(refused, invoices):
        "Ask whether to send the others"
        Warning = Pool().get('res.user.warning')
        if not invoices:
            raise refused[0][1]
        key = Warning.format(
            'invoice_email_recipient', [i for i, _ in refused])
        if Warning.check(key):
            names = [i.rec_name for i, _ in refused]
            raise InvoiceEmailWarning(key, gettext(
                    'shop_invoicing.msg_invoice_email_others',
                    invoices=", ".join(
                        names[:5] + (["…"] if len(names) > 5 else [])),
                    count=len(invoices)))


class MarkStart(CheckedForm, ModelView):
    __name__ = 'account.invoice.email.mark.start'

    way = fields.Selection(WAYS, "Way", required=True, sort=False)
    date = fields.Date(
        "Date", required=True,
        domain=[
            ('date', '<=', Eval('today')),
            ],
        help="When it was sent.")
    today = fields.Date("Today", readonly=True)
    note = fields.Text(
        "Note", help="Anything to remember, such as who has got it.")

    @classmethod
    def default_way(cls):
        return 'post'


class Mark(CheckedWizard):
    __name__ = 'account.invoice.email.mark'
    active_models = ('account.invoice', 'account.invoice.email')

    start = StateView(
        'account.invoice.email.mark.start',
        'shop_invoicing.invoice_email_mark_start_view_form', [
            Button("Cancel", 'end', 'tryton-cancel'),
            Button("Mark as Sent", 'mark', 'tryton-ok', default=True),
            ])
    mark = StateTransition()

    def default_start(self, fields):
        # A day that has begun wherever something was sent
        today = min(get_today(c) for c in {r.company for r in self.records})
        return {'date': today, 'today': today}

    def transition_mark(self):
        start = self.start
        records = sorted(self.records, key=lambda r: r.company.id)
        with without_check_access():
            for company, grouped in groupby(records, key=lambda r: r.company):
                self.model.note_as_sent(
                    list(grouped), start.way, self._get_sent_at(company),
                    start.note)
        return 'end'

    def _get_sent_at(self, company):
        "Return now, or when the day began at the place of the company, in UTC"
        if self.start.date == get_today(company):
            return dt.datetime.now().replace(microsecond=0)
        return get_start(self.start.date, company)
