# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Ask each model for what has no sense, as Tryton lets every client do.

The records are those of protection_walk.
"""
import datetime as dt

from tests.protection_walk import PACKAGE, is_kept, iter_ours, outside

OPERATORS = ['=', '!=', '>', 'in', 'ilike', 'where']
VALUES = [
    5, "x", None, dt.date(2020, 1, 1), b'1', [5], ["x", None],
    [dt.date(2020, 1, 1)], [('id', '=', 1)], {'a': 1}]


def iter_answers():
    """Ask, and yield what was asked with what was not answered.

    It is answered by a result or by an error that the user is told.
    """
    from trytond.exceptions import UserError
    with outside() as pool:
        names = [M.__name__ for M in iter_ours(pool) if _is_called(M)]
    for name in names:
        with outside() as pool:
            Model = pool.get(name)
            for way, field, ask, *args in _iter_questions(Model):
                try:
                    is_told = not ask(*args) or way in {'search', 'on_change'}
                except UserError:
                    is_told = True
                except Exception:
                    is_told = False
                yield way, name, field, is_told


def _iter_questions(Model):
    "Yield way, name of the field, and what to call"
    from trytond.model import fields
    yield 'default', 'nothing', Model.default_get, ['nothing']
    # It is refused before it is asked what the record is
    records = Model.search([], order=[('id', 'ASC')], limit=1) or [Model(1)]
    for name, field in Model._fields.items():
        is_computed = isinstance(field, fields.Function)
        if is_computed and field.searcher and _is_ours(Model, field.searcher):
            for operator in OPERATORS:
                for value in VALUES:
                    yield (
                        'search', (name, operator, value), Model.search,
                        [(name, operator, value)])
        elif field._type == 'selection' and _is_ours(
                Model, f'on_change_{name}'):
            yield (
                'on_change', name,
                getattr(Model(**{name: 'nothing'}), f'on_change_{name}'))
        elif (field._type == 'many2one' and is_kept(field)
                and _has_records_checked(Model)
                and name not in {'create_uid', 'write_uid'}):
            values = {name: -7}
            yield 'create', name, Model.create, [values]
            yield 'write', name, Model.write, records, values
            if not is_computed:
                yield 'copy', name, Model.copy, records, values


def _is_called(Model):
    "Whether a client can call the model, which is ours or protected by us"
    from trytond.modules.shop_invoicing.invoice.checked_records import (
        CheckedNamesMixin)
    return issubclass(Model, CheckedNamesMixin) and 'search' in Model.__rpc__


def _has_records_checked(Model):
    from trytond.modules.shop_invoicing.invoice.checked_records import (
        CheckedRecordsMixin)
    return issubclass(Model, CheckedRecordsMixin)


def _is_ours(Model, name):
    "Whether we define the method of the model"
    return any(
        name in vars(c) and c.__module__.startswith(PACKAGE)
        for c in Model.__mro__)
