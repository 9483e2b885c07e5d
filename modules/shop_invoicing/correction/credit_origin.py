# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Find what a credit note corrects by the origins of its lines.

It is found when the credit note is numbered: a draft is made when some of the
invoices are drafts themselves.
"""
from trytond.pool import Pool, PoolMeta

from ..invoice.document_type import ISSUED


class Invoice(metaclass=PoolMeta):
    __name__ = 'account.invoice'

    def find_originals(self):
        """Set the invoices that the draft of a credit note gives back.

        What was said when it was made stays.
        """
        found = {
            line.invoice for lines in self.find_corrected_lines().values()
            for line in lines}
        originals = set(self.originals) | found
        standing = {i for i in originals if i.state != 'cancelled'}
        # What replaces a cancelled invoice is given back, if something does
        originals = standing or originals
        if originals != set(self.originals):
            self.set_originals(originals)

    def find_corrected_lines(self):
        "Return for each line that gives back the lines that it may correct"
        return {
            line: found for line in self.lines
            if line.type == 'line' and line.amount < 0
            and (found := [
                    other for other in line.get_corrected_lines()
                    if other.is_corrected_by(line)])}


class InvoiceLine(metaclass=PoolMeta):
    __name__ = 'account.invoice.line'

    def get_corrected_lines(self):
        """Return the invoice lines that the line may give back.

        They are those of its origin, of which some may be drafts.
        """
        SaleLine = Pool().get('sale.line')
        if isinstance(self.origin, self.__class__):
            return [self.origin]
        if isinstance(self.origin, SaleLine):
            return [
                line for sale_line in _get_returned(self.origin)
                for line in sale_line.invoice_lines]
        return []

    def is_corrected_by(self, line):
        "Whether it charges on an issued invoice what the line may give back"
        invoice = self.invoice
        return bool(
            invoice and invoice != line.invoice and self.type == 'line'
            and self.amount > 0 and invoice.type == 'out' and invoice.number
            and invoice.state in ISSUED
            and invoice.document_type in {None, 'invoice'}
            and invoice.company == line.company
            and invoice.currency == line.currency)


class Correct_AccountInvoiceCorrection(metaclass=PoolMeta):
    __name__ = 'account.invoice.correct'

    def do_correct(self, action):
        Invoice = self.model
        action, data = super().do_correct(action)
        if self.record.type == 'out':
            # A line by hand has no origin that could tell
            Invoice.write(
                Invoice.browse(data['res_id']),
                {'corrected_invoice': self.record.id})
        return action, data


def _get_returned(sale_line):
    "Return the line of an order, and those of the order that it returns"
    Sale = Pool().get('sale.sale')
    lines, sale = [sale_line], sale_line.sale
    if isinstance(sale.origin, Sale):
        lines += [
            line for line in sale.origin.lines
            if line.product == sale_line.product]
    return lines
