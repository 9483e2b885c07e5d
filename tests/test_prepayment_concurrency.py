# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Several processes change payments at the same time on PostgreSQL.

Another one ships what was paid meanwhile.
"""
import datetime as dt
from functools import partial

import pytest

from tests import payer
from tests.office import do_both

pytestmark = pytest.mark.postgresql
YEAR = dt.date.today().year
ORDERS = 4


@pytest.fixture
def sales():
    "Make the database of a shop with prepaid orders and return them"
    from proteus import Model

    from tests.tools import (
        create_prepaid_sale, create_product, create_shop, set_up_prepayment)
    from trytond.tests.test_tryton import drop_db
    from trytond.tests.tools import activate_modules
    activate_modules('shop_invoicing', partial(create_shop, YEAR, YEAR))
    customer, = Model.get('party.party').find([('name', '=', "Customer")])
    goods = create_product("Goods", type='goods')
    prepayment = set_up_prepayment()
    yield [
        create_prepaid_sale(customer, goods, prepayment)
        for _ in range(ORDERS)]
    drop_db()


def check_released_once(sales):
    for sale in sales:
        sale.reload()
        assert sale.payment_state == 'paid'
        assert sale.state == 'processing'
        assert sale.amount_overpaid == 0
        assert len(sale.shipments) == 1
        assert len(sale.invoices) == 1


def test_two_mark_the_same_order_as_paid(sales):
    ids = [s.id for s in sales]
    errors = payer.run(*[
            payer.start('sale.sale', 'register_payment', ids)
            for _ in range(2)])
    assert errors == [[None] * ORDERS] * 2
    check_released_once(sales)
    assert [len(s.payments) for s in sales] == [1] * ORDERS


def test_two_halves_are_paid_at_the_same_time(sales):
    from proteus import Model
    Payment = Model.get('account.payment')
    halves = [], []
    for sale in sales:
        for half in halves:
            payment = Payment(
                kind='receivable', party=sale.party, origin=sale,
                journal=sale.payment_method.payment_journal)
            payment.amount = sale.total_amount / 2
            payment.click('submit')
            payment.click('process_wizard')
            half.append(payment.id)
    errors = payer.run(*[
            payer.start('account.payment', 'succeed', half)
            for half in halves])
    assert errors == [[None] * ORDERS] * 2
    check_released_once(sales)


def test_a_payment_is_taken_back_while_the_order_is_shipped(sales):
    pay_and_pack(sales)
    for number, button in enumerate(['ship', 'do']):
        sale = sales[number]
        # The payment is taken back, and that is about to be committed
        assert do_both(
            ['account.payment', 'fail', [sale.payments[0].id]],
            ['stock.shipment.out', button, [sale.shipments[0].id]],
            ) == [None, 'PrepaymentError']
        check_taken_back(sale, 'packed')
    for number, button in enumerate(['ship', 'do'], start=2):
        sale = sales[number]
        # The goods leave, and that is about to be committed
        assert do_both(
            ['stock.shipment.out', button, [sale.shipments[0].id]],
            ['account.payment', 'fail', [sale.payments[0].id]],
            ) == [None, None]
        check_taken_back(sale, 'shipped' if button == 'ship' else 'done')
    # What has left arrives, whatever has become of the payment
    sales[2].shipments[0].click('do')


def test_payments_are_taken_back_at_any_moment(sales):
    pay_and_pack(sales)
    shipped, taken_back = payer.run(
        payer.start(
            'stock.shipment.out', 'ship', [s.shipments[0].id for s in sales]),
        payer.start(
            'account.payment', 'fail', [s.payments[0].id for s in sales]))
    assert taken_back == [None] * ORDERS
    for sale, error in zip(sales, shipped):
        assert error is None or error.startswith('PrepaymentError(')
        check_taken_back(sale, 'packed' if error else 'shipped')


def pay_and_pack(sales):
    from tests.tools import mark_as_paid, pack
    mark_as_paid(*sales)
    for sale in sales:
        pack(*sale.shipments)


def check_taken_back(sale, shipment_state):
    "Check that the sale awaits payment and names what has left"
    sale.reload()
    shipment, = sale.shipments
    assert sale.payment_state == 'unpaid'
    assert shipment.state == shipment_state
    assert sale.left_unpaid == (
        None if shipment_state == 'packed' else shipment.rec_name)
