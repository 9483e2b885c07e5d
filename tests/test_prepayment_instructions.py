# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"The order confirmation is that of the module sale with one text more"
import difflib

import pytest

pytestmark = pytest.mark.once


def read(name):
    from trytond.tools import file_open
    with file_open(name, mode='r', encoding='utf-8') as file:
        return file.read().splitlines()


def test_only_the_instructions_are_added():
    changes = [
        line for line in difflib.ndiff(
            read('sale/sale.fodt'), read('shop_invoicing/payment/sale.fodt'))
        if line[:1] in {'+', '-'}]
    assert all(line.startswith('+ ') for line in changes)
    assert len(changes) == 3
    assert 'sale.payment_instructions' in changes[0]
