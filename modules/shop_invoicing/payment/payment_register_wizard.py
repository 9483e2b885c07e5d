# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from trytond.i18n import gettext
from trytond.model import ModelView, fields
from trytond.modules.currency.fields import Monetary
from trytond.pool import Pool, PoolMeta
from trytond.pyson import Bool, Eval
from trytond.wizard import Button, StateTransition, StateView

from ..exceptions import PaymentRegisterError
from ..invoice.checked_form import CheckedForm
from ..invoice.checked_wizard import CheckedWizard
from ..invoice.company_date import get_today
from .payment_state import AWAITING


class Sale(metaclass=PoolMeta):
    __name__ = 'sale.sale'

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._buttons.update({
                'mark_as_paid': {
                    'invisible': ~Eval('payment_state').in_(AWAITING),
                    'depends': ['payment_state'],
                    },
                })

    @classmethod
    @ModelView.button_action('shop_invoicing.wizard_payment_register')
    def mark_as_paid(cls, sales):
        pass


class RegisterStart(CheckedForm, ModelView):
    __name__ = 'sale.payment.register.start'

    sales = fields.Many2Many(
        'sale.sale', None, None, "Sales", required=True,
        domain=[
            ('payment_state', 'in', AWAITING),
            ],
        help="The sales that were paid; search by number or date.")
    is_single = fields.Function(
        fields.Boolean("Single"), 'on_change_with_is_single')
    company = fields.Function(
        fields.Many2One('company.company', "Company"),
        'on_change_with_company')
    currency = fields.Function(
        fields.Many2One('currency.currency', "Currency"),
        'on_change_with_currency')
    journal = fields.Many2One(
        'account.payment.journal', "Payment Journal",
        domain=[
            ('company', '=', Eval('company', -1)),
            ('currency', '=', Eval('currency', -1)),
            ],
        help="Leave empty to use that of the payment method.")
    date = fields.Date(
        "Date", required=True,
        domain=[
            ('date', '<=', Eval('today')),
            ],
        help="When it was paid.")
    today = fields.Function(
        fields.Date("Today"), 'on_change_with_today')
    amount = Monetary(
        "Amount", currency='currency', digits='currency',
        domain=['OR',
            ('amount', '=', None),
            ('amount', '>', 0),
            ],
        states={
            'invisible': ~Bool(Eval('is_single')),
            },
        help="Leave empty to register what is due.")
    reference = fields.Char(
        "Reference", help="How the bank or the provider names the payment.")

    @fields.depends('sales')
    def on_change_with_is_single(self, name=None):
        return len(self.sales or []) == 1

    @fields.depends('sales')
    def on_change_with_company(self, name=None):
        return self.sales[0].company if self.sales else None

    @fields.depends('sales')
    def on_change_with_currency(self, name=None):
        return self.sales[0].currency if self.sales else None

    @fields.depends('sales')
    def on_change_with_today(self, name=None):
        return get_today(self.sales[0].company if self.sales else None)

    @fields.depends('sales')
    def on_change_sales(self):
        self.amount = (
            self.sales[0].amount_due if len(self.sales or []) == 1 else None)
        journals = {
            s.payment_method.payment_journal for s in self.sales or []
            if s.payment_method}
        self.journal = journals.pop() if len(journals) == 1 else None


class Register(CheckedWizard):
    __name__ = 'sale.payment.register'

    start = StateView(
        'sale.payment.register.start',
        'shop_invoicing.payment_register_start_view_form', [
            Button("Cancel", 'end', 'tryton-cancel'),
            Button("Mark as Paid", 'register', 'tryton-ok', default=True),
            ])
    register = StateTransition()

    def default_start(self, fields):
        Start = Pool().get('sale.payment.register.start')
        sales = []
        if self.model and self.model.__name__ == 'sale.sale':
            sales = [s for s in self.records if s.payment_state in AWAITING]
            if self.records and not sales:
                raise PaymentRegisterError(gettext(
                        'shop_invoicing.msg_payment_register_nothing',
                        sale=self.records[0].rec_name))
        start = Start(sales=sales)
        start.on_change_sales()
        return {
            'sales': [s.id for s in sales],
            'journal': start.journal.id if start.journal else None,
            'date': get_today(sales[0].company if sales else None),
            'amount': start.amount,
            }

    def transition_register(self):
        Sale = Pool().get('sale.sale')
        start = self.start
        amount = start.amount if start.is_single else None
        if amount is not None:
            start.sales[0].warn_about_overpayment(amount)
        Sale.register_payment(
            start.sales, start.journal, start.date, amount, start.reference)
        return 'end'
