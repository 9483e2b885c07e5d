# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from trytond.model import fields
from trytond.model.exceptions import AccessError
from trytond.transaction import without_check_access

from .protection import ProtectedMixin


class ChangeLogMixin(ProtectedMixin):
    "A log of changes that nobody can write but the server"
    __slots__ = ()
    _rec_name = 'new_value'

    old_value = fields.Char("Old Value", readonly=True)
    new_value = fields.Char("New Value", readonly=True)

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._order = [('id', 'DESC')]

    @classmethod
    def check_modification(cls, mode, changes, values=None, external=False):
        if external and changes:
            raise AccessError(changes[0].explain_log())
        super().check_modification(
            mode, changes, values=values, external=external)

    def explain_log(self):
        "Return why nobody can write the change"
        raise NotImplementedError

    @classmethod
    @without_check_access
    def save_log(cls, changes):
        "Save the changes, which are not saved yet"
        cls.save(changes)
