# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"Who decides how a customer may pay and who gets copies, and that it is logged"
from unittest.mock import patch

import pytest

from tests import logins
from trytond.exceptions import UserError
from trytond.model import ModelSQL
from trytond.model.fields import Function


@pytest.fixture(scope='module', autouse=True)
def database():
    from trytond.tests.test_tryton import drop_db
    logins.prepare()
    yield
    drop_db()


def get_method():
    method, = logins.find('sale.payment.method', ('kind', '=', 'invoice'))
    return method


def get_party():
    party, = logins.find('party.party', ('name', '=', 'Buyer'))
    return party


def get_choice():
    return get_method() * 2 ** 31 + get_party()


def get_contact():
    contact, = logins.find(
        'party.contact_mechanism', ('party', '=', get_party()))
    return contact


WAYS = {
    'write': lambda: (
        'party.party', 'write', [get_party()],
        {'payment_methods': [('add', [get_method()])]}),
    'tick': lambda: (
        'party.party', 'write', [get_party()],
        {'payment_method_choices': [
                ('write', [get_choice()], {'allowed': True})]}),
    'tick alone': lambda: (
        'party.party.payment_method_choice', 'write', [get_choice()],
        {'allowed': True}),
    'default': lambda: (
        'party.party', 'write', [get_party()],
        {'sale_payment_method': get_method()}),
    'default by company': lambda: (
        'party.party', 'write', [get_party()],
        {'sale_payment_methods': [
                ('create', [{'sale_payment_method': get_method()}])]}),
    'create': lambda: (
        'party.party', 'create',
        [{'name': "New", 'payment_methods': [('add', [get_method()])]}]),
    'import': lambda: (
        'party.party', 'import_data', ['name', 'sale_payment_method'],
        [["New", "Invoice"]]),
    'copy of invoices': lambda: (
        'party.contact_mechanism', 'write', [get_contact()],
        {'invoice_copy': True}),
    'invoices': lambda: (
        'party.contact_mechanism', 'write', [get_contact()],
        {'invoice': True}),
    'contact': lambda: (
        'party.party', 'write', [get_party()],
        {'contact_mechanisms': [('create', [{
                            'type': 'email', 'value': 'spy@example.com',
                            'invoice_copy': True}])]}),
    'internal orders': lambda: (
        'party.party', 'write', [get_party()], {'internal_orders': True}),
    }


def decide(login, way):
    "Decide in the way and return the new entries of the log"
    name, method, *args = WAYS[way]()
    seen = []
    Change = logins.get_class('party.party.permission_change')
    save = Change.save_log
    with patch.object(Change, 'save_log', lambda changes: (
                seen.extend(
                    (c.permission, c.old_value, c.new_value)
                    for c in changes),
                save(changes))):
        logins.call(login, 'model', name, method, *args)
    return seen


@pytest.mark.parametrize('login', ['none', 'payment', 'stock'])
@pytest.mark.parametrize('way', WAYS)
def test_others_are_refused(login, way):
    # Whoever may change a party otherwise
    logins.call(
        login, 'model', 'party.party', 'write', [get_party()],
        {'name': "Buyer"})
    with pytest.raises(UserError):
        decide(login, way)


@pytest.mark.parametrize('way', WAYS)
def test_sales_and_accounting_decide_and_it_is_logged(way):
    for login in ['sales', 'accounting']:
        if way == 'internal orders':
            # The head of sales alone
            with pytest.raises(UserError):
                decide(login, way)
            login = 'admin'
        (permission, old, new), = decide(login, way)
        assert permission and old is None and new


@pytest.mark.parametrize('login, is_allowed', [
        ('none', False), ('payment', False), ('stock', False),
        ('sales', True), ('accounting', True)])
@pytest.mark.parametrize('values', [
        {'value': 'spy@example.com'}, {'active': False}, {'type': 'other'},
        None])
@pytest.mark.parametrize('name', ['invoice', 'invoice_copy'])
def test_who_may_not_decide_does_not_redirect_invoices(
        login, is_allowed, values, name):
    def write(ticked):
        def get_it():
            Contact = logins.get_class('party.contact_mechanism')
            Contact.write([Contact(contact)], {name: ticked})
            return [[contact]]
        if values is None:
            logins.call(
                login, 'model', 'party.contact_mechanism', 'delete',
                before=get_it)
        else:
            logins.call(
                login, 'model', 'party.contact_mechanism', 'write', values,
                before=get_it)
    contact = get_contact()
    # What gets no invoices anybody may correct
    write(ticked=False)
    if is_allowed:
        write(ticked=True)
    else:
        with pytest.raises(UserError, match="Invoice"):
            write(ticked=True)


