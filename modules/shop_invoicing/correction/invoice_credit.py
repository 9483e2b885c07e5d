# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Give back a net amount of an issued invoice by a credit note.

What is still creditable is known per combination of taxes that a line of the
invoice bears: its net amount without what was credited already.
"""
from collections import defaultdict
from decimal import Decimal

from trytond.i18n import gettext
from trytond.pool import Pool, PoolMeta
from trytond.transaction import Transaction

from ..exceptions import InvoiceCreditAmountError, InvoiceCreditError
from ..invoice import row_turn
from ..invoice.company_date import get_today


class Invoice(metaclass=PoolMeta):
    __name__ = 'account.invoice'

    @property
    def nets_by_taxes(self):
        "The net amount for each combination of taxes of the lines"
        nets = defaultdict(Decimal)
        for line in self.lines:
            if line.type == 'line':
                nets[line.tax_combination] += line.amount
        return dict(nets)

    @property
    def credit_notes(self):
        "The credit notes on the document that were issued and not cancelled"
        return [
            correction for correction in self.corrections
            if correction.document_type == 'credit_note'
            and correction.number and correction.state != 'cancelled']

    @property
    def creditable_nets(self):
        "The net amount that is left to credit for each combination of taxes"
        # What credit notes of several invoices have taken is known together
        share = self.credit_group.share_nets()
        return {
            taxes: share.find_left([(self, taxes)])
            for taxes in self.nets_by_taxes}

    @property
    def creditable_taxes(self):
        "The amount that is left to credit of each tax, with what is shared"
        group = self.credit_group
        amounts = defaultdict(Decimal)
        for document in [*group.originals, *group.credit_notes]:
            for tax in document.taxes:
                if not tax.manual:
                    amounts[tax.tax] += tax.amount
        return amounts

    def check_credit(self):
        "Raise if the document is none on which an amount can be credited"
        self.check_credit_issued()
        if (self.document_type not in {None, 'invoice'}
                or self.total_amount < 0):
            raise InvoiceCreditError(gettext(
                    'shop_invoicing.msg_invoice_credit_type',
                    invoice=self.rec_name))
        if self.state == 'cancelled':
            raise InvoiceCreditError(gettext(
                    'shop_invoicing.msg_invoice_credit_cancelled',
                    invoice=self.rec_name))
        self.check_credit_sent()

    def check_credit_issued(self):
        if not self.is_issued:
            raise InvoiceCreditError(gettext(
                    'shop_invoicing.msg_invoice_credit_issued',
                    invoice=self.rec_name))

    def check_credit_sent(self):
        if self.sent_state != 'sent':
            raise InvoiceCreditError(gettext(
                    'shop_invoicing.msg_invoice_credit_sent',
                    invoice=self.rec_name))

    def check_creditable(self, nets):
        "Raise if one of the net amounts by taxes is more than what is left"
        Lang = Pool().get('ir.lang')
        lang = Lang.get()
        left = self.creditable_nets
        for taxes, net in nets.items():
            if net <= 0:
                continue
            if taxes not in left:
                raise InvoiceCreditAmountError(gettext(
                        'shop_invoicing.msg_invoice_credit_tax',
                        invoice=self.rec_name,
                        tax=self.name_taxes(taxes)))
            if net > left[taxes]:
                raise InvoiceCreditAmountError(gettext(
                        'shop_invoicing.msg_invoice_credit_left',
                        invoice=self.rec_name,
                        tax=self.name_taxes(taxes),
                        amount=lang.currency(net, self.currency),
                        left=lang.currency(left[taxes], self.currency)))

    @classmethod
    def name_taxes(cls, taxes):
        if not taxes:
            return gettext('shop_invoicing.msg_invoice_credit_no_tax')
        return ' + '.join(tax.rec_name for tax in taxes)

    # Credit notes in whatever way they were made

    @classmethod
    def set_number(cls, invoices):
        drafts = [
            invoice for invoice in invoices
            if invoice.type == 'out'
            and invoice.state in {'draft', 'validated'}
            and (invoice.corrected_invoice
                or invoice.expected_document_type == 'credit_note')]
        if drafts:
            cls.check_cap(drafts)
        super().set_number(invoices)

    def check_corrections(self, corrections):
        "Raise if the document cannot be corrected by the drafts"
        types = {i.document_type for i in corrections}
        credit_notes = [
            i for i in corrections if i.document_type == 'credit_note']
        if 'cancellation' in types and (credit_notes + self.credit_notes):
            raise InvoiceCreditError(gettext(
                    'shop_invoicing.msg_invoice_credit_cancel',
                    invoice=self.rec_name,
                    credit_notes=', '.join(
                        i.rec_name for i in credit_notes + self.credit_notes)))
        if credit_notes and self.state == 'cancelled':
            raise InvoiceCreditError(gettext(
                    'shop_invoicing.msg_invoice_credit_cancelled',
                    invoice=self.rec_name))

    # New credit notes

    def give_credit(
            self, net, taxes=(), date=None, account=None, description=None):
        """Issue a credit note of the net amount on the invoice and return it.

        The taxes are those of lines of the invoice.
        """
        cls = self.__class__
        row_turn.take([self])
        self.check_credit()
        taxes = self.sort_taxes(taxes)
        date = date or get_today(self.company)
        self._check_new_credit(net, date)
        self.check_creditable({taxes: net})
        credit_note = self.prepare_credit(
            net, taxes, date, account, description)
        self._check_bases(credit_note, net)
        credit_note.save()
        with Transaction().set_context(_settles_credit=True):
            cls.post([credit_note])
        credit_note = cls(credit_note.id)
        cls(self.id).settle_credit(credit_note)
        return credit_note

    def _check_new_credit(self, net, date):
        Lang = Pool().get('ir.lang')
        lang = Lang.get()
        if net is None or net <= 0 or self.currency.round(net) != net:
            raise InvoiceCreditAmountError(gettext(
                    'shop_invoicing.msg_invoice_credit_amount',
                    invoice=self.rec_name,
                    smallest=lang.currency(
                        self.currency.rounding, self.currency)))
        if date < self.invoice_date:
            raise InvoiceCreditError(gettext(
                    'shop_invoicing.msg_invoice_credit_date',
                    invoice=self.rec_name,
                    date=lang.strftime(date),
                    invoice_date=lang.strftime(self.invoice_date)))

    def _check_bases(self, credit_note, net):
        "Raise if what a tax is computed on depends on the number of pieces"
        taxes = credit_note.taxes
        if (any(tax.tax.type == 'fixed' for tax in taxes)
                and any(tax.base != -net for tax in taxes)):
            raise InvoiceCreditError(gettext(
                    'shop_invoicing.msg_invoice_credit_per_piece',
                    invoice=self.rec_name,
                    tax=self.name_taxes(credit_note.lines[0].taxes)))

    def prepare_credit(
            self, net, taxes, date=None, account=None, description=None):
        "Return the credit note of the net amount, which is not saved yet"
        credit_note = self._credit(
            document_type='credit_note', invoice_date=date)
        # It is due at once, in one amount
        credit_note.payment_term = None
        credit_note.accounting_date = None
        line = self._get_credit_line(net, taxes)
        if account:
            line.account = account
        line.description = description or self.get_credit_description()
        credit_note.lines = [line]
        credit_note.taxes = self._get_credit_taxes(credit_note, net)
        return credit_note

    def _get_credit_line(self, net, taxes):
        Line = Pool().get('account.invoice.line')
        source = self.find_credit_source(taxes)
        return Line(
            type='line', invoice_type='out', company=self.company,
            currency=self.currency, quantity=-1, unit_price=net, unit=None,
            product=None, account=source.account, taxes=taxes,
            taxes_date=source.tax_date, taxes_deductible_rate=1,
            origin=source)

    def find_credit_source(self, taxes):
        "Return a line of the account with the most revenue at the taxes"
        lines = [
            line for line in self.lines
            if line.type == 'line' and line.tax_combination == taxes]
        revenues = defaultdict(Decimal)
        for line in lines:
            revenues[line.account] += line.amount
        return max(lines, key=lambda l: (revenues[l.account], l.amount, -l.id))

    def get_credit_description(self):
        "Return what is credited, in the language of the customer"
        Lang = Pool().get('ir.lang')
        language = self.party_lang or Transaction().language
        lang = Lang.get(language)
        with Transaction().set_context(language=language):
            return gettext(
                'shop_invoicing.msg_invoice_credit_description',
                invoice=self.number,
                date=lang.strftime(self.invoice_date))

    def _get_credit_taxes(self, credit_note, net):
        """Return the taxes of the credit note, which is not saved yet.

        They are never more than what is left, and all of it with the last
        net amount that bears the tax.
        """
        Tax = Pool().get('account.invoice.tax')
        line, = credit_note.lines
        nets = self.credit_group.nets
        left = self.creditable_taxes
        taxes = []
        for _, values in credit_note._compute_taxes():
            values.pop('invoice')
            tax = Tax(**values)
            base = sum(n for t, n in nets.items() if bears(t, tax.tax))
            tax.amount = -self._get_credit_tax(
                net, base, -tax.amount, left[tax.tax], tax.tax)
            taxes.append(tax)
        return taxes

    def _get_credit_tax(self, net, base, amount, left, tax):
        "Return how much of a tax comes with the net amount"
        if net == base or not base:
            return left
        if tax.type == 'fixed':
            # It was an amount per piece, and nobody knows how many come back
            amount = self.currency.round(left * net / base)
        # A tax that is withheld is negative
        low, high = sorted([self.currency.round(Decimal(0)), left])
        return max(low, min(amount, high))

    @classmethod
    def sort_taxes(cls, taxes):
        "Return the combination of the taxes as the lines have it"
        return tuple(sorted(taxes, key=lambda tax: tax.id))


class InvoiceLine(metaclass=PoolMeta):
    __name__ = 'account.invoice.line'

    @property
    def tax_combination(self):
        Invoice = Pool().get('account.invoice')
        return Invoice.sort_taxes(self.taxes)


def bears(taxes, tax):
    "Whether an amount that bears the taxes bears the tax, which may be a part"
    while tax:
        if tax in taxes:
            return True
        tax = tax.parent
    return False
