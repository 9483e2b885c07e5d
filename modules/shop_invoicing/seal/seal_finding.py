# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from sql.conditionals import Coalesce

from trytond.i18n import gettext
from trytond.model import ModelSQL, ModelView, fields
from trytond.model.exceptions import AccessError
from trytond.pool import Pool, PoolMeta

from ..invoice.protection import ProtectedMixin

FAULTS = [
    ('seal_gap', "Seals Missing"),
    ('seal_broken', "Seal Broken"),
    ('seal_key', "Seal of Unknown Key"),
    ('changed', "Changed"),
    ('document_changed', "Stored Document Changed"),
    ('range_changed', "Number Range Changed"),
    ('missing', "Missing"),
    ('unsealed', "Unsealed"),
    ('not_issued', "Not Issued"),
    ('unlike_move', "Unlike Its Move"),
    ('not_cancelled', "Cancelled Without Document"),
    ('not_sent', "Sent Without Message"),
    ]
_EXPLANATIONS = {
    'seal_gap': 'shop_invoicing.msg_seal_gap',
    'seal_broken': 'shop_invoicing.msg_seal_broken',
    'seal_key': 'shop_invoicing.msg_seal_key',
    'changed': 'shop_invoicing.msg_seal_changed',
    'document_changed': 'shop_invoicing.msg_seal_document_changed',
    'range_changed': 'shop_invoicing.msg_seal_range_changed',
    'missing': 'shop_invoicing.msg_seal_missing',
    'unsealed': 'shop_invoicing.msg_seal_unsealed',
    'not_issued': 'shop_invoicing.msg_seal_not_issued',
    'unlike_move': 'shop_invoicing.msg_seal_unlike_move',
    'not_cancelled': 'shop_invoicing.msg_seal_not_cancelled',
    'not_sent': 'shop_invoicing.msg_seal_not_sent',
    }


class Fault(ProtectedMixin, ModelSQL, ModelView):
    "What the last check of all seals has found"
    __name__ = 'account.invoice.seal.fault'
    _rec_name = 'name'

    audit = fields.Many2One(
        'account.invoice.seal.audit', "Check", required=True, readonly=True,
        ondelete='CASCADE')
    company = fields.Many2One(
        'company.company', "Company", required=True, readonly=True)
    kind = fields.Selection(FAULTS, "Kind", readonly=True, sort=False)
    kind_string = kind.translated('kind')
    seal = fields.Many2One(
        'account.invoice.seal', "Seal", readonly=True, ondelete='SET NULL')
    position = fields.Integer("Position", readonly=True)
    position._sql_type = 'BIGINT'
    invoice = fields.Many2One(
        'account.invoice', "Invoice", readonly=True, ondelete='SET NULL')
    number_range = fields.Many2One(
        'account.invoice.number_range', "Number Range", readonly=True,
        ondelete='CASCADE')
    range_number = fields.Integer("Counter", readonly=True)
    range_number._sql_type = 'BIGINT'
    name = fields.Char("Name", readonly=True)
    explanation = fields.Function(
        fields.Char("Explanation"), 'get_explanation')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._order = [('id', 'ASC')]

    @classmethod
    def check_modification(cls, mode, faults, values=None, external=False):
        super().check_modification(
            mode, faults, values=values, external=external)
        if external:
            raise AccessError(gettext('shop_invoicing.msg_seal_audit_by_hand'))

    def get_explanation(self, name):
        return gettext(
            _EXPLANATIONS[self.kind], name=self.name or '',
            position=self.position)


class Finding(metaclass=PoolMeta):
    __name__ = 'account.invoice.number_range.finding'

    fault = fields.Many2One(
        'account.invoice.seal.fault', "Fault",
        help="What the last check of all seals has found.")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.kind.selection += FAULTS

    @classmethod
    def _get_queries(cls):
        return super()._get_queries() + [cls._query_faults()]

    @classmethod
    def _query_faults(cls):
        "Return what the last check of all seals has found"
        pool = Pool()
        Fault = pool.get('account.invoice.seal.fault')
        Invoice = pool.get('account.invoice')
        fault = Fault.__table__()
        invoice = Invoice.__table__()
        query = fault.join(
            invoice, 'LEFT', condition=fault.invoice == invoice.id)
        number = Coalesce(invoice.range_number, fault.range_number)
        return query.select(*cls._columns(
                fault.kind, fault, range=Coalesce(
                    invoice.number_range, fault.number_range),
                invoice=fault.invoice, number_from=number, number_to=number,
                fault=fault.id))

    def _explain(self):
        if self.fault:
            return self.fault.explanation
        return super()._explain()
