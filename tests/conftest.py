# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Choose the database before trytond is imported.

pytest --database sqlite|postgresql [-n 2] [--in-turn]
"""
import os
import warnings
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests import postgresql_server, turns
from tests.browser.fixtures import (  # noqa: F401
    CLIENTS, chromium_browser, demo_address, demo_directory, log_in,
    open_client, web_client, web_client_directory)

ROOT = Path(__file__).resolve().parent.parent
MARKERS = {
    'once': "does not depend on the database: runs on SQLite only",
    'postgresql': "makes sense on PostgreSQL only",
    'stock': "scenario of a stock module run with shop_invoicing activated",
    'turn': "runs on one database a day with --in-turn, else on both",
    }
SCENARIOS = 'test_scenario[', 'test_stock_scenario['
UNWANTED = {'sqlite': 'postgresql', 'postgresql': 'once'}
_server = pytest.StashKey()
# A busy machine is slow and not wrong
settings.register_profile(
    'usual', deadline=None, suppress_health_check=[HealthCheck.too_slow])
# pytest --hypothesis-profile long
settings.register_profile(
    'long', parent=settings.get_profile('usual'), max_examples=1000)
settings.load_profile('usual')


def pytest_addoption(parser):
    parser.addoption(
        '--database', choices=['sqlite', 'postgresql'], default='sqlite',
        help="the database the tests run on (default: sqlite)")
    parser.addoption(
        '--in-turn', action='store_true',
        help="run each scenario on the database whose turn it is today")


def pytest_configure(config):
    for name, description in MARKERS.items():
        config.addinivalue_line('markers', f'{name}: {description}')
    os.environ.pop('TRYTOND_CONFIG', None)
    if config.getoption('database') == 'sqlite':
        _use_sqlite()
    else:
        _use_postgresql(config)
    with warnings.catch_warnings():
        warnings.simplefilter('ignore')
        from tests import database_cache, module_lookup
        module_lookup.install()
        database_cache.install()
    if not _is_worker(config):
        if config.getoption('in_turn'):
            turns.set_day(config)
        database_cache.prune()


def pytest_unconfigure(config):
    if server := config.stash.get(_server, None):
        postgresql_server.stop(server)


def pytest_collection_modifyitems(config, items):
    unwanted = UNWANTED[config.getoption('database')]
    deselected = [
        i for i in items
        if i.get_closest_marker(unwanted) or turns.is_left_out(i)]
    if deselected:
        config.hook.pytest_deselected(items=deselected)
        items[:] = [i for i in items if i not in deselected]
    items.sort(key=_order_key)


def _order_key(item):
    """What sorts tests so that no process waits for another one.

    Who makes the demo begins, the browsers come when it is there, and the
    short ones at the end let all end at the same time.
    """
    if item.name.startswith(SCENARIOS):
        return 3
    elif item.path.stem.startswith('test_browser'):
        return 2
    return 0 if item.path.stem == 'test_demo' else 1


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    from xdist.scheduler import LoadScopeScheduling

    class Scheduling(LoadScopeScheduling):
        def _split_scope(self, nodeid):
            # Each scenario by itself; the tests of another file share fixtures
            path, _, test = nodeid.partition('::')
            return nodeid if test.startswith(SCENARIOS) else path
    config.option.loadscopereorder = False
    return Scheduling(config, log)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if report.when == 'call' and report.failed:
        for client in item.stash.get(CLIENTS, []):
            report.sections.append(("What the browser shows", client.text()))
    return report


def pytest_report_header(config):
    header = [f"database: {os.environ['TRYTOND_DATABASE_URI']}"]
    if config.getoption('in_turn'):
        header.append(turns.describe(config))
    return header


def _is_worker(config):
    return hasattr(config, 'workerinput')


def _use_sqlite():
    os.environ['TRYTOND_DATABASE_URI'] = 'sqlite://'
    os.environ['DB_NAME'] = ':memory:'
    os.environ['DB_CACHE'] = str(ROOT / '.cache' / 'databases')


def _use_postgresql(config):
    if not _is_worker(config):
        try:
            server, uri = postgresql_server.start()
        except RuntimeError as error:
            raise pytest.UsageError(str(error)) from error
        config.stash[_server] = server
        os.environ['TRYTOND_DATABASE_URI'] = uri
    # The workers inherit the address of the server from the controller
    worker = os.environ.get('PYTEST_XDIST_WORKER', 'main')
    os.environ['DB_NAME'] = f'test_{worker}'
    os.environ['DB_CACHE'] = 'postgresql://'
