# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from trytond.pool import PoolMeta
from trytond.transaction import without_check_access

from . import posting_turn


class Invoice(metaclass=PoolMeta):
    """What follows when customer documents have got their numbers.

    It does not matter whether the numbers are from ranges or from sequences.
    """
    __name__ = 'account.invoice'

    @classmethod
    def after_numbering(cls, invoices):
        """Do what has to be done with the customer documents just numbered.

        Each document comes once, in the transaction and the turn in which it
        gets its number, together with all that are posted in the same call and
        in the order of their numbers.  The access is not checked.  An error
        gives the numbers back.
        """

    @classmethod
    def _post(cls, invoices):
        unnumbered = cls._get_unnumbered(invoices)
        super()._post(invoices)
        cls._follow_numbering(unnumbered)

    @classmethod
    def set_number(cls, invoices):
        unnumbered = cls._get_unnumbered(
            i for i in invoices if not i.is_being_posted)
        super().set_number(invoices)
        cls._follow_numbering(unnumbered)

    @classmethod
    def _get_unnumbered(cls, invoices):
        return [i for i in invoices if i.type == 'out' and not i.number]

    @classmethod
    @without_check_access
    def _follow_numbering(cls, invoices):
        "Call what comes after the numbering for those that have a number"
        invoices = [i for i in cls.browse(invoices) if i.number]
        if invoices:
            # Not every sequence is drawn from in the turn
            posting_turn.take(*{i.company for i in invoices})
            cls.after_numbering(sorted(invoices, key=cls._number_key))

    def _number_key(self):
        "What sorts documents by their numbers"
        if self.number_range:
            return (*self._range_key(), self.range_number)
        return (
            self.company.id, self.sequence, len(self.number), self.number)
