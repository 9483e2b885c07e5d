# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Searching computed fields by nothing but what they can be searched by.

Tryton hands a searcher whatever a client sends.
"""
import datetime as dt
from functools import wraps

from trytond.i18n import gettext
from trytond.model import fields
from trytond.model.modelstorage import is_leaf

from ..exceptions import SearchError

_COMPARED = {'=', '!=', '<', '<=', '>', '>='}
_LISTED = {'in', 'not in'}
_NESTED = {'where', 'not where'}
_ANY = set(fields.SQL_OPERATORS)
# The operators and the types of values by the type of the field
_SEARCHED = {
    'boolean': ({'=', '!='}, (int,)),
    'char': (_ANY, (str,)),
    'date': (_COMPARED | _LISTED, (dt.date,)),
    'many2many': (_ANY | _NESTED, (int, str)),
    'many2one': (_ANY | _NESTED, (int, str)),
    'selection': (_ANY, (str,)),
    }


def checked_search(searcher):
    "Return the searcher, which raises SearchError for what it cannot search"
    @wraps(searcher)
    def wrapper(cls, name, clause):
        field = cls._fields[name]
        # What is said about another record is checked where it is searched
        if clause[0] == name and not _is_searched(field._type, clause[1:]):
            raise SearchError(gettext(
                    'shop_invoicing.msg_checked_search_clause',
                    operator=clause[1],
                    value=', '.join(map(str, clause[2:])),
                    **cls.__names__(name)))
        return searcher(cls, name, clause)
    return wrapper


def _is_searched(type_, condition):
    "Whether a field of the type can be searched by operator and value"
    operators, types = _SEARCHED[type_]
    operator, *values = condition
    if operator not in operators or len(values) != 1:
        return False
    value, = values
    if operator in _NESTED:
        return _is_domain(value)
    if operator.endswith('like'):
        # A record is compared by its name
        return isinstance(value, str) or value is None and int not in types
    if operator not in _LISTED:
        return value is None or isinstance(value, types)
    # Records are listed by ids, or else all by names
    return isinstance(value, (list, tuple, set)) and (
        all(v is None or isinstance(v, types[0]) for v in value)
        or all(isinstance(v, types[-1]) for v in value))


def _is_domain(value):
    "Whether the value is made of clauses, which are not looked into"
    if not isinstance(value, (list, tuple)):
        return False
    return is_leaf(value) or all(
        v in {'AND', 'OR'} if isinstance(v, str) else _is_domain(v)
        for v in value)
