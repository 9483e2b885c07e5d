# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Update a database of the version without folders, and work on in it.

It was made by flat_version/make.py, which tells what is in it.
"""
import datetime as dt
import re
from collections import defaultdict
from contextlib import contextmanager
from unittest.mock import patch
from xml.etree import ElementTree

import pytest

from tests import flat_version
from tests.source import DATA_XML, MODULE

pytestmark = pytest.mark.turn
TODAY = dt.date(2026, 11, 23)
TAGS = {'menuitem': 'ir.ui.menu'}


@pytest.fixture(scope='module')
def new_screens():
    "Return the screens of a new database"
    from trytond.tests import tools
    from trytond.tests.test_tryton import drop_db
    tools.activate_modules(MODULE)
    with start_transaction():
        screens = read_screens()
    drop_db()
    return screens


@pytest.fixture(scope='module', autouse=True)
def updated(new_screens, tmp_path_factory):
    "Update the database as doc/migration.rst tells"
    from trytond import commandline
    from trytond.admin import run
    from trytond.tests import tools
    from trytond.tests.test_tryton import DB_NAME, drop_db
    flat_version.restore(tmp_path_factory.mktemp('flat'))
    run(commandline.get_parser_admin().parse_args([
                '-d', DB_NAME, '-u', MODULE, '--activate-dependencies',
                '--indexes']))
    with patch('trytond.ir.date.Date.today', lambda timezone=None: TODAY):
        yield tools._get_config()
    drop_db()


@pytest.fixture
def transaction():
    with start_transaction() as transaction:
        yield transaction


@contextmanager
def start_transaction():
    from trytond.tests.test_tryton import DB_NAME
    from trytond.transaction import Transaction
    with Transaction().start(DB_NAME, 1, readonly=True) as transaction:
        User = get('res.user')
        with transaction.set_context(User.get_preferences(True)):
            yield transaction


def read_screens():
    "Return what each screen of the models with views of ours shows"
    ModelData = get('ir.model.data')
    View = get('ir.ui.view')
    ids = {
        str(d.db_id): f'{d.module}.{d.fs_id}'
        for d in ModelData.search([('model', '=', 'ir.ui.view')])}

    def name_views(match):
        views = ','.join(ids[id_] for id_ in match[1].split(','))
        return f'view_ids="{views}"'
    models = {v.model for v in View.search([('module', '=', MODULE)])}
    screens = {}
    for view in View.search([
                ('model', 'in', models), ('inherit', '=', None)]):
        arch = get(view.model).fields_view_get(view.id)['arch']
        screens[ids[str(view.id)]] = re.sub(
            'view_ids="([0-9,]+)"', name_views, arch)
    return screens


def get(name, type='model'):
    from trytond.pool import Pool
    return Pool().get(name, type=type)


def find(model, *domain, **options):
    "Return the only record that a client finds"
    from proteus import Model
    record, = Model.get(model).find(list(domain), **options)
    return record


def find_invoice(number):
    return find('account.invoice', ('number', '=', number))


def test_what_xml_defines_is_there_and_nothing_else(transaction):
    ModelData = get('ir.model.data')
    found = {
        (d.fs_id, d.model) for d in ModelData.search([
                ('module', '=', MODULE)])}
    assert found == set(read_xml())


def read_xml():
    "Yield id and model of what belongs to the module, without its extras"
    for path in DATA_XML:
        for data in ElementTree.parse(path).getroot().iter('data'):
            for element in data:
                id_ = element.get('id')
                if id_ and '.' not in id_ and not data.get('depends'):
                    yield id_, TAGS.get(
                        element.tag, element.get('model', element.tag))


def test_every_screen_is_that_of_a_new_database(transaction, new_screens):
    screens = read_screens()
    assert len(screens) > 50
    assert screens == new_screens


def test_every_record_can_be_shown(transaction):
    from trytond.model import ModelStorage
    View = get('ir.ui.view')
    fields = defaultdict(set)
    for view in View.search([('module', '=', MODULE)]):
        base = view.inherit or view
        Model = get(view.model)
        fields[view.model].update(Model.fields_view_get(base.id)['fields'])
    for name, names in fields.items():
        Model = get(name)
        if issubclass(Model, ModelStorage):
            ids = [r.id for r in Model.search([])]
            assert len(Model.read(ids, list(names))) == len(ids)


def test_every_menu_opens(transaction):
    from trytond.pyson import PYSONDecoder
    Menu = get('ir.ui.menu')
    ModelData = get('ir.model.data')
    ids = [d.db_id for d in ModelData.search([
                ('module', '=', MODULE), ('model', '=', 'ir.ui.menu')])]
    opened = 0
    for menu in Menu.browse(ids):
        for action in filter(None, [menu.action]):
            opened += 1
            if action.__name__ == 'ir.action.wizard':
                assert get(action.wiz_name, type='wizard')
                continue
            Model = get(action.res_model)
            for view_id, _ in action.views:
                Model.fields_view_get(view_id)
            domain = PYSONDecoder(transaction.context).decode(
                action.pyson_domain)
            Model.search(domain)
    assert opened > 5


def test_what_was_issued_is_unchanged():
    from proteus import Model
    invoices = Model.get('account.invoice').find(
        [('number', '!=', None)], order=[('id', 'ASC')])
    assert [(i.number, i.state, i.lettering) for i in invoices[:6]] == [
        ('2025-00001', 'posted', None),
        ('RE2604-0041', 'posted', None),
        ('RE2604-0042', 'posted', 'X-1'),
        ('RE2604-0043', 'posted', 'X-2'),
        ('RE2604-0044', 'posted', 'X-3'),
        ('RE2604-0045', 'cancelled', None),
        ]
    assert all(i.invoice_report_cache[:4] == b'%PDF' for i in invoices)
    change, _ = invoices[2].lettering_changes
    assert (change.old_value, change.new_value) == ('X-0', 'X-1')


def test_a_draft_gets_the_next_number():
    from tests.tools import post
    draft = find(
        'account.invoice', ('reference', '=', "Draft of the flat version"))
    range_ = find_invoice('RE2604-0050').number_range
    next_ = range_.number_next
    draft.invoice_date = None
    draft.save()
    assert post(draft) == [f'RE2604-{next_:04}']
    assert draft.invoice_date == TODAY
    assert [(c.old_value, c.new_value) for c in range_.changes[-2:]]


def test_an_invoice_is_lettered_and_an_import_undone():
    from trytond.modules.shop_invoicing.exceptions import LetteringTakenError
    invoice = find_invoice('RE2604-0041')
    invoice.lettering = 'X-1'
    with pytest.raises(LetteringTakenError):
        invoice.save()
    invoice.lettering = 'X-4'
    invoice.save()
    assert len(invoice.lettering_changes) == 1
    batch = find('account.invoice.lettering.batch')
    batch.click('undo')
    assert find_invoice('RE2604-0043').lettering is None


def test_what_was_issued_is_corrected():
    from tests.cancellation import cancel, mark_as_sent
    from tests.crediting import credit
    from trytond.modules.shop_invoicing.exceptions import (
        InvoiceCreditAmountError)
    credited = find_invoice('RE2604-0046')
    with pytest.raises(InvoiceCreditAmountError):
        credit(credited, '75.01')
    assert credit(credited, '75').number == 'RE2604-0046-2'
    invoice = find_invoice('RE2604-0042')
    mark_as_sent(invoice)
    assert cancel(invoice).number == 'RE2604-0042-S3'
    replaced = find_invoice('RE2604-0047')
    replacement, = replaced.replaced_by
    assert replacement.number == 'RE2604-0048'


def test_an_unpaid_order_is_released_when_it_is_paid():
    from tests.tools import mark_as_paid
    sale = find('sale.sale', ('reference', '=', "Unpaid"))
    assert (sale.state, len(sale.shipments)) == ('quotation', 0)
    mark_as_paid(sale)
    assert (sale.state, len(sale.shipments)) == ('processing', 1)


def test_packed_goods_leave_and_are_invoiced():
    sale = find('sale.sale', ('shipments.state', '=', 'packed'))
    shipment, = sale.shipments
    shipment.click('do')
    sale.reload()
    invoice, = sale.invoices
    assert invoice.total_amount == 20


def test_a_fee_is_known_to_its_order():
    from proteus import Wizard

    from trytond.modules.shop_invoicing.exceptions import (
        CancellationFeeWarning)
    sale = find('sale.sale', ('reference', '=', "Paid, with a fee"))
    assert find_invoice('RE2604-0049').fee_sales == [sale]
    wizard = Wizard('sale.charge_cancellation_fee', [sale])
    with pytest.raises(CancellationFeeWarning):
        wizard.execute('create_')


def test_a_customer_keeps_the_payment_methods():
    from proteus import Model
    customer = find('party.party', ('name', '=', "Customer"))
    assert [m.kind for m in customer.payment_methods] == ['invoice']
    choices = customer.payment_method_choices
    assert {c.method.kind: c.allowed for c in choices}['invoice']
    sale = Model.get('sale.sale')(party=customer)
    assert sale.payment_method.kind == 'invoice'


def test_a_message_that_waits_is_sent():
    from tests.mail_server import MailServer, use
    email = find('account.invoice.email', ('state', '=', 'queued'))
    with MailServer() as server:
        use(server)
        email.click('retry')
        assert server.recipients == [['billing@example.com']]
    email.reload()
    assert email.state == 'sent'
    assert find_invoice('RE2604-0050').sent_state == 'sent'


def test_an_internal_order_is_never_invoiced():
    sale = find('sale.sale', ('order_type', '=', 'internal'))
    shipment, = sale.shipments
    for button in ['assign_force', 'pick', 'pack', 'do']:
        shipment.click(button)
    sale.reload()
    assert (sale.state, len(sale.invoices)) == ('done', 0)
