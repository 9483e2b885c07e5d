# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"Each wizard of ours, run by each login with whatever a client may send"
import copy
import datetime as dt
from decimal import Decimal
from unittest.mock import patch

import pytest

from tests import logins
from tests.wizard_walk import (
    MAY, RECORDS, execute, find_accepted, find_told, get_buttons, get_data,
    get_foreign, get_forms, get_lines, get_outcome, get_records, get_wizards,
    is_refused)
from trytond.exceptions import UserError

PAST = dt.date(1990, 1, 1)
# The wizards that change no document
TELLING = {
    'account.invoice.lettering.export', 'account.invoice.seal.check',
    'account.invoice.seal.check_all', 'account.invoice.seal.existing'}


@pytest.fixture(scope='module', autouse=True)
def database():
    from trytond.tests.test_tryton import drop_db
    logins.prepare()
    yield
    drop_db()


def test_each_wizard_is_walked():
    from trytond.modules.shop_invoicing.invoice.checked_form import CheckedForm
    from trytond.modules.shop_invoicing.invoice.checked_wizard import (
        CheckedWizard)
    wizards = get_wizards()
    assert wizards.keys() == MAY.keys()
    for name, wizard in wizards.items():
        assert issubclass(wizard, CheckedWizard), name
        for form in get_forms(wizard).values():
            assert issubclass(form, CheckedForm), form
            for _, line in get_lines(form):
                assert issubclass(line, CheckedForm), line


@pytest.mark.parametrize('login', logins.GROUPS)
@pytest.mark.parametrize('name', MAY)
def test_who_may_can_and_nobody_else(name, login):
    wizard = logins.get_class(name, 'wizard')
    clerk, context = MAY[name][0], get_records(name)
    for view, state in get_buttons(wizard):
        data = get_data(clerk, name, view)
        refused = is_refused(login, name, data, state, context)
        does_something = name not in TELLING
        assert refused == (login not in MAY[name] or not does_something)
        # An action without groups is none of the wizard
        if login not in MAY[name]:
            for extra in [{'action_id': 1}, {'active_model': None}]:
                assert is_refused(
                    login, name, data, state, {**context, **extra})


@pytest.mark.parametrize('name, login', [
        (name, login) for name in MAY for login in MAY[name]])
def test_what_is_forged_is_refused(name, login):
    assert find_accepted(name, login) == []


@pytest.mark.parametrize('name, field, value', [
        ('sale.payment.register', 'amount', Decimal(999_999)),
        ('account.invoice.cancel_invoice', 'date', PAST),
        ('account.invoice.cancel_invoice', 'reason', " "),
        ('account.invoice.replace_invoice', 'date', PAST),
        ('account.invoice.replace_invoice', 'reason', " "),
        ('account.invoice.credit_amount', 'date', PAST),
        ('account.invoice.credit_amount', 'net_amount', Decimal(999_999)),
        ('account.invoice.email.mark', 'date', PAST),
        ])
def test_what_makes_no_sense_is_refused(name, field, value):
    wizard = logins.get_class(name, 'wizard')
    login, context = MAY[name][0], get_records(name)
    (view, state), = get_buttons(wizard)
    data = {view: {**get_data(login, name, view)[view], field: value}}
    assert is_refused(login, name, data, state, context)


@pytest.mark.parametrize('name', [
        'sale.invoice_lines', 'account.invoice.add_order_lines'])
def test_lines_of_another_order_are_refused(name):
    (view, state), = get_buttons(logins.get_class(name, 'wizard'))
    for login in MAY[name]:
        data = copy.deepcopy(get_data(login, name, view))
        due, = logins.find('sale.sale', ('reference', '=', 'due'))
        line, = logins.find('sale.line', ('sale', '=', due))
        data[view]['lines'][0]['line'] = line
        assert is_refused(login, name, data, state, get_records(name))


