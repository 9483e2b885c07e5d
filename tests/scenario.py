# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"Run a scenario like trytond.tests.test_tryton.load_doc_tests"
import datetime as dt
import doctest
import json
import unittest
from importlib.resources import files
from pathlib import Path

import pytest

STOCK_MODULES = ['account_invoice', 'sale', 'sale_discount']

FLAGS = (
    doctest.REPORT_ONLY_FIRST_FAILURE
    | doctest.ELLIPSIS
    | doctest.IGNORE_EXCEPTION_DETAIL)


def find_scenarios(folder, prefix=''):
    """Yield a parameter set (path, globs) for each scenario and variant.

    The longest comes first, so that no worker has to wait for it in the end.
    """
    for path in sorted(
            folder.glob('scenario_*.rst'),
            key=lambda path: (-path.stat().st_size, path)):
        variants = [{}]
        if path.with_suffix('.json').exists():
            variants = json.loads(path.with_suffix('.json').read_text())
        for number, globs in enumerate(variants, start=1):
            name = prefix + path.stem.removeprefix('scenario_')
            if len(variants) > 1:
                name += f'-{number}'
            yield pytest.param(path, globs, id=name)


def find_stock_scenarios():
    "Yield a parameter set for each scenario of the modules we depend on"
    for module in STOCK_MODULES:
        folder = Path(str(files('trytond.modules') / module / 'tests'))
        yield from find_scenarios(folder, prefix=f'{module}/')


def run_scenario(path, globs):
    "Run the scenario and fail with the report of doctest"
    day = dt.date.today()
    reports = find_failures(path, globs)
    if reports and dt.date.today() != day:
        # What is computed with today differs from what began yesterday
        reports = find_failures(path, globs)
    for report in reports:
        pytest.fail(report, pytrace=False)


def find_failures(path, globs):
    "Return the reports of doctest on what fails in the scenario"
    from trytond import backend
    from trytond.tests.test_tryton import (
        STRIP_DECIMAL, doctest_checker, doctest_setup, doctest_teardown)
    case, = doctest.DocFileSuite(
        str(path), module_relative=False, globs=dict(globs),
        setUp=doctest_setup, tearDown=doctest_teardown,
        encoding='utf-8', checker=doctest_checker,
        optionflags=FLAGS | (STRIP_DECIMAL if backend.name == 'sqlite' else 0))
    result = unittest.TestResult()
    case.run(result)
    return [report for _, report in result.failures + result.errors]
