# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Load Tryton once in the process that all clerks are forked from."""
import os

from tests import module_lookup, neighbour
from trytond import backend
from trytond.pool import Pool

module_lookup.install()
Pool.start()
neighbour.introduce()
Pool(os.environ['DB_NAME']).init()
# A connection must not be shared with those who are forked
backend.Database(os.environ['DB_NAME']).close()
