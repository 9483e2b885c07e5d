# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Refusing records that nobody has stored and fields that do not exist.

Tryton takes a negative id for a record that is not saved yet, and an unknown
name for a mistake of its own.
"""
from functools import wraps

from trytond.i18n import gettext
from trytond.model import ModelStorage
from trytond.tools import is_instance_method
from trytond.transaction import Transaction

from ..exceptions import FieldNameError, ProtectionError

_FOR_STORED = {'write', 'copy', 'delete', 'export_data'}


class CheckedNamesMixin:
    "A model that tells which field it does not have"
    __slots__ = ()

    @classmethod
    def default_get(
            cls, fields_names=None, with_rec_name=True, with_default=True):
        for name in fields_names or []:
            if name not in cls._fields:
                raise FieldNameError(gettext(
                        'shop_invoicing.msg_protection_name',
                        name=name, **cls.__names__()))
        return super().default_get(
            fields_names, with_rec_name=with_rec_name,
            with_default=with_default)


class CheckedRecordsMixin(CheckedNamesMixin):
    "A model that takes nothing for a record that is none"
    __slots__ = ()

    @classmethod
    def __post_setup__(cls):
        super().__post_setup__()
        for name, rpc in cls.__rpc__.items():
            if name in _FOR_STORED or (
                    name in getattr(cls, '_buttons', ())
                    and not is_instance_method(cls, name)):
                rpc.decorator = _for_stored(
                    rpc.decorator, is_read=name == 'export_data')

    @classmethod
    def create(cls, vlist):
        if is_external():
            for values in vlist:
                cls._check_records(values)
        return super().create(vlist)

    @classmethod
    def check_modification(cls, mode, records, values=None, external=False):
        if external and mode == 'write':
            cls._check_records(values)
        super().check_modification(
            mode, records, values=values, external=external)

    @classmethod
    def _check_records(cls, values):
        """Raise if a field gets a record that nobody has stored.

        Tryton takes it for one that has nothing to be read.
        """
        for name, value in values.items():
            field = cls._fields.get(name)
            if (field and field._type == 'many2one'
                    and isinstance(value, int) and value < 0):
                raise ProtectionError(gettext(
                        'shop_invoicing.msg_protection_record',
                        record=value, **cls.__names__(name)))


def is_external():
    "Return whether who calls is asked for his rights: no button, no task"
    transaction = Transaction()
    return bool(transaction.user and transaction.check_access)


def _for_stored(decorator, is_read):
    """Return a decorator of what is called for stored records.

    Tryton asks at once whether the user may do it, but not when he exports.
    """
    def decorate(func):
        @wraps(func)
        def wrapper(*args, **kwargs):
            for records in args:
                if isinstance(records, list):
                    _check_stored(records, is_read)
            return func(*args, **kwargs)
        return decorator(wrapper) if decorator else wrapper
    return decorate


def _check_stored(records, is_read):
    "Raise AccessError if one is not stored, or if need be may not be read"
    records = [
        r for r in records
        if isinstance(r, ModelStorage) and r.id is not None
        and (is_read or r.id < 0)]
    if records:
        records[0].__class__.read([r.id for r in records], ['id'])
