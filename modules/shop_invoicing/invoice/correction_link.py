# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"The link from a document to the one that it cancels or credits"
from trytond.model import fields
from trytond.pool import Pool, PoolMeta
from trytond.pyson import Eval


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
        default.setdefault('corrections')
        return super().copy(invoices, default=default)

    def _credit(self, **values):
        if self.type == 'out':
            values.setdefault('corrected_invoice', self)
        return super()._credit(**values)

    def set_document_type(self):
        super().set_document_type()
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
