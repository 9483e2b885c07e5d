# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from trytond.i18n import gettext
from trytond.pool import Pool, PoolMeta
from trytond.transaction import Transaction

from ..exceptions import PaymentRegisterError, PaymentRegisterWarning
from ..invoice import row_turn
from ..invoice.company_date import get_today
from .payment_state import AWAITING

_OPEN = ['draft', 'submitted', 'approved', 'processing']


class Sale(metaclass=PoolMeta):
    __name__ = 'sale.sale'

    @classmethod
    def register_payment(
            cls, sales, journal=None, date=None, amount=None, reference=None):
        """Note that the sales are paid and return the payments.

        Open payments of a sale are completed before new ones are made.  The
        amount is what is due if it is not given.  The journal is that of the
        payment method if it is not given.  Sales that are paid already are
        left as they are.

        Raise PaymentRegisterError if a sale is not paid before it is
        delivered, or for an amount that is not positive or a future date.
        """
        Payment = Pool().get('account.payment')
        row_turn.take(sales)
        payments = []
        for sale in sales:
            sale._check_register(date, amount)
            payments += sale._get_payments(journal, date, amount, reference)
        Payment.save(payments)
        with Transaction().set_context(clearing_date=date):
            Payment.complete(payments)
        return payments

    def warn_about_overpayment(self, amount):
        "Ask whether the customer has paid more than what is due"
        pool = Pool()
        Lang = pool.get('ir.lang')
        Warning = pool.get('res.user.warning')
        if amount <= self.amount_due:
            return
        key = Warning.format(f'payment_register_{amount}', [self])
        if Warning.check(key):
            lang = Lang.get()
            raise PaymentRegisterWarning(key, gettext(
                    'shop_invoicing.msg_payment_register_over',
                    sale=self.rec_name,
                    amount=lang.currency(amount, self.currency),
                    due=lang.currency(self.amount_due, self.currency)))

    def _check_register(self, date, amount):
        Lang = Pool().get('ir.lang')
        if self.get_payment_state() == 'none':
            raise PaymentRegisterError(gettext(
                    'shop_invoicing.msg_payment_register_none',
                    sale=self.rec_name))
        if amount is not None and amount <= 0:
            raise PaymentRegisterError(gettext(
                    'shop_invoicing.msg_payment_register_amount',
                    sale=self.rec_name))
        if date and date > get_today(self.company):
            raise PaymentRegisterError(gettext(
                    'shop_invoicing.msg_payment_register_date',
                    sale=self.rec_name,
                    date=Lang.get().strftime(date)))

    def _get_payments(self, journal, date, amount, reference):
        "Return the payments to complete, of which some may be new"
        if self.get_payment_state() not in AWAITING:
            return []
        rest = self._get_amount_due() if amount is None else amount
        payments = []
        for payment in self.payments:
            if (payment.state in _OPEN and payment.kind == 'receivable'
                    and payment.amount <= rest):
                payments.append(payment)
                rest -= payment.amount
        if rest:
            payments.append(
                self._get_payment(journal, date, rest, reference))
        return payments

    def _get_payment(self, journal, date, amount, reference):
        "Return the new payment of the amount, which is not saved yet"
        Payment = Pool().get('account.payment')
        journal = journal or self.payment_method.payment_journal
        if not journal:
            raise PaymentRegisterError(gettext(
                    'shop_invoicing.msg_payment_register_journal',
                    sale=self.rec_name,
                    method=self.payment_method.rec_name))
        if journal.currency != self.currency:
            raise PaymentRegisterError(gettext(
                    'shop_invoicing.msg_payment_register_currency',
                    sale=self.rec_name,
                    journal=journal.rec_name,
                    currency=self.currency.rec_name))
        return Payment(
            company=self.company, journal=journal, kind='receivable',
            party=self.paying_party, origin=self,
            date=date or get_today(self.company),
            amount=amount, reference=reference)


class Sale_PaymentClearing(metaclass=PoolMeta):
    __name__ = 'sale.sale'

    def _get_payment(self, journal, date, amount, reference):
        payment = super()._get_payment(journal, date, amount, reference)
        # Where the payment is booked when it comes before the invoice.  What
        # is paid in another currency is booked there, too, but Tryton wants
        # an account of that currency if one is given.
        account = payment.party.account_receivable_used
        currency = account.second_currency or self.company.currency
        payment.account = account if currency == self.currency else None
        return payment


class Payment(metaclass=PoolMeta):
    __name__ = 'account.payment'

    @classmethod
    def complete(cls, payments):
        "Take the payments from whatever open state to succeeded"
        cls.submit([p for p in payments if p.state == 'draft'])
        for payment in cls.browse(payments):
            if payment.state in {'submitted', 'approved'}:
                needs_group = (
                    payment.process_method in cls.process_method_with_group())
                cls.process(
                    [payment], payment._create_group if needs_group else None)
        cls.succeed([
                p for p in cls.browse(payments) if p.state == 'processing'])

    def _create_group(self):
        Group = Pool().get('account.payment.group')
        group = Group(
            company=self.company, journal=self.journal, kind=self.kind)
        group.save()
        return group
