# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""The models of Tryton on which what is promised rests."""
from trytond.i18n import gettext
from trytond.model import ModelView, Workflow
from trytond.pool import Pool, PoolMeta

from ..exceptions import ProtectionError
from .protection import ProtectedMixin


class Invoice(ProtectedMixin, metaclass=PoolMeta):
    __name__ = 'account.invoice'
    _protected_statements = {'comment', 'description', 'reference'}

    @classmethod
    def _get_protected(cls):
        "Return all but the number, which a company may import"
        return super()._get_protected() - {'number'}

    @property
    def is_settled(self):
        "Whether it is a customer invoice and no draft any more"
        return self.type == 'out' and self.state != 'draft'

    @classmethod
    @ModelView.button
    @Workflow.transition('posted')
    def post(cls, invoices):
        for invoice in invoices:
            invoice._check_origins()
        super().post(invoices)

    def _check_origins(self):
        "Raise if a line of the draft is from the order of another customer"
        if (self.type == 'out' and not self.corrected_invoice
                and self.state in {'draft', 'validated'}):
            for line in self.lines:
                line.check_customer(line.origin)


class InvoiceLine(ProtectedMixin, metaclass=PoolMeta):
    __name__ = 'account.invoice.line'
    _protected_parent = 'invoice'
    _protected_statements = {'description', 'correction'}

    @classmethod
    def check_modification(cls, mode, lines, values=None, external=False):
        super().check_modification(
            mode, lines, values=values, external=external)
        if external and mode == 'create':
            for line in lines:
                line.check_origin_by_hand(line.origin)
        elif external and mode == 'write' and values.get('origin'):
            origin = cls(origin=values['origin']).origin
            for line in lines:
                line.check_origin_by_hand(origin)

    def check_origin_by_hand(self, origin):
        "Raise if nobody can choose the record as the origin of the line"
        self.check_customer(origin)

    def check_customer(self, origin):
        "Raise if the origin is a line of the order of another customer"
        SaleLine = Pool().get('sale.line')
        if not isinstance(origin, SaleLine):
            return
        party = self.invoice.party if self.invoice else self.party
        if party and party != (origin.sale.invoice_party or origin.sale.party):
            raise ProtectionError(gettext(
                    'shop_invoicing.msg_protection_origin',
                    line=origin.rec_name,
                    sale=origin.sale.rec_name,
                    invoice=self.invoice.rec_name if self.invoice else '',
                    party=party.rec_name))


class InvoiceTax(ProtectedMixin, metaclass=PoolMeta):
    __name__ = 'account.invoice.tax'
    _protected_parent = 'invoice'
    _protected_statements = {'description', 'legal_notice'}


class InvoiceReportRevision(ProtectedMixin, metaclass=PoolMeta):
    __name__ = 'account.invoice.report.revision'

    @classmethod
    def check_modification(cls, mode, revisions, values=None, external=False):
        if external:
            for revision in revisions:
                if revision.invoice.type == 'out':
                    raise revision._get_protection_error('invoice', revision)
        super().check_modification(
            mode, revisions, values=values, external=external)


class AccountMove(ProtectedMixin, metaclass=PoolMeta):
    __name__ = 'account.move'


class AccountMoveLine(ProtectedMixin, metaclass=PoolMeta):
    __name__ = 'account.move.line'


class Sale(ProtectedMixin, metaclass=PoolMeta):
    __name__ = 'sale.sale'

    @property
    def is_settled(self):
        return self.state != 'draft'


class SaleLine(ProtectedMixin, metaclass=PoolMeta):
    __name__ = 'sale.line'
    _protected_parent = 'sale'


class Payment(ProtectedMixin, metaclass=PoolMeta):
    __name__ = 'account.payment'

    @property
    def is_settled(self):
        return self.state != 'draft'


class _LeavingMixin(ProtectedMixin):
    "What says which goods have left, when, and who did it"
    __slots__ = ()

    @property
    def is_settled(self):
        return self.state in {'done', 'cancelled'}


class ShipmentOut(_LeavingMixin, metaclass=PoolMeta):
    __name__ = 'stock.shipment.out'


class ShipmentOutReturn(_LeavingMixin, metaclass=PoolMeta):
    __name__ = 'stock.shipment.out.return'


class ShipmentDrop_SaleSupplyDropShipment(_LeavingMixin, metaclass=PoolMeta):
    __name__ = 'stock.shipment.drop'


class _OtherShipmentMixin(ProtectedMixin):
    """A shipment on which nothing rests but that other moves can be nested in.

    Tryton sets its computed fields without access check.
    """
    __slots__ = ()

    @classmethod
    def _get_protected(cls):
        return set()


class ShipmentIn(_OtherShipmentMixin, metaclass=PoolMeta):
    __name__ = 'stock.shipment.in'


class ShipmentInternal(_OtherShipmentMixin, metaclass=PoolMeta):
    __name__ = 'stock.shipment.internal'


class Move(_LeavingMixin, metaclass=PoolMeta):
    __name__ = 'stock.move'

    @classmethod
    def _get_protected(cls):
        # The form of a shipment makes moves for it
        return super()._get_protected() - {'shipment'}

    def _get_refused(self, names, values):
        SaleLine = Pool().get('sale.line')
        refused = super()._get_refused(names, values)
        # What holds the order would not hold the goods any more
        if 'origin' in names and isinstance(self.origin, SaleLine):
            refused.append('origin')
        return refused


class PurchaseRequest_SaleSupply(ProtectedMixin, metaclass=PoolMeta):
    __name__ = 'purchase.request'


class Production_SaleSupplyProduction(ProtectedMixin, metaclass=PoolMeta):
    __name__ = 'production'
