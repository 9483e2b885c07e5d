# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"The neighbour has two more kinds of payment."
from trytond.modules.shop_invoicing.payment.payment_kind import PaymentKind
from trytond.pool import PoolMeta


class PaymentMethod(metaclass=PoolMeta):
    __name__ = 'sale.payment.method'

    @classmethod
    def _get_kinds(cls):
        return super()._get_kinds() | {
            'on_delivery': PaymentKind(
                "Cash on Delivery", has_journal=False,
                needs_registered_customer=True, is_for_selected=True,
                unece_means='10'),
            'voucher': PaymentKind(
                "Voucher", is_paid_first=True, has_instructions=True,
                needs_journal=True),
            }


MODELS = [PaymentMethod]
