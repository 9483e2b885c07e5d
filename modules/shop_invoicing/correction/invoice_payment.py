# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""What pays an invoice: open again when the invoice is cancelled, and put to
another one.

A payment that is more than what it pays is split, so that the rest stays open
as a credit of the customer.
"""
from trytond.pool import Pool, PoolMeta


class MoveLine(metaclass=PoolMeta):
    __name__ = 'account.move.line'

    @classmethod
    def cover(cls, debts, payments):
        """Reconcile the debts with what of the payments covers them.

        Return the payments that are still open.  If they do not cover the
        debts, nothing is reconciled.
        """
        payments = [
            p for p in payments if not p.reconciliation
            and any(p._can_pay(d) for d in debts)]
        balance = cls._get_balance(debts + payments)
        rest = sum(map(balance, debts))
        # A payment pays no credit note
        payments = [p for p in payments if balance(p) * rest < 0]
        used = []
        for payment in sorted(payments, key=lambda p: (p.date, p.id)):
            used.append(payment)
            rest += balance(payment)
            if balance(payment) * rest >= 0:
                break
        else:
            return payments
        open_ = [p for p in payments if p not in used]
        if rest:
            paying, remaining = used.pop()._split(rest)
            used.append(paying)
            open_.append(remaining)
        cls.reconcile(debts + used)
        return cls.browse(open_)

    def _can_pay(self, debt):
        "Whether the line can pay the line that is to be paid"
        return self.account == debt.account and self.party == debt.party

    @classmethod
    def _get_balance(cls, lines):
        "Return what gives the balance of a line, in the currency of all"
        currencies = {line.second_currency for line in lines}
        if len(currencies) == 1 and None not in currencies:
            return lambda line: line.amount_second_currency
        return lambda line: line.debit - line.credit

    def _split(self, rest):
        "Return two new lines for the line, of which the second is the rest"
        pool = Pool()
        Reschedule = pool.get('account.move.line.reschedule', type='wizard')
        Term = pool.get('account.move.line.reschedule.term')
        terms = [
            Term(date=self.maturity_date or self.date, amount=amount)
            for amount in [self.amount - rest, rest]]
        move, _ = Reschedule.reschedule_lines(
            [self], self.move.journal, terms)
        move.origin = self.move.origin
        move.description = self.move.description
        move.save()
        move.post()
        move = move.__class__(move.id)
        remaining = next(l for l in move.lines if l.amount == rest)
        paying = next(
            l for l in move.lines if l != remaining
            and l.amount == self.amount - rest)
        return paying, remaining

    @classmethod
    def _take_back(cls, lines):
        "Cancel the moves of what was written off for the lines"
        Move = Pool().get('account.move')
        for line in lines:
            cancel_move = line.move.cancel()
            Move.post([cancel_move])
            cls.reconcile([line] + [
                    l for l in cancel_move.lines if l.origin == line])


class Invoice(metaclass=PoolMeta):
    __name__ = 'account.invoice'

    def _free_payments(self):
        """Unreconcile what pays the invoice and return its lines.

        What is written off is taken back, and other invoices that the same
        payments pay stay paid.
        """
        pool = Pool()
        Line = pool.get('account.move.line')
        Reconciliation = pool.get('account.move.reconciliation')
        own = set(self.lines_to_pay)
        reconciliations = [
            r for r in {l.reconciliation for l in own if l.reconciliation}
            if set(r.lines) - own]
        others = [l for r in reconciliations for l in r.lines if l not in own]
        payments = self._get_open_payments()
        Reconciliation.delete(reconciliations)
        others = Line.browse(sorted(others, key=lambda l: (l.date, l.id)))
        write_offs = [l for l in others if l.move.journal.type == 'write-off']
        Line._take_back(write_offs)
        debts = [
            l for l in others if l not in write_offs
            and (l.debit - l.credit) * self.total_amount > 0]
        others = [l for l in others if l not in write_offs + debts]
        if debts:
            others = Line.cover(debts, others)
        return payments + others

    def _get_open_payments(self):
        "Return the lines that pay a part of the invoice"
        return [l for l in self.payment_lines if not l.reconciliation]


class Invoice_PaymentClearing(metaclass=PoolMeta):
    __name__ = 'account.invoice'

    def _get_open_payments(self):
        payments = super()._get_open_payments()
        booked = [
            (line, debt) for debt in self.lines_to_pay
            for payment in debt.payments if payment.clearing_move
            for line in payment.clearing_move.lines]
        return payments + [
            line for line, debt in booked if line._can_pay(debt)
            and not line.reconciliation and line not in payments]
