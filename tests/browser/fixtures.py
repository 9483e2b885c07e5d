# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"Fixtures: the demo's data, a real server, a browser."
import datetime as dt
import hashlib
import shutil
import time
import warnings
from importlib.metadata import distributions
from pathlib import Path

import pytest

from . import cache, chromium, demo, server
from .client import Client

MODULE = Path(__file__).parent.parent.parent / 'modules' / 'shop_invoicing'
ONE_DAY = 24 * 60 * 60
SIZE = {'width': 1400, 'height': 900}
CLIENTS = pytest.StashKey()


@pytest.fixture(scope='session')
def web_client():
    "Return the folder of the web client, fetched once."
    return cache.web_client()


@pytest.fixture(scope='session')
def web_client_directory(web_client):
    "Return the folder to tell the demo, so that it does not fetch again."
    return web_client.parent.parent


@pytest.fixture(scope='session')
def demo_directory(web_client_directory):
    """Return the data of a demo that was started for the first time.

    What it printed stands in first_start.txt, its exit code in exit_code.txt.
    Tests work on copies.
    """
    with cache.locked('demo') as folder:
        forget_old(folder)
        directory = folder / demo_key()
        result = directory / 'exit_code.txt'
        if not result.exists():
            shutil.rmtree(directory, ignore_errors=True)
            with demo.running(directory, web_client_directory) as first:
                first.wait_for_address()
                code = first.stop()
                printed = first.printed()
            (directory / 'first_start.txt').write_text(printed)
            result.write_text(str(code))
    return directory


def demo_key():
    "Return what changes with everything that the demo is made from."
    digest = hashlib.sha256(str(dt.date.today()).encode())
    for distribution in sorted(
            f'{d.name} {d.version}' for d in distributions()):
        digest.update(distribution.encode())
    for path in sorted(MODULE.rglob('*')):
        if path.is_file() and path.suffix != '.pyc':
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def forget_old(folder):
    "Remove the kept demos of other days."
    for path in folder.glob('*'):
        if path.stat().st_mtime < time.time() - ONE_DAY:
            shutil.rmtree(path)


@pytest.fixture(scope='module')
def chromium_browser():
    "Yield a running Chromium."
    from playwright.sync_api import sync_playwright
    with sync_playwright() as playwright:
        browser = chromium.launch(playwright)
        yield browser
        browser.close()


@pytest.fixture
def open_client(chromium_browser, request):
    "Yield a function that opens the web client for one more person."
    contexts = []
    clients = request.node.stash[CLIENTS] = []

    def open_(address):
        context = chromium_browser.new_context(viewport=SIZE)
        contexts.append(context)
        context.set_default_timeout(60_000)
        client = Client(context.new_page(), address)
        clients.append(client)
        return client
    yield open_
    for context in contexts:
        context.close()
    for client in clients:
        for error in client.errors:
            # Most are of the web client itself, when it is closed too early
            warnings.warn(f"JavaScript: {error}")


@pytest.fixture(scope='module')
def demo_address(demo_directory, tmp_path_factory):
    "Yield the address of a server with a copy of the demo's database."
    folder = tmp_path_factory.mktemp('demo')
    shutil.copy(demo_directory / 'demo.sqlite', folder)
    with server.serve('demo', folder) as address:
        yield address


@pytest.fixture
def log_in(open_client, demo_address):
    "Return a function that logs a user of the demo in."
    from trytond.modules.shop_invoicing.demo.logins import LOGINS
    passwords = {login.login: login.password for login in LOGINS}

    def log_in_(user):
        client = open_client(demo_address)
        client.login(user, passwords[user])
        return client
    return log_in_
