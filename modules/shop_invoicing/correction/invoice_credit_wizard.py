# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from trytond.i18n import gettext
from trytond.model import ModelView, fields
from trytond.modules.currency.fields import Monetary
from trytond.pool import Pool, PoolMeta
from trytond.pyson import Eval
from trytond.wizard import Button, StateAction, StateView

from ..exceptions import InvoiceCreditAmountError
from ..invoice.checked_form import CheckedForm
from ..invoice.checked_wizard import CheckedWizard
from ..invoice.company_date import get_today
from ..invoice.document_type import STANDING

NO_TAX = 'no_tax'


class Invoice(metaclass=PoolMeta):
    __name__ = 'account.invoice'

    creditable = fields.Function(
        fields.Text(
            "Still Creditable",
            states={
                'invisible': ~Eval('creditable'),
                },
            help="The net amount for each tax that no credit note has given "
            "back, and the tax that comes with it."),
        'get_creditable')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._buttons.update({
                'credit_amount': {
                    'invisible': (
                        (Eval('type') != 'out')
                        | ~Eval('number')
                        | ~Eval('state').in_(STANDING)
                        | ~Eval('document_type').in_([None, 'invoice'])
                        | (Eval('sent_state') != 'sent')),
                    'depends': [
                        'type', 'number', 'state', 'document_type',
                        'sent_state'],
                    },
                })

    @classmethod
    @ModelView.button_action('shop_invoicing.wizard_invoice_credit')
    def credit_amount(cls, invoices):
        pass

    def get_creditable(self, name):
        Lang = Pool().get('ir.lang')
        if (not self.is_issued or self.state == 'cancelled'
                or self.document_type not in {None, 'invoice'}):
            return
        lang = Lang.get()
        return '\n'.join(
            gettext(
                'shop_invoicing.msg_invoice_credit_creditable',
                tax=self.name_taxes(taxes),
                net=lang.currency(net, self.currency, grouping=True),
                tax_amount=lang.currency(
                    self.get_tax_of_credit(net, taxes), self.currency,
                    grouping=True))
            for taxes, net in self.creditable_nets.items() if net)

    def get_tax_of_credit(self, net, taxes):
        "Return the amount of tax that comes with the net amount"
        credit_note = self.prepare_credit(net, taxes)
        return -sum(tax.amount for tax in credit_note.taxes)


