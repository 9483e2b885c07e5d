# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""What credit notes give back of invoices that some of them share.

A credit note of several invoices does not say how much it gives back of each.
So all that are connected by credit notes are looked at together, and their
rows are taken together.
"""
from collections import defaultdict
from decimal import Decimal

from trytond.i18n import gettext
from trytond.pool import Pool, PoolMeta

from ..exceptions import InvoiceCreditAmountError
from ..invoice import row_turn
from .credit_share import Share


class Group:
    """Invoices that are connected by issued credit notes, and these.

    The new ones are drafts, which are numbered and counted last.
    """

    def __init__(self, originals, new=()):
        self.originals, self.credit_notes = set(), set()
        self.new = sorted(new, key=lambda i: i.id or 0)
        todo = set(originals)
        while todo:
            self.originals |= todo
            notes = {n for i in todo for n in i.credit_notes}
            self.credit_notes |= notes
            todo = {o for n in notes for o in n.originals} - self.originals

    @property
    def nets(self):
        "The net amount that is left by taxes, whatever invoice it is of"
        nets = defaultdict(Decimal)
        for original in self.originals:
            for taxes, net in original.nets_by_taxes.items():
                nets[taxes] += net
        for credit_note in self.credit_notes:
            for taxes, net in credit_note.nets_by_taxes.items():
                nets[taxes] += min(net, 0)
        return {taxes: max(net, 0) for taxes, net in nets.items()}

    def share_nets(self):
        "Return what is left of the net amounts by invoice and taxes"
        share = Share({
                (original, taxes): net for original in self.originals
                for taxes, net in original.nets_by_taxes.items()})
        for credit_note in self._sorted_notes:
            for taxes, net in credit_note.nets_by_taxes.items():
                share.place(-net, [(o, taxes) for o in credit_note.originals])
        return share

    def share_totals(self):
        "Return what is left of the total amounts by invoice"
        share = Share({i: i.total_amount for i in self.originals})
        for credit_note in self._sorted_notes:
            share.place(-credit_note.total_amount, credit_note.originals)
        return share

    def share_lines(self):
        "Return what is left of the lines that are known"
        share = Share({
                line: line.amount for original in self.originals
                for line in original.lines if line.type == 'line'})
        for credit_note in self._sorted_notes:
            for lines, amount in credit_note.amounts_by_lines.items():
                share.place(amount, lines)
        return share

    @property
    def _sorted_notes(self):
        return sorted(self.credit_notes, key=lambda i: i.id)

    def check(self):
        "Raise if the new credit notes give back more than is left"
        self._check_nets()
        self._check_lines()
        self._check_totals()

    def _check_nets(self):
        share, known = self.share_nets(), set()
        for original in self.originals:
            known |= {(original, taxes) for taxes in original.nets_by_taxes}
        for note in self.new:
            for taxes, net in note.nets_by_taxes.items():
                rooms = [(o, taxes) for o in note.originals]
                if net < 0:
                    _check_tax(note, taxes, known.intersection(rooms))
                    _place(share, -net, rooms, note,
                        'shop_invoicing.msg_invoice_credit_left',
                        tax=note.name_taxes(taxes))

    def _check_lines(self):
        share = self.share_lines()
        for note in self.new:
            for lines, amount in note.amounts_by_lines.items():
                _place(share, amount, lines, note,
                    'shop_invoicing.msg_invoice_credit_line',
                    line=', '.join(line.rec_name for line in lines))

    def _check_totals(self):
        share = self.share_totals()
        for note in self.new:
            _place(share, -note.total_amount, note.originals, note,
                'shop_invoicing.msg_invoice_credit_total')


def _check_tax(note, taxes, rooms):
    "Raise if none of the invoices bears the taxes"
    if not rooms:
        raise InvoiceCreditAmountError(gettext(
                'shop_invoicing.msg_invoice_credit_tax',
                invoice=_name(note.originals),
                tax=note.name_taxes(taxes)))


def _place(share, amount, rooms, note, message, **values):
    "Raise the message if the amount finds no place"
    lang = Pool().get('ir.lang').get()
    left = share.find_left(rooms)
    if amount > left:
        raise InvoiceCreditAmountError(gettext(
                message, invoice=_name(note.originals),
                amount=lang.currency(amount, note.currency),
                left=lang.currency(left, note.currency), **values))
    share.place(amount, rooms)


def _name(invoices):
    return ', '.join(i.rec_name for i in invoices)


class Invoice(metaclass=PoolMeta):
    __name__ = 'account.invoice'

    @property
    def credit_group(self):
        "The invoices that share credit notes with this one"
        return Group([self])

    @property
    def amounts_by_lines(self):
        """What the document gives back of lines that are known.

        The lines are those of the originals.  What names a line only to say
        where its account and its taxes are from is of no line.
        """
        originals, amounts = set(self.originals), defaultdict(Decimal)
        for line in self.lines:
            if line.type != 'line' or not line.product:
                continue
            lines = tuple(sorted((
                        other for other in line.get_corrected_lines()
                        if other.invoice in originals
                        and other.type == 'line' and other.amount > 0
                        and other.product == line.product),
                    key=lambda l: l.id))
            if lines:
                amounts[lines] -= line.amount
        return {lines: a for lines, a in amounts.items() if a > 0}

    @classmethod
    def check_cap(cls, corrections):
        "Raise if the drafts give back more than is left of what they correct"
        for correction in corrections:
            correction.set_document_type()
            if correction.document_type == 'credit_note':
                correction.find_originals()
        originals = {o for i in corrections for o in i.originals}
        if not originals:
            return
        group = Group(originals, [
                i for i in corrections
                if i.document_type == 'credit_note' and i.originals])
        row_turn.take(group.originals)
        for original in sorted(originals, key=lambda i: i.id):
            original.check_corrections([
                    i for i in corrections if original in i.originals])
        group.check()
