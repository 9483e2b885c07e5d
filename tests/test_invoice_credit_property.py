# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Credit, cancel credits and pay in any order.

What the customer owes in the books is always what the documents say.
"""
import datetime as dt
from collections import defaultdict
from decimal import Decimal
from functools import partial
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

pytestmark = pytest.mark.turn

TODAY = dt.date.today()
NETS = Decimal('70.01'), Decimal('29.99')
PART, ALL = Decimal('.6'), Decimal(1)
# What is done with which part of what can be done
STEPS = st.lists(
    st.tuples(
        st.sampled_from(['credit', 'credit', 'pay', 'cancel', 'refund']),
        st.sampled_from(
            [Decimal(part) for part in ['.003', '.333', '.6', '1']])),
    min_size=3, max_size=6)


@pytest.fixture(scope='module')
def invoice():
    "Make the database of a shop with one invoice and return it"
    from proteus import Model

    from tests.cancellation import create_payment_method
    from tests.crediting import create_taxes, issue_invoice
    from tests.tools import create_shop
    from trytond.tests.test_tryton import drop_db
    from trytond.tests.tools import activate_modules
    activate_modules(
        'shop_invoicing', partial(create_shop, TODAY.year, TODAY.year))
    customer, = Model.get('party.party').find([('name', '=', "Customer")])
    tax, = create_taxes('.19')
    create_payment_method()
    net, untaxed = NETS
    yield issue_invoice(customer, (net, tax), (untaxed,))
    drop_db()


class Attempts:
    "Transactions that are forgotten, so that no case costs an invoice"

    def __init__(self, company):
        self.context = {'company': company.id}
        # What is locked late in the first case is locked early in the others
        self.extras = {}

    def run(self, case):
        from trytond.cache import Cache
        from trytond.tests.test_tryton import DB_NAME
        from trytond.transaction import Transaction, TransactionError
        while True:
            with Transaction().start(
                    DB_NAME, 1, context=self.context,
                    **self.extras) as transaction:
                try:
                    return case()
                except TransactionError as error:
                    transaction.rollback()
                    error.fix(self.extras)
                finally:
                    transaction.rollback()
                    transaction.tasks.clear()
                    Cache.drop(DB_NAME)


@pytest.fixture(scope='module')
def attempts(invoice):
    from trytond.cache import Cache

    # A database in memory has one connection, and whoever asks it every five
    # minutes for what others have changed commits what is to be forgotten
    with patch.object(Cache, 'sync'):
        yield Attempts(invoice.company)


class Account:
    "The owed amount is what the customer has not paid of the documents"

    def __init__(self, invoice):
        from trytond.pool import Pool
        self.get = Pool().get
        self.id = invoice
        self.tax, = self.invoice.taxes[0].tax,
        self.cash, = self.get('account.invoice.payment.method').search([])
        self.owed = self.invoice.total_amount
        self._notes = []

    @property
    def invoice(self):
        return self.get('account.invoice')(self.id)

    @property
    def notes(self):
        return self.get('account.invoice').browse(self._notes)

    def credit(self, part):
        left = self.find_left()
        taxes = max(left, key=left.get)
        net = (left[taxes] * part).quantize(Decimal('.01'))
        if net:
            note = self.invoice.give_credit(net, taxes)
            assert -note.untaxed_amount == net
            self.owed += note.total_amount
            self._notes.append(note.id)

    def pay(self, part):
        self._pay(self.invoice, part)

    def refund(self, part):
        for note in self.notes:
            if self._pay(note, part):
                break

    def _pay(self, document, part):
        "Pay a part of what is open, as the wizard does, and return it"
        Line = self.get('account.move.line')
        amount = (document.amount_to_pay * part).quantize(Decimal('.01'))
        if amount:
            settled, rest = document.get_reconcile_lines_for_amount(
                amount, document.currency, party=document.party)
            lines = document.pay_invoice(amount, self.cash, TODAY)
            if not rest:
                Line.reconcile(settled + lines)
            self.owed -= amount
        return amount

    def cancel(self, part):
        for note in self.notes:
            if note.state == 'posted' and not any(
                    l.reconciliation for l in note.lines_to_pay):
                note.__class__.credit([note], refund=True)
                note, = note.browse([note])
                assert note.state == 'cancelled'
                self.owed -= note.total_amount
                break

    def find_left(self):
        "Return by taxes the net amount that no credit note has given back"
        left = dict(zip([(self.tax,), ()], NETS))
        for note in self.notes:
            if note.state != 'cancelled':
                line, = note.lines
                left[line.taxes] -= line.unit_price
        assert min(left.values()) >= 0
        return left

    def check(self):
        assert self.invoice.party.receivable == self.owed
        live = [n for n in self.notes if n.state != 'cancelled']
        credited = -sum(n.total_amount for n in live)
        assert credited <= self.invoice.total_amount
        taxed = self.find_left()[(self.tax,)]
        taxes = -sum(n.tax_amount for n in live)
        assert taxes <= self.invoice.tax_amount
        if not taxed:
            assert taxes == self.invoice.tax_amount

    def check_numbers(self):
        "Check that the numbers of each range are without a hole"
        counters = defaultdict(list)
        for document in self.get('account.invoice').search(
                [('number_range', '!=', None)]):
            counters[document.number_range.id].append(document.range_number)
        for numbers in counters.values():
            assert sorted(numbers) == list(range(1, len(numbers) + 1))


@given(steps=STEPS)
@example(steps=[
        ('credit', PART), ('pay', ALL), ('credit', PART), ('refund', PART),
        ('cancel', ALL), ('credit', ALL)])
@example(steps=[
        ('pay', PART), ('credit', PART), ('cancel', ALL), ('credit', ALL)])
@settings(
    # A case takes about a second
    max_examples=settings().max_examples // 4,
    suppress_health_check=[
        HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
def test_the_customer_owes_what_the_documents_say(attempts, invoice, steps):
    def do():
        account = Account(invoice.id)
        account.check()
        for step, part in steps:
            getattr(account, step)(part)
            account.check()
        account.check_numbers()
    attempts.run(do)
