# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from decimal import Decimal

from trytond.i18n import gettext
from trytond.model import Index, ModelView, Workflow, fields
from trytond.modules.currency.fields import Monetary
from trytond.pool import Pool, PoolMeta
from trytond.pyson import Eval
from trytond.transaction import without_check_access

from ..exceptions import PrepaymentError
from ..invoice import row_turn
from ..invoice.sale_state import OFFERED
from ..release.release import Hold

AWAITING = ['unpaid', 'partially_paid']


class Sale(metaclass=PoolMeta):
    __name__ = 'sale.sale'

    payment_state = fields.Selection([
            ('none', "Not Required"),
            ('unpaid', "Unpaid"),
            ('partially_paid', "Partially Paid"),
            ('paid', "Paid"),
            ], "Payment State", readonly=True, required=True, sort=False,
        help="Whether a sale that must be paid before it is delivered is "
        "paid.")
    amount_paid = fields.Function(
        Monetary(
            "Paid", currency='currency', digits='currency',
            states={
                'invisible': Eval('payment_state') == 'none',
                }),
        'get_amount_paid')
    amount_due = fields.Function(
        Monetary(
            "Due", currency='currency', digits='currency',
            states={
                'invisible': ~Eval('payment_state').in_(AWAITING),
                }),
        'get_amount_paid')
    amount_overpaid = fields.Function(
        Monetary(
            "Overpaid", currency='currency', digits='currency',
            states={
                'invisible': ~Eval('amount_overpaid'),
                },
            help="What the customer has paid too much."),
        'get_amount_paid')
    left_unpaid = fields.Function(
        fields.Char(
            "Shipped Unpaid",
            states={
                'invisible': ~Eval('left_unpaid'),
                },
            help="What had left the house before the payment was taken back."),
        'get_left_unpaid')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_indexes.add(
            Index(
                t, (t.payment_state, Index.Equality(cardinality='low')),
                where=t.payment_state.in_(AWAITING)))

    @classmethod
    def default_payment_state(cls):
        return 'none'

    @classmethod
    def get_amount_paid(cls, sales, names):
        paid = {
            sale.id: sale.payment_amount_authorized if sale.is_paid_first
            else Decimal(0)
            for sale in sales}
        due = {sale.id: sale._get_amount_due() for sale in sales}
        result = {
            'amount_paid': paid,
            'amount_due': {id_: max(amount, 0) for id_, amount in due.items()},
            'amount_overpaid': {
                id_: max(-amount, 0) for id_, amount in due.items()},
            }
        return {name: result[name] for name in names}

    def _get_amount_due(self):
        "Return what is still to be paid before the delivery"
        if self.get_payment_state() == 'none':
            return Decimal(0)
        return self.amount_to_pay - self.payment_amount_authorized

    def get_left_unpaid(self, name):
        if self.is_unpaid:
            return ", ".join(s.rec_name for s in self._get_left()) or None

    @property
    def is_paid_first(self):
        """Whether the sale must be paid before it is delivered.

        A return is not: the shop pays it when the goods are back.
        """
        return bool(
            self.payment_method and self.payment_method.is_paid_first
            and self.amount_to_pay >= 0)

    @property
    def is_covered(self):
        "Whether the payments cover what must be paid before the delivery"
        amount, paid = self.amount_to_pay, self.payment_amount_authorized
        return abs(paid) >= abs(amount) and paid * amount >= 0

    @property
    def is_unpaid(self):
        "Whether the sale must be paid before it is delivered and is not"
        return self.is_paid_first and not self.is_covered

    def get_holds(self):
        holds = super().get_holds()
        if self.is_unpaid:
            holds.append(self._get_prepayment_hold())
        return holds

    def _get_prepayment_hold(self):
        Lang = Pool().get('ir.lang')
        amount = Lang.get().currency(self._get_amount_due(), self.currency)
        return Hold(
            'prepayment',
            gettext('shop_invoicing.msg_prepayment_hold', amount=amount),
            PrepaymentError(gettext(
                    'shop_invoicing.msg_prepayment_unpaid',
                    sale=self.rec_name,
                    party=self.paying_party.rec_name,
                    method=self.payment_method.rec_name,
                    amount=amount)))

    def get_payment_state(self):
        if not self.is_paid_first or self.state not in OFFERED:
            return 'none'
        if self.is_covered:
            return 'paid'
        return (
            'partially_paid' if self.payment_amount_authorized else 'unpaid')

    @classmethod
    @without_check_access
    def set_payment_state(cls, sales):
        "Set the state by the payments and go on with those paid again"
        paid = []
        states = {s: s.get_payment_state() for s in sales}
        for state in sorted(set(states.values())):
            changed = [
                s for s in sales
                if states[s] == state and s.payment_state != state]
            cls.write(changed, {'payment_state': state})
            cls.log(changed, 'transition', f'payment_state:{state}')
            if state == 'paid':
                # Tryton confirms the quotations
                paid += [s for s in changed if s.state != 'quotation']
        cls.go_on_when_released(paid)

    @classmethod
    def copy(cls, sales, default=None):
        default = default.copy() if default is not None else {}
        default.setdefault('payment_state', 'none')
        return super().copy(sales, default=default)

    def check_payment_method(self):
        # The customer has paid by it, even if it is not offered any more
        if self.payment_state != 'paid':
            super().check_payment_method()

    @classmethod
    @ModelView.button
    @Workflow.transition('quotation')
    def quote(cls, sales):
        super().quote(sales)
        cls.set_payment_state(sales)

    @classmethod
    @ModelView.button
    @Workflow.transition('confirmed')
    def confirm(cls, sales):
        super().confirm(sales)
        cls.set_payment_state(sales)

    @classmethod
    @ModelView.button
    @Workflow.transition('draft')
    def draft(cls, sales):
        super().draft(sales)
        cls.set_payment_state(sales)

    @classmethod
    @ModelView.button
    @Workflow.transition('cancelled')
    def cancel(cls, sales):
        super().cancel(sales)
        cls.set_payment_state(sales)


class Payment(metaclass=PoolMeta):
    __name__ = 'account.payment'

    @classmethod
    def on_modification(cls, mode, payments, field_names=None):
        super().on_modification(mode, payments, field_names=field_names)
        if mode == 'create':
            cls._follow_sales(cls._get_sales(payments))

    @classmethod
    def on_write(cls, payments, values):
        callbacks = super().on_write(payments, values)
        before = cls._get_sales(payments)
        callbacks.append(lambda: cls._follow_sales(
                before | cls._get_sales(cls.browse(payments))))
        return callbacks

    @classmethod
    def on_delete(cls, payments):
        callbacks = super().on_delete(payments)
        sales = cls._get_sales(payments)
        callbacks.append(lambda: cls._follow_sales(sales))
        return callbacks

    @classmethod
    def _get_sales(cls, payments):
        Sale = Pool().get('sale.sale')
        return {p.origin for p in payments if isinstance(p.origin, Sale)}

    @classmethod
    def _follow_sales(cls, sales):
        "Set the state of the sales that are paid first"
        Sale = Pool().get('sale.sale')
        sales = Sale.browse([s for s in sales if s.is_paid_first])
        if sales:
            row_turn.take(sales)
            Sale.set_payment_state(sales)
