# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""What has a number of a range keeps number, state and move.

Nothing else could show that no document was taken out of the range: German
law wants each to stay as it is (GoBD, section 8; section 146 (4) AO), French
law a continuous sequence (CGI, annexe II, art. 242 nonies A).
"""
from sql import Null

from trytond.i18n import gettext
from trytond.model import Check, ModelView, Workflow
from trytond.model.exceptions import AccessError
from trytond.pool import Pool, PoolMeta

from ..invoice.document_type import ISSUED

_KEPT = {
    'company', 'type', 'number', 'number_range', 'range_number',
    'document_type', 'state', 'move', 'cancel_move'}


class Invoice(metaclass=PoolMeta):
    __name__ = 'account.invoice'

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        # What is posted in a batch has its number before state and move
        cls._sql_constraints.append(
            ('number_range_kept',
                Check(t,
                    (t.number_range == Null)
                    | ((t.number != Null)
                        & (t.range_number != Null)
                        & (t.state.in_(ISSUED) | (t.move == Null))
                        & ((t.state != 'cancelled')
                            | (t.cancel_move != Null)))),
                'shop_invoicing.msg_number_range_keep'))

    def get_allow_cancel(self, name):
        return super().get_allow_cancel(name) and not self.number_range

    @classmethod
    def check_modification(cls, mode, invoices, values=None, external=False):
        if mode == 'write' and (names := _KEPT & values.keys()):
            for invoice in invoices:
                if invoice.number_range:
                    invoice._check_kept(names, values)
        super().check_modification(
            mode, invoices, values=values, external=external)

    def _check_kept(self, names, values):
        "Raise if one of the names would lose its value"
        for name in sorted(names):
            if (not self._may_become(name, values)
                    and self._would_change(name, values[name])):
                raise AccessError(gettext(
                        'shop_invoicing.msg_number_range_kept',
                        invoice=self.rec_name, **self.__names__(name)))

    def _may_become(self, name, values):
        "Whether the value may change although the document has a number"
        if name == 'state':
            cancel_move = values.get('cancel_move', self.cancel_move)
            return values['state'] in ISSUED and (
                values['state'] != 'cancelled' or bool(cancel_move))
        if name == 'cancel_move' and values.get('state') == 'posted':
            return True
        return getattr(self, name) is None

    @classmethod
    def process(cls, invoices):
        # What nothing cancels any more loses state and move at once
        reopened = [
            i for i in invoices
            if i.number_range and i.state == 'cancelled'
            and i.cancel_move and not i.reconciled]
        if reopened:
            cls.write(reopened, {'state': 'posted', 'cancel_move': None})
        super().process(invoices)

    @classmethod
    @ModelView.button
    @Workflow.transition('cancelled')
    def cancel(cls, invoices):
        for invoice in invoices:
            if invoice.number_range and not invoice.cancel_move:
                raise AccessError(gettext(
                        'shop_invoicing.msg_number_range_cancel',
                        invoice=invoice.rec_name))
        super().cancel(invoices)

    def check_move_cancellation(self):
        "Raise if the move of the document cannot be cancelled by another one"
        if self.number_range:
            raise AccessError(gettext(
                    'shop_invoicing.msg_number_range_move',
                    invoice=self.rec_name))


class Move(metaclass=PoolMeta):
    __name__ = 'account.move'

    def cancel(self, default=None, reversal=False):
        Invoice = Pool().get('account.invoice')
        for invoice in Invoice.search([
                    ('type', '=', 'out'),
                    ['OR',
                        ('move', '=', self.id),
                        ('additional_moves', '=', self.id),
                        ],
                    ]):
            invoice.check_move_cancellation()
        return super().cancel(default=default, reversal=reversal)
