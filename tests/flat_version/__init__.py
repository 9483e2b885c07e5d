# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""The database of a shop that make.py has made with the flat version."""
import lzma
import sqlite3
import subprocess
from pathlib import Path

FOLDER = Path(__file__).parent


def restore(folder):
    "Make the database of the test from the one of the flat version"
    from trytond import backend
    text = lzma.decompress((FOLDER / f'{backend.name}.sql.xz').read_bytes())
    if backend.name == 'sqlite':
        _restore_sqlite(text, folder / 'flat.sqlite')
    else:
        _restore_postgresql(text)


def _restore_sqlite(text, path):
    from trytond.tests import test_tryton
    connection = sqlite3.connect(path)
    connection.executescript(text.decode())
    connection.close()
    assert test_tryton._sqlite_copy(path, restore=True)


def _restore_postgresql(text):
    from tests.second_postgresql import find_programs, get_uri
    from trytond import config
    from trytond.tests.test_tryton import DB_NAME, drop_db
    from trytond.transaction import Transaction
    drop_db()
    with Transaction().start(None, 0, close=True, autocommit=True) as start:
        start.database.create(start.connection, DB_NAME)
    subprocess.run(
        [find_programs() / 'psql', '-q', '-v', 'ON_ERROR_STOP=1',
            '-d', get_uri(config.get('database', 'uri'), DB_NAME)],
        input=text, check=True, stdout=subprocess.DEVNULL)
