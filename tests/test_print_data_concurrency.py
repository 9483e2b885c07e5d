# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"Two upload the last files of the same orders at the same time on PostgreSQL"
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
    "Make the database of a shop with paid orders without data, return them"
    from proteus import Model

    from tests.tools import (
        create_product, create_sale, create_shop, mark_as_paid,
        set_up_prepayment)
    from trytond.tests.test_tryton import drop_db
    from trytond.tests.tools import activate_modules
    activate_modules(
        ['shop_invoicing', 'sale_supply'], partial(create_shop, YEAR, YEAR))
    customer, = Model.get('party.party').find([('name', '=', "Customer")])
    cards = create_product("Cards", type='goods')
    cards.template.needs_print_data = True
    cards.template.purchasable = True
    cards.template.supply_on_sale = 'always'
    cards.template.save()
    method = set_up_prepayment()
    sales = []
    for _ in range(ORDERS):
        sale = create_sale(customer, cards)
        sale.lines.new(product=cards).quantity = 1
        sale.payment_method = method
        sale.click('quote')
        sales.append(sale)
    mark_as_paid(*sales)
    assert {s.state for s in sales} == {'quotation'}
    yield sales
    drop_db()


def check_released_once(sales):
    from proteus import Model
    Request = Model.get('purchase.request')
    for sale in sales:
        sale.reload()
        assert sale.print_data_state == 'complete'
        assert sale.state == 'processing'
        assert len(sale.invoices) == 1
        assert len(sale.shipments) == 1
        requests = Request.find([('origin', '=', str(sale))])
        assert len(requests) == 2
        assert {l.purchase_request.id for l in sale.lines} == {
            r.id for r in requests}


def test_two_upload_the_last_files(sales):
    errors = payer.run(*[
            payer.start(
                'sale.line', 'upload_print_data',
                [sale.lines[position].id for sale in sales])
            for position in range(2)])
    assert errors == [[None] * ORDERS] * 2
    check_released_once(sales)


def test_two_upload_the_same_file(sales):
    lines = [line.id for sale in sales for line in sale.lines]
    errors = payer.run(*[
            payer.start('sale.line', 'upload_print_data', lines)
            for _ in range(2)])
    assert errors == [[None] * len(lines)] * 2
    check_released_once(sales)
    assert {len(l.print_data) for s in sales for l in s.lines} == {2}


def test_a_file_is_withdrawn_while_the_goods_leave(sales):
    in_stock = [create_packed_in_stock(sale.party) for sale in sales[:2]]
    withdraws, ships = zip(*[[
                ['sale.line.print_data', 'withdraw',
                    [sale.lines[0].print_data[0].id]],
                ['stock.shipment.out', 'ship', [sale.shipments[0].id]],
                ] for sale in in_stock])
    assert do_both(withdraws[0], ships[0]) == [None, 'PrintDataError']
    assert do_both(ships[1], withdraws[1]) == [None, None]
    for sale, state in zip(in_stock, ['packed', 'shipped']):
        sale.reload()
        assert sale.print_data_state == 'missing'
        assert sale.shipments[0].state == state


def create_packed_in_stock(customer):
    "Return a packed order of printed goods that nobody buys"
    from tests.tools import call, create_product, create_sale, pack
    flyers = create_product("Flyers", type='goods')
    flyers.template.needs_print_data = True
    flyers.template.save()
    sale = create_sale(customer, flyers)
    sale.click('quote')
    call('sale.line', 'upload_print_data', sale.lines, b'%PDF', "flyers.pdf")
    sale.click('confirm')
    pack(sale.shipments[0])
    sale.reload()
    return sale
