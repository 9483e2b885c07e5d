# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from sql import Cast, Literal

from trytond.model import ModelSQL, ModelView, Unique, fields
from trytond.modules.company.model import CompanyValueMixin
from trytond.pool import Pool, PoolMeta
from trytond.pyson import Eval
from trytond.transaction import Transaction, check_access, inactive_records

from ..invoice.party_permission import PermissionMixin
from ..invoice.protection import QueryMixin

# An id has 31 bits, so that no two choices have the same one, and JavaScript
# counts exactly as long as there are less than four million methods
_PARTIES = 2 ** 31


class PartyPaymentMethod(PermissionMixin, ModelSQL):
    __name__ = 'party.party-sale.payment.method'
    _permission_fields = {'party', 'method'}
    _permission_key = 'method'

    party = fields.Many2One(
        'party.party', "Party", required=True, ondelete='CASCADE')
    method = fields.Many2One(
        'sale.payment.method', "Method", required=True, ondelete='CASCADE')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_constraints.append(
            ('party_method_unique', Unique(t, t.party, t.method),
                'shop_invoicing.msg_payment_method_party_unique'))

    @classmethod
    def check_modification(cls, mode, allowances, values=None, external=False):
        super().check_modification(
            mode, allowances, values=values, external=external)
        if external:
            ids = {a.method.id for a in allowances}
            _check_methods(ids | {(values or {}).get('method')})

    def get_permission(self):
        return self.party, 'payment_methods', self.method.rec_name


class PartyPaymentMethodChoice(QueryMixin, ModelSQL, ModelView):
    """A method and whether a party may use it.

    Only what is ticked is stored, but the form needs a record for each method,
    and its id must tell the party and the method.
    """
    __name__ = 'party.party.payment_method_choice'

    party = fields.Many2One('party.party', "Party", required=True)
    method = fields.Many2One(
        'sale.payment.method', "Method", required=True, readonly=True)
    method_kind = fields.Function(
        fields.Selection('get_kinds', "Kind"), 'on_change_with_method_kind')
    method_availability = fields.Function(
        fields.Selection('get_availabilities', "Availability"),
        'on_change_with_method_availability')
    method_active = fields.Function(
        fields.Boolean("Active"), 'on_change_with_method_active')
    allowance = fields.Many2One(
        'party.party-sale.payment.method', "Permission", readonly=True)
    allowed = fields.Function(
        fields.Boolean(
            "Allowed",
            states={
                'readonly': Eval('method_availability') == 'all',
                },
            help="Whether this customer may use the method."),
        'get_allowed', setter='set_allowed')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.__access__.add('party')
        cls._order = [('method', 'ASC'), ('id', 'ASC')]

    @classmethod
    def table_query(cls):
        pool = Pool()
        method = pool.get('sale.payment.method').__table__()
        party = pool.get('party.party').__table__()
        allowed = pool.get('party.party-sale.payment.method').__table__()
        where = Literal(True)
        if parties := Transaction().context.get('_choices_of_parties'):
            where = fields.SQL_OPERATORS['in'](party.id, parties)
        return (party
            .join(method, condition=Literal(True))
            .join(allowed, 'LEFT', condition=(
                    (allowed.party == party.id)
                    & (allowed.method == method.id)))
            .select(
                cls.compose_id(
                    party.id, Cast(method.id, 'BIGINT')).as_('id'),
                party.id.as_('party'),
                method.id.as_('method'),
                allowed.id.as_('allowance'),
                where=where))

    @classmethod
    def compose_id(cls, party, method):
        "Return the id of a choice; the arguments are ids or columns of them"
        return method * _PARTIES + party

    @classmethod
    def read(cls, ids, fields_names):
        # Who looks at one party does not wait for all of them
        parties = list({id_ % _PARTIES for id_ in ids})
        with Transaction().set_context(_choices_of_parties=parties):
            return super().read(ids, fields_names)

    @classmethod
    def get_kinds(cls):
        return cls._get_selection('kind')

    @classmethod
    def get_availabilities(cls):
        return cls._get_selection('availability')

    @classmethod
    def _get_selection(cls, name):
        Method = Pool().get('sale.payment.method')
        return Method.fields_get([name])[name]['selection']

    @fields.depends('method')
    def on_change_with_method_kind(self, name=None):
        return self.method.kind if self.method else None

    @fields.depends('method')
    def on_change_with_method_availability(self, name=None):
        return self.method.availability if self.method else None

    @fields.depends('method')
    def on_change_with_method_active(self, name=None):
        return self.method.active if self.method else None

    def get_allowed(self, name):
        return bool(self.allowance) or self.method.availability == 'all'

    @classmethod
    def write(cls, *args):
        # Without it Tryton lets nobody edit what comes from a query
        actions = iter(args)
        for choices, values in zip(actions, actions):
            if 'allowed' in values:
                cls.set_allowed(choices, 'allowed', values['allowed'])

    @classmethod
    def set_allowed(cls, choices, name, value):
        Party = Pool().get('party.party')
        action = 'add' if value else 'remove'
        to_write = []
        for choice in choices:
            to_write += [[choice.party], {
                    'payment_methods': [(action, [choice.method.id])],
                    }]
        if to_write:
            Party.write(*to_write)


