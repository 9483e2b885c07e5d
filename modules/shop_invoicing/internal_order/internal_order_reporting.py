# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from sql.operators import Concat

from trytond.pool import Pool


class Abstract:
    "Leave internal orders out of the sales statistics"
    __slots__ = ()

    @classmethod
    def _where(cls, tables, withs):
        Sale = Pool().get('sale.sale')
        where = super()._where(tables, withs)
        sale = Sale.__table__()
        internal_orders = sale.select(
            Concat('sale.sale,', sale.id),
            where=sale.order_type == 'internal')
        return where & ~tables['line'].order.in_(internal_orders)
