# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""What the client shows read-only is refused from outside.

The walk finds the fields by itself and tries to set each of them in every way.
"""
from functools import partial
from unittest.mock import patch

import pytest

from tests import protection_walk
from tests.protection_walk import YEAR, find, is_kept, outside
from tests.senseless_walk import iter_answers

# What falls if the protection is switched off
FALLING = {
    ('account.invoice', 'sent_state'),
    ('account.invoice', 'dispatch_state'),
    ('account.invoice', 'invoice_report_cache'),
    ('account.invoice.email', 'sent_at'),
    ('account.payment', 'state'),
    ('sale.sale', 'state'),
    ('sale.sale', 'total_amount_cache'),
    ('stock.move', 'state'),
    ('stock.shipment.out', 'state'),
    }


@pytest.fixture(scope='module', autouse=True)
def shop():
    from tests.tools import create_shop
    from trytond.tests.test_tryton import drop_db
    from trytond.tests.tools import activate_modules
    activate_modules(
        'shop_invoicing', partial(create_shop, YEAR, YEAR),
        protection_walk.populate)
    yield
    drop_db()


@pytest.fixture(scope='module')
def walk():
    return protection_walk.Walk()


def test_every_model_is_protected_and_walked(walk):
    assert not walk.unprotected
    assert walk.models >= {
        'account.invoice', 'account.invoice.email', 'account.invoice.line',
        'account.invoice.lettering.batch', 'account.invoice.lettering.change',
        'account.invoice.number_range', 'account.move', 'account.payment',
        'sale.sale', 'sale.line', 'stock.shipment.out', 'stock.move'}
    assert not walk.models - walk.records.keys()


def test_no_field_can_be_set_in_any_way(walk):
    assert {a.way for a in walk.attempts()} == {
        'write', 'create', 'copy', 'nested', 'import'}
    assert [a for a in walk.attempts() if not a.is_refused()] == []


def test_the_fields_would_change_without_the_protection(walk):
    from trytond.modules.shop_invoicing.invoice.protection import (
        ProtectedMixin)
    with patch.object(ProtectedMixin, '_check_protected'), \
            patch.object(ProtectedMixin, '_check_new'):
        changed = {
            (a.model, a.field) for a in walk.attempts()
            if a.way == 'write' and not a.is_refused(is_changed=True)}
    assert changed >= FALLING


def test_what_has_no_sense_ends_in_an_error_that_tells_it():
    answers = list(iter_answers())
    assert {way for way, *_ in answers} == {
        'search', 'create', 'write', 'copy', 'default', 'on_change'}
    assert [asked for *asked, is_told in answers if not is_told] == []


def test_computed_fields_are_searched_by_nothing_but_their_type():
    from trytond.modules.shop_invoicing.exceptions import SearchError
    with outside() as pool:
        Range = pool.get('account.invoice.number_range')
        assert Range.search([('start_date', '<', None)]) == []
        for clause in [
                ('start_date', '=', "2026"), ('start_date', 'like', None),
                ('start_date', 'in', None), ('rec_name', '=', 5),
                ('rec_name', 'where', [])]:
            with pytest.raises(SearchError):
                Range.search([clause])


def test_no_choice_of_payment_methods_changes_nothing():
    with outside() as pool:
        Party = pool.get('party.party')
        customer = find('party.party', name="Customer")
        before = customer.payment_methods
        Party.write([customer], {'payment_method_choices': None})
        assert Party(customer.id).payment_methods == before


@pytest.mark.parametrize('name', [
        'sale.sale', 'account.invoice', 'account.payment',
        'account.invoice.number_range'])
def test_a_new_record_is_saved_with_all_its_defaults(name):
    with outside() as pool:
        Model = pool.get(name)
        values = {
            n: v for n, v in Model.default_get(
                list(Model._fields), with_rec_name=False).items()
            if n in Model._fields and is_kept(Model._fields[n])
            and not isinstance(v, (list, dict))}
        values.update(_get_required(name))
        record, = Model.create([values])
        assert record.id


def _get_required(name):
    "Return what a user enters who makes a new record"
    customer = find('party.party', name="Customer")
    if name == 'sale.sale':
        return {'party': customer.id}
    elif name == 'account.invoice':
        return {
            'type': 'out',
            'party': customer.id,
            'invoice_address': customer.addresses[0].id,
            'account': find('account.invoice').account.id,
            }
    elif name == 'account.payment':
        return {
            'journal': find('account.payment.journal').id,
            'kind': 'receivable',
            'party': customer.id,
            'amount': 1,
            }
    return {'year': YEAR + 3}


def test_what_is_exported_can_be_imported_again():
    with outside() as pool:
        Sale = pool.get('sale.sale')
        sale = find('sale.sale', state='quotation')
        assert Sale.import_data(
            ['id', 'state', 'payment_state', 'reference'],
            [[sale.id, 'quotation', 'unpaid', "Theirs"]]) == 1
        assert Sale(sale.id).reference == "Theirs"


def test_what_the_form_lets_edit_is_written_to_an_order_that_is_no_draft():
    with outside() as pool:
        Sale = pool.get('sale.sale')
        sale = find('sale.sale', state='processing')
        Sale.write([sale], {
                'comment': "Ring twice",
                'lines': [('write', [sale.lines[0].id], {'note': "Fragile"})],
                })
        assert sale.lines[0].note == "Fragile"


def test_moves_are_made_in_their_shipment():
    with outside() as pool:
        Shipment = pool.get('stock.shipment.out')
        shipment = find('stock.shipment.out')
        Shipment.write([shipment], {
                'outgoing_moves': [('copy', [shipment.outgoing_moves[0].id])],
                })
        new = shipment.outgoing_moves[-1]
        assert (new.shipment, new.state) == (shipment, 'draft')


@pytest.mark.parametrize('name', ['outgoing_moves', 'inventory_moves'])
@pytest.mark.parametrize('values', [{'origin': None}, {'state': 'cancelled'}])
def test_moves_are_protected_in_the_computed_fields_of_a_shipment(
        name, values):
    from trytond.modules.shop_invoicing.exceptions import ProtectionError
    with outside() as pool:
        Shipment = pool.get('stock.shipment.out')
        shipment = find('stock.shipment.out', state='packed')
        move, = shipment.outgoing_moves
        with pytest.raises(ProtectionError):
            Shipment.write([shipment], {
                    name: [('write', [move.id], values)],
                    })
        with pytest.raises(ProtectionError):
            Shipment.create([{
                        'customer': shipment.customer.id,
                        name: [('create', [{'state': 'done'}])],
                        }])


def test_what_an_issued_document_states_is_protected():
    from trytond.modules.shop_invoicing.exceptions import ProtectionError
    with outside() as pool:
        Invoice = pool.get('account.invoice')
        invoice = find('account.invoice', state='posted')
        for name in ['comment', 'description', 'reference']:
            with pytest.raises(ProtectionError):
                Invoice.write([invoice], {name: "Forged"})


def test_an_order_is_not_invoiced_to_another_customer():
    from trytond.modules.shop_invoicing.exceptions import ProtectionError
    with outside() as pool:
        Invoice = pool.get('account.invoice')
        Line = pool.get('account.invoice.line')
        line = next(
            line for line in Line.search([('invoice.state', '=', 'draft')])
            if line.origin and line.origin.__name__ == 'sale.line')
        other = find('party.party', name="Other")
        Invoice.write([line.invoice], {
                'party': other.id,
                'invoice_address': other.addresses[0].id,
                })
        with pytest.raises(ProtectionError):
            Invoice.post([line.invoice])


@pytest.mark.parametrize('name, field', [
        ('stock.shipment.in', 'incoming_moves'),
        ('stock.shipment.in', 'inventory_moves'),
        ('stock.shipment.internal', 'outgoing_moves'),
        ('stock.shipment.internal', 'incoming_moves')])
def test_moves_are_protected_in_shipments_of_other_kinds(name, field):
    from trytond.modules.shop_invoicing.exceptions import ProtectionError
    with outside() as pool:
        Shipment = pool.get(name)
        move, = find('stock.shipment.out', state='packed').outgoing_moves
        for action in [
                ('create', [{'state': 'done'}]),
                ('copy', [move.id], {'state': 'done'}),
                ('write', [move.id], {'origin': None})]:
            with pytest.raises(ProtectionError):
                Shipment.create([{field: [action]}])


@pytest.mark.parametrize('method, arguments', [
        ('create', []), ('write', [{}]), ('delete', []), ('copy', [])])
def test_a_call_from_outside_about_no_records_is_no_error(method, arguments):
    from trytond.modules.shop_invoicing.exceptions import AccessError
    with outside() as pool:
        models = [
            Model for Model in protection_walk.iter_ours(pool)
            if method in Model.__rpc__]
        assert len(models) > 30
        for Model in models:
            try:
                assert not getattr(Model, method)([], *arguments)
            except AccessError as error:
                # Of some models nothing is ever written
                assert error.message


@pytest.mark.parametrize('name', [
        'account.invoice.lettering.batch.outcome',
        'account.invoice.number_range.finding',
        'party.party.payment_method_choice'])
def test_what_a_query_finds_is_not_changed(name):
    from trytond.modules.shop_invoicing.exceptions import ProtectionError
    with outside() as pool:
        Model = pool.get(name)
        with pytest.raises(ProtectionError):
            Model.create([{}])
        for method in [Model.delete, Model.copy]:
            with pytest.raises(ProtectionError):
                method([Model(1)])
        if name != 'party.party.payment_method_choice':
            with pytest.raises(ProtectionError):
                Model.write([Model(1)], {})


def test_a_copy_gets_a_list_of_what_it_refers_to():
    from trytond.modules.shop_invoicing.exceptions import ProtectionError
    with outside() as pool:
        Party = pool.get('party.party')
        customer = find('party.party', name="Customer")
        method = find('sale.payment.method')
        copy, = Party.copy([customer], {'payment_methods': [method.id]})
        assert copy.payment_methods == (method,)
        with pytest.raises(ProtectionError):
            Party.copy(
                [customer], {'payment_methods': [('add', [method.id])]})