class CreditAmountStart(CheckedForm, ModelView):
    __name__ = 'account.invoice.credit_amount.start'

    company = fields.Many2One('company.company', "Company", readonly=True)
    invoice = fields.Many2One('account.invoice', "Invoice", readonly=True)
    date = fields.Date(
        "Date", required=True,
        help="The date of the credit note, not before that of the invoice.")
    currency = fields.Many2One('currency.currency', "Currency", readonly=True)
    tax = fields.Selection(
        'list_taxes', "Tax", required=True, sort=False,
        help="Which tax comes with the amount, among those of the invoice.")
    creditable_net = fields.Function(
        Monetary(
            "Creditable", currency='currency', digits='currency',
            help="The net amount at this tax that is left to credit."),
        'on_change_with_creditable_net')
    creditable_tax = fields.Function(
        Monetary(
            "Creditable Tax", currency='currency', digits='currency',
            help="The tax that comes with all that is left to credit."),
        'on_change_with_creditable_tax')
    net_amount = Monetary(
        "Net Amount", currency='currency', digits='currency', required=True,
        domain=[
            ('net_amount', '>', 0),
            ],
        help="What the customer gets back, without tax.")
    tax_amount = fields.Function(
        Monetary("Tax Amount", currency='currency', digits='currency'),
        'on_change_with_tax_amount')
    total_amount = fields.Function(
        Monetary("Total", currency='currency', digits='currency'),
        'on_change_with_total_amount')
    account = fields.Many2One(
        'account.account', "Account", required=True,
        domain=[
            ('company', '=', Eval('company', -1)),
            ('closed', '!=', True),
            ('type.revenue', '=', True),
            ],
        help="The account that the net amount is booked on.")
    description = fields.Text(
        "Reason", required=True,
        help="What the credit note says, in the language of the customer.")

    @fields.depends('invoice')
    def _list_combinations(self):
        return list(self.invoice.nets_by_taxes) if self.invoice else []

    @fields.depends(methods=['_list_combinations'])
    def list_taxes(self):
        return [
            (get_key(taxes), self.invoice.name_taxes(taxes))
            for taxes in self._list_combinations()]

    @fields.depends('tax', methods=['_list_combinations'])
    def _find_taxes(self):
        for taxes in self._list_combinations():
            if get_key(taxes) == self.tax:
                return taxes

    @fields.depends('invoice', methods=['_find_taxes'])
    def on_change_tax(self):
        taxes = self._find_taxes()
        self.account = None
        if taxes is not None:
            self.account = self.invoice.find_credit_source(taxes).account

    @fields.depends('invoice', methods=['_find_taxes'])
    def on_change_with_creditable_net(self, name=None):
        taxes = self._find_taxes()
        if taxes is not None:
            return self.invoice.creditable_nets[taxes]

    @fields.depends('invoice', methods=['_find_taxes'])
    def on_change_with_creditable_tax(self, name=None):
        taxes = self._find_taxes()
        if taxes is not None:
            return self._get_tax(self.invoice.creditable_nets[taxes], taxes)

    @fields.depends('invoice', 'net_amount', methods=['_find_taxes'])
    def on_change_with_tax_amount(self, name=None):
        taxes = self._find_taxes()
        if taxes is not None:
            return self._get_tax(self.net_amount, taxes)

    def _get_tax(self, net, taxes):
        if net and net > 0:
            return self.invoice.get_tax_of_credit(net, taxes)
        return self.invoice.currency.round(0 * self.invoice.total_amount)

    @fields.depends('net_amount', methods=['on_change_with_tax_amount'])
    def on_change_with_total_amount(self, name=None):
        tax = self.on_change_with_tax_amount()
        if tax is not None:
            return (self.net_amount or 0) + tax


class CreditAmount(CheckedWizard):
    __name__ = 'account.invoice.credit_amount'
    active_models = ('account.invoice',)
    has_single_record = True

    start = StateView(
        'account.invoice.credit_amount.start',
        'shop_invoicing.invoice_credit_amount_start_view_form', [
            Button("Cancel", 'end', 'tryton-cancel'),
            Button("Credit", 'credit', 'tryton-ok', default=True),
            ])
    credit = StateAction('account_invoice.act_invoice_form')

    def default_start(self, fields):
        Start = Pool().get('account.invoice.credit_amount.start')
        invoice = self.record
        invoice.check_credit()
        start = Start(
            company=invoice.company, invoice=invoice,
            currency=invoice.currency,
            date=get_today(invoice.company),
            description=invoice.get_credit_description())
        creditable = [t for t, net in invoice.creditable_nets.items() if net]
        if len(creditable) == 1:
            start.tax = get_key(creditable[0])
            start.on_change_tax()
        return start._default_values

    def do_credit(self, action):
        start = self.start
        start.invoice = invoice = self.record
        taxes = start._find_taxes()
        if taxes is None:
            raise InvoiceCreditAmountError(gettext(
                    'shop_invoicing.msg_invoice_credit_tax',
                    invoice=invoice.rec_name,
                    tax=start.tax))
        credit_note = invoice.give_credit(
            start.net_amount, taxes, start.date, start.account,
            start.description)
        action['views'].reverse()
        return action, {'res_id': [credit_note.id]}


class Credit(metaclass=PoolMeta):
    __name__ = 'account.invoice.credit'

    def do_credit(self, action):
        # What is cancelled with refund needs not have reached the customer
        if not self.start.with_refund:
            for invoice in self.records:
                if invoice.type == 'out':
                    invoice.check_credit_issued()
                    invoice.check_credit_sent()
        return super().do_credit(action)


def get_key(taxes):
    "Return the key by which the combination of taxes is chosen"
    return ','.join(str(tax.id) for tax in taxes) or NO_TAX
