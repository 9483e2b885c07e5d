# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from trytond.i18n import gettext
from trytond.model import ModelView, fields
from trytond.modules.currency.fields import Monetary
from trytond.wizard import Button, StateAction, StateView

from ..exceptions import CancellationFeeError
from ..invoice.checked_form import CheckedForm
from ..invoice.checked_wizard import CheckedWizard


class FeeStart(CheckedForm, ModelView):
    __name__ = 'sale.cancellation_fee.start'

    sale = fields.Many2One('sale.sale', "Sale", readonly=True)
    product = fields.Many2One('product.product', "Product", readonly=True)
    currency = fields.Many2One(
        'currency.currency', "Currency", readonly=True)
    amount = Monetary(
        "Amount", currency='currency', digits='currency', required=True,
        domain=[
            ('amount', '>', 0),
            ],
        help="What the customer is charged, without tax.")
    description = fields.Text(
        "Description", required=True,
        help="What the invoice says, in the language of the customer.")


class ChargeFee(CheckedWizard):
    __name__ = 'sale.charge_cancellation_fee'
    active_models = ('sale.sale',)

    start = StateView(
        'sale.cancellation_fee.start',
        'shop_invoicing.cancellation_fee_start_view_form', [
            Button("Cancel", 'end', 'tryton-cancel'),
            Button("Create Invoice", 'create_', 'tryton-ok', default=True),
            ])
    create_ = StateAction('account_invoice.act_invoice_form')

    def default_start(self, fields):
        if len(self.records) > 1:
            raise CancellationFeeError(gettext(
                    'shop_invoicing.msg_cancellation_fee_sales'))
        sale = self.record
        sale.check_cancellation_fee()
        return {
            'sale': sale.id,
            'product': sale._get_cancellation_fee_product().id,
            'currency': sale.currency.id,
            'amount': sale.get_cancellation_fee(),
            'description': sale.get_cancellation_fee_description(),
            }

    def do_create_(self, action):
        invoice = self.record.invoice_cancellation_fee(
            self.start.amount, self.start.description)
        action['views'].reverse()
        return action, {'res_id': [invoice.id]}
