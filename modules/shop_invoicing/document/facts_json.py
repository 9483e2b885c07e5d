# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""The facts of a document as JSON, without Tryton.

It is canonical: the same facts make the same bytes, on every machine and with
every version of Python.  Names are sorted, there is no blank between them,
and what is empty is left out, so that a field that is added later changes
nothing for the documents that do not use it.
"""
import dataclasses
import datetime as dt
import json
import typing
from decimal import Decimal

from .facts import FACTS_VERSION, Facts


class FactsVersionError(ValueError):
    "The facts were written by another version"


def to_json(facts, without=()):
    """Return the facts as a text, without the fields that are named.

    Decimals are texts of plain digits without needless zeros, dates are
    those of ISO 8601.
    """
    values = {
        name: value for name, value in _to_plain(facts).items()
        if name not in without}
    return json.dumps(
        values, ensure_ascii=False, sort_keys=True, separators=(',', ':'))


def from_json(text):
    "Return the facts that to_json has written, or raise FactsVersionError"
    values = json.loads(text)
    if values.get('version') != FACTS_VERSION:
        raise FactsVersionError(values.get('version'))
    return _from_plain(values, Facts)


def _to_plain(value):
    if dataclasses.is_dataclass(value):
        items = {
            f.name: _to_plain(getattr(value, f.name))
            for f in dataclasses.fields(value)}
        return {
            name: item for name, item in items.items()
            if not _is_empty(item)}
    if isinstance(value, list):
        return [_to_plain(item) for item in value]
    if isinstance(value, Decimal):
        return format_decimal(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    return value


def _is_empty(value):
    return value is None or value is False or (
        isinstance(value, (str, list, dict)) and not value)


def format_decimal(value):
    "Return plain digits, without needless zeros and without -0"
    return format(value.normalize() + 0, 'f')


def _from_plain(value, type_):
    if dataclasses.is_dataclass(type_):
        types = typing.get_type_hints(type_)
        return type_(**{
                name: _from_plain(value[name], types[name])
                if name in value else _get_empty(field)
                for name, field in type_.__dataclass_fields__.items()})
    if typing.get_origin(type_) is list:
        item_type, = typing.get_args(type_)
        return [_from_plain(item, item_type) for item in value]
    if type_ is Decimal:
        return Decimal(value)
    if type_ is dt.date:
        return dt.date.fromisoformat(value)
    return value


def _get_empty(field):
    "Return what a field that was left out had"
    if typing.get_origin(field.type) is list:
        return []
    if dataclasses.is_dataclass(field.type) and (
            field.default_factory is not dataclasses.MISSING):
        return field.default_factory()
    if field.type is bool:
        return False
    return None
