# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"The database of the benchmarks."
import os
from contextlib import contextmanager

from tests import postgresql_server


@contextmanager
def postgresql():
    "Start a PostgreSQL server and make it the one of trytond"
    server, uri = postgresql_server.start()
    os.environ['TRYTOND_DATABASE_URI'] = uri
    os.environ['DB_NAME'] = 'benchmark'
    os.environ['DB_CACHE'] = 'postgresql://'
    try:
        yield
    finally:
        postgresql_server.stop(server)
