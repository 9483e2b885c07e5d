# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from decimal import Decimal

from trytond.model import fields
from trytond.modules.currency.fields import Monetary
from trytond.modules.product import price_digits
from trytond.pool import Pool, PoolMeta
from trytond.pyson import Eval

from ..invoice.checked_search import checked_search

_PRICE_FIELDS = {'sale', 'type', 'unit_price', 'standard_unit_price'}


class Line(metaclass=PoolMeta):
    __name__ = 'sale.line'

    standard_unit_price = Monetary(
        "Standard Unit Price", digits=price_digits, currency='currency',
        states={
            'invisible': Eval('sale_order_type') != 'internal',
            # The client does not send what is always read-only
            'readonly': True,
            },
        help="The unit price if the order were not internal.")
    sale_order_type = fields.Function(
        fields.Selection('get_sale_order_types', "Sale Order Type"),
        'on_change_with_sale_order_type', searcher='search_sale_order_type')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        for field in [cls.base_price, cls.discount_rate, cls.discount_amount]:
            field.states['readonly'] |= Eval('sale_order_type') == 'internal'

    @classmethod
    def get_sale_order_types(cls):
        Sale = Pool().get('sale.sale')
        return Sale.fields_get(['order_type'])['order_type']['selection']

    @fields.depends('sale', '_parent_sale.order_type')
    def on_change_with_sale_order_type(self, name=None):
        return self.sale.order_type if self.sale else None

    @classmethod
    @checked_search
    def search_sale_order_type(cls, name, clause):
        return [('sale.order_type', *clause[1:])]

    @fields.depends(
        'product', 'standard_unit_price', methods=['_change_unit_price'])
    def on_change_product(self):
        if self.product:
            self.standard_unit_price = None
        super().on_change_product()
        self._change_unit_price()

    @fields.depends(
        'product', 'standard_unit_price', methods=['_change_unit_price'])
    def on_change_quantity(self):
        if self.product:
            self.standard_unit_price = None
        super().on_change_quantity()
        self._change_unit_price()

    @fields.depends(methods=['_change_unit_price'])
    def on_change_unit_price(self):
        self._change_unit_price()

    @fields.depends(methods=['on_change_with_sale_order_type',
            'change_order_type'])
    def _change_unit_price(self):
        "Put the new price of an internal order aside"
        order_type = self.on_change_with_sale_order_type()
        if order_type == 'internal':
            self.change_order_type(order_type)

    @fields.depends(
        'type', 'product', 'unit_price', 'base_price', 'standard_unit_price',
        methods=['on_change_with_discount_rate', 'on_change_with_amount',
            'on_change_with_discount_amount', 'on_change_with_discount'])
    def change_order_type(self, order_type):
        "Set the prices and the amount in the form"
        self.set_price(order_type)
        self.sale_order_type = order_type
        self.discount_rate = self.on_change_with_discount_rate()
        self.discount_amount = self.on_change_with_discount_amount()
        self.discount = self.on_change_with_discount()
        self.amount = self.on_change_with_amount()

    @classmethod
    def validate_fields(cls, lines, field_names):
        super().validate_fields(lines, field_names)
        if 'sale' in field_names:
            for sale in {line.sale for line in lines}:
                sale.check_order_type()

    def set_price(self, order_type):
        "Put the price aside on an internal order, or bring it back"
        if self.type == 'line' and order_type == 'internal':
            self._put_price_aside()
        elif self.standard_unit_price is not None:
            self._bring_price_back()

    def _put_price_aside(self):
        price, standard = self.unit_price, self.standard_unit_price
        if price is None:
            return
        # Whatever price is set on an internal order is not charged
        if price or standard is None:
            if not self.product and standard and self.base_price == standard:
                self.base_price = None
            self.standard_unit_price = price
        if self.standard_unit_price and not self.base_price:
            self.base_price = self.standard_unit_price
        if price:
            self.unit_price = Decimal(0)

    def _bring_price_back(self):
        if self.type == 'line' and not self.unit_price:
            self.unit_price = self.standard_unit_price
        self.standard_unit_price = None

    def get_invoice_line(self):
        if self.sale.is_internal:
            return []
        return super().get_invoice_line()

    def _get_invoice_line_quantity(self):
        if self.sale.is_internal:
            return 0
        return super()._get_invoice_line_quantity()

    @property
    def _invoice_remaining_quantity(self):
        if not self.sale.is_internal:
            return super()._invoice_remaining_quantity

    def _get_move_quantity(self, shipment_type):
        # No invoice can be waited for
        if self.sale.is_internal and self.sale.shipment_method == 'invoice':
            return abs(self.quantity)
        return super()._get_move_quantity(shipment_type)

    @classmethod
    def on_modification(cls, mode, lines, field_names=None):
        super().on_modification(mode, lines, field_names=field_names)
        if mode == 'create' or (
                mode == 'write' and field_names & _PRICE_FIELDS):
            cls.set_prices(lines)

    @classmethod
    def set_prices(cls, lines):
        "Set the prices as the types of the orders demand"
        for line in lines:
            line.set_price(line.sale.order_type)
        cls.save(lines)


class Line_Supply(metaclass=PoolMeta):
    __name__ = 'sale.line'

    @property
    def ready_for_supply(self):
        return self.sale.is_internal or super().ready_for_supply
