# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from trytond.model import ModelView, Workflow
from trytond.pool import Pool, PoolMeta


class ShipmentOut(metaclass=PoolMeta):
    __name__ = 'stock.shipment.out'

    @classmethod
    @ModelView.button
    @Workflow.transition('shipped')
    def ship(cls, shipments):
        Move = Pool().get('stock.move')
        Move.check_released(
            [m for s in shipments for m in s.outgoing_moves])
        super().ship(shipments)


class Move(metaclass=PoolMeta):
    __name__ = 'stock.move'

    @classmethod
    def check_released(cls, moves):
        "Raise if a move takes goods of an unpaid sale out of the house"
        pool = Pool()
        Sale = pool.get('sale.sale')
        SaleLine = pool.get('sale.line')
        Sale.check_to_leave({
                move.origin.sale for move in moves
                if isinstance(move.origin, SaleLine)
                and move.to_location.type == 'customer'
                and not move.is_shipped})

    @classmethod
    @ModelView.button
    @Workflow.transition('done')
    def do(cls, moves):
        cls.check_released(moves)
        super().do(moves)


class PurchaseRequest_SaleSupply(metaclass=PoolMeta):
    __name__ = 'purchase.request'

    @classmethod
    def check_released(cls, requests):
        "Raise if a request is for an unpaid sale"
        Sale = Pool().get('sale.sale')
        Sale.check_to_leave({
                request.origin for request in requests
                if isinstance(request.origin, Sale)})

    @classmethod
    def check_modification(cls, mode, requests, values=None, external=False):
        super().check_modification(
            mode, requests, values=values, external=external)
        if mode == 'write' and values.get('purchase_line'):
            cls.check_released(requests)


class Purchase_SaleSupply(metaclass=PoolMeta):
    __name__ = 'purchase.purchase'

    @classmethod
    @ModelView.button
    @Workflow.transition('confirmed')
    def confirm(cls, purchases):
        Request = Pool().get('purchase.request')
        Request.check_released([
                r for p in purchases for l in p.lines for r in l.requests])
        super().confirm(purchases)


class Sale_SaleSupplyDropShipment(metaclass=PoolMeta):
    __name__ = 'sale.sale'

    def _get_left(self):
        return super()._get_left() + [
            s for s in self.drop_shipments if s.state in {'shipped', 'done'}]


class ShipmentDrop_SaleSupplyDropShipment(metaclass=PoolMeta):
    __name__ = 'stock.shipment.drop'

    @classmethod
    @ModelView.button
    @Workflow.transition('shipped')
    def ship(cls, shipments):
        Move = Pool().get('stock.move')
        Move.check_released(
            [m for s in shipments for m in s.customer_moves])
        super().ship(shipments)
