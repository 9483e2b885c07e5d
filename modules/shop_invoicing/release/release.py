# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from typing import NamedTuple

from trytond.i18n import gettext
from trytond.model import ModelView, fields
from trytond.pool import PoolMeta
from trytond.pyson import Eval
from trytond.transaction import Transaction

from ..exceptions import ReleaseError
from ..invoice import row_turn
from ..invoice.sale_state import RUNNING

# Before nothing is to go on, and after nothing is left that could
_SHOWN = ['quotation', *RUNNING]


class Hold(NamedTuple):
    """A reason for which nothing of an order may go on.

    Code knows the reason by its name.  The text says in a sentence what is
    missing.  The error says what cannot be done, why, and what to do.
    """
    name: str
    text: str
    error: ReleaseError


class Sale(metaclass=PoolMeta):
    __name__ = 'sale.sale'

    holds = fields.Function(
        fields.Char(
            "On Hold",
            states={
                'invisible': ~Eval('holds'),
                },
            help="Why nothing of the order may leave the house, be bought, "
            "produced or invoiced yet."),
        'get_holds_text')

    def get_holds(self):
        """Return a list of the holds of the order as things are now.

        Their texts and errors are in the language of the reader.
        """
        return []

    def get_holds_text(self, name):
        if self.state in _SHOWN:
            return self.describe_holds()

    def describe_holds(self):
        "Return what is missing in the language of the reader, or None"
        return ' '.join(hold.text for hold in self.get_holds()) or None

    @property
    def is_held(self):
        "Whether nothing may leave the house, be bought or be invoiced"
        return bool(self.get_holds())

    @property
    def may_be_invoiced(self):
        "Whether an invoice of the order may be made when it is processed"
        return not self.is_held

    def check_released(self):
        "Raise the error of the only hold, or one that says all of them"
        errors = [hold.error for hold in self.get_holds()]
        if len(errors) > 1:
            raise ReleaseError('\n'.join([
                        gettext(
                            'shop_invoicing.msg_release_held',
                            sale=self.rec_name),
                        *(error.message for error in errors)]))
        for error in errors:
            raise error

    @classmethod
    def check_to_leave(cls, sales):
        """Raise if something of a held sale is about to leave the house.

        Whoever makes a reason to hold at the same moment is waited for, or
        waits and sees what has left.
        """
        row_turn.take(sales)
        for sale in sales:
            sale.check_released()

    def _get_left(self):
        "Return the shipments that have left the house"
        return [s for s in self.shipments if s.state in {'shipped', 'done'}]

    @classmethod
    def go_on_when_released(cls, sales):
        """Go on with those of the sales that nothing holds any more.

        To be called when a reason to hold them may have gone.
        """
        released = [s for s in sales if not s.is_held]
        to_confirm = [
            s for s in released if s.state == 'quotation' and s.payments]
        to_process = [s for s in released if s.state in RUNNING]
        with Transaction().set_context(queue_batch=True):
            if to_confirm:
                cls.__queue__.payment_confirm(to_confirm)
            if to_process:
                cls.__queue__.process(to_process)

    @classmethod
    def payment_confirm(cls, sales=None):
        # What is paid and held for another reason waits until that has gone
        if sales is None:
            sales = cls.search([
                    ('state', '=', 'quotation'),
                    ('payments', '!=', None),
                    ('company', '=', Transaction().context.get('company')),
                    ])
        super().payment_confirm([s for s in sales if not s.is_held])

    def check_for_confirmation(self):
        super().check_for_confirmation()
        self.check_released()

    @classmethod
    @ModelView.button
    def manual_invoice(cls, sales):
        for sale in sales:
            sale.check_released()
        super().manual_invoice(sales)

    @classmethod
    @ModelView.button
    def manual_shipment(cls, sales):
        for sale in sales:
            sale.check_released()
        super().manual_shipment(sales)

    def create_invoice(self):
        if self.may_be_invoiced:
            return super().create_invoice()

    @classmethod
    def _process_fulfillment(cls, sales):
        super()._process_fulfillment([s for s in sales if not s.is_held])
