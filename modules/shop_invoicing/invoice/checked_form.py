# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""The form of a wizard, of which nothing is believed that a client sends.

What is required, read-only or bound by a domain in a form is known to the
client alone, because nothing of it is stored.
"""
import math
from collections import defaultdict
from functools import wraps
from numbers import Number

from trytond.i18n import gettext
from trytond.model import Model, ModelStorage, fields
from trytond.model.exceptions import (
    DigitsValidationError, DomainValidationError)
from trytond.model.modelstorage import EvalEnvironment, _record_eval_pyson
from trytond.pool import Pool
from trytond.tools.domain_inversion import eval_domain
from trytond.transaction import Transaction, check_access

from .checked_records import CheckedNamesMixin

_TO_ONE = {'many2one', 'one2one', 'reference'}
_TO_MANY = {'one2many', 'many2many'}
# The highest integer that every client shows exactly
_MAX = 2 ** 53


class CheckedForm(CheckedNamesMixin):
    """A form whose values the server checks as those of stored records.

    It is for the forms of a checked wizard, and for the lines inside them.
    """
    __slots__ = ()

    @property
    def rec_name(self):
        "How the errors of Tryton call what has no name"
        return self.__names__()['model']

    @classmethod
    def __post_setup__(cls):
        super().__post_setup__()
        # Records are read without access rights where fields are computed
        for rpc in cls.__rpc__.values():
            if rpc.instantiate is not None:
                rpc.decorator = _for_readers(rpc.decorator)

    @classmethod
    def default_get(
            cls, fields_names=None, with_rec_name=True, with_default=True):
        context = Transaction().context
        if Transaction().check_access:
            # The defaults tell the names of the records in the context
            cls(**{
                    name: context[f'default_{name}']
                    for name, field in cls._fields.items()
                    if field._type in _TO_ONE | _TO_MANY
                    and context.get(f'default_{name}')}).check_readable()
        return super().default_get(
            fields_names, with_rec_name=with_rec_name,
            with_default=with_default)

    def check_readable(self):
        """Raise AccessError if a record is named that the user may not read.

        That depends on the rights and on the companies of the user.
        """
        pool = Pool()
        named = defaultdict(set)
        for record in _walk(self, set()):
            if isinstance(record, ModelStorage) and record.id is not None:
                named[record.__name__].add(record.id)
        with check_access():
            for name, ids in named.items():
                pool.get(name).read(list(ids), ['id'])

    def check_form(self, get_proposal):
        """Raise if the form is not what a user of the client could have sent.

        What is read-only becomes what the server proposes, which the function
        returns by field name, and what is computed is computed again.
        """
        self._forget()
        self.check_readable()
        self._check_numbers()
        readonly = [n for n, f in self._fields.items() if _is_readonly(f)]
        self._propose(readonly, get_proposal)
        self._compute()
        self._propose(list(self._find_readonly()), get_proposal)
        self._compute()
        self._check_values()

    def _forget(self):
        "Forget what the user cannot enter, also in the records that are named"
        for name, field in self._fields.items():
            if name == 'id':
                continue
            value = getattr(self, name, None)
            if self._is_computed(name) or _is_readonly(field):
                value = None
            elif field._type in _TO_ONE:
                value = _clean(value)
            elif field._type in _TO_MANY:
                value = [v for v in map(_clean, value or []) if v is not None]
            setattr(self, name, value)
        for line in self._lines:
            line._forget()

    def _check_numbers(self):
        for name, field in self._fields.items():
            value = getattr(self, name)
            if (field._type in {'integer', 'float', 'numeric'}
                    and value is not None
                    and not _is_number(value)):
                raise DigitsValidationError(gettext(
                        'shop_invoicing.msg_checked_form_number',
                        **self.__names__(name, self)))
        for line in self._lines:
            line._check_numbers()

    def _propose(self, names, get_proposal):
        names = [
            n for n in names if n != 'id' and not self._is_computed(n)]
        proposal = get_proposal() if names else {}
        for name in names:
            setattr(self, name, proposal.get(name))

    def _find_readonly(self):
        "Yield the names of the fields that are read-only by their states"
        for name, field in self._fields.items():
            readonly = field.states and field.states.get('readonly')
            if readonly and _record_eval_pyson(self, readonly):
                yield name

    @classmethod
    def _is_computed(cls, name):
        field = cls._fields[name]
        return (
            bool(getattr(cls, f'on_change_with_{name}', None))
            and (isinstance(field, fields.Function) or _is_readonly(field)))

    def _compute(self):
        "Compute what the client cannot enter, each after what it depends on"
        names = {n for n in self._fields if self._is_computed(n)}
        while names:
            name = next(
                (n for n in sorted(names)
                    if not self._fields[n].on_change_with & (names - {n})),
                min(names))
            names.remove(name)
            setattr(self, name, getattr(self, f'on_change_with_{name}')())
        for line in self._lines:
            line._compute()

    @property
    def _lines(self):
        "The lines that the user has entered in the form"
        return [
            line for name, field in self._fields.items()
            if field._type == 'one2many' and not self._is_computed(name)
            and not _is_readonly(field)
            for line in getattr(self, name) or []
            if isinstance(line, CheckedForm)]

    # As those of stored records, where Tryton looks at them

    _validate = classmethod(ModelStorage._validate.__func__)

    @classmethod
    def validate(cls, forms):
        pass

    @classmethod
    def validate_fields(cls, forms, field_names):
        pass

    def _check_values(self):
        with check_access():
            self._validate([self])
        for name, field in self._fields.items():
            if (field.domain and field._type not in _TO_ONE | _TO_MANY
                    and getattr(self, name) is not None):
                self._check_domain(name, field)
        for line in self._lines:
            line._check_values()

    def _check_domain(self, name, field):
        "Raise if the value is not within the domain, which is not searched"
        domain = _record_eval_pyson(self, field.domain)
        if not eval_domain(domain, EvalEnvironment(self, self.__class__)):
            raise DomainValidationError(gettext(
                    'ir.msg_domain_validation_record',
                    **self.__names__(name, self)),
                domain=(domain, self.fields_get([name])))


def _for_readers(decorator):
    "Return a decorator of what may be called by readers of the records only"
    def decorate(func):
        @wraps(func)
        def wrapper(forms, *args, **kwargs):
            for form in forms if isinstance(forms, list) else [forms]:
                form.check_readable()
            return func(forms, *args, **kwargs)
        return decorator(wrapper) if decorator else wrapper
    return decorate


def _walk(record, seen):
    "Yield the record and all that its values name"
    if id(record) in seen:
        return
    seen.add(id(record))
    yield record
    for value in record._values._values() if record._values else []:
        for target in value if isinstance(value, (list, tuple)) else [value]:
            if isinstance(target, Model):
                yield from _walk(target, seen)


def _clean(record):
    """Return the record without the values that the client has given it.

    Return None if it is no record that is stored.
    """
    if not isinstance(record, ModelStorage):
        return record
    if record.id is not None and record.id >= 0:
        return record.__class__(record.id)


def _is_readonly(field):
    return field.readonly or (
        bool(field.states) and field.states.get('readonly') is True)


def _is_number(value):
    return (
        isinstance(value, Number) and math.isfinite(value)
        and abs(value) <= _MAX)
