# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from trytond.i18n import gettext
from trytond.model import ModelView, fields
from trytond.modules.currency.fields import Monetary
from trytond.pool import Pool, PoolMeta
from trytond.pyson import Bool, Eval
from trytond.wizard import Button, StateAction, StateView

from ..invoice.checked_form import CheckedForm
from ..invoice.checked_wizard import CheckedWizard
from ..invoice.company_date import get_today
from ..invoice.document_type import STANDING


def _cannot_cancel():
    return (
        (Eval('type') != 'out')
        | ~Eval('state').in_(STANDING)
        | (Eval('sent_state') != 'sent')
        | (Eval('document_type') == 'cancellation'))


class Invoice(metaclass=PoolMeta):
    __name__ = 'account.invoice'

    @classmethod
    def __setup__(cls):
        super().__setup__()
        depends = ['type', 'state', 'sent_state', 'document_type']
        cls._buttons.update({
                'cancel_invoice': {
                    'invisible': _cannot_cancel(),
                    'icon': 'tryton-cancel',
                    'depends': depends,
                    },
                'cancel_and_replace': {
                    'invisible': (
                        _cannot_cancel()
                        | (Eval('document_type') == 'credit_note')),
                    'icon': 'tryton-switch',
                    'depends': depends,
                    },
                })

    @classmethod
    @ModelView.button_action('shop_invoicing.wizard_invoice_cancel')
    def cancel_invoice(cls, invoices):
        pass

    @classmethod
    @ModelView.button_action('shop_invoicing.wizard_invoice_replace')
    def cancel_and_replace(cls, invoices):
        pass

    @property
    def amount_settled(self):
        "What is paid of the invoice, in any way"
        if self.state == 'paid':
            return self.total_amount
        return self.total_amount - self.amount_to_pay

    def tell_cancellation(self, is_replacement=False):
        "Return what will happen when the invoice is cancelled"
        Lang = Pool().get('ir.lang')
        lang = Lang.get()
        sentences = [gettext(
                'shop_invoicing.msg_invoice_cancellation_tell',
                invoice=self.rec_name,
                date=lang.strftime(self.invoice_date),
                amount=lang.currency(-self.total_amount, self.currency))]
        paid = lang.currency(self.amount_settled, self.currency)
        if is_replacement:
            sentences.append(gettext(
                    'shop_invoicing.msg_invoice_cancellation_tell_draft'))
            if self.amount_settled:
                sentences.append(gettext(
                        'shop_invoicing.msg_invoice_cancellation_tell_carry',
                        amount=paid))
        elif self.amount_settled:
            sentences.append(gettext(
                    'shop_invoicing.msg_invoice_cancellation_tell_paid',
                    amount=paid, party=self.party.rec_name))
        return '\n'.join(sentences)

    def _tell_sent(self):
        "Return when and how the document was sent"
        Email = Pool().get('account.invoice.email')
        Lang = Pool().get('ir.lang')
        lang = Lang.get()
        ways = dict(Email.fields_get(['way'])['way']['selection'])
        return '\n'.join(
            ", ".join(filter(None, [
                        lang.strftime(email.sent_on)
                        if email.sent_at else None,
                        ways[email.way], email.recipients]))
            for email in self.emails if email.state == 'sent')


class CancelInvoiceStart(CheckedForm, ModelView):
    __name__ = 'account.invoice.cancel_invoice.start'

    invoice = fields.Many2One(
        'account.invoice', "Invoice", readonly=True,
        help="The original.")
    invoice_date = fields.Date("Invoice Date", readonly=True)
    currency = fields.Many2One(
        'currency.currency', "Currency", readonly=True)
    total = Monetary(
        "Total", currency='currency', digits='currency', readonly=True)
    paid = Monetary(
        "Paid", currency='currency', digits='currency', readonly=True)
    sent = fields.Text(
        "Sent", readonly=True,
        states={
            'invisible': ~Eval('sent'),
            },
        help="When and how the original was sent.")
    orders = fields.Char(
        "Orders", readonly=True,
        states={
            'invisible': ~Eval('orders'),
            })
    consequences = fields.Text("What Will Happen", readonly=True)
    is_replacement = fields.Boolean("Replacement", readonly=True)
    date = fields.Date(
        "Date", required=True,
        domain=[
            ('date', '>=', Eval('invoice_date')),
            ],
        help="The date of the cancellation invoice.")
    reason = fields.Text(
        "Reason", required=True,
        help="What the cancellation invoice states, in the language of the "
        "customer.")
    make_billable = fields.Boolean(
        "Make the Order Lines Billable Again",
        states={
            'invisible': (
                ~Bool(Eval('orders')) | Eval('is_replacement', False)),
            },
        help="Let what was invoiced of the orders be invoiced again. If not "
        "ticked, the orders stay as they are.")

    @classmethod
    def of(cls, invoice, is_replacement=False):
        "Return what the wizard shows of the invoice"
        return {
            'invoice': invoice.id,
            'invoice_date': invoice.invoice_date,
            'currency': invoice.currency.id,
            'total': invoice.total_amount,
            'paid': invoice.amount_settled,
            'sent': invoice._tell_sent(),
            'orders': ", ".join(s.rec_name for s in invoice._billed_sales),
            'consequences': invoice.tell_cancellation(is_replacement),
            'is_replacement': is_replacement,
            'date': cls._get_date(invoice),
            }

    @classmethod
    def _get_date(cls, invoice):
        return max(get_today(invoice.company), invoice.invoice_date)


class _CancelWizard(CheckedWizard):
    active_models = ('account.invoice',)
    has_single_record = True

    def _get_proposal(self, name):
        # The rest is only shown, and who cancels is asked by the method
        return {'invoice_date': self.record.invoice_date}


class CancelInvoice(_CancelWizard):
    __name__ = 'account.invoice.cancel_invoice'

    start = StateView(
        'account.invoice.cancel_invoice.start',
        'shop_invoicing.cancel_invoice_start_view_form', [
            Button("Back", 'end', 'tryton-back'),
            Button("Cancel Invoice", 'cancel_', 'tryton-ok', default=True),
            ])
    cancel_ = StateAction('account_invoice.act_invoice_form')

    def default_start(self, fields):
        Start = Pool().get('account.invoice.cancel_invoice.start')
        self.model.check_cancellation_access([self.record])
        self.record.check_cancellation()
        return Start.of(self.record)

    def do_cancel_(self, action):
        start = self.start
        cancellations = self.model.issue_cancellation(
            [self.record], start.date, start.reason, start.make_billable)
        action['views'].reverse()
        return action, {'res_id': [i.id for i in cancellations]}


class ReplaceInvoice(_CancelWizard):
    __name__ = 'account.invoice.replace_invoice'

    start = StateView(
        'account.invoice.cancel_invoice.start',
        'shop_invoicing.cancel_invoice_start_view_form', [
            Button("Back", 'end', 'tryton-back'),
            Button("Cancel and Replace", 'replace', 'tryton-ok',
                default=True),
            ])
    replace = StateAction('account_invoice.act_invoice_form')

    def default_start(self, fields):
        Start = Pool().get('account.invoice.cancel_invoice.start')
        self.model.check_cancellation_access([self.record])
        self.record.check_replacement()
        return Start.of(self.record, is_replacement=True)

    def do_replace(self, action):
        replacements = self.model.replace(
            [self.record], self.start.date, self.start.reason)
        action['views'].reverse()
        return action, {'res_id': [i.id for i in replacements]}
