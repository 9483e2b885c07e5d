# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from trytond.i18n import gettext
from trytond.model import ModelView, fields
from trytond.pool import Pool, PoolMeta
from trytond.pyson import Bool, Eval
from trytond.wizard import Button, StateAction, StateTransition, StateView

from ..exceptions import InvoiceByHandError
from ..invoice.checked_form import CheckedForm
from ..invoice.checked_wizard import CheckedWizard
from ..invoice.sale_state import ORDERED


class Sale(metaclass=PoolMeta):
    __name__ = 'sale.sale'

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._buttons.update({
                'choose_invoice_lines': {
                    'invisible': (
                        ~Eval('state').in_(ORDERED)
                        | (Eval('order_type') == 'internal')),
                    'depends': ['state', 'order_type'],
                    },
                })

    @classmethod
    @ModelView.button_action('shop_invoicing.wizard_invoice_by_hand')
    def choose_invoice_lines(cls, sales):
        pass


class Invoice(metaclass=PoolMeta):
    __name__ = 'account.invoice'

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._buttons.update({
                'add_order_lines': {
                    'invisible': (
                        (Eval('type') != 'out') | (Eval('state') != 'draft')),
                    'depends': ['type', 'state'],
                    },
                })

    @classmethod
    @ModelView.button_action('shop_invoicing.wizard_invoice_add_order_lines')
    def add_order_lines(cls, invoices):
        pass


class Choice(CheckedForm, ModelView):
    __name__ = 'sale.invoice_lines.choice'

    invoice = fields.Many2One(
        'account.invoice', "Invoice", readonly=True,
        states={
            'invisible': ~Eval('invoice'),
            })
    company = fields.Many2One('company.company', "Company", readonly=True)
    party = fields.Many2One(
        'party.party', "Party", readonly=True,
        context={
            'company': Eval('company', -1),
            },
        depends={'company'})
    currency = fields.Many2One(
        'currency.currency', "Currency", readonly=True)
    sale = fields.Many2One(
        'sale.sale', "Sale", required=True,
        domain=[
            ('company', '=', Eval('company', -1)),
            ('currency', '=', Eval('currency', -1)),
            ('state', 'in', ORDERED),
            ('order_type', '!=', 'internal'),
            ['OR',
                ('party', '=', Eval('party', -1)),
                ('invoice_party', '=', Eval('party', -1)),
                ],
            ],
        states={
            'readonly': ~Eval('invoice'),
            },
        help="The order of which something is invoiced.")
    invoice_date = fields.Date(
        "Invoice Date",
        states={
            'invisible': Bool(Eval('invoice')),
            },
        help="Leave empty for the day on which the invoice is posted.")
    delivery_date = fields.Date(
        "Delivery Date",
        states={
            'invisible': Bool(Eval('invoice')),
            },
        help="Leave empty for the date at which the goods left.")
    lines = fields.One2Many(
        'sale.invoice_lines.choice.line', 'choice', "Lines",
        help="Remove what you do not want to invoice.")

    @fields.depends('invoice', 'sale', 'lines')
    def on_change_sale(self):
        Line = Pool().get('sale.invoice_lines.choice.line')
        # The lines of an order that is given are given too
        if self.invoice:
            self.lines = [
                Line.of(line)
                for line in (self.sale.lines_to_invoice if self.sale else [])]

    @property
    def quantities(self):
        "The quantities of the lines of the sale"
        quantities = {}
        for line in self.lines:
            quantities.setdefault(line.line, 0)
            quantities[line.line] += line.quantity or 0
        return quantities


