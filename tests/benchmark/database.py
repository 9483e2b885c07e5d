# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"The database of the benchmarks."
import os
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

SERVER = Path(__file__).parent.parent / 'postgresql_server.py'


@contextmanager
def postgresql():
    "Start a PostgreSQL server and make it the one of trytond"
    with tempfile.TemporaryDirectory(prefix='shop_invoicing-') as folder:
        server = subprocess.Popen(
            [sys.executable, SERVER, folder],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            start_new_session=True)
        os.environ['TRYTOND_DATABASE_URI'] = server.stdout.readline().strip()
        os.environ['DB_NAME'] = 'benchmark'
        os.environ['DB_CACHE'] = 'postgresql://'
        try:
            yield
        finally:
            server.stdin.close()
            server.wait(60)
