# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"A real Tryton server for the browser."
import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager

from . import cache

CONFIGURATION = """\
[database]
uri = {uri}
path = {path}
[web]
listen = localhost:{port}
root = {root}
[email]
uri = {mail}
from = invoicing@demo-print-shop.example
"""
# Nobody listens there
NO_MAIL = 'smtp://localhost:1'


@contextmanager
def serve(name, folder, uri='sqlite://', mail=NO_MAIL):
    """Serve the database of the name and yield the address.

    In the folder are the SQLite databases; the log of the server goes there.
    """
    port = free_port()
    configuration = folder / f'server-{port}.conf'
    configuration.write_text(CONFIGURATION.format(
            uri=uri, path=folder, port=port, root=cache.web_client(),
            mail=mail))
    with open(folder / f'server-{port}.log', 'wb') as log:
        server = subprocess.Popen(
            [sys.executable, '-m', 'trytond.cli', '-c', configuration,
                '-d', name],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            env=environment())
        try:
            yield wait_for(f'http://localhost:{port}/', server) + '#' + name
        finally:
            server.terminate()
            server.wait(30)


def free_port():
    "Return a port at which nobody listens."
    with socket.socket() as probe:
        probe.bind(('localhost', 0))
        return probe.getsockname()[1]


def environment(**values):
    "Return an environment without the settings of the tests for trytond."
    return {
        name: value for name, value in os.environ.items()
        if not re.match('TRYTOND_|DB_', name)} | values


def wait_for(address, process, seconds=300):
    "Return the address when it answers; raise if the process ends before."
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(address, timeout=10):
                return address
        except (urllib.error.URLError, OSError):
            if process.poll() is not None:
                break
            time.sleep(.1)
    raise RuntimeError(f"No server at {address}")
