# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
import datetime as dt
from itertools import groupby

from trytond.model import ModelView, fields
from trytond.pyson import Eval
from trytond.transaction import without_check_access
from trytond.wizard import Button, StateTransition, StateView

from ..invoice.checked_form import CheckedForm
from ..invoice.checked_wizard import CheckedWizard
from ..invoice.company_date import get_start, get_today
from .invoice_email import WAYS


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
