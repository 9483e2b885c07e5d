# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from trytond.model import fields
from trytond.pool import PoolMeta
from trytond.pyson import Eval, If

DOCUMENT_TYPES = [
    ('invoice', "Invoice"),
    ('cancellation', "Cancellation"),
    ('credit_note', "Credit Note"),
    ]
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

    @classmethod
    def view_attributes(cls):
        # Tryton's colour changes with what a list does not have, as soon as
        # the client reads a record as a whole
        return super().view_attributes() + [
            ('/tree[not(field[@name="amount_to_pay_today"])]', 'visual',
                If(Eval('state') == 'cancelled', 'muted', '')),
            ]

    @classmethod
    def copy(cls, invoices, default=None):
        default = default.copy() if default is not None else {}
        default.setdefault('document_type')
        return super().copy(invoices, default=default)

    def _credit(self, **values):
        if self.type != 'out':
            values.pop('document_type', None)
        elif self.total_amount >= 0:
            values.setdefault('document_type', 'credit_note')
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
