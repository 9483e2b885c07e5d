# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Spread a cost over the lines of a supplier invoice.

The shares are lines of their own, so that the prices stay those of the order.
"""
from collections import defaultdict
from decimal import Decimal

from trytond.i18n import gettext
from trytond.model import ModelView, fields
from trytond.pool import Pool, PoolMeta
from trytond.pyson import Eval
from trytond.transaction import without_check_access

from ..exceptions import CostSpreadError
from .cost_share import share_out

BASES = [
    ('amount', "Amount"),
    ('quantity', "Quantity"),
    ('weight', "Weight"),
    ]


class Invoice(metaclass=PoolMeta):
    __name__ = 'account.invoice'

    has_cost_shares = fields.Function(
        fields.Boolean(
            "With Shares of Costs",
            help="Whether a cost was spread over the lines of the invoice."),
        'get_has_cost_shares')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cannot_spread = (Eval('type') != 'in') | (Eval('state') != 'draft')
        cls._buttons.update({
                'spread_cost': {
                    'invisible': cannot_spread,
                    'depends': ['type', 'state'],
                    },
                'undo_spread_cost': {
                    'invisible': cannot_spread | ~Eval('has_cost_shares'),
                    'depends': ['type', 'state', 'has_cost_shares'],
                    },
                })

    def get_has_cost_shares(self, name):
        return any(line.cost_share for line in self.lines)

    @classmethod
    @ModelView.button_action('shop_invoicing.wizard_cost_spread')
    def spread_cost(cls, invoices):
        pass

    @classmethod
    @ModelView.button
    def undo_spread_cost(cls, invoices):
        Line = Pool().get('account.invoice.line')
        for invoice in invoices:
            invoice.check_cost_spread()
        Line.delete([
                line for invoice in invoices for line in invoice.lines
                if line.cost_share])
        cls.update_taxes(cls.browse(invoices))

    def check_cost_spread(self):
        "Raise if the invoice is not the draft of a supplier"
        if self.type != 'in' or self.state != 'draft':
            raise CostSpreadError(gettext(
                    'shop_invoicing.msg_cost_spread_state',
                    invoice=self.rec_name))

    @property
    def lines_to_bear_cost(self):
        "The lines over which a cost can be spread"
        return [
            line for line in self.lines
            if line.type == 'line' and not line.cost_share]

    @without_check_access
    def add_cost_shares(
            self, cost, basis='amount', lines=None, description=None):
        """Add lines that share out the cost, and return them.

        There is one for each account and tax set of the lines, by default of
        all.  The basis is one of BASES.
        """
        Line = Pool().get('account.invoice.line')
        self.check_cost_spread()
        if lines is None:
            lines = self.lines_to_bear_cost
        self._check_cost(cost, lines)
        weights = defaultdict(Decimal)
        for line, weight in zip(lines, Line.weigh_for_cost(lines, basis)):
            weights[line._cost_share_key()] += weight
        shares = share_out(
            cost, list(weights.values()), self.currency.rounding)
        description = description or self.get_cost_share_description()
        new_lines = [
            self._get_cost_share_line(key, share, description)
            for key, share in zip(weights, shares) if share]
        Line.save(new_lines)
        self.__class__.update_taxes([self.__class__(self.id)])
        return new_lines

    def _check_cost(self, cost, lines):
        Lang = Pool().get('ir.lang')
        if not cost or self.currency.round(cost) != cost:
            raise CostSpreadError(gettext(
                    'shop_invoicing.msg_cost_spread_amount',
                    invoice=self.rec_name,
                    smallest=Lang.get().currency(
                        self.currency.rounding, self.currency)))
        if not lines or set(lines) - set(self.lines_to_bear_cost):
            raise CostSpreadError(gettext(
                    'shop_invoicing.msg_cost_spread_lines',
                    invoice=self.rec_name))

    @classmethod
    def get_cost_share_description(cls):
        return gettext('shop_invoicing.msg_cost_spread_description')

    def _get_cost_share_line(self, key, share, description):
        "Return the line of the share for a key, which is not saved yet"
        Line = Pool().get('account.invoice.line')
        values = dict(key)
        taxes = values.pop('taxes')
        last = max((line.sequence or 0 for line in self.lines), default=0)
        return Line(
            invoice=self, type='line', invoice_type=self.type,
            company=self.company, currency=self.currency, quantity=1,
            unit_price=share, description=description, taxes=list(taxes),
            sequence=last + 1 if last else None, cost_share=True, **values)


class InvoiceLine(metaclass=PoolMeta):
    __name__ = 'account.invoice.line'

    cost_share = fields.Boolean(
        "Share of a Cost", readonly=True,
        help="Whether the line was added where a cost was spread over others.")

    def _cost_share_key(self):
        "Return what lines have in common that get one share, as pairs"
        Invoice = Pool().get('account.invoice')
        return (
            ('account', self.account),
            ('taxes', Invoice.sort_taxes(self.taxes)),
            ('taxes_deductible_rate', self.taxes_deductible_rate),
            )

    @classmethod
    def weigh_for_cost(cls, lines, basis):
        """Return how much each of the lines counts, as decimals.

        What is negative bears nothing, and if all bear nothing, all count
        the same.
        """
        weigh = {
            'amount': cls._weigh_by_amount,
            'quantity': cls._weigh_by_quantity,
            'weight': cls._weigh_by_weight,
            }[basis]
        weights = [max(Decimal(str(w)), Decimal(0)) for w in weigh(lines)]
        return weights if any(weights) else [Decimal(1)] * len(weights)

    @classmethod
    def _weigh_by_amount(cls, lines):
        return [line.amount for line in lines]

    @classmethod
    def _weigh_by_quantity(cls, lines):
        "Return the quantities in the unit of the first line"
        Uom = Pool().get('product.uom')
        first = lines[0].unit
        for line in lines:
            if (line.unit and line.unit.category) != (
                    first and first.category):
                raise CostSpreadError(gettext(
                        'shop_invoicing.msg_cost_spread_units',
                        invoice=line.invoice.rec_name,
                        first=lines[0].rec_name,
                        second=line.rec_name))
        if not first:
            return [line.quantity or 0 for line in lines]
        return [
            Uom.compute_qty(line.unit, line.quantity or 0, first, round=False)
            for line in lines]

    @classmethod
    def _weigh_by_weight(cls, lines):
        weights = [line.get_weight_for_cost() for line in lines]
        for line, weight in zip(lines, weights):
            if weight is None:
                raise CostSpreadError(gettext(
                        'shop_invoicing.msg_cost_spread_weight',
                        invoice=line.invoice.rec_name,
                        line=line.rec_name))
        return weights

    def get_weight_for_cost(self):
        "Return the weight in kilograms, None if it is not known"
        pool = Pool()
        ModelData = pool.get('ir.model.data')
        category = ModelData.get_id('product', 'uom_cat_weight')
        if self.unit and self.unit.category.id == category:
            return self._convert_to_kilogram(self.unit, self.quantity or 0)

    @classmethod
    def _convert_to_kilogram(cls, unit, quantity):
        pool = Pool()
        ModelData = pool.get('ir.model.data')
        Uom = pool.get('product.uom')
        kilogram = Uom(ModelData.get_id('product', 'uom_kilogram'))
        return Uom.compute_qty(unit, quantity, kilogram, round=False)


class InvoiceLine_ProductMeasurements(metaclass=PoolMeta):
    __name__ = 'account.invoice.line'

    def get_weight_for_cost(self):
        Uom = Pool().get('product.uom')
        weight = super().get_weight_for_cost()
        product = self.product
        if weight is None and product and product.weight is not None:
            # The weight of a product is that of one default unit
            quantity = Uom.compute_qty(
                self.unit, self.quantity or 0, product.default_uom,
                round=False)
            weight = quantity * self._convert_to_kilogram(
                product.weight_uom, product.weight)
        return weight
