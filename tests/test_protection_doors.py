# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"What was possible from outside is refused, and at which door"
import datetime as dt
from decimal import Decimal
from functools import partial
from unittest.mock import patch

import pytest

from tests import protection_walk
from tests.protection_walk import YEAR, find, outside
from trytond.model.exceptions import AccessError, SQLConstraintError
from trytond.modules.shop_invoicing.exceptions import (
    InternalOrderInvoiceError, InvoiceCancellationError, InvoiceCreditError,
    InvoiceDocumentFrozenError, PrepaymentError, ProtectionError)
from trytond.pool import Pool
from trytond.transaction import Transaction, without_check_access


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


@pytest.fixture
def pool():
    with outside() as pool:
        yield pool


def write(record, **values):
    record.__class__.write([record], values)


def delete(record):
    record.__class__.delete([record])


def sent():
    return find('account.invoice', sent_state='sent')


def unsent():
    return find('account.invoice', state='posted', sent_state='not_sent')


def draft():
    return find('account.invoice', state='draft')


def held(party="Customer"):
    return find(
        'sale.sale', payment_state='unpaid', **{'party.name': party})


def validated():
    invoice = draft()
    with without_check_access():
        invoice.validate_invoice([invoice])
    return invoice


def left():
    shipment = find('stock.shipment.out')
    with without_check_access():
        write(shipment, state='done')
    return shipment


def line_of(invoice):
    return invoice.lines[0]


