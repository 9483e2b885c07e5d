# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""What is left to invoice of an order, and invoicing it by hand.

Tryton invoices the difference between what is ordered or shipped and what is
invoiced.  Where more is invoiced by hand than was shipped, that difference is
negative, and must not become a credit note.
"""
import math

from trytond.i18n import gettext
from trytond.model import fields
from trytond.pool import Pool, PoolMeta
from trytond.transaction import Transaction, without_check_access

from ..exceptions import InvoiceByHandError
from ..invoice import row_turn
from ..invoice.sale_state import ORDERED


class Sale(metaclass=PoolMeta):
    __name__ = 'sale.sale'

    @property
    def lines_to_invoice(self):
        "The lines of which something is left to invoice"
        return [line for line in self.line_lines if line.quantity_left]

    def wait_to_invoice(self):
        """Wait for those who invoice the same sale, and see what they did.

        The lock alone would fail instead of waiting.
        """
        row_turn.take([self])
        self.lock()

    def check_invoice_by_hand(self):
        "Raise if nothing of the sale can be invoiced by hand"
        if self.is_internal:
            raise InvoiceByHandError(gettext(
                    'shop_invoicing.msg_invoice_by_hand_internal',
                    sale=self.rec_name))
        if self.state not in ORDERED:
            raise InvoiceByHandError(gettext(
                    'shop_invoicing.msg_invoice_by_hand_state',
                    sale=self.rec_name))
        self.check_released()

    @without_check_access
    def invoice_by_hand(
            self, quantities, invoice_date=None, delivery_date=None):
        """Return the draft of a new invoice of the quantities.

        They are those of the lines, in their units.
        """
        Invoice = Pool().get('account.invoice')
        self.wait_to_invoice()
        invoice = self._get_invoice_by_hand()
        invoice.lines = self.get_lines_by_hand(quantities)
        invoice.invoice_date = invoice_date
        invoice.delivery_date = delivery_date
        if not delivery_date:
            invoice.set_delivery_date()
        Invoice.save([invoice])
        self.copy_resources_to(invoice)
        self.__class__.__queue__.process([self])
        return invoice

    def _get_invoice_by_hand(self):
        "Return the new invoice that takes the lines, which is not saved yet"
        return self._get_invoice()

    @without_check_access
    def add_to_invoice(self, invoice, quantities):
        "Add lines of the quantities to the draft of an invoice"
        Line = Pool().get('account.invoice.line')
        self.wait_to_invoice()
        self._check_invoice_to_add_to(invoice)
        lines = self.get_lines_by_hand(quantities)
        last = max((l.sequence or 0 for l in invoice.lines), default=0)
        for number, line in enumerate(lines, start=1):
            line.invoice = invoice
            if last:
                line.sequence = last + number
        Line.save(lines)
        self.__class__.__queue__.process([self])

    def _check_invoice_to_add_to(self, invoice):
        "Raise if lines of the sale do not belong on the invoice"
        invoice.check_add_order_lines()
        if (invoice.company != self.company
                or invoice.currency != self.currency
                or invoice.party not in {self.party, self.invoice_party}):
            raise InvoiceByHandError(gettext(
                    'shop_invoicing.msg_invoice_by_hand_other',
                    invoice=invoice.rec_name,
                    sale=self.rec_name))

    def get_lines_by_hand(self, quantities):
        "Return new invoice lines, or raise if more is wished than is left"
        self.check_invoice_by_hand()
        for line in quantities:
            if line.sale != self:
                raise InvoiceByHandError(gettext(
                        'shop_invoicing.msg_invoice_by_hand_line',
                        line=line._name_in_order,
                        sale=self.rec_name))
        lines = [
            line.get_line_by_hand(quantity)
            for line, quantity in quantities.items() if quantity]
        if not lines:
            raise InvoiceByHandError(gettext(
                    'shop_invoicing.msg_invoice_by_hand_nothing',
                    sale=self.rec_name))
        return lines


class Line(metaclass=PoolMeta):
    __name__ = 'sale.line'

    quantity_invoiced = fields.Function(
        fields.Float(
            "Invoiced", digits='unit',
            help="What is invoiced of the line. An issued invoice that is "
            "cancelled counts unless the line was made billable again."),
        'get_quantity_invoiced')
    quantity_left = fields.Function(
        fields.Float(
            "Left to Invoice", digits='unit',
            help="What is ordered and not invoiced yet."),
        'get_quantity_left')

    def get_quantity_invoiced(self, name):
        if self.type != 'line':
            return
        skips = {l for i in self.sale.invoices_recreated for l in i.lines}
        return self._round(sum(
                line.get_quantity_in(self.unit) for line in self.invoice_lines
                if line.type == 'line' and line not in skips
                and line.invoice_state != 'cancelled'))

    def get_quantity_left(self, name):
        if self.type != 'line' or self.sale.is_internal:
            return
        left = self._round((self.quantity or 0) - self.quantity_invoiced)
        # More may be invoiced than was ordered
        return left if left * (self.quantity or 0) > 0 else 0

    def _round(self, quantity):
        return self.unit.round(quantity) if self.unit else quantity

    def get_line_by_hand(self, quantity):
        "Return a new invoice line of the quantity"
        quantity = self._round(quantity)
        left = self.quantity_left or 0
        if quantity * left <= 0 or abs(quantity) > abs(left):
            raise InvoiceByHandError(gettext(
                    'shop_invoicing.msg_invoice_by_hand_left',
                    line=self._name_in_order,
                    sale=self.sale.rec_name,
                    left=self._format_quantity(left),
                    quantity=self._format_quantity(quantity)))
        line = self._copy_to_invoice_line(quantity)
        line.invoiced_by_hand = True
        return line

    @property
    def _name_in_order(self):
        "How the line is called where the order is named too"
        if self.product:
            return self.product.rec_name
        return self.description or self.rec_name

    def _format_quantity(self, quantity):
        Lang = Pool().get('ir.lang')
        lang = Lang.get()
        if self.unit:
            return lang.format_number_symbol(quantity, self.unit)
        return lang.format_number(
            int(quantity) if quantity == int(quantity) else quantity)

    def _copy_to_invoice_line(self, quantity):
        "Return the line that Tryton makes, of another quantity"
        with Transaction().set_context(
                _invoice_by_hand={self.id: quantity}):
            line, = self.get_invoice_line()
        return line

    @property
    def _quantity_by_hand(self):
        context = Transaction().context
        return context.get('_invoice_by_hand', {}).get(self.id)

    def _get_invoice_line_quantity(self):
        if self._quantity_by_hand:
            return self._quantity_by_hand + self._get_invoiced_quantity()
        quantity = super()._get_invoice_line_quantity()
        if any(line.invoiced_by_hand for line in self.invoice_lines):
            quantity = self._keep_by_hand(quantity)
        return quantity

    def _keep_by_hand(self, quantity):
        "Give no more back than what was returned of what was invoiced"
        sign = math.copysign(1, self.quantity)
        invoiced = self._get_invoiced_quantity()
        if (quantity - invoiced) * sign >= 0:
            return quantity
        returned = 0
        if self.sale.invoice_method == 'fulfillment' and self.movable:
            returned = sum(
                m.get_quantity_in(self.unit) for m in self.moves
                if m.state == 'done' and m.is_return == (sign > 0))
            # What was given back already
            returned += sign * sum(
                line.get_quantity_in(self.unit) for line in self.invoice_lines
                if line.type == 'line' and line.quantity * sign < 0)
        return max(quantity * sign, invoiced * sign - max(returned, 0)) * sign

    @property
    def _waits_for_dispatch(self):
        return not self._quantity_by_hand and super()._waits_for_dispatch


class Move(metaclass=PoolMeta):
    __name__ = 'stock.move'

    @property
    def is_return(self):
        return (
            self.from_location.type == 'customer'
            and self.to_location.type != 'customer')


class Invoice(metaclass=PoolMeta):
    __name__ = 'account.invoice'

    def check_add_order_lines(self):
        "Raise if the invoice is not the draft of a customer invoice"
        if self.type != 'out' or self.state != 'draft':
            raise InvoiceByHandError(gettext(
                    'shop_invoicing.msg_invoice_by_hand_draft',
                    invoice=self.rec_name))


class InvoiceLine(metaclass=PoolMeta):
    __name__ = 'account.invoice.line'

    invoiced_by_hand = fields.Boolean(
        "Invoiced by Hand", readonly=True,
        help="Whether a clerk has chosen the quantity.")

    def get_quantity_in(self, unit):
        Uom = Pool().get('product.uom')
        if not unit:
            return self.quantity or 0
        return Uom.compute_qty(self.unit or unit, self.quantity or 0, unit)

    @classmethod
    def copy(cls, lines, default=None):
        default = default.copy() if default is not None else {}
        default.setdefault('invoiced_by_hand', False)
        return super().copy(lines, default=default)


class Sale_InvoiceGrouping(metaclass=PoolMeta):
    __name__ = 'sale.sale'

    def _get_invoice_by_hand(self):
        # A clerk chooses what is in it
        with Transaction().set_context(skip_grouping=True):
            return super()._get_invoice_by_hand()
