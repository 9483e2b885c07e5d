# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from decimal import Decimal

from trytond.i18n import gettext
from trytond.model import fields
from trytond.modules.currency.fields import Monetary
from trytond.pool import Pool, PoolMeta
from trytond.pyson import Eval

from ..exceptions import PrepaymentError
from ..release.release import Hold
from .payment_state import AWAITING


class Sale(metaclass=PoolMeta):
    __name__ = 'sale.sale'

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

    def check_payment_method(self):
        # The customer has paid by it, even if it is not offered any more
        if self.payment_state != 'paid':
            super().check_payment_method()