class Party(metaclass=PoolMeta):
    __name__ = 'party.party'

    payment_methods = fields.Many2Many(
        'party.party-sale.payment.method', 'party', 'method',
        "Allowed Payment Methods",
        help="The methods that are allowed to this customer.")
    payment_method_choices = fields.Function(
        fields.One2Many(
            'party.party.payment_method_choice', None, "Payment Methods"),
        'get_payment_method_choices', setter='set_payment_method_choices')
    sale_payment_method = fields.MultiValue(fields.Many2One(
            'sale.payment.method', "Default Payment Method",
            help="The method of new sales to this customer."))
    sale_payment_methods = fields.One2Many(
        'party.party.sale_payment_method', 'party', "Sale Payment Methods")

    @classmethod
    def multivalue_model(cls, field):
        if field == 'sale_payment_method':
            return Pool().get('party.party.sale_payment_method')
        return super().multivalue_model(field)

    @classmethod
    def get_payment_method_choices(cls, parties, name):
        pool = Pool()
        Choice = pool.get('party.party.payment_method_choice')
        Method = pool.get('sale.payment.method')
        # Those of other companies are hidden from the user
        with check_access(), inactive_records():
            methods = Method.search([])
        return {
            party.id: [Choice.compose_id(party.id, m.id) for m in methods]
            for party in parties}

    @classmethod
    def set_payment_method_choices(cls, parties, name, value):
        Choice = Pool().get('party.party.payment_method_choice')
        for action, *arguments in value or []:
            if action == 'write':
                for ids, values in zip(arguments[::2], arguments[1::2]):
                    if 'allowed' in values:
                        # The user may write those parties and no others
                        choices = [
                            c for c in Choice.browse(ids)
                            if c.party in parties]
                        Choice.set_allowed(
                            choices, 'allowed', values['allowed'])

    @classmethod
    def copy(cls, parties, default=None):
        default = default.copy() if default is not None else {}
        default.setdefault('payment_methods')
        default.setdefault('sale_payment_method')
        default.setdefault('sale_payment_methods')
        return super().copy(parties, default=default)


class PartySalePaymentMethod(PermissionMixin, ModelSQL, CompanyValueMixin):
    __name__ = 'party.party.sale_payment_method'
    _permission_fields = {'party', 'sale_payment_method'}
    _permission_key = 'company'

    party = fields.Many2One(
        'party.party', "Party", ondelete='CASCADE',
        context={
            'company': Eval('company', -1),
            },
        depends={'company'})
    sale_payment_method = fields.Many2One(
        'sale.payment.method', "Default Payment Method", ondelete='SET NULL')

    @classmethod
    def check_modification(cls, mode, records, values=None, external=False):
        super().check_modification(
            mode, records, values=values, external=external)
        if external:
            ids = {
                r.sale_payment_method.id for r in records
                if r.sale_payment_method}
            _check_methods(ids | {(values or {}).get('sale_payment_method')})

    def get_permission(self):
        if self.party and self.sale_payment_method:
            return (
                self.party, 'sale_payment_method',
                self.sale_payment_method.rec_name)


class Replace(metaclass=PoolMeta):
    __name__ = 'party.replace'

    @classmethod
    def _get_permission_models(cls):
        return super()._get_permission_models() + [
            'party.party-sale.payment.method',
            'party.party.sale_payment_method']


class PermissionChange(metaclass=PoolMeta):
    __name__ = 'party.party.permission_change'

    @classmethod
    def _get_permission_fields(cls):
        return super()._get_permission_fields() + [
            ('party.party', 'payment_methods'),
            ('party.party', 'sale_payment_method')]


def _check_methods(ids):
    "Raise if a method is that of a company in which the user does not work"
    Method = Pool().get('sale.payment.method')
    with check_access():
        Method.read(list(ids - {None}), ['id'])