class ChoiceLine(CheckedForm, ModelView):
    __name__ = 'sale.invoice_lines.choice.line'

    choice = fields.Many2One('sale.invoice_lines.choice', "Choice")
    sale = fields.Function(
        fields.Many2One('sale.sale', "Sale"), 'on_change_with_sale')
    line = fields.Many2One(
        'sale.line', "Line", required=True,
        domain=[
            ('sale', '=', Eval('sale', -1)),
            ('type', '=', 'line'),
            ])
    ordered = fields.Function(
        fields.Float("Ordered", digits='unit'), 'on_change_with_ordered')
    invoiced = fields.Function(
        fields.Float("Invoiced", digits='unit'), 'on_change_with_invoiced')
    quantity = fields.Float(
        "To Invoice", digits='unit', required=True,
        help="At first what is ordered and not invoiced yet.")
    unit = fields.Function(
        fields.Many2One('product.uom', "Unit"), 'on_change_with_unit')

    @classmethod
    def of(cls, line):
        "Return the choice of all that is left of the line of a sale"
        choice = cls(line=line)
        choice.on_change_line()
        choice._compute()
        return choice

    @fields.depends('choice', '_parent_choice.sale')
    def on_change_with_sale(self, name=None):
        return self.choice.sale if self.choice else None

    @fields.depends('line')
    def on_change_with_ordered(self, name=None):
        return self.line.quantity if self.line else None

    @fields.depends('line')
    def on_change_with_invoiced(self, name=None):
        return self.line.quantity_invoiced if self.line else None

    @fields.depends('line')
    def on_change_with_unit(self, name=None):
        return self.line.unit if self.line else None

    @fields.depends('line')
    def on_change_line(self):
        self.quantity = self.line.quantity_left if self.line else None


class InvoiceLines(CheckedWizard):
    __name__ = 'sale.invoice_lines'
    active_models = ('sale.sale', 'sale.line')

    start = StateView(
        'sale.invoice_lines.choice',
        'shop_invoicing.invoice_lines_choice_view_form', [
            Button("Cancel", 'end', 'tryton-cancel'),
            Button("Create Invoice", 'create_', 'tryton-ok', default=True),
            ])
    create_ = StateAction('account_invoice.act_invoice_form')

    def _get_sale(self):
        "Return the sale of the records"
        sales = set(self.records)
        if self.model.__name__ == 'sale.line':
            sales = {line.sale for line in self.records}
        if len(sales) > 1:
            raise InvoiceByHandError(gettext(
                    'shop_invoicing.msg_invoice_by_hand_sales'))
        return sales.pop()

    def default_start(self, fields):
        sale = self._get_sale()
        sale.check_invoice_by_hand()
        lines = sale.lines_to_invoice
        if self.model.__name__ == 'sale.line':
            lines = [line for line in lines if line in self.records]
        Line = Pool().get('sale.invoice_lines.choice.line')
        return {
            'company': sale.company.id,
            'currency': sale.currency.id,
            'party': sale.paying_party.id,
            'sale': sale.id,
            'delivery_date': max((
                    move.get_delivery_date() for line in lines
                    for move in line.moves if move.has_left), default=None),
            'lines': [Line.of(line)._default_values for line in lines],
            }

    def do_create_(self, action):
        invoice = self.start.sale.invoice_by_hand(
            self.start.quantities, self.start.invoice_date,
            self.start.delivery_date)
        action['views'].reverse()
        return action, {'res_id': [invoice.id]}


class AddOrderLines(CheckedWizard):
    __name__ = 'account.invoice.add_order_lines'
    active_models = ('account.invoice',)
    has_single_record = True

    start = StateView(
        'sale.invoice_lines.choice',
        'shop_invoicing.invoice_lines_choice_view_form', [
            Button("Cancel", 'end', 'tryton-cancel'),
            Button("Add Lines", 'add', 'tryton-ok', default=True),
            ])
    add = StateTransition()

    def default_start(self, fields):
        invoice = self.record
        invoice.check_add_order_lines()
        return {
            'invoice': invoice.id,
            'company': invoice.company.id,
            'currency': invoice.currency.id,
            'party': invoice.party.id,
            }

    def transition_add(self):
        self.start.sale.add_to_invoice(self.record, self.start.quantities)
        return 'end'
