# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from trytond.model import ModelView, Workflow, fields
from trytond.pool import PoolMeta
from trytond.pyson import Eval
from trytond.transaction import without_check_access

from .company_date import get_today


class Invoice(metaclass=PoolMeta):
    __name__ = 'account.invoice'

    delivery_date = fields.Date(
        "Delivery Date",
        states={
            'invisible': Eval('type') != 'out',
            'readonly': Eval('state') != 'draft',
            },
        help="The date of the supply, which the document states "
        "beside its own date.")

    @classmethod
    def copy(cls, invoices, default=None):
        default = default.copy() if default is not None else {}
        default.setdefault('delivery_date')
        return super().copy(invoices, default=default)

    def set_delivery_date(self):
        "Set the date at which the last of the invoiced goods left the house"
        moves = {
            move for line in self.lines
            for move in getattr(line, 'stock_moves', None) or []}
        self.delivery_date = max(
            (m.get_delivery_date() for m in moves if m.has_left),
            default=getattr(self, 'delivery_date', None))

    @classmethod
    @ModelView.button
    @Workflow.transition('posted')
    def post(cls, invoices):
        with without_check_access():
            to_save = [
                i for i in cls.browse(invoices) if i.type == 'out'
                and i.state in {'draft', 'validated'} and not i.delivery_date]
            for invoice in to_save:
                invoice.set_delivery_date()
            cls.save(to_save)
        super().post(invoices)


class Sale(metaclass=PoolMeta):
    __name__ = 'sale.sale'

    def create_invoice(self):
        invoice = super().create_invoice()
        if invoice:
            invoice.set_delivery_date()
        return invoice


class Move(metaclass=PoolMeta):
    __name__ = 'stock.move'

    @property
    def has_left(self):
        "Whether the goods are at the customer or on their way"
        return self.to_location.type == 'customer' and (
            self.state == 'done' or self.is_shipped)

    @property
    def is_shipped(self):
        "Whether the goods are on their way in a shipment that is not done"
        return (
            self.state not in {'done', 'cancelled'}
            and self.to_location.type == 'customer'
            and bool(self.shipment) and self.shipment.state == 'shipped')

    def get_delivery_date(self):
        "Return the day on which the goods were supplied"
        date = self.effective_date
        if not date and self.shipment:
            date = self.shipment.effective_date
        return date or get_today(self.company)
