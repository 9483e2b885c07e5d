# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from trytond.i18n import gettext
from trytond.model import Index, fields
from trytond.model.exceptions import AccessError
from trytond.pool import Pool, PoolMeta
from trytond.pyson import Eval
from trytond.transaction import Transaction, without_check_access

from ..exceptions import InternalOrderError
from ..invoice.party_permission import YES, PermissionMixin


class Party(PermissionMixin, metaclass=PoolMeta):
    __name__ = 'party.party'
    _permission_fields = {'internal_orders'}

    internal_orders = fields.Boolean(
        "Internal Orders",
        help="Allow orders for own use, which are at zero and never invoiced."
        "\nTick it only for the party of the operator of the shop.")

    @classmethod
    def default_internal_orders(cls):
        return False

    @classmethod
    def copy(cls, parties, default=None):
        default = default.copy() if default is not None else {}
        default.setdefault('internal_orders', False)
        return super().copy(parties, default=default)

    def get_permission(self):
        if self.internal_orders:
            return self, 'internal_orders', YES


class Replace(metaclass=PoolMeta):
    __name__ = 'party.replace'

    @without_check_access
    def transition_replace(self):
        result = super().transition_replace()
        Party = Pool().get('party.party')
        source, destination = Party.browse(
            [self.ask.source, self.ask.destination])
        if source.internal_orders:
            Party.write([source], {'internal_orders': False})
            if not destination.internal_orders:
                Party.write([destination], {'internal_orders': True})
        return result


class PermissionChange(metaclass=PoolMeta):
    __name__ = 'party.party.permission_change'

    @classmethod
    def _get_permission_fields(cls):
        return super()._get_permission_fields() + [
            ('party.party', 'internal_orders')]


class Sale(metaclass=PoolMeta):
    __name__ = 'sale.sale'

    order_type = fields.Selection([
            ('standard', "Standard"),
            ('internal', "Internal"),
            ],
        "Order Type", required=True, sort=False,
        states={
            'readonly': Eval('state') != 'draft',
            'invisible': (
                ~Eval('internal_orders_allowed', False)
                & (Eval('order_type') != 'internal')),
            },
        help="An internal order is at zero and never invoiced.")
    internal_orders_allowed = fields.Function(
        fields.Boolean("Internal Orders Allowed"),
        'on_change_with_internal_orders_allowed')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_indexes.add(
            Index(
                t, (t.id, Index.Equality()),
                where=t.order_type == 'internal'))

    @classmethod
    def default_order_type(cls):
        return 'standard'

    @fields.depends('party')
    def on_change_with_internal_orders_allowed(self, name=None):
        return bool(self.party and self.party.internal_orders)

    @fields.depends('party', 'order_type', methods=['on_change_order_type'])
    def on_change_party(self):
        super().on_change_party()
        if (self.order_type == 'internal'
                and not (self.party and self.party.internal_orders)):
            self.order_type = 'standard'
            self.on_change_order_type()

    @fields.depends('order_type', 'lines', methods=['on_change_lines'])
    def on_change_order_type(self):
        for line in self.lines or []:
            line.change_order_type(self.order_type)
        self.on_change_lines()

    @property
    def is_internal(self):
        "Whether the order is at zero and never invoiced"
        return self.order_type == 'internal'

    @property
    def may_be_internal(self):
        "Whether the customer may order internally or returns such an order"
        return self.party.internal_orders or (
            self.returned_internal_order
            and self.returned_internal_order.party == self.party
            and all((line.quantity or 0) <= 0 for line in self.lines))

    @property
    def returned_internal_order(self):
        "The internal order of which something is returned, or None"
        Sale = Pool().get('sale.sale')
        if (isinstance(self.origin, Sale)
                and self.origin.is_internal
                and any((line.quantity or 0) < 0 for line in self.lines)):
            return self.origin

    @classmethod
    def validate_fields(cls, sales, field_names):
        super().validate_fields(sales, field_names)
        if field_names & {'order_type', 'party', 'origin'}:
            for sale in sales:
                sale.check_order_type()

    def check_order_type(self):
        "Raise if the order must not be of its type"
        if self.is_internal:
            self._check_internal()
        elif self.returned_internal_order:
            raise InternalOrderError(gettext(
                    'shop_invoicing.msg_internal_order_return',
                    sale=self.rec_name,
                    origin=self.returned_internal_order.rec_name))

    def _check_internal(self):
        if not self.may_be_internal:
            raise InternalOrderError(gettext(
                    'shop_invoicing.msg_internal_order_party',
                    sale=self.rec_name,
                    party=self.party.rec_name,
                    field=self.party.__names__('internal_orders')['field']))
        for line in self.lines:
            if line.invoice_lines:
                raise InternalOrderError(gettext(
                        'shop_invoicing.msg_internal_order_invoiced',
                        sale=self.rec_name,
                        line=line.rec_name))

    def check_for_quotation(self):
        super().check_for_quotation()
        self.check_order_type()

    def check_for_confirmation(self):
        super().check_for_confirmation()
        self.check_order_type()

    @classmethod
    def copy(cls, sales, default=None):
        default = default.copy() if default is not None else {}
        default.setdefault('order_type', cls._copy_order_type)
        return super().copy(sales, default=default)

    @classmethod
    def _copy_order_type(cls, data):
        "Return the type of the copy of the order"
        if (data['order_type'] == 'internal'
                and not Transaction().context.get('_internal_order_return')
                and not cls(data['id']).may_be_internal):
            return 'standard'
        return data['order_type']

    @property
    def is_paid_first(self):
        return super().is_paid_first and not self.is_internal

    @classmethod
    def _sql_is_paid_first(cls, table):
        return (
            super()._sql_is_paid_first(table)
            & (table.order_type != 'internal'))

    def _is_payment_method_required(self):
        return not self.is_internal and super()._is_payment_method_required()

    @classmethod
    def _process_invoice(cls, sales):
        super()._process_invoice([s for s in sales if not s.is_internal])

    @property
    def may_be_invoiced(self):
        return super().may_be_invoiced and not self.is_internal

    @classmethod
    def check_modification(cls, mode, sales, values=None, external=False):
        super().check_modification(
            mode, sales, values=values, external=external)
        if mode == 'write' and 'order_type' in values:
            for sale in sales:
                if (sale.state != 'draft'
                        and sale.order_type != values['order_type']):
                    raise AccessError(gettext(
                            'shop_invoicing.msg_internal_order_draft',
                            sale=sale.rec_name,
                            **cls.__names__('order_type')))

    @classmethod
    def on_modification(cls, mode, sales, field_names=None):
        Line = Pool().get('sale.line')
        super().on_modification(mode, sales, field_names=field_names)
        if mode == 'write' and 'order_type' in field_names:
            Line.set_prices([line for sale in sales for line in sale.lines])


class ReturnSale(metaclass=PoolMeta):
    __name__ = 'sale.return_sale'

    def do_return_(self, action):
        with Transaction().set_context(_internal_order_return=True):
            return super().do_return_(action)
