# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"The doors by which something of a held order could leave or be ordered"
from trytond.model import ModelView, Workflow, fields
from trytond.pool import Pool, PoolMeta
from trytond.pyson import Eval


class Invoice(metaclass=PoolMeta):
    __name__ = 'account.invoice'

    @classmethod
    @ModelView.button
    @Workflow.transition('posted')
    def post(cls, invoices):
        for invoice in invoices:
            for sale in invoice.get_sales_to_release():
                sale.check_released()
        super().post(invoices)

    def get_sales_to_release(self):
        """Return the sales that nothing must hold when the draft is posted.

        What corrects another document gives something back.
        """
        SaleLine = Pool().get('sale.line')
        if (self.type != 'out' or self.corrected_invoice
                or self.state not in {'draft', 'validated'}):
            return []
        sales = {
            line.origin.sale for line in self.lines
            if isinstance(line.origin, SaleLine) and (line.quantity or 0) > 0}
        return sorted(sales, key=lambda s: s.id)


class InvoiceLine(metaclass=PoolMeta):
    __name__ = 'account.invoice.line'

    def check_origin_by_hand(self, origin):
        super().check_origin_by_hand(origin)
        SaleLine = Pool().get('sale.line')
        if isinstance(origin, SaleLine):
            origin.sale.check_released()


class HeldShipment:
    "A shipment whose moves_to_leave take goods of sales to customers"
    __slots__ = ()

    holds = fields.Function(
        fields.Char(
            "On Hold",
            states={
                'invisible': ~Eval('holds'),
                },
            help="Why the goods may not leave yet."),
        'get_holds_text')

    def get_sales_to_leave(self):
        "Return the sales of which goods are still to leave by the shipment"
        Move = Pool().get('stock.move')
        return Move.get_sales_to_leave(self.moves_to_leave)

    def get_holds_text(self, name):
        sales = self.get_sales_to_leave()
        texts = []
        for sale in sorted(sales, key=lambda s: s.id):
            if text := sale.describe_holds():
                texts.append(
                    f"{sale.rec_name}: {text}" if len(sales) > 1 else text)
        return ' '.join(texts) or None

    @classmethod
    @ModelView.button
    @Workflow.transition('shipped')
    def ship(cls, shipments):
        Sale = Pool().get('sale.sale')
        Sale.check_to_leave(
            set().union(*(s.get_sales_to_leave() for s in shipments)))
        super().ship(shipments)


class ShipmentOut(HeldShipment, metaclass=PoolMeta):
    __name__ = 'stock.shipment.out'

    @property
    def moves_to_leave(self):
        return self.outgoing_moves


class Move(metaclass=PoolMeta):
    __name__ = 'stock.move'

    @classmethod
    def get_sales_to_leave(cls, moves):
        "Return the sales of which goods are still to leave by the moves"
        SaleLine = Pool().get('sale.line')
        return {
            move.origin.sale for move in moves
            if isinstance(move.origin, SaleLine)
            and move.to_location.type == 'customer'
            and move.state not in {'done', 'cancelled'}
            and not move.is_shipped}

    @classmethod
    def check_released(cls, moves):
        "Raise if a move takes goods of a held sale out of the house"
        Sale = Pool().get('sale.sale')
        Sale.check_to_leave(cls.get_sales_to_leave(moves))

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
        "Raise if a request is for a held sale"
        Sale = Pool().get('sale.sale')
        Sale.check_to_leave({
                request.origin for request in requests
                if isinstance(request.origin, Sale)})

    @classmethod
    def check_modification(cls, mode, requests, values=None, external=False):
        super().check_modification(
            mode, requests, values=values, external=external)
        if mode == 'create' or (
                mode == 'write' and values.get('purchase_line')):
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


class Production_SaleSupplyProduction(metaclass=PoolMeta):
    __name__ = 'production'

    @classmethod
    def check_released(cls, productions):
        "Raise if a production is for a held sale"
        pool = Pool()
        Sale = pool.get('sale.sale')
        SaleLine = pool.get('sale.line')
        Sale.check_to_leave({
                production.origin.sale for production in productions
                if isinstance(production.origin, SaleLine)})

    @classmethod
    def check_modification(
            cls, mode, productions, values=None, external=False):
        super().check_modification(
            mode, productions, values=values, external=external)
        if mode == 'create':
            cls.check_released(productions)

    @classmethod
    @ModelView.button
    @Workflow.transition('running')
    def run(cls, productions):
        cls.check_released(productions)
        super().run(productions)


class Sale_SaleSupplyDropShipment(metaclass=PoolMeta):
    __name__ = 'sale.sale'

    def _get_left(self):
        return super()._get_left() + [
            s for s in self.drop_shipments if s.state in {'shipped', 'done'}]


class ShipmentDrop_SaleSupplyDropShipment(HeldShipment, metaclass=PoolMeta):
    __name__ = 'stock.shipment.drop'

    @property
    def moves_to_leave(self):
        return self.customer_moves

    def get_sales_to_leave(self):
        # Without its move to the customer it still is what was requested
        return super().get_sales_to_leave() | {
            request.origin for request in self._get_requests_to_leave()
            if isinstance(request.origin, Pool().get('sale.sale'))}

    def _get_requests_to_leave(self):
        "Return the requests of what the supplier has not sent yet"
        PurchaseLine = Pool().get('purchase.line')
        return {
            request for move in self.supplier_moves
            if isinstance(move.origin, PurchaseLine)
            and move.state not in {'done', 'cancelled'}
            for request in move.origin.requests}
