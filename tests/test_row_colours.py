# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""The colour of a row depends on nothing but what its list reads.

Otherwise it changes when the client reads the record as a whole, which it
does as soon as somebody edits or opens it.
"""
import json

import pytest
from lxml import etree

from tests.source import EXTRAS, MODULE, find_records

pytestmark = pytest.mark.once

LISTS = sorted(
    v.id for v in find_records('ir.ui.view') if v.get('type') == 'tree')


@pytest.fixture(scope='module', autouse=True)
def database():
    from trytond.tests import tools
    from trytond.tests.test_tryton import drop_db
    tools.activate_modules([MODULE, *EXTRAS])
    yield
    drop_db()


@pytest.fixture
def transaction():
    from trytond.tests.test_tryton import DB_NAME
    from trytond.transaction import Transaction
    with Transaction().start(DB_NAME, 1, readonly=True) as transaction:
        yield transaction


def read_list(id_):
    "Return the list as the client gets it"
    from trytond.pool import Pool
    pool = Pool()
    view = pool.get('ir.ui.view')(
        pool.get('ir.model.data').get_id(MODULE, id_))
    Model = pool.get(view.model)
    return etree.fromstring(Model.fields_view_get(view.id)['arch'])


def find_evaluated(value):
    "Yield the names that an encoded PYSON reads"
    if isinstance(value, dict):
        if value.get('__class__') == 'Eval':
            yield value['v']
        value = value.values()
    elif not isinstance(value, list):
        return
    for item in value:
        yield from find_evaluated(item)


@pytest.mark.parametrize('id_', LISTS)
def test_colour_depends_on_what_the_list_reads(id_, transaction):
    tree = read_list(id_)
    read = {field.get('name') for field in tree.iter('field')}
    coloured = tree.xpath('//*[@visual]')
    needed = {
        name for element in coloured
        for name in find_evaluated(json.loads(element.get('visual')))}
    assert needed <= read


def test_a_lettered_row_looks_done(transaction):
    from trytond.pyson import PYSONDecoder
    visual = read_list('invoice_view_list_to_letter').get('visual')
    seen = [
        PYSONDecoder(values).decode(visual) for values in [
            {'state': 'posted', 'lettering': None, 'amount_to_pay_today': 5},
            {'state': 'posted', 'lettering': 'A1', 'amount_to_pay_today': 5},
            {'state': 'cancelled', 'lettering': None},
            ]]
    assert seen == ['', 'success', 'muted']
