# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Find the modules of Tryton without searching them each time.

trytond.tools looks a module up among the entry points of all packages, for
each class and mixin of each pool: most of the time that a pool takes.
"""
from functools import cache


def install():
    "Remember what trytond.tools.import_module has found"
    from trytond.tools import misc
    misc.import_module = cache(misc.import_module)