REFUSED = {
    'an issued invoice back to draft': (
        AccessError, lambda: write(sent(), state='draft')),
    'an issued invoice cancelled': (
        AccessError, lambda: write(sent(), state='cancelled')),
    'an issued invoice cancelled by a file': (
        AccessError, lambda: Pool().get('account.invoice').import_data(
            ['id', 'state'], [[sent().id, 'cancelled']])),
    'the document of a draft': (
        ProtectionError, lambda: write(
            draft(),
            invoice_report_cache=b'%PDF', invoice_report_format='pdf')),
    'the document of an issued invoice': (
        InvoiceDocumentFrozenError, lambda: write(
            sent(), invoice_report_cache=b'%PDF')),
    'a revision of the document': (
        ProtectionError,
        lambda: Pool().get('account.invoice.report.revision').create([{
                    'invoice': sent().id,
                    'invoice_report_format': 'pdf',
                    }])),
    'sent that was not': (
        ProtectionError, lambda: write(unsent(), sent_state='sent')),
    'a message on an invoice': (
        ProtectionError, lambda: write(
            unsent(), emails=[('add', [sent().emails[0].id])])),
    'the text of an issued line': (
        ProtectionError, lambda: write(
            line_of(sent()), description="Forged")),
    'the text of an issued line in its invoice': (
        ProtectionError, lambda: write(sent(), lines=[
                ('write', [line_of(sent()).id], {'description': "Forged"})])),
    'a line of a validated invoice deleted': (
        ProtectionError, lambda: delete(line_of(validated()))),
    'a line of a validated invoice deleted in its invoice': (
        ProtectionError, lambda: write(
            invoice := validated(),
            lines=[('delete', [line_of(invoice).id])])),
    'the origin of an issued line': (
        ProtectionError, lambda: write(
            line_of(sent()), origin=str(find(
                    'sale.sale', state='processing').lines[0]))),
    'a line moved to an issued invoice': (
        ProtectionError, lambda: write(
            line_of(draft()),
            invoice=sent().id)),
    'the line of a held order on a draft': (
        PrepaymentError, lambda: write(
            line_of(draft()),
            origin=str(held().lines[0]))),
    'the line of another customer on a draft': (
        ProtectionError, lambda: write(
            line_of(draft()),
            origin=str(held("Other").lines[0]))),
    'the line of an internal order on a draft': (
        InternalOrderInvoiceError, lambda: write(
            line_of(find(
                    'account.invoice', state='draft',
                    **{'party.name': "Insider"})),
            origin=str(find(
                    'sale.sale', order_type='internal').lines[0]))),
    'an internal order on a draft': (
        InternalOrderInvoiceError, lambda: write(
            line_of(draft()),
            origin=str(find('sale.sale', order_type='internal')))),
    'a held order without its method': (
        ProtectionError, lambda: write(held(), payment_method=None)),
    'a held order without its method by a file': (
        ProtectionError, lambda: Pool().get('sale.sale').import_data(
            ['id', 'payment_method'], [[held().id, '']])),
    'a held order that is paid': (
        ProtectionError, lambda: write(held(), payment_state='paid')),
    'a held order of nothing': (
        ProtectionError, lambda: write(
            held(), total_amount_cache=Decimal(0))),
    'a held order that is confirmed': (
        ProtectionError, lambda: write(held(), state='confirmed')),
    'a quotation at once': (
        ProtectionError, lambda: Pool().get('sale.sale').create([{
                    'party': held().party.id,
                    'state': 'quotation',
                    }])),
    'a quotation by a copy': (
        ProtectionError, lambda: Pool().get('sale.sale').copy(
            [held()], {'state': 'quotation'})),
    'the day of a shipment that has left': (
        ProtectionError, lambda: write(
            left(), effective_date=dt.date(YEAR, 1, 1))),
    'another customer of an order': (
        ProtectionError, lambda: write(
            held(), party=held("Other").party.id)),
    'the price of an ordered line': (
        ProtectionError, lambda: write(
            held().lines[0], unit_price=Decimal(0))),
    'the price of an ordered line in its order': (
        ProtectionError, lambda: write(held(), lines=[
                ('write', [held().lines[0].id], {'quantity': 1})])),
    'a line moved to a quotation': (
        ProtectionError, lambda: write(
            find('sale.sale', state='draft').lines[0], sale=held().id)),
    'an invoice line added to the line of an order': (
        ProtectionError, lambda: write(
            find('sale.sale', state='processing').lines[0],
            invoice_lines=[('add', [line_of(sent()).id])])),
    'a payment that has succeeded': (
        ProtectionError, lambda: Pool().get('account.payment').copy(
            [find('account.payment')], {'state': 'succeeded'})),
    'a shipment that has left': (
        ProtectionError, lambda: write(
            find('stock.shipment.out'), state='shipped')),
    'a move that is done': (
        ProtectionError, lambda: write(
            find('stock.shipment.out').outgoing_moves[0], state='done')),
    'goods of no order': (
        ProtectionError, lambda: write(
            find('stock.shipment.out').outgoing_moves[0], origin=None)),
    'a number': (
        AccessError, lambda: write(
            draft(), number='RE-1')),
    }


@pytest.mark.parametrize('case', REFUSED)
def test_it_is_refused(case, pool):
    error, action = REFUSED[case]
    with pytest.raises(error):
        action()


def test_what_moves_are_cancelled(pool):
    Cancel = pool.get('account.move.cancel', type='wizard')
    session, *_ = Cancel.create()
    move = sent().move
    with pytest.raises(AccessError), Transaction().set_context(
            _skip_warnings=True, active_model='account.move',
            active_id=move.id, active_ids=[move.id]):
        Cancel.execute(session, {'default': {'reversal': True}}, 'cancel')


@pytest.mark.parametrize('find_invoice, error', [
        (sent, InvoiceCancellationError), (unsent, AccessError)])
def test_a_numbered_invoice_is_cancelled_only_by_a_document(
        find_invoice, error, pool):
    invoice = find_invoice()
    with without_check_access():
        pool.get('company.company').write(
            [invoice.company], {'cancel_invoice_out': True})
    assert not pool.get('account.invoice')(invoice.id).allow_cancel
    with pytest.raises(error), without_check_access():
        pool.get('account.invoice').cancel([invoice])