@pytest.mark.parametrize('login, is_kept', [('none', False), ('sales', True)])
def test_a_copy_gets_invoices_if_its_maker_may_decide(login, is_kept):
    contact, party = get_contact(), get_party()

    def get_it():
        Contact = logins.get_class('party.contact_mechanism')
        Contact.write([Contact(contact)], {'invoice': True})
        return [[party]]

    def check(mode, contacts, values=None, external=False):
        ticked.extend(c.invoice for c in contacts if mode == 'create')
    ticked = []
    with patch.object(
            logins.get_class('party.contact_mechanism'),
            'check_modification', check):
        logins.call(login, 'model', 'party.party', 'copy', before=get_it)
    assert ticked == [is_kept]


def test_nobody_decides_by_a_method_of_another_company():
    method, = logins.find('sale.payment.method', ('kind', '=', 'prepayment'))
    with pytest.raises(UserError):
        logins.call(
            'other', 'model', 'party.party', 'write', [get_party()],
            {'payment_methods': [('add', [method])]})


@pytest.mark.parametrize('name', [
        'party.party-sale.payment.method', 'party.party.sale_payment_method'])
def test_nobody_calls_what_stores_it(name):
    assert not {'create', 'write', 'delete'} & set(
        logins.get_class(name).__rpc__)


@pytest.mark.parametrize('login', logins.GROUPS)
def test_nobody_writes_the_log(login):
    with pytest.raises(UserError):
        logins.call(
            login, 'model', 'party.party.permission_change', 'create',
            [{'party': get_party(), 'permission': 'payment_methods'}])


@pytest.mark.parametrize('login', ['none', 'payment', 'stock'])
def test_others_do_not_read_the_log(login):
    with pytest.raises(UserError):
        logins.call(
            login, 'model', 'party.party.permission_change', 'search', [])


@pytest.fixture
def transaction(database):
    from trytond.tests.test_tryton import DB_NAME
    from trytond.transaction import Transaction
    with Transaction().start(DB_NAME, 1) as transaction:
        with transaction.set_context(logins.get_context()):
            yield transaction
        transaction.rollback()


def merge(source, destination):
    Replace = logins.get_class('party.replace', type='wizard')
    wizard = Replace(Replace.create()[0])
    wizard.ask.source, wizard.ask.destination = source, destination
    wizard.transition_replace()


@pytest.mark.parametrize('has_it_too', [False, True])
def test_what_is_permitted_goes_along_once(transaction, has_it_too):
    Default = logins.get_class('party.party.sale_payment_method')
    Method = logins.get_class('sale.payment.method')
    Party = logins.get_class('party.party')
    method, other = Method.search(
        [('active', 'in', [True, False])], order=[('id', 'ASC')], limit=2)
    permitted = {
        'payment_methods': [('add', [method.id])],
        'sale_payment_methods': [('create', [{
                        'company': transaction.context['company'],
                        'sale_payment_method': method.id}])],
        'internal_orders': True,
        }
    own = {**permitted, 'sale_payment_methods': [('create', [{
                        'company': transaction.context['company'],
                        'sale_payment_method': other.id}])]}
    source, destination = Party.create([
            {'name': "Twice", **permitted},
            {'name': "Twice", **(own if has_it_too else {})}])
    merge(source, destination)
    transaction.counter += 1
    with transaction.set_context(active_test=False):
        source, destination = Party.browse([source.id, destination.id])
        assert destination.payment_methods == (method,)
        assert not source.payment_methods
    assert [d.sale_payment_method for d in Default.search(
            [('party', 'in', [source.id, destination.id])])] == [
        other if has_it_too else method]
    assert destination.internal_orders and not source.internal_orders
    assert sorted(
        (c.party.id, c.permission, bool(c.new_value))
        for c in destination.permission_changes + source.permission_changes
        ) == sorted(
        (party.id, name, is_new) for name in [
            'payment_methods', 'sale_payment_method', 'internal_orders']
        for party, is_new in [
            (source, True), (source, False), (destination, True)])


def test_a_merge_knows_what_is_of_a_party(transaction):
    Field = logins.get_class('ir.model.field')
    Replace = logins.get_class('party.replace', type='wizard')
    unknown = set()
    for field in Field.search([
                ('module', '=', 'shop_invoicing'),
                ('ttype', '=', 'many2one'),
                ('relation', '=', 'party.party')]):
        Model = logins.get_class(field.model)
        if (issubclass(Model, ModelSQL)
                and not callable(getattr(Model, 'table_query', None))
                and not isinstance(getattr(Model, field.name), Function)):
            unknown.add((field.model, field.name))
    unknown -= set(Replace.fields_to_replace())
    # The log stays with the party about which it is
    assert unknown == {('party.party.permission_change', 'party')}
