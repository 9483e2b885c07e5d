# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from trytond.pool import PoolMeta


class Invoice(metaclass=PoolMeta):
    __name__ = 'account.invoice'

    def _finish_document(self, pdf, preview=False):
        "Return the PDF of the customer document with what comes to its pages"
        return pdf
