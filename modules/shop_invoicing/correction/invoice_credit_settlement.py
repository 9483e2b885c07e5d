# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Settle a new credit note with its invoice as far as that is open.

It is done as Tryton does it with a payment: the amount stands among the
payment lines of the invoice until all of the invoice is covered, and is then
reconciled.  What is more than open is owed to the customer.
"""
from trytond.model import ModelView, Workflow
from trytond.pool import Pool, PoolMeta
from trytond.transaction import Transaction


class Invoice(metaclass=PoolMeta):
    __name__ = 'account.invoice'

    @property
    def open_to_settle(self):
        "What of the invoice is open for a credit note"
        # Others than the customer may have to pay
        if self.alternative_payees:
            return 0
        return max(self.amount_to_pay or 0, 0)

    def get_move(self):
        move = super().get_move()
        if (Transaction().context.get('_settles_credit')
                and not self.move
                and self.document_type == 'credit_note'):
            self._split_credit(move)
        return move

    def _split_credit(self, move):
        "Keep what settles the invoice apart from what the customer gets back"
        open_ = self.corrected_invoice.open_to_settle
        if not 0 < open_ < -self.total_amount:
            return
        line, = [l for l in move.lines if l.account == self.account]
        settling = self._get_move_line(line.maturity_date, -open_)
        line.credit -= settling.credit
        if line.second_currency:
            line.amount_second_currency -= settling.amount_second_currency
        move.lines = [*move.lines, settling]

    def settle_credit(self, credit_note):
        "Reconcile the posted credit note as far as the invoice is open"
        Line = Pool().get('account.move.line')
        amount = min(self.open_to_settle, -credit_note.total_amount)
        if amount <= 0:
            return
        settling = [
            line for line in credit_note.lines_to_pay
            if credit_note._get_balance(line) == -amount][:1]
        if not settling:
            return
        # Payment lines of a credit note that was cancelled
        self._clean_payments([self])
        lines, remainder = self.get_reconcile_lines_for_amount(
            amount, self.currency)
        self.add_payment_lines({self: settling})
        if lines and not remainder:
            Line.reconcile(lines + settling)

    def _get_balance(self, line):
        if line.second_currency == self.currency:
            return line.amount_second_currency
        return line.debit - line.credit

    @classmethod
    def get_amount_to_pay(cls, invoices, name):
        amounts = super().get_amount_to_pay(invoices, name)
        for invoice in invoices:
            if invoice.document_type == 'credit_note' and amounts[invoice.id]:
                # It is not paid out as it lessens what is open of the invoice
                amounts[invoice.id] -= sum(
                    invoice._get_balance(line)
                    for line in invoice.lines_waiting_for_payment)
        return amounts

    @property
    def lines_waiting_for_payment(self):
        "The lines of the credit note that settle its invoice when it is paid"
        if not self.corrected_invoice:
            return []
        waiting = self.corrected_invoice.payment_lines
        return [
            line for line in self.lines_to_pay
            if line in waiting and not line.reconciliation]

    @classmethod
    @ModelView.button
    @Workflow.transition('cancelled')
    def cancel(cls, invoices):
        super().cancel(invoices)
        originals = {
            invoice.corrected_invoice for invoice in invoices
            if invoice.document_type == 'credit_note'
            and invoice.corrected_invoice}
        cls._clean_payments(cls.browse(sorted(originals, key=int)))
