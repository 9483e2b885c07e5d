# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"What a party may do and gets, who may decide about it, and the log of that"
from trytond.i18n import gettext
from trytond.model import Index, ModelSQL, ModelView, fields
from trytond.model.exceptions import AccessError
from trytond.pool import Pool, PoolMeta
from trytond.pyson import Eval
from trytond.transaction import check_access, without_check_access

from .change_log import ChangeLogMixin
from .checked_records import CheckedRecordsMixin
from .protection import ProtectedMixin

# The same in each language
YES = '✓'


class PermissionMixin(CheckedRecordsMixin):
    "A model that says what parties may do or get"
    __slots__ = ()
    # Those by which somebody decides, and those that change the log too
    _permission_fields = set()
    _permission_depends = set()
    # The field of which a party has each value once
    _permission_key = None

    def get_permission(self):
        """Return what is permitted to which party, or None if it is nothing.

        It is the party, the name of what is permitted, and a text for the log.
        """
        raise NotImplementedError

    def get_permissions(self):
        "Return all that is permitted, each as get_permission returns it"
        return list(filter(None, [self.get_permission()]))

    @classmethod
    def check_modification(cls, mode, records, values=None, external=False):
        super().check_modification(
            mode, records, values=values, external=external)
        if not external:
            return
        if (cls._permission_depends & values.keys() if mode == 'write'
                else mode == 'delete' and cls._permission_depends):
            cls._check_depends(records)
        if Pool().get('res.user').get_companies():
            return
        for record in records:
            if (cls._permission_fields & values.keys() if mode == 'write'
                    else mode == 'create' and record.get_permissions()):
                raise AccessError(gettext(
                        'shop_invoicing.msg_party_permission_company',
                        **cls.__names__(min(cls._permission_fields))))

    @classmethod
    def _check_depends(cls, records):
        "Raise if who may not permit it lets somebody else have what is"
        FieldAccess = Pool().get('ir.model.field.access')
        if any(getattr(r, n) for r in records for n in cls._permission_fields):
            with check_access():
                FieldAccess.check(
                    cls.__name__, cls._permission_fields, 'write')

    @classmethod
    def on_modification(cls, mode, records, field_names=None):
        super().on_modification(mode, records, field_names=field_names)
        if mode == 'create':
            cls._log_permissions({}, cls._get_permissions(records))
        elif mode == 'delete':
            cls._log_permissions(cls._get_permissions(records), {})

    @classmethod
    def on_write(cls, records, values):
        callbacks = super().on_write(records, values)
        if values.keys() & (
                cls._permission_fields | cls._permission_depends):
            before = cls._get_permissions(records)
            callbacks.append(lambda: cls._log_permissions(
                    before, cls._get_permissions(cls.browse(records))))
        return callbacks

    @classmethod
    def _drop_double(cls, source, destination):
        """Delete what two parties would have twice if they were one.

        What the destination has stays.
        """
        records = cls.search([
                ('party', 'in', [source.id, destination.id])])
        kept = {
            getattr(record, cls._permission_key) for record in records
            if record.party == destination and record.get_permission()}
        cls.delete([
                record for record in records
                if not record.get_permission()
                or record.party == source
                and getattr(record, cls._permission_key) in kept])

    @classmethod
    def _get_permissions(cls, records):
        "Return the texts by record, party and permission"
        permissions = {}
        for record in records:
            for party, name, text in record.get_permissions():
                permissions[record.id, party, name] = text
        return permissions

    @classmethod
    def _log_permissions(cls, before, after):
        Change = Pool().get('party.party.permission_change')
        Change.save_log([
                Change(
                    party=key[1], permission=key[2],
                    old_value=before.get(key), new_value=after.get(key))
                for key in [*before, *(k for k in after if k not in before)]
                if before.get(key) != after.get(key)])


class Change(ChangeLogMixin, ModelSQL, ModelView):
    __name__ = 'party.party.permission_change'

    party = fields.Many2One(
        'party.party', "Party", required=True, readonly=True,
        ondelete='CASCADE')
    permission = fields.Selection(
        'get_permissions', "Permission", required=True, readonly=True)

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_indexes.add(
            Index(t, (t.party, Index.Equality()), (t.id, Index.Range())))

    @classmethod
    def get_permissions(cls):
        pool = Pool()
        return [
            (name, pool.get(model).__names__(name)['field'])
            for model, name in cls._get_permission_fields()]

    @classmethod
    def _get_permission_fields(cls):
        "Return pairs of the model and the name of each permission"
        return []

    def explain_log(self):
        return gettext(
            'shop_invoicing.msg_party_permission_log',
            party=self.party.rec_name)


class Party(ProtectedMixin, metaclass=PoolMeta):
    __name__ = 'party.party'

    permission_changes = fields.One2Many(
        'party.party.permission_change', 'party', "Permission Changes",
        readonly=True,
        states={
            'invisible': ~Eval('permission_changes', []),
            },
        help="Who has changed how the party may pay, whether it may order "
        "for own use, and who gets copies of its invoices.")

    @classmethod
    def copy(cls, parties, default=None):
        default = default.copy() if default is not None else {}
        default.setdefault('permission_changes')
        return super().copy(parties, default=default)


class Replace(metaclass=PoolMeta):
    "What was permitted to the source is permitted to the destination, once"
    __name__ = 'party.replace'

    @classmethod
    def _get_permission_models(cls):
        "Return the names of the models that permit something to their party"
        return []

    @classmethod
    def fields_to_replace(cls):
        return super().fields_to_replace() + [
            (name, 'party') for name in cls._get_permission_models()]

    @without_check_access
    def transition_replace(self):
        pool = Pool()
        moved = []
        for name in self._get_permission_models():
            Model = pool.get(name)
            Model._drop_double(self.ask.source, self.ask.destination)
            moved.append((Model, Model._get_permissions(Model.search([
                                ('party', '=', self.ask.source.id)]))))
        result = super().transition_replace()
        # It moves them by SQL, which logs nothing
        for Model, before in moved:
            Model._log_permissions(before, {
                    (id_, self.ask.destination, name): text
                    for (id_, _, name), text in before.items()})
        return result
