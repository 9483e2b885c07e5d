# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from trytond.model import ModelView, fields
from trytond.modules.currency.fields import Monetary
from trytond.pyson import Eval
from trytond.wizard import Button, StateTransition, StateView

from ..invoice.checked_form import CheckedForm
from ..invoice.checked_wizard import CheckedWizard
from .cost_spread import BASES


class SpreadCostStart(CheckedForm, ModelView):
    __name__ = 'account.invoice.spread_cost.start'

    invoice = fields.Many2One('account.invoice', "Invoice", readonly=True)
    currency = fields.Many2One('currency.currency', "Currency", readonly=True)
    amount = Monetary(
        "Amount", currency='currency', digits='currency', required=True,
        domain=[
            ('amount', '>', 0),
            ],
        help="The cost to spread, without tax.")
    basis = fields.Selection(
        BASES, "Basis", required=True, sort=False,
        help="What the shares are in proportion to.")
    description = fields.Char(
        "Description", required=True, help="What the new lines say.")
    lines = fields.Many2Many(
        'account.invoice.line', None, None, "Lines", required=True,
        domain=[
            ('invoice', '=', Eval('invoice', -1)),
            ('type', '=', 'line'),
            ('cost_share', '!=', True),
            ],
        help="The lines over which the cost is spread.")


class SpreadCost(CheckedWizard):
    __name__ = 'account.invoice.spread_cost'
    active_models = ('account.invoice',)
    has_single_record = True

    start = StateView(
        'account.invoice.spread_cost.start',
        'shop_invoicing.invoice_spread_cost_start_view_form', [
            Button("Cancel", 'end', 'tryton-cancel'),
            Button("Spread", 'spread', 'tryton-ok', default=True),
            ])
    spread = StateTransition()

    def default_start(self, fields):
        invoice = self.record
        invoice.check_cost_spread()
        return {
            'invoice': invoice.id,
            'currency': invoice.currency.id,
            'basis': 'amount',
            'description': invoice.get_cost_share_description(),
            'lines': [line.id for line in invoice.lines_to_bear_cost],
            }

    def transition_spread(self):
        start = self.start
        lines = set(start.lines)
        invoice = self.record
        invoice.add_cost_shares(
            start.amount, start.basis,
            # In the order of the invoice, to which equal remainders go
            [line for line in invoice.lines if line in lines],
            start.description)
        return 'end'

    def end(self):
        return 'reload'