def test_what_is_due_is_known_where_no_total_is_stored():
    name = 'sale.payment.register'
    context = get_records(name)
    result, _, _ = execute(
        'sales', name, {}, 'start', context, statement=(
            "UPDATE sale_sale SET total_amount_cache = NULL "
            f"WHERE id = {context['active_id']}"))
    assert result['view']['defaults']['sales'] == context['active_ids']
    assert result['view']['defaults']['amount'] > 0


@pytest.mark.parametrize('name', MAY)
def test_what_is_read_only_is_that_of_the_server(name):
    wizard = logins.get_class(name, 'wizard')
    login, context = MAY[name][0], get_records(name)
    for view, state in get_buttons(wizard):
        if not view:
            continue
        form = get_forms(wizard)[view]
        data = get_data(login, name, view)
        forged = copy.deepcopy(data)
        for field_name, field in form._fields.items():
            if field.readonly and field_name != 'id':
                forged[view][field_name] = get_foreign_value(login, field)
        expected = get_outcome(login, name, view, state)
        assert execute(login, name, forged, state, context)[2] == expected


def get_foreign_value(login, field):
    if field._type == 'many2one':
        return get_foreign(login, logins.get_target(field))
    return {
        'date': PAST, 'boolean': True, 'integer': 1990,
        }.get(field._type)


@pytest.mark.parametrize('name', MAY)
def test_what_no_client_calls_is_refused(name):
    wizard = logins.get_class(name, 'wizard')
    login, context = MAY[name][0], get_records(name)
    for view, state in get_buttons(wizard):
        data = get_data(login, name, view)
        for bad in [
                {**data, 'record': {'state': 'draft', 'sent_state': 'sent'}},
                {**data, 'result': {'invoices': 1}},
                {view or 'send': {'_values': None}}]:
            assert is_refused(login, name, bad, state, context)
        for bad in ['result', 'default_start', 'nothing']:
            assert is_refused(login, name, data, bad, context)
        assert is_refused(
            login, name, data, state, context, session_of='admin')
        if name in RECORDS:
            foreign = get_records(name, 'Dunder Mifflin')
            assert is_refused(login, name, data, state, foreign)


@pytest.mark.parametrize('name', [
        n for n in MAY if n.endswith(('_invoice', '_amount', '_lines'))])
def test_nothing_is_done_with_the_first_of_several_records(name):
    model, _ = RECORDS[name]
    login, context = MAY[name][0], get_records(name)
    context['active_ids'] = logins.find(
        model, ('company.party.name', '=', 'Second'))
    assert len(context['active_ids']) > 1
    assert is_refused(login, name, {}, 'start', context)


@pytest.mark.parametrize('name', [
        'sale.invoice_lines', 'sale.payment.register'])
def test_orders_of_another_company_are_refused(name):
    from trytond.modules.shop_invoicing.invoice.checked_form import CheckedForm

    def believe(form, get_proposal):
        form._compute()
    (view, state), = get_buttons(logins.get_class(name, 'wizard'))
    data = get_data(MAY[name][0], name, view)
    context = (
        get_records(name, 'Dunder Mifflin')
        if name == 'sale.invoice_lines' else {})
    assert is_refused('other', name, data, state, context)
    with patch.object(CheckedForm, 'check_form', believe):
        assert not is_refused('other', name, data, state, context)


@pytest.mark.parametrize('login', logins.GROUPS)
def test_forms_tell_nothing_that_the_login_must_not_read(login):
    from trytond.modules.shop_invoicing.invoice.checked_form import CheckedForm
    assert find_told(login) == []
    with patch.object(CheckedForm, 'check_readable'):
        assert find_told(login)


@pytest.mark.parametrize('login', logins.GROUPS)
def test_accounting_alone_sees_how_much_is_numbered(login):
    name = 'account.invoice.number_range'
    args = [logins.find(name), ['preview', 'number_count', 'number_last']]
    if login in {'none', 'sales', 'payment', 'stock'}:
        with pytest.raises(UserError):
            logins.call(login, 'model', name, 'read', *args)
    else:
        args[0] = logins.find(name, (
                'company.party.name', '=',
                'Dunder Mifflin' if login == 'other' else 'Second'))
        assert logins.call(login, 'model', name, 'read', *args)[0]
