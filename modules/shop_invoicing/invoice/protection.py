# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Refuse from outside what the client shows read-only.

A client sends no field that is always read-only, and lets nobody edit one
that is read-only in the state of the record.  Whoever calls the server
himself, lets it import a file, gives values to a copy or nests them in a
parent can send both.  The server itself sets them in buttons, wizards and
tasks, which run without access check.
"""
from trytond.i18n import gettext
from trytond.model import EvalEnvironment, fields
from trytond.pool import Pool
from trytond.pyson import PYSON, PYSONDecoder, PYSONEncoder
from trytond.transaction import Transaction

from ..exceptions import ProtectionError
from .checked_records import (
    CheckedNamesMixin, CheckedRecordsMixin, is_external)

_SET_BY_TRYTON = {'id', 'create_uid', 'create_date', 'write_uid', 'write_date'}
_X2MANY = {'one2many', 'many2many'}


class ProtectedMixin(CheckedRecordsMixin):
    "A model of which nobody sets from outside what the client never sends"
    __slots__ = ()

    # The name of the many2one to the document that decides for its lines
    _protected_parent = None
    # What a document states and Tryton lets some change afterwards
    _protected_statements = frozenset()

    @classmethod
    def __post_setup__(cls):
        super().__post_setup__()
        cls._protected_names = frozenset(cls._get_protected())
        cls._computed_names = frozenset(
            name for name, field in cls._fields.items()
            if isinstance(field, fields.Function) and field.setter
            and field._type in _X2MANY)

    @classmethod
    def _get_protected(cls):
        """Return the names of the fields that nobody sets from outside.

        They are those that are always read-only and kept in the database.
        """
        return {
            name for name, field in cls._fields.items()
            if field.readonly and name not in _SET_BY_TRYTON
            and (not isinstance(field, fields.Function) or field.setter)}

    @property
    def is_settled(self):
        """Whether the record is no draft any more.

        From outside, only what its form lets edit can be changed then.
        """
        parent = (
            getattr(self, self._protected_parent)
            if self._protected_parent else None)
        return bool(parent) and parent.is_settled

    @classmethod
    def create(cls, vlist):
        # No hook tells what was given from what was added to it
        if (is_external()
                and Transaction().context.get('_copied') != cls.__name__):
            for values in vlist:
                cls._check_records(values)
                cls._check_new(values)
        return super().create(vlist)

    @classmethod
    def copy(cls, records, default=None):
        if not is_external():
            return super().copy(records, default=default)
        default = default or {}
        cls._check_copied(default)
        cls._check_new({
                name: value for name, value in default.items()
                if not callable(value)})
        # What is copied as it is comes from the server
        with Transaction().set_context(_copied=cls.__name__):
            return super().copy(records, default=default)

    @classmethod
    def _check_copied(cls, default):
        "Raise if what is given to a copy is no list of what it refers to"
        for name, value in default.items():
            field = cls._fields.get(name)
            if (field and field._type in _X2MANY and not callable(value)
                    and not _is_ids(value or [])):
                raise ProtectionError(gettext(
                        'shop_invoicing.msg_protection_copy',
                        **cls.__names__(name)))

    @classmethod
    def _check_new(cls, values):
        "Raise if the values of a new record set a field that is protected"
        cls._check_computed(values)
        names = cls._protected_names & values.keys()
        if not names:
            return
        defaults = cls.default_get(list(names), with_rec_name=False)
        for name in sorted(names):
            if not _is_default(values[name], defaults.get(name)):
                raise cls._get_protection_error(name)

    @classmethod
    def check_modification(cls, mode, records, values=None, external=False):
        if external and mode == 'write':
            cls._check_records(values)
            cls._check_protected(records, values)
        elif external and mode == 'delete':
            for record in records:
                record._check_deletion()
        super().check_modification(
            mode, records, values=values, external=external)

    @classmethod
    def _check_protected(cls, records, values):
        "Raise if the values change a field that is protected"
        User = Pool().get('res.user')
        cls._check_computed(values)
        names = cls._protected_names & values.keys()
        others = sorted(values.keys() - names)
        with Transaction().set_context(groups=User.get_groups()):
            for record in records:
                refused = [
                    *sorted(names), *record._get_refused(others, values)]
                for name in refused:
                    if record._would_change(name, values[name]):
                        raise cls._get_protection_error(name, record)

    @classmethod
    def _check_computed(cls, values):
        """Raise if what is protected is nested in a field that is computed.

        Tryton sets such a field without access check.
        """
        for name in cls._computed_names & values.keys():
            Target = cls._fields[name].get_target()
            if not issubclass(Target, ProtectedMixin):
                continue
            for action, *args in values[name] or []:
                if action == 'write':
                    for ids, nested in zip(args[::2], args[1::2]):
                        Target._check_protected(Target.browse(ids), nested)
                elif action in {'create', 'copy'}:
                    for nested in args[0] if action == 'create' else args[1:]:
                        Target._check_new(nested)

    def _check_deletion(self):
        "Raise if the record belongs to a document that is no draft any more"
        if self._protected_parent and self.is_settled:
            raise ProtectionError(gettext(
                    'shop_invoicing.msg_protection_delete',
                    record=self.rec_name,
                    document=getattr(self, self._protected_parent).rec_name))

    def _get_refused(self, names, values):
        "Return those of the names that the record protects as it is now"
        refused = []
        if self.is_settled:
            refused += [
                n for n in names
                if n in self._protected_statements
                or self._is_shown_read_only(n)]
        parent = self._protected_parent
        if parent in names and values[parent]:
            Parent = self._fields[parent].get_target()
            if Parent(int(values[parent])).is_settled:
                refused.append(parent)
        return refused

    def _is_shown_read_only(self, name):
        "Whether the form shows the field read-only as the record is now"
        field = self._fields[name]
        condition = field.states.get('readonly', False)
        if field._type == 'one2many':
            # Its records are asked themselves
            return False
        if not isinstance(condition, PYSON):
            return bool(condition)
        environment = EvalEnvironment(self, self.__class__)
        environment['context'] = Transaction().context
        return bool(PYSONDecoder(environment).decode(
                PYSONEncoder().encode(condition)))

    def _would_change(self, name, value):
        "Whether the value is another one than that of the record"
        field = self._fields[name]
        if field._type in _X2MANY:
            # What is written to its records is asked there
            return any(action != 'write' for action, *_ in value or [])
        if (isinstance(field, fields.Function)
                and field._type != 'selection'):
            return True
        return (
            field.sql_format(getattr(self, name)) != field.sql_format(value))

    @classmethod
    def _get_protection_error(cls, name, record=None):
        """Return the error of who sets the field from outside.

        There is no record if it is to be created.
        """
        if record is None:
            return ProtectionError(gettext(
                    'shop_invoicing.msg_protection_new',
                    **cls.__names__(name)))
        return ProtectionError(gettext(
                'shop_invoicing.msg_protection_change',
                **cls.__names__(name, record)))


class QueryMixin(CheckedNamesMixin):
    "A model that shows what a query finds and of which nothing is kept"
    __slots__ = ()

    @classmethod
    def create(cls, vlist):
        cls._refuse(vlist)
        return []

    @classmethod
    def write(cls, *args):
        for records in args[::2]:
            cls._refuse(records)

    @classmethod
    def delete(cls, records):
        cls._refuse(records)

    @classmethod
    def copy(cls, records, default=None):
        cls._refuse(records)
        return []

    @classmethod
    def _refuse(cls, records):
        if records:
            raise ProtectionError(gettext(
                    'shop_invoicing.msg_protection_query',
                    **cls.__names__()))


def _is_ids(value):
    "Whether the value is a list of ids, or of what has one"
    return isinstance(value, (list, tuple)) and not any(
        isinstance(v, (list, tuple, dict, str)) for v in value)


def _is_default(value, default):
    if default is None:
        return value is None or value is False or value in ('', [], ())
    return getattr(value, 'id', value) == default
