# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from trytond.i18n import gettext
from trytond.pool import Pool, PoolMeta

from ..exceptions import InternalOrderInvoiceError


class InvoiceLine(metaclass=PoolMeta):
    __name__ = 'account.invoice.line'

    @classmethod
    def validate_fields(cls, lines, field_names):
        super().validate_fields(lines, field_names)
        if 'origin' in field_names:
            for line in lines:
                line.check_internal_order()

    def check_internal_order(self):
        "Raise if the line would invoice an internal order"
        sale = self._get_order()
        if sale and sale.is_internal:
            raise InternalOrderInvoiceError(gettext(
                    'shop_invoicing.msg_internal_order_invoice',
                    line=self.origin.rec_name,
                    sale=sale.rec_name))

    def _get_order(self):
        "Return the sale to which the origin leads, or None"
        pool = Pool()
        Move = pool.get('stock.move')
        Sale = pool.get('sale.sale')
        SaleLine = pool.get('sale.line')
        if isinstance(self.origin, Sale):
            return self.origin
        elif isinstance(self.origin, (SaleLine, Move)):
            return self.origin.sale


class InvoiceLineStockMove(metaclass=PoolMeta):
    __name__ = 'account.invoice.line-stock.move'

    @classmethod
    def validate_fields(cls, links, field_names):
        super().validate_fields(links, field_names)
        for link in links:
            link.check_internal_order()

    def check_internal_order(self):
        "Raise if the line would invoice what an internal order has shipped"
        sale = self.stock_move.sale
        if sale and sale.is_internal:
            raise InternalOrderInvoiceError(gettext(
                    'shop_invoicing.msg_internal_order_move',
                    move=self.stock_move.rec_name,
                    sale=sale.rec_name))
