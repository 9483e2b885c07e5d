# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Credit, cancel credits and pay in any order.

What the customer owes in the books is always what the documents say.
"""
import datetime as dt
from collections import defaultdict
from decimal import Decimal
from functools import partial

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

TODAY = dt.date.today()
NETS = Decimal('70.01'), Decimal('29.99')
PART, ALL = Decimal('.6'), Decimal(1)
# What is done with which part of what can be done
STEPS = st.lists(
    st.tuples(
        st.sampled_from(['credit', 'credit', 'pay', 'cancel', 'refund']),
        st.sampled_from(
            [Decimal(part) for part in ['.003', '.333', '.6', '1']])),
    min_size=3, max_size=4)


@pytest.fixture(scope='module')
def shop():
    "Make the database of a shop and return who pays for what"
    from proteus import Model

    from tests.cancellation import create_payment_method
    from tests.crediting import create_taxes
    from tests.tools import create_shop
    from trytond.tests.test_tryton import drop_db
    from trytond.tests.tools import activate_modules
    activate_modules(
        'shop_invoicing', partial(create_shop, TODAY.year, TODAY.year))
    yield Shop(
        *Model.get('party.party').find([('name', '=', "Customer")]),
        *create_taxes('.19'), create_payment_method())
    drop_db()


class Shop:
    "The owed amount is what the customer has not paid of all invoices"

    def __init__(self, customer, tax, cash):
        self.customer = customer
        self.tax = tax
        self.cash = cash
        self.owed = Decimal(0)

    def issue(self):
        from tests.crediting import issue_invoice
        net, untaxed = NETS
        self.invoice = issue_invoice(
            self.customer, (net, self.tax), (untaxed,))
        self.notes = []
        self.owed += self.invoice.total_amount

    def credit(self, part):
        from tests.crediting import credit
        left = self.find_left()
        key = max(left, key=left.get)
        net = (left[key] * part).quantize(Decimal('.01'))
        if net:
            note = credit(self.invoice, net, key)
            assert -note.untaxed_amount == net
            self.owed += note.total_amount
            self.notes.append(note)

    def pay(self, part):
        from tests.cancellation import pay
        amount = self.invoice.amount_to_pay * part
        if amount := amount.quantize(Decimal('.01')):
            pay(self.invoice, amount, self.cash)
            self.owed -= amount

    def refund(self, part):
        from tests.cancellation import pay
        for note in self.notes:
            amount = (note.amount_to_pay * part).quantize(Decimal('.01'))
            if amount:
                pay(note, amount, self.cash)
                self.owed -= amount
                break

    def cancel(self, part):
        from tests.crediting import cancel
        for note in self.notes:
            if note.state == 'posted' and not any(
                    l.reconciliation for l in note.lines_to_pay):
                cancel(note)
                assert note.state == 'cancelled'
                self.owed -= note.total_amount
                break

    def find_left(self):
        "Return by tax the net amount that no credit note has given back"
        left = {str(self.tax.id): NETS[0], 'no_tax': NETS[1]}
        for note in self.notes:
            if note.state != 'cancelled':
                line, = note.lines
                key = str(line.taxes[0].id) if line.taxes else 'no_tax'
                left[key] -= line.unit_price
        assert min(left.values()) >= 0
        return left

    def reload(self):
        for record in [self.customer, self.invoice, *self.notes]:
            record.reload()

    def check(self):
        self.reload()
        assert self.customer.receivable == self.owed
        live = [n for n in self.notes if n.state != 'cancelled']
        credited = -sum(n.total_amount for n in live)
        assert credited <= self.invoice.total_amount
        taxed = self.find_left()[str(self.tax.id)]
        taxes = -sum(n.tax_amount for n in live)
        assert taxes <= self.invoice.tax_amount
        if not taxed:
            assert taxes == self.invoice.tax_amount

    def check_numbers(self):
        "Check that the numbers of each range are without a hole"
        from proteus import Model
        counters = defaultdict(list)
        for document in Model.get('account.invoice').find(
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
    max_examples=3, deadline=None, database=None,
    suppress_health_check=list(HealthCheck))
def test_the_customer_owes_what_the_documents_say(shop, steps):
    shop.issue()
    shop.check()
    for step, part in steps:
        getattr(shop, step)(part)
        shop.check()
    shop.check_numbers()