@pytest.mark.parametrize('find_invoice', [unsent, draft])
def test_what_was_never_sent_is_not_credited(find_invoice, pool):
    with pytest.raises(InvoiceCreditError):
        credit(pool, find_invoice())


def test_what_was_sent_is_credited(pool):
    invoice = sent()
    credit(pool, invoice)
    assert invoice.corrections


def credit(pool, invoice):
    "Credit the invoice without refund"
    Credit = pool.get('account.invoice.credit', type='wizard')
    session, *_ = Credit.create()
    with Transaction().set_context(
            active_model='account.invoice', active_id=invoice.id,
            active_ids=[invoice.id]):
        Credit.execute(session, {'start': {'with_refund': False}}, 'credit')


def test_a_held_order_is_not_invoiced_by_the_server(pool):
    invoice = draft()
    with without_check_access():
        line_of(invoice).write(
            [line_of(invoice)], {'origin': str(held().lines[0])})
        with pytest.raises(PrepaymentError):
            invoice.post([invoice])


@pytest.mark.parametrize('name, value', [
        ('state', 'draft'), ('state', 'cancelled'), ('number', None),
        ('number_range', None), ('range_number', 7), ('move', None),
        ('document_type', 'credit_note')])
def test_the_server_keeps_what_has_a_number(name, value, pool):
    with pytest.raises(AccessError, match="number of a range"), \
            without_check_access():
        write(sent(), **{name: value})


@pytest.mark.parametrize('name, value', [
        ('state', 'draft'), ('state', 'cancelled'), ('number', None),
        ('range_number', None)])
def test_the_database_keeps_what_has_a_number(name, value, pool):
    from trytond import backend
    Invoice = pool.get('account.invoice')
    table, invoice = Invoice.__table__(), sent()
    update = table.update(
        [getattr(table, name)], [value], where=table.id == invoice.id)
    cursor = Transaction().connection.cursor()
    if backend.name == 'postgresql':
        with pytest.raises(backend.DatabaseIntegrityError):
            cursor.execute(*update)
    else:
        cursor.execute(*update)
        with pytest.raises(SQLConstraintError):
            Invoice.validate([invoice])


@pytest.mark.parametrize('name', [
        'account.invoice.lettering.batch',
        'account.invoice.lettering.batch.line',
        'account.invoice.lettering.change', 'account.invoice.number_range',
        'account.invoice.number_range.change', 'sale.sale'])
def test_nothing_is_changed_without_error(name, pool):
    Model = pool.get(name)
    Model.delete([])
    Model.write([], {'id': 1})


@pytest.mark.parametrize('method, args', [
        ('write', [{}]), ('delete', []), ('copy', [{}])])
def test_what_is_not_stored_is_refused(method, args, pool):
    from trytond.modules.shop_invoicing.invoice.protection import (
        ProtectedMixin)
    for name, Model in pool.iterobject():
        if issubclass(Model, ProtectedMixin):
            with pytest.raises(AccessError):
                call(Model, method, [-1], *args)


def test_what_is_not_stored_is_refused_by_buttons(pool):
    with pytest.raises(AccessError):
        call(pool.get('account.invoice'), 'process', [-1])


def test_what_may_not_be_read_is_not_exported(pool):
    Line = pool.get('sale.line')
    line = find('sale.sale', state='processing').lines[0]
    assert call(Line, 'export_data', [line.id], ['quantity'])
    with pytest.raises(AccessError), _in_no_company(pool):
        call(Line, 'export_data', [line.id], ['quantity'])


def _in_no_company(pool):
    return patch.object(
        pool.get('res.user'), 'get_companies', lambda: [])


def call(Model, method, *args):
    "Call the method as the server does for a client"
    rpc = Model.__rpc__[method]
    args, kwargs, context, _ = rpc.convert(
        Model, *args, dict(Transaction().context))
    with Transaction().set_context(context):
        return rpc.decorate(getattr(Model, method))(*args, **kwargs)
