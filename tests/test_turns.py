# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Whoever runs the tests day by day runs each scenario on both databases."""
import datetime as dt
import os
import subprocess
import sys

import pytest

from tests.scenario import find_scenarios, find_stock_scenarios
from tests.source import ROOT
from tests.turns import DATABASES, DAY, FOLDER, get_database

pytestmark = pytest.mark.once
TODAY = dt.date(2026, 11, 30)
FILES = ['tests/test_scenario.py', 'tests/test_stock_scenarios.py']


@pytest.fixture(scope='module')
def collected():
    "Return by database what a run in turn collects"
    return {d: set(collect('--database', d, '--in-turn')) for d in DATABASES}


def collect(*options):
    "Return the ids of the tests that a run of the day collects"
    environment = {
        name: value for name, value in os.environ.items()
        if not name.startswith(('SLIPCOVER_', 'PYTEST_', 'TRYTOND_', 'DB_'))}
    process = subprocess.run(
        [sys.executable, '-m', 'pytest', '--collect-only', '-q',
            *options, *FILES],
        cwd=ROOT, env={**environment, DAY: TODAY.isoformat()},
        check=True, stdout=subprocess.PIPE, text=True)
    return [line for line in process.stdout.splitlines() if '::' in line]


def find_names():
    return [
        f'tests/test_scenario.py::test_scenario[{s.id}]'
        for s in find_scenarios(FOLDER)] + [
        f'tests/test_stock_scenarios.py::test_stock_scenario[{s.id}]'
        for s in find_stock_scenarios()]


def test_each_scenario_runs_on_one_database(collected):
    sqlite, postgresql = collected.values()
    assert sqlite.isdisjoint(postgresql)
    assert {n for n in sqlite | postgresql if '[' in n} == set(find_names())


def test_what_is_no_scenario_has_no_turn(collected):
    name = 'tests/test_scenario.py::test_every_scenario_is_collected'
    assert name in collected['sqlite']


def test_each_scenario_changes_the_database_from_day_to_day():
    for day in [TODAY, dt.date(2026, 12, 31), dt.date(2028, 2, 29)]:
        for name in find_names():
            assert {
                get_database(name, day),
                get_database(name, day + dt.timedelta(days=1)),
                } == set(DATABASES)


def test_about_half_of_them_runs_on_each_database():
    names = find_names()
    here = sum(get_database(name, TODAY) == 'sqlite' for name in names)
    assert len(names) / 3 < here < len(names) * 2 / 3


def test_without_turns_every_scenario_runs():
    assert set(find_names()) <= set(collect('--database', 'sqlite'))
