# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from trytond.model import fields
from trytond.pool import Pool, PoolMeta
from trytond.pyson import Eval

from ..numbering.number_format import DOCUMENT_TYPES

# The states of a document that was given out, if it has a number
STANDING = ['posted', 'paid']
ISSUED = [*STANDING, 'cancelled']


class Invoice(metaclass=PoolMeta):
    __name__ = 'account.invoice'

    document_type = fields.Selection(
        [(None, "")] + DOCUMENT_TYPES, "Document Type", readonly=True,
        sort=False,
        states={
            'invisible': ~Eval('document_type') | (Eval('type') != 'out'),
            },
        help="What the document is, which decides the range of its number.")
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
        help="The document that this one cancels or credits.")
    corrections = fields.One2Many(
        'account.invoice', 'corrected_invoice', "Corrections", readonly=True,
        states={
            'invisible': ~Eval('corrections'),
            },
        help="The documents that cancel or credit this one.")

    @classmethod
    def view_attributes(cls):
        return super().view_attributes() + [
            ('//page[@id="corrections"]', 'states', {
                    'invisible': (
                        (Eval('type') != 'out')
                        | (~Eval('number') & ~Eval('corrected_invoice')
                            & ~Eval('replaces'))),
                    }),
            ]

    @classmethod
    def copy(cls, invoices, default=None):
        default = default.copy() if default is not None else {}
        default.setdefault('document_type')
        default.setdefault('corrected_invoice')
        default.setdefault('corrections')
        return super().copy(invoices, default=default)

    def _credit(self, **values):
        if self.type == 'out':
            values.setdefault('corrected_invoice', self)
            if self.total_amount >= 0:
                values.setdefault('document_type', 'credit_note')
        else:
            values.pop('document_type', None)
        return super()._credit(**values)

    @classmethod
    def credit(cls, invoices, refund=False, **values):
        if refund:
            # The whole invoice is reversed and becomes cancelled
            values.setdefault('document_type', 'cancellation')
        return super().credit(invoices, refund=refund, **values)

    @property
    def is_issued(self):
        "Whether it is a customer document that was given out"
        return (
            self.type == 'out' and bool(self.number)
            and self.state in ISSUED)

    @property
    def expected_document_type(self):
        "What the document is, or becomes when it is numbered"
        return self.document_type or (
            'credit_note' if self.total_amount < 0 else 'invoice')

    def set_document_type(self):
        "Make out what the document is if it was not created as a correction"
        self.document_type = self.expected_document_type
        if self.document_type == 'invoice':
            self.corrected_invoice = None

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
