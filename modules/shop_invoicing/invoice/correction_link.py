# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""The links from a document to those that it cancels or credits.

All of them are rows of their own.  The first one stands on the document too,
because it decides the number and is what a cancellation cancels.
"""
from sql import Null

from trytond import backend
from trytond.model import Index, ModelSQL, Unique, fields
from trytond.pool import Pool, PoolMeta
from trytond.pyson import Eval
from trytond.transaction import Transaction


class CorrectionLink(ModelSQL):
    __name__ = 'account.invoice.correction_link'

    correction = fields.Many2One(
        'account.invoice', "Correction", required=True, ondelete='CASCADE')
    original = fields.Many2One(
        'account.invoice', "Corrected Invoice", required=True,
        ondelete='RESTRICT')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.__access__.add('correction')
        t = cls.__table__()
        cls._sql_constraints += [
            ('link_unique', Unique(t, t.correction, t.original),
                'shop_invoicing.msg_correction_link_unique'),
            ]
        cls._sql_indexes.add(Index(t, (t.original, Index.Equality())))

    @classmethod
    def __register__(cls, module):
        is_new = not backend.TableHandler.table_exist(cls._table)
        super().__register__(module)
        if is_new:
            cls._link_existing(module)

    @classmethod
    def _link_existing(cls, module):
        "Link what was corrected when a document had one original at most"
        Invoice = Pool().get('account.invoice')
        # A database that is new has no column yet
        if not Invoice.__table_handler__(module).column_exist(
                'corrected_invoice'):
            return
        link, invoice = cls.__table__(), Invoice.__table__()
        cursor = Transaction().connection.cursor()
        cursor.execute(*link.insert(
                [link.correction, link.original],
                invoice.select(
                    invoice.id, invoice.corrected_invoice,
                    where=invoice.corrected_invoice != Null)))


class Invoice(metaclass=PoolMeta):
    __name__ = 'account.invoice'

    corrected_invoice = fields.Many2One(
        'account.invoice', "Corrected Invoice", readonly=True,
        ondelete='RESTRICT',
        domain=[
            ('company', '=', Eval('company', -1)),
            ('type', '=', 'out'),
            ],
        states={
            'invisible': ~Eval('corrected_invoice'),
            },
        help="The document that this one cancels or credits, the first one if "
        "there are several.")
    corrected_invoices = fields.Many2Many(
        'account.invoice.correction_link', 'correction', 'original',
        "Corrected Invoices", readonly=True,
        states={
            'invisible': ~Eval('corrected_invoices'),
            },
        help="All documents that this one cancels or credits.")
    corrections = fields.Many2Many(
        'account.invoice.correction_link', 'original', 'correction',
        "Corrections", readonly=True,
        states={
            'invisible': ~Eval('corrections'),
            },
        help="The documents that cancel or credit this one.")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        # It is the correction that says so
        cls._check_modify_exclude.add('corrections')

    @classmethod
    def view_attributes(cls):
        return super().view_attributes() + [
            ('//page[@id="corrections"]', 'states', {
                    'invisible': (
                        (Eval('type') != 'out') | cls._has_no_correction()),
                    }),
            ]

    @classmethod
    def _has_no_correction(cls):
        "Return the PYSON of whether the document can have nothing to show"
        return ~Eval('number') & ~Eval('corrected_invoice')

    @classmethod
    def copy(cls, invoices, default=None):
        default = default.copy() if default is not None else {}
        default.setdefault('corrected_invoice')
        default.setdefault('corrected_invoices')
        default.setdefault('corrections')
        return super().copy(invoices, default=default)

    @classmethod
    def on_modification(cls, mode, invoices, field_names=None):
        super().on_modification(mode, invoices, field_names=field_names)
        if mode == 'create' or mode == 'write' and (
                'corrected_invoice' in field_names):
            cls._link_first(invoices)

    @classmethod
    def _link_first(cls, invoices):
        "Let the links tell what the documents say of their first original"
        Link = Pool().get('account.invoice.correction_link')
        linked = [
            i for i in invoices
            if i.corrected_invoice not in {None, *i.corrected_invoices}]
        if linked:
            Link.create([{
                        'correction': i.id,
                        'original': i.corrected_invoice.id,
                        } for i in linked])

    def _credit(self, **values):
        if self.type == 'out':
            values.setdefault('corrected_invoice', self)
        return super()._credit(**values)

    def set_document_type(self):
        super().set_document_type()
        if self.document_type == 'invoice' and self.corrected_invoice:
            self.set_originals([])

    def set_originals(self, originals):
        "Set what the document corrects, which is not saved yet"
        originals = sorted(set(originals), key=_get_order)
        self.corrected_invoices = originals
        self.corrected_invoice = originals[0] if originals else None

    @property
    def originals(self):
        "The documents that this one corrects, the first one as the first"
        first = self.corrected_invoice
        if not first:
            return []
        others = set(getattr(self, 'corrected_invoices', None) or [])
        return [first, *sorted(others - {first}, key=_get_order)]

    @property
    def root_document(self):
        "The document at which the corrections started, or None"
        root = self.corrected_invoice
        while root and root.corrected_invoice:
            root = root.corrected_invoice
        return root


class Sale(metaclass=PoolMeta):
    __name__ = 'sale.sale'

    def _get_invoice(self):
        invoice = super()._get_invoice()
        returned = self._get_returned_invoice()
        # Other sales may have been grouped in an invoice that is saved
        if returned and not invoice.id:
            invoice.corrected_invoice = returned
        return invoice

    def _get_returned_invoice(self):
        "Return the invoice of the sale that this one returns, if it is one"
        Sale = Pool().get('sale.sale')
        if not isinstance(self.origin, Sale):
            return
        invoices = [
            invoice for invoice in self.origin.invoices
            if invoice.number and invoice.document_type in {None, 'invoice'}]
        # What replaces a cancelled invoice is given back, if something does
        invoices = [i for i in invoices if i.state != 'cancelled'] or invoices
        if len(invoices) == 1:
            return invoices[0]


def _get_order(invoice):
    "Return by what the documents that one corrects are sorted: their dates"
    return invoice.invoice_date is None, invoice.invoice_date, invoice.id
