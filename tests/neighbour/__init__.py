# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""A neighbour: a module that depends on ours and extends its models.

    class Sale(metaclass=PoolMeta):
        __name__ = 'sale.sale'
        ...

    activate_modules('shop_invoicing', ...)
    neighbour.activate(Sale)

This package is the module, and its classes are those that the test gives.  It
is activated in the database of the test like any other one, so that they have
their columns, and it is gone with the database.

proteus learns the fields of a model when it first gets it: get the models
after.
"""
import sys
from importlib import import_module

NAME = 'neighbour'


def activate(*models, wizards=(), reports=()):
    "Activate the neighbour with the classes in the database of the test"
    from proteus import Model

    from trytond.pool import Pool
    from trytond.tests.test_tryton import DB_NAME
    register(models, wizards, reports)
    Pool(DB_NAME).init(update=[NAME])
    # Those that the setup functions have got belong to the pool of before
    Model.reset()


def join(name):
    """Use the MODELS of the file in another process.

    The neighbour is activated in the database already.
    """
    from trytond.pool import Pool
    from trytond.tests.test_tryton import DB_NAME
    register(import_module(name).MODELS)
    Pool(DB_NAME).init()


def introduce():
    "Let Tryton find the neighbour, which is not installed by pip"
    from trytond import modules
    sys.modules[f'trytond.modules.{NAME}'] = sys.modules[__name__]
    if NAME not in modules.MODULES:
        modules.MODULES.append(NAME)


def register(models, wizards=(), reports=()):
    from trytond.pool import Pool
    introduce()
    for type_, classes in [
            ('model', models), ('wizard', wizards), ('report', reports)]:
        Pool.classes[type_].pop(NAME, None)
        Pool.register(*classes, module=NAME, type_=type_)
