# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
import datetime as dt
import math

from trytond.model import ModelSQL, ModelView, Workflow, fields
from trytond.modules.company.model import CompanyValueMixin
from trytond.pool import Pool, PoolMeta
from trytond.pyson import Eval
from trytond.transaction import Transaction, without_check_access

from ..invoice.company_date import get_today
from ..invoice.sale_state import RUNNING

_FIELDS = [
    'dispatch_invoice_post', 'dispatch_invoice_print',
    'dispatch_invoice_send']
# How long ago goods left of which the safety net still makes an invoice
_LOOK_BACK = dt.timedelta(days=30)


class Configuration(metaclass=PoolMeta):
    __name__ = 'sale.configuration'

    dispatch_invoice_post = fields.MultiValue(fields.Boolean(
            "Post at Dispatch",
            help="Post the invoice of what was shipped when the goods leave."))
    dispatch_invoice_print = fields.MultiValue(fields.Boolean(
            "Print at Dispatch",
            states={
                'invisible': ~Eval('dispatch_invoice_post', False),
                },
            help="Make and keep the document of an invoice that was posted "
            "at dispatch."))
    dispatch_invoice_send = fields.MultiValue(fields.Boolean(
            "Send at Dispatch",
            states={
                'invisible': ~Eval('dispatch_invoice_post', False),
                },
            help="Send an invoice that was posted at dispatch by e-mail."))

    @classmethod
    def multivalue_model(cls, field):
        if field in _FIELDS:
            return Pool().get('sale.configuration.dispatch_invoice')
        return super().multivalue_model(field)


class ConfigurationDispatchInvoice(ModelSQL, CompanyValueMixin):
    __name__ = 'sale.configuration.dispatch_invoice'

    dispatch_invoice_post = fields.Boolean("Post at Dispatch")
    dispatch_invoice_print = fields.Boolean("Print at Dispatch")
    dispatch_invoice_send = fields.Boolean("Send at Dispatch")


class Sale(metaclass=PoolMeta):
    __name__ = 'sale.sale'

    @property
    def is_invoiced_at_dispatch(self):
        "Whether the invoice is to be posted when the goods leave"
        Configuration = Pool().get('sale.configuration')
        return bool(Configuration(1).get_multivalue(
                'dispatch_invoice_post', company=self.company.id))

    @property
    def goods_to_dispatch(self):
        "The lines of which goods are still to leave the house"
        return [
            line for line in self.line_lines
            if line.movable and line.quantity > 0
            and line.quantity_to_dispatch > 0]

    def create_invoice(self):
        invoice = super().create_invoice()
        # An invoice with an id collects several orders for a clerk
        if invoice and not invoice.id and self.is_invoiced_at_dispatch:
            invoice.dispatch_state = self._get_dispatch_state(invoice)
        return invoice

    def _get_dispatch_state(self, invoice):
        """Return what is next for the new invoice, or None for a draft.

        A clerk looks at what nothing was shipped of, at returns and at what
        was invoiced once and cancelled.
        """
        lines = [l for l in invoice.lines if (l.quantity or 0) > 0]
        if self.invoice_method == 'fulfillment':
            moves = {m for l in lines for m in l.stock_moves if m.has_left}
            was_cancelled = any(
                l.invoice and l.invoice.state == 'cancelled'
                for m in moves for l in m.invoice_lines)
            if moves and not was_cancelled:
                return invoice.get_first_dispatch_state(self.company)
        elif (self.invoice_method == 'order'
                and self.shipment_method != 'invoice'
                and self.goods_to_dispatch):
            return 'waiting'

    @classmethod
    def _process_invoice_fulfillment_states(cls, sales):
        super()._process_invoice_fulfillment_states(sales)
        cls._dispatch_waiting(sales)

    @classmethod
    def _dispatch_waiting(cls, sales):
        "Go on with the invoices of whole orders that have left"
        Invoice = Pool().get('account.invoice')
        invoices = {
            invoice for sale in sales for invoice in sale.invoices
            if invoice.dispatch_state == 'waiting'}
        invoices = [
            invoice for invoice in invoices
            if not any(sale.goods_to_dispatch for sale in invoice.sales)]
        for invoice in invoices:
            if invoice.state == 'draft' and not invoice.delivery_date:
                invoice.delivery_date = max((
                        move.get_delivery_date()
                        for sale in invoice.sales for move in sale.moves
                        if move.has_left), default=None)
            invoice.dispatch_state = Invoice.get_first_dispatch_state(
                invoice.company, invoice.state)
        Invoice.save(invoices)

    @classmethod
    def process_dispatched(cls):
        """Process the sales of which goods have left without an invoice.

        The task that does it at dispatch is lost when its process is killed.
        """
        since = get_today() - _LOOK_BACK
        sales = cls.search([
                ('state', 'in', RUNNING),
                ('invoice_method', '=', 'fulfillment'),
                ('lines', 'where', [
                        ('moves', 'where', [
                                ('state', '=', 'done'),
                                ('effective_date', '>=', since),
                                ('invoice_lines', '=', None),
                                ]),
                        ]),
                ])
        for sale in sales:
            # One task each, so that an error concerns no other
            if sale.is_invoiced_at_dispatch:
                cls.__queue__.process([sale])


