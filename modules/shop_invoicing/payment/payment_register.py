# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from trytond.i18n import gettext
from trytond.model import ModelView, fields
from trytond.modules.currency.fields import Monetary
from trytond.pool import Pool, PoolMeta
from trytond.pyson import Bool, Eval
from trytond.transaction import Transaction
from trytond.wizard import Button, StateTransition, StateView, Wizard

from ..exceptions import PaymentRegisterError
from .prepayment import AWAITING

_OPEN = ['draft', 'submitted', 'approved', 'processing']


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

    @classmethod
    def register_payment(
            cls, sales, journal=None, date=None, amount=None, reference=None):
        """Note that the sales are paid and return the payments.

        Open payments of a sale are completed before new ones are made.  The
        amount is what is due if it is not given.  The journal is that of the
        payment method if it is not given.  Sales that are paid already are
        left as they are.
        """
        Payment = Pool().get('account.payment')
        cls.take_turn(sales)
        payments = []
        for sale in sales:
            sale._check_register(amount)
            payments += sale._get_payments(journal, date, amount, reference)
        Payment.save(payments)
        with Transaction().set_context(clearing_date=date):
            Payment.complete(payments)
        return payments

    def _check_register(self, amount):
        if not self.is_paid_first or self.payment_state == 'none':
            raise PaymentRegisterError(gettext(
                    'shop_invoicing.msg_payment_register_none',
                    sale=self.rec_name))
        if amount is not None and amount <= 0:
            raise PaymentRegisterError(gettext(
                    'shop_invoicing.msg_payment_register_amount',
                    sale=self.rec_name))

    def _get_payments(self, journal, date, amount, reference):
        "Return the payments to complete, of which some may be new"
        if self.payment_state not in AWAITING:
            return []
        rest = self.amount_due if amount is None else amount
        payments = []
        for payment in self.payments:
            if (payment.state in _OPEN and payment.kind == 'receivable'
                    and payment.amount <= rest):
                payments.append(payment)
                rest -= payment.amount
        if rest:
            payments.append(
                self._get_payment(journal, date, rest, reference))
        return payments

    def _get_payment(self, journal, date, amount, reference):
        pool = Pool()
        Date = pool.get('ir.date')
        Payment = pool.get('account.payment')
        journal = journal or self.payment_method.payment_journal
        if not journal:
            raise PaymentRegisterError(gettext(
                    'shop_invoicing.msg_payment_register_journal',
                    sale=self.rec_name,
                    method=self.payment_method.rec_name))
        if journal.currency != self.currency:
            raise PaymentRegisterError(gettext(
                    'shop_invoicing.msg_payment_register_currency',
                    sale=self.rec_name,
                    journal=journal.rec_name,
                    currency=self.currency.rec_name))
        with Transaction().set_context(company=self.company.id):
            date = date or Date.today()
        payment = Payment(
            company=self.company, journal=journal, kind='receivable',
            party=self.paying_party, origin=self, date=date,
            amount=amount, reference=reference)
        if hasattr(Payment, 'account'):
            payment.account = payment.party.account_receivable_used
        return payment


class Payment(metaclass=PoolMeta):
    __name__ = 'account.payment'

    @classmethod
    def complete(cls, payments):
        "Take the payments from whatever open state to succeeded"
        cls.submit([p for p in payments if p.state == 'draft'])
        for payment in cls.browse(payments):
            if payment.state in {'submitted', 'approved'}:
                needs_group = (
                    payment.process_method in cls.process_method_with_group())
                cls.process(
                    [payment], payment._create_group if needs_group else None)
        cls.succeed([
                p for p in cls.browse(payments) if p.state == 'processing'])

    def _create_group(self):
        Group = Pool().get('account.payment.group')
        group = Group(
            company=self.company, journal=self.journal, kind=self.kind)
        group.save()
        return group


class RegisterStart(ModelView):
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
    date = fields.Date("Date", required=True)
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
    def on_change_sales(self):
        self.amount = (
            self.sales[0].amount_due if len(self.sales or []) == 1 else None)
        journals = {
            s.payment_method.payment_journal for s in self.sales or []
            if s.payment_method}
        self.journal = journals.pop() if len(journals) == 1 else None

    @classmethod
    def default_date(cls):
        return Pool().get('ir.date').today()


class Register(Wizard):
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
        start = Start(sales=sales)
        start.on_change_sales()
        return {
            'sales': [s.id for s in sales],
            'journal': start.journal.id if start.journal else None,
            'amount': start.amount,
            }

    def transition_register(self):
        Sale = Pool().get('sale.sale')
        start = self.start
        Sale.register_payment(
            start.sales, start.journal, start.date,
            start.amount if len(start.sales) == 1 else None, start.reference)
        return 'end'
