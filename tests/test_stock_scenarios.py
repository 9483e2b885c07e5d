# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Run the scenarios of stock modules with shop_invoicing activated, too.

A scenario that has to behave differently is declared in DEVIATIONS with the
reason, and then it must fail.
"""
import re

import pytest

from tests.scenario import STOCK_MODULES, find_stock_scenarios, run_scenario

MODULE = 'shop_invoicing'
# The reason, and what the report of the failure says
DEVIATIONS = {
    'account_invoice/cancelling_invoice_move': (
        "the move of an issued invoice is not cancelled by another one",
        'AccessError: You cannot cancel the accounting move'),
    'account_invoice/invoice': (
        "an invoice without a line is not posted",
        'AccessButtonError: You can not call "post"'),
    'account_invoice/invoice_check_source': (
        "what is always read-only is not set from outside",
        'ProtectionError: You cannot change the field "Source'),
    'account_invoice/invoice_customer_sequential': (
        "a date out of order is refused by the range",
        'InvoiceDateOrderError'),
    'account_invoice/invoice_in_future': (
        "a date in the future is refused instead of warned about",
        'InvoiceFutureError'),
    'account_invoice/invoice_payment_means': (
        "an invoice without a line is not posted",
        'AccessButtonError: You can not call "post"'),
    'account_invoice/invoice_report_revision': (
        "the document of an issued invoice is a PDF and is not revised",
        "Got:\\n    'pdf'"),
    'sale/sale': (
        "an invoice without a line is not posted",
        'AccessButtonError: You can not call "post"'),
    'sale/sale_quotation': (
        "what is read-only in a quotation is not set from outside",
        'ProtectionError: You cannot change the field "Quotation Date"'),
    }


SCENARIOS = list(find_stock_scenarios())


@pytest.fixture
def with_shop_invoicing(monkeypatch):
    from trytond.modules import get_module_info
    from trytond.tests import tools
    depends = set(get_module_info(MODULE)['depends'])
    stock_activate_modules = tools.activate_modules

    def activate_modules(modules, *setup):
        modules = {modules} if isinstance(modules, str) else set(modules)
        # shop_invoicing brings what it depends on
        return stock_activate_modules(
            sorted(modules - depends | {MODULE}), *setup)
    monkeypatch.setattr(tools, 'activate_modules', activate_modules)


@pytest.mark.stock
@pytest.mark.turn
@pytest.mark.parametrize('path, globs', SCENARIOS)
def test_stock_scenario(path, globs, with_shop_invoicing):
    name = '/'.join([
            path.parent.parent.name, path.stem.removeprefix('scenario_')])
    if name in DEVIATIONS:
        run_deviation(path, globs, *DEVIATIONS[name])
    else:
        run_scenario(path, globs)


def run_deviation(path, globs, reason, expected):
    "Fail if the scenario passes or fails for another reason"
    with pytest.raises(pytest.fail.Exception) as info:
        run_scenario(path, globs)
    assert re.search(expected, info.value.msg), reason


@pytest.mark.once
@pytest.mark.stock
def test_each_module_has_scenarios():
    assert {s.id.split('/')[0] for s in SCENARIOS} == set(STOCK_MODULES)


@pytest.mark.once
@pytest.mark.stock
def test_deviations_exist():
    assert set(DEVIATIONS) <= {s.id for s in SCENARIOS}