class Line(metaclass=PoolMeta):
    __name__ = 'sale.line'

    @property
    def quantity_to_dispatch(self):
        "The quantity of goods that has not left the house yet"
        return self._move_remaining_quantity - sum(
            m.get_quantity_in(self.unit) for m in self.moves if m.is_shipped)

    @property
    def _shipped_moves(self):
        """The moves of which the goods are on their way.

        Those already invoiced count even if the choice has been undone.
        """
        return [
            move for move in self.moves if move.is_shipped
            and (self.sale.is_invoiced_at_dispatch or move.invoice_lines)]

    def get_invoice_line(self):
        if self._waits_for_dispatch:
            return []
        return super().get_invoice_line()

    @property
    def _waits_for_dispatch(self):
        "Whether a service is invoiced with the first goods of the order"
        return (
            self.type == 'line' and not self.movable
            and self.sale.invoice_method == 'fulfillment'
            and self.sale.is_invoiced_at_dispatch
            and bool(self.sale.goods_to_dispatch)
            and not any(m.has_left for m in self.sale.moves))

    def _get_invoice_line_quantity(self):
        quantity = super()._get_invoice_line_quantity()
        if self.movable and self.sale.invoice_method == 'fulfillment':
            quantity += sum(
                m.get_quantity_in(self.unit) for m in self._shipped_moves)
        return quantity

    def _get_invoice_line_moves(self, quantity):
        moves = super()._get_invoice_line_moves(quantity)
        if (self.sale.invoice_method == 'fulfillment'
                and math.copysign(1, self.quantity) == math.copysign(
                    1, quantity)):
            moves += [
                move for move in self._shipped_moves
                if move.invoiced_quantity < move.quantity]
        return moves


class Move(metaclass=PoolMeta):
    __name__ = 'stock.move'

    def get_quantity_in(self, unit):
        Uom = Pool().get('product.uom')
        return Uom.compute_qty(self.unit, self.quantity, unit)

    @classmethod
    @ModelView.button
    @Workflow.transition('done')
    def do(cls, moves):
        super().do(moves)
        cls._process_dispatched(moves)

    @classmethod
    @without_check_access
    def _process_dispatched(cls, moves):
        "Process the sales of moves that are done without a shipment"
        Sale = Pool().get('sale.sale')
        sales = {
            move.sale for move in cls.browse(moves)
            if not move.shipment and move.sale
            and move.sale.is_invoiced_at_dispatch}
        if sales:
            with Transaction().set_context(queue_batch=True):
                Sale.__queue__.process(sales)


class Sale_InvoiceGrouping(metaclass=PoolMeta):
    __name__ = 'sale.sale'

    @property
    def is_invoiced_at_dispatch(self):
        # The draft collects what is shipped until a clerk posts it
        return (
            not self.invoice_grouping_method
            and super().is_invoiced_at_dispatch)

    def _get_invoice_grouping_fields(self, invoice):
        return super()._get_invoice_grouping_fields(invoice) | {
            'dispatch_state'}
