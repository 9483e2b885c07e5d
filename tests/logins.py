# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Two companies with something to do for each wizard, and logins to try it.

What is ours is in the second company, in which all logins work but one.
"""
from functools import cache, partial
from unittest.mock import patch

from tests import two_companies

GROUPS = {
    'none': [],
    'sales': ['sale.group_sale'],
    'accounting': [
        'account.group_account', 'account.group_account_admin',
        'shop_invoicing.group_invoice_cancellation'],
    'payment': ['account_payment.group_payment'],
    'stock': ['stock.group_stock'],
    'other': [
        'sale.group_sale', 'account.group_account',
        'account.group_account_admin', 'account_payment.group_payment',
        'stock.group_stock', 'shop_invoicing.group_invoice_cancellation'],
    }


def prepare():
    from tests.tools import create_shop
    from trytond.tests.tools import activate_modules
    return activate_modules(
        'shop_invoicing', partial(
            create_shop, two_companies.LAST_YEAR, two_companies.TODAY.year),
        two_companies.create_second_company, create_cases)


def create_cases(config=None):
    from trytond.tests.tools import set_user
    first, second = _get_companies()
    _work_in(first)
    _create_foreign(first)
    _work_in(second)
    # The tools know the only company
    with patch(
            'trytond.modules.account.tests.tools.get_company',
            lambda config=None: second):
        _create_ours()
    for login, groups in GROUPS.items():
        _create_login(login, groups, first if login == 'other' else second)
    set_user(1)


def _get_companies():
    from proteus import Model
    return Model.get('company.company').find([], order=[('id', 'ASC')])


def _work_in(company):
    from proteus import Model

    from trytond.tests.tools import set_user
    User = Model.get('res.user')
    user = User(1)
    user.company = Model.get('company.company')(company.id)
    user.save()
    set_user(user)


def _create_foreign(company):
    "Create in the other company what our logins must not see"
    from proteus import Model
    Sale = Model.get('sale.sale')
    customer, = Model.get('party.party').find([('name', '=', "Customer")])
    sale = Sale(party=customer)
    sale.lines.new(type='comment', description="Secret")
    sale.save()
    Model.get('account.payment.journal')(
        name="Foreign Bank", process_method='manual').save()
    invoice, = Model.get('account.invoice').find([
            ('company', '=', company.id)])
    invoice.click('post')


def _create_ours():
    from proteus import Model

    from tests.cancellation import issue
    from tests.tools import (
        create_customer, create_customer_invoice, create_prepaid_sale,
        create_product, create_sale, create_supplier_invoice, post,
        set_up_prepayment)
    customer = create_customer("Buyer")
    customer.contact_mechanisms.new(type='email', value='buyer@example.com')
    customer.save()
    goods = create_product("Goods", type='goods')
    fee = create_product("Fee")
    configuration = Model.get('sale.configuration')(1)
    configuration.cancellation_fee_product = fee
    configuration.save()
    create_prepaid_sale(
        create_customer("Debtor"), goods, set_up_prepayment(), reference='due')
    sale = create_sale(customer, goods)
    sale.invoice_method = 'fulfillment'
    sale.reference = 'released'
    sale.click('quote')
    sale.click('confirm')
    for name in ['sent', 'issued', 'draft']:
        invoice = create_customer_invoice(customer)
        invoice.reference = name
        invoice.save()
        if name == 'sent':
            issue(invoice)
        elif name == 'issued':
            post(invoice)
    create_supplier_invoice(
        create_customer("Supplier"), reference='supplied')


def _create_login(login, groups, company):
    from proteus import Model
    Group = Model.get('res.group')
    Data = Model.get('ir.model.data')
    User = Model.get('res.user')
    user = User(name=login, login=login)
    user.companies.append(Model.get('company.company')(company.id))
    user.company = Model.get('company.company')(company.id)
    for group in groups:
        user.groups.append(Group(Data.get_id(group, User._config.context)))
    user.save()


def call(login, type_, name, method, *args, context=None, before=None):
    """Call the method as the server does for a client, and undo it.

    Return what it returns and what the database looked like before and after.
    """
    from trytond.pool import Pool
    from trytond.tests.test_tryton import DB_NAME
    from trytond.transaction import Transaction, TransactionError
    user, extras = get_user(login), {}
    while True:
        with Transaction().start(DB_NAME, user, **extras) as transaction:
            try:
                object_ = Pool().get(name, type=type_)
                rpc = object_.__rpc__[method]
                given = before() if before else []
                state = read_state(transaction)
                args_, kwargs, transaction.context, _ = rpc.convert(
                    object_, *given, *args,
                    {**get_context(), **(context or {})})
                result = rpc.decorate(getattr(object_, method))(
                    *args_, **kwargs)
                return rpc.result(result), state, read_state(transaction)
            except TransactionError as error:
                error.fix(extras)
            finally:
                transaction.rollback()
                transaction.tasks.clear()


@cache
def get_user(login):
    user, = find('res.user', ('login', '=', login))
    return user


def get_context():
    from trytond.pool import Pool
    return Pool().get('res.user').get_preferences(context_only=True)


def read_state(transaction):
    "Return what the wizards may change"
    cursor = transaction.connection.cursor()
    state = []
    for query in [
            "SELECT id, state, order_type FROM sale_sale",
            "SELECT company, party, type, state, number, invoice_date, "
            "delivery_date, sent_state, currency, comment "
            "FROM account_invoice",
            "SELECT origin, quantity, unit_price, account, description "
            "FROM account_invoice_line",
            "SELECT company, party, amount, date, state, journal, origin "
            "FROM account_payment",
            "SELECT state, way, note FROM account_invoice_email",
            "SELECT id, format, number_start "
            "FROM account_invoice_number_range",
            "SELECT count(*) FROM account_invoice_lettering_batch",
            "SELECT count(*) FROM account_move_line",
            "SELECT line, name, digest, state FROM sale_line_print_data",
            "SELECT party, method FROM "
            "\"party_party-sale_payment_method\"",
            ]:
        cursor.execute(query)
        state.append(sorted(map(str, cursor.fetchall())))
    return state


def get_class(name, type='model'):
    from trytond.pool import Pool
    from trytond.tests.test_tryton import DB_NAME
    return Pool(DB_NAME).get(name, type=type)


@cache
def get_target(field):
    "Return the model to which the field refers"
    from trytond.tests.test_tryton import DB_NAME
    from trytond.transaction import Transaction
    with Transaction().start(DB_NAME, 0, readonly=True):
        return field.get_target()


def find(name, *domain):
    "Return the ids of the records of whatever company"
    from trytond.pool import Pool
    from trytond.tests.test_tryton import DB_NAME
    from trytond.transaction import Transaction
    with Transaction().start(DB_NAME, 0, readonly=True):
        return [r.id for r in Pool().get(name).search(
                list(domain), order=[('id', 'ASC')])]
