# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Several processes ship and invoice at the same time on PostgreSQL.

One that is killed in a step leaves the rest to the others.
"""
import datetime as dt
import json
import signal
from functools import partial

import pytest

from tests import payer
from tests.mail_server import MailServer, use
from tests.office import Clerk, wait_for
from tests.worker import leave_tasks, worker

pytestmark = pytest.mark.postgresql
YEAR = dt.date.today().year
ORDERS = 4
STEPS = 'to_post', 'to_print', 'to_send'


@pytest.fixture
def mail_server():
    with MailServer() as server:
        yield use(server)


@pytest.fixture
def queue():
    "Leave the tasks to workers"
    with leave_tasks():
        yield


@pytest.fixture
def sales():
    "Make the database of a shop with orders and return them"
    from proteus import Model

    from tests.tools import create_packed_sale, create_product, create_shop
    from trytond.tests.test_tryton import drop_db
    from trytond.tests.tools import activate_modules
    activate_modules('shop_invoicing', partial(create_shop, YEAR, YEAR))
    configuration = Model.get('sale.configuration')(1)
    configuration.dispatch_invoice_post = True
    configuration.save()
    customer, = Model.get('party.party').find([('name', '=', "Customer")])
    goods = create_product("Goods", type='goods')
    yield [
        create_packed_sale(customer, goods, quantity=3)[0]
        for _ in range(ORDERS)]
    drop_db()


def finish():
    "Do what a worker that was not lucky has left to the safety net"
    from proteus import Model

    from tests.tools import execute_sql
    execute_sql(
        "UPDATE account_invoice SET write_date = '2020-01-01', "
        "create_date = '2020-01-01'")
    cron, = Model.get('ir.cron').find([
            ('method', '=', 'account.invoice|dispatch_unfinished')])
    cron.click('run_once')


def check_invoiced_once(sales):
    numbers = []
    for sale in sales:
        sale.reload()
        invoice, = sale.invoices
        assert invoice.dispatch_error is None
        assert invoice.state == 'posted'
        assert [line.quantity for line in invoice.lines] == [3]
        numbers.append(invoice.range_number)
    assert sorted(numbers) == list(range(1, ORDERS + 1))


def test_two_ship_different_orders(sales):
    shipments = [s.shipments[0].id for s in sales]
    errors = payer.run(*[
            payer.start('stock.shipment.out', 'do', ids)
            for ids in [shipments[::2], shipments[1::2]]])
    assert errors == [[None] * (ORDERS // 2)] * 2
    finish()
    check_invoiced_once(sales)


def test_two_process_the_same_orders(sales):
    from tests.tools import call
    for sale in sales:
        call('stock.shipment.out', 'do', sale.shipments)
    ids = [s.id for s in sales]
    payer.run(*[payer.start('sale.sale', 'process', ids) for _ in range(2)])
    finish()
    check_invoiced_once(sales)


def test_two_invoice_the_same_order_by_hand(sales):
    ids = [s.id for s in sales]
    errors = payer.run(*[
            payer.start('sale.sale', payer.INVOICE_ALL, ids)
            for _ in range(2)])
    for sale, both in zip(sales, zip(*errors)):
        sale.reload()
        invoice, = sale.invoices
        assert [line.quantity for line in invoice.lines] == [3]
        # The other one was told that nothing is left, or to try again
        assert sum(error is None for error in both) == 1


def test_a_worker_is_killed_in_each_step(
        sales, mail_server, queue, tmp_path):
    print_and_send()
    for sale in sales:
        sale.shipments[0].click('do')
    for step in [None, *STEPS]:
        for moment in ['end', 'committed']:
            kill_worker(mail_server, step, moment)
            check_nothing_twice(sales)
            if step and moment == 'end':
                assert step in find_unfinished()
    # What no task is left for is found and taken up again
    finish()
    with worker(tmp_path, mail_server):
        wait_for(lambda: len(mail_server.messages) == ORDERS)
        wait_for(lambda: not find_unfinished())
    check_invoiced_once(sales)
    invoices = [invoice for sale in sales for invoice in sale.invoices]
    assert all(i.invoice_report_cache for i in invoices)
    assert [len(i.emails) for i in invoices] == [1] * ORDERS
    assert len(mail_server.messages) == ORDERS


def print_and_send():
    from proteus import Model
    configuration = Model.get('sale.configuration')(1)
    configuration.dispatch_invoice_print = True
    configuration.dispatch_invoice_send = True
    configuration.save()
    customer, = Model.get('party.party').find([('name', '=', "Customer")])
    Model.get('party.contact_mechanism')(
        party=customer, type='email', value='billing@example.com').save()


def kill_worker(mail_server, step, moment):
    "Let a process work until it is killed at the moment in the step"
    settings = {
        ('queue', 'worker'): 'True',
        ('email', 'uri'): mail_server.uri,
        ('email', 'from'): 'invoicing@shop.example',
        }
    for _ in range(2):
        clerk = Clerk(settings)
        try:
            clerk.do('work_off', step, moment)
        except EOFError:
            clerk.process.join()
            assert clerk.process.exitcode == -signal.SIGKILL
            return
        finally:
            clerk.kill()
        # No task is left for an invoice in that step
        finish()
    raise AssertionError(f"nobody was killed at the {moment} of {step}")


def check_nothing_twice(sales):
    "Check that what stands is whole, and that the rest is in the list"
    numbers = []
    for sale in sales:
        sale.reload()
        for invoice in sale.invoices:
            assert sale.invoices == [invoice]
            assert len(invoice.emails) == (invoice.dispatch_state == 'done')
            assert invoice.dispatch_error is None
            if invoice.dispatch_state == 'to_post':
                assert (invoice.state, invoice.number) == ('draft', None)
            else:
                assert invoice.state == 'posted'
                numbers.append(invoice.range_number)
    assert sorted(numbers) == list(range(1, len(numbers) + 1))


def find_unfinished():
    "Return the steps of the invoices that the list of those to finish shows"
    from proteus import Model
    action, = Model.get('ir.action.act_window').find([
            ('name', '=', "Dispatch Invoices to Finish")])
    return [
        invoice.dispatch_state for invoice in Model.get(
            'account.invoice').find(json.loads(action.domain))]
