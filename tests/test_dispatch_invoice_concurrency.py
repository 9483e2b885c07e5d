# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Several processes ship and invoice at the same time on PostgreSQL."""
import datetime as dt
from functools import partial

import pytest

from tests import payer

pytestmark = pytest.mark.postgresql
YEAR = dt.date.today().year
ORDERS = 4


@pytest.fixture
def sales():
    "Make the database of a shop with orders and return them"
    from proteus import Model

    from tests.tools import create_product, create_sale, create_shop
    from trytond.tests.test_tryton import drop_db
    from trytond.tests.tools import activate_modules
    activate_modules('shop_invoicing', partial(create_shop, YEAR, YEAR))
    configuration = Model.get('sale.configuration')(1)
    configuration.dispatch_invoice_post = True
    configuration.save()
    customer, = Model.get('party.party').find([('name', '=', "Customer")])
    goods = create_product("Goods", type='goods')
    sales = []
    for _ in range(ORDERS):
        sale = create_sale(customer, goods, quantity=3)
        sale.invoice_method = 'fulfillment'
        sale.click('quote')
        sale.click('confirm')
        shipment, = sale.shipments
        for button in ['assign_force', 'pick', 'pack']:
            shipment.click(button)
        sales.append(sale)
    yield sales
    drop_db()


def finish():
    "Do what a worker that was not lucky has left to the safety net"
    from proteus import Model

    from tests.tools import execute_sql
    execute_sql(
        "UPDATE account_invoice SET write_date = '2020-01-01', "
        "create_date = '2020-01-01'")
    cron, = Model.get('ir.cron').find([
            ('method', '=', 'account.invoice|dispatch_unfinished')])
    cron.click('run_once')


def check_invoiced_once(sales):
    numbers = []
    for sale in sales:
        sale.reload()
        invoice, = sale.invoices
        assert invoice.dispatch_error is None
        assert invoice.state == 'posted'
        assert [line.quantity for line in invoice.lines] == [3]
        numbers.append(invoice.range_number)
    assert sorted(numbers) == list(range(1, ORDERS + 1))


def test_two_ship_different_orders(sales):
    shipments = [s.shipments[0].id for s in sales]
    errors = payer.run(*[
            payer.start('stock.shipment.out', 'do', ids)
            for ids in [shipments[::2], shipments[1::2]]])
    assert errors == [[None] * (ORDERS // 2)] * 2
    finish()
    check_invoiced_once(sales)


def test_two_process_the_same_orders(sales):
    from tests.tools import call
    for sale in sales:
        call('stock.shipment.out', 'do', sale.shipments)
    ids = [s.id for s in sales]
    payer.run(*[payer.start('sale.sale', 'process', ids) for _ in range(2)])
    finish()
    check_invoiced_once(sales)


def test_two_invoice_the_same_order_by_hand(sales):
    ids = [s.id for s in sales]
    errors = payer.run(*[
            payer.start('sale.sale', payer.INVOICE_ALL, ids)
            for _ in range(2)])
    for sale, both in zip(sales, zip(*errors)):
        sale.reload()
        invoice, = sale.invoices
        assert [line.quantity for line in invoice.lines] == [3]
        # The other one was told that nothing is left, or to try again
        assert sum(error is None for error in both) == 1
