# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Run scenarios in turn: today on one database, tomorrow on the other one.

pytest --in-turn

Each runs every day, and within two days on both databases.  The turn depends
on the name and the day, so that nobody chooses it and a run can be repeated:
TURN_DAY=2026-11-30 is the day of another run.
"""
import datetime as dt
import os
import zlib
from pathlib import Path

from tests.scenario import find_scenarios, find_stock_scenarios

FOLDER = Path(__file__).parent
SCENARIOS = ['test_scenario', 'test_stock_scenario']
DATABASES = ['sqlite', 'postgresql']
DAY = 'TURN_DAY'


def get_database(name, day):
    "Return the database on which the test of the name runs on the day"
    turn = zlib.crc32(name.encode()) + day.toordinal()
    return DATABASES[turn % len(DATABASES)]


def get_day():
    "Return the day of the run"
    return dt.date.fromisoformat(os.environ[DAY])


def set_day(config):
    """Set the day for the processes that the run starts, if nobody has.

    PostgreSQL goes on with the day of the run on SQLite before it, so that
    midnight between them leaves nothing out.
    """
    if DAY in os.environ:
        return
    key = 'shop_invoicing/day'
    day = dt.date.today().isoformat()
    if config.getoption('database') == 'sqlite':
        config.cache.set(key, day)
    os.environ[DAY] = config.cache.get(key, day)


def is_left_out(item):
    "Tell whether the turn of the test is on the other database"
    if not (item.config.getoption('in_turn')
            and item.get_closest_marker('turn')):
        return False
    # The tests of another file share a database
    is_scenario = item.originalname in SCENARIOS
    name = item.name if is_scenario else item.path.name
    return get_database(name, get_day()) != item.config.getoption('database')


def describe(config):
    "Return the line that tells what runs"
    database, day = config.getoption('database'), get_day()
    counts = []
    for test, scenarios, of in zip(
            SCENARIOS, [find_scenarios(FOLDER), find_stock_scenarios()],
            ["", " of Tryton"]):
        names = [f'{test}[{s.id}]' for s in scenarios]
        count = sum(get_database(n, day) == database for n in names)
        counts.append(f"{count} of {len(names)} scenarios{of}")
    return f"turn of {day}: {', '.join(counts)}"
