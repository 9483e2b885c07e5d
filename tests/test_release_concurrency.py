# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""An order gets a reason to be held while its goods leave, on PostgreSQL.

Nobody pays it first: who ships waits for whoever makes the reason anyhow.
"""
import datetime as dt
from functools import partial

import pytest

from tests import neighbour
from tests.office import do_both

pytestmark = pytest.mark.postgresql
YEAR = dt.date.today().year
MODELS = 'tests.neighbour.print_data'


@pytest.fixture
def sales():
    "Make the database of a shop with packed orders and return them"
    from proteus import Model

    from tests.neighbour import print_data
    from tests.tools import create_packed_sale, create_product, create_shop
    from trytond.tests.test_tryton import drop_db
    from trytond.tests.tools import activate_modules
    activate_modules('shop_invoicing', partial(create_shop, YEAR, YEAR))
    neighbour.activate(*print_data.MODELS)
    customer, = Model.get('party.party').find([('name', '=', "Customer")])
    goods = create_product("Goods", type='goods')
    yield [create_packed_sale(customer, goods)[0] for _ in range(2)]
    drop_db()


def test_the_data_is_withdrawn_while_the_order_is_shipped(sales):
    withdraws, ships = zip(*[[
                ['sale.sale', 'withdraw_print_data', [sale.id]],
                ['stock.shipment.out', 'ship', [sale.shipments[0].id]],
                ] for sale in sales])
    assert do_both(
        withdraws[0], ships[0], MODELS) == [None, 'PrintDataError']
    assert do_both(ships[1], withdraws[1], MODELS) == [None, None]
    for sale, state in zip(sales, ['packed', 'shipped']):
        sale.reload()
        assert sale.print_data_missing
        assert sale.shipments[0].state == state
