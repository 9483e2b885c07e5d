# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from trytond.i18n import gettext
from trytond.model import fields
from trytond.pool import Pool, PoolMeta
from trytond.transaction import Transaction

from .payment_state import AWAITING


class Sale(metaclass=PoolMeta):
    __name__ = 'sale.sale'

    payment_instructions = fields.Function(
        fields.Text("Payment Instructions"), 'get_payment_instructions')

    def get_payment_instructions(self, name):
        """Return what the customer has to do to pay before the delivery.

        It is in the language of the customer, for the order confirmation.
        """
        pool = Pool()
        Lang = pool.get('ir.lang')
        Method = pool.get('sale.payment.method')
        if not self._has_payment_instructions:
            return
        lang = self.party.lang or Lang.get()
        with Transaction().set_context(language=lang.code):
            method = Method(self.payment_method.id)
        text = gettext(
            'shop_invoicing.msg_prepayment_instructions', lang.code,
            amount=lang.currency(self.amount_due, self.currency),
            sale=self.full_number)
        return '\n'.join(filter(None, [text, method.instructions]))

    @property
    def _has_payment_instructions(self):
        "Whether the customer is told how to pay"
        return (
            self.payment_state in AWAITING
            and self.payment_method.has_instructions)
