# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Builders for scenarios.

create_shop and create_fiscalyears are meant as setup functions of
activate_modules, which keeps the database they make.
"""
import datetime as dt
from decimal import Decimal
from unittest.mock import patch

from proteus import Model, Wizard
from proteus.config import get_config

from trytond.exceptions import UserWarning
from trytond.modules.account.tests.tools import (
    create_chart, create_fiscalyear, get_accounts)
from trytond.modules.account_invoice.tests.tools import (
    create_payment_term, set_fiscalyear_invoice_sequences)
from trytond.modules.company.tests.tools import create_company, get_company

__all__ = [
    'call', 'confirm', 'create_accounting_user', 'create_customer',
    'create_customer_invoice', 'create_fiscalyears', 'create_prepaid_sale',
    'create_product', 'create_sale', 'create_shop', 'execute_sql',
    'load_translations', 'mark_as_paid', 'post', 'set_today',
    'set_up_prepayment']


def create_shop(first_year=None, last_year=None, config=None):
    """Create a company with chart of accounts, fiscal years and customer.

    The default years are the last, this and the next one.
    """
    this_year = dt.date.today().year
    create_company(config=config)
    create_chart(config=config)
    create_fiscalyears(
        first_year or this_year - 1, last_year or this_year + 1, config=config)
    payment_term = create_payment_term(config=config)
    payment_term.save()
    create_customer(config=config)


def create_fiscalyears(first_year, last_year, company=None, config=None):
    "Create a fiscal year with periods for each calendar year"
    for year in range(first_year, last_year + 1):
        fiscalyear = create_fiscalyear(
            company, (dt.date(year, 1, 1), dt.date(year, 12, 31)),
            config=config)
        fiscalyear = set_fiscalyear_invoice_sequences(
            fiscalyear, config=config)
        fiscalyear.click('create_period')


def create_customer(name="Customer", config=None):
    "Create a customer with an address"
    Party = Model.get('party.party', config=config)
    customer = Party(name=name)
    customer.addresses[0].city = "Brussels"
    customer.save()
    return customer


def create_product(
        name="Product", list_price=Decimal(10), type='service', config=None):
    "Create a salable product"
    Category = Model.get('product.category', config=config)
    Template = Model.get('product.template', config=config)
    Uom = Model.get('product.uom', config=config)

    accounts = get_accounts(config=config)
    category = Category(name=f"Accounts of {name}", accounting=True)
    category.account_expense = accounts['expense']
    category.account_revenue = accounts['revenue']
    category.save()

    unit, = Uom.find([('symbol', '=', 'u')])
    template = Template(name=name, type=type, salable=True)
    template.default_uom = unit
    template.list_price = list_price
    template.account_category = category
    template.save()
    product, = template.products
    return product


def create_customer_invoice(
        party, date=None, amount=Decimal(100), company=None, config=None):
    "Create a draft with one line; a negative amount makes a credit note"
    Invoice = Model.get('account.invoice', config=config)
    accounts = get_accounts(company, config=config)
    invoice = Invoice(type='out', party=party, invoice_date=date)
    line = invoice.lines.new()
    line.account = accounts['revenue']
    line.description = "Line"
    line.quantity = -1 if amount < 0 else 1
    line.unit_price = abs(Decimal(amount))
    invoice.save()
    return invoice


def create_supplier_invoice(
        party, amount=Decimal(100), company=None, config=None, **values):
    "Create a draft of a supplier with one line"
    Invoice = Model.get('account.invoice', config=config)
    accounts = get_accounts(company, config=config)
    invoice = Invoice(type='in', party=party, **values)
    line = invoice.lines.new()
    line.account = accounts['expense']
    line.description = "Line"
    line.quantity = 1
    line.unit_price = amount
    invoice.save()
    return invoice


def create_sale(party, product, date=None, quantity=1, config=None):
    "Create a draft sale of the product that is invoiced when it is ordered"
    PaymentTerm = Model.get('account.invoice.payment_term', config=config)
    Sale = Model.get('sale.sale', config=config)
    sale = Sale(party=party, sale_date=date, invoice_method='order')
    sale.payment_term, = PaymentTerm.find([], limit=1)
    line = sale.lines.new(product=product)
    line.quantity = quantity
    sale.save()
    return sale


def pack(shipment):
    "Make a customer shipment ready to leave"
    for button in ['assign_force', 'pick', 'pack']:
        shipment.click(button)


def create_packed_sale(party, product, quantity=1):
    "Return a confirmed sale, invoiced as it is shipped, and its shipment"
    sale = create_sale(party, product, quantity=quantity)
    sale.invoice_method = 'fulfillment'
    sale.click('quote')
    sale.click('confirm')
    shipment, = sale.shipments
    pack(shipment)
    return sale, shipment


def set_up_prepayment(config=None, **values):
    "Return the method of prepayment with a journal of manual payments"
    Journal = Model.get('account.payment.journal', config=config)
    Method = Model.get('sale.payment.method', config=config)
    journal = Journal(name="Bank", process_method='manual', **values)
    journal.save()
    method, = Method.find([('kind', '=', 'prepayment')])
    method.company = journal.company
    method.payment_journal = journal
    method.save()
    return method


def create_prepaid_sale(
        party, product, method, quantity=10, config=None, **values):
    "Create a quotation that is to be paid by the method"
    sale = create_sale(party, product, quantity=quantity, config=config)
    sale.payment_method = method
    for name, value in values.items():
        setattr(sale, name, value)
    sale.click('quote')
    return sale


def mark_as_paid(*sales, config=None, **values):
    "Mark the sales as paid together"
    register = Wizard('sale.payment.register', list(sales), config=config)
    for name, value in values.items():
        setattr(register.form, name, value)
    register.execute('register')
    for sale in sales:
        sale.reload()


def post(*invoices):
    "Post the invoices together and return their numbers"
    Invoice = type(invoices[0])
    Invoice.click(invoices, 'post')
    for invoice in invoices:
        invoice.reload()
    return [i.number for i in invoices]


def create_accounting_user(
        login='clerk', group='account.group_account', config=None):
    "Create a user of the group, to be used with set_user"
    Group = Model.get('res.group', config=config)
    ModelData = Model.get('ir.model.data', config=config)
    User = Model.get('res.user', config=config)
    company = get_company(config=config)
    user = User(name=login, login=login)
    user.companies.append(company)
    user.company = company
    group_id = ModelData.get_id(group, User._config.context)
    user.groups.append(Group(group_id))
    user.save()
    return user


def set_today(date):
    "Make it today until the end of the scenario"
    patch('trytond.ir.date.Date.today', lambda timezone=None: date).start()


def confirm(action, *args, config=None):
    "Do the action as a user who confirms each warning; return their names"
    Warning = Model.get('res.user.warning', config=config)
    confirmed = []
    while True:
        try:
            action(*args)
            return confirmed
        except UserWarning as warning:
            Warning(user=Warning._config.user, name=warning.name).save()
            confirmed.append(type(warning).__name__)


def call(name, method, records, *args):
    "Call a method that scripts on the server have and RPC has not"
    from trytond.pool import Pool
    from trytond.tests.test_tryton import DB_NAME
    from trytond.transaction import Transaction, TransactionError
    from trytond.worker import run_task
    config = get_config()
    extras = {}
    while True:
        with Transaction().start(
                DB_NAME, config.user, context=config.context,
                **extras) as transaction:
            Model = Pool().get(name)
            try:
                getattr(Model, method)(
                    Model.browse([r.id for r in records]), *args)
                break
            except TransactionError as error:
                transaction.rollback()
                error.fix(extras)
    while transaction.tasks:
        run_task(DB_NAME, transaction.tasks.pop())


def execute_sql(*statements):
    "Execute the statements on the database of the test, past Tryton"
    from trytond.tests.test_tryton import DB_NAME
    from trytond.transaction import Transaction
    with Transaction().start(DB_NAME, 0) as transaction:
        cursor = transaction.connection.cursor()
        for statement in statements:
            cursor.execute(statement)


def load_translations(*languages):
    "Translate what is printed and what parties need for it"
    from trytond.modules import get_module_info
    from trytond.pool import Pool
    from trytond.tests.test_tryton import DB_NAME
    from trytond.tools import find_path
    from trytond.transaction import Transaction
    depends = get_module_info('shop_invoicing')['depends']
    with Transaction().start(DB_NAME, 1) as transaction:
        pool = Pool()
        Lang = pool.get('ir.lang')
        Translation = pool.get('ir.translation')
        Lang.write(
            Lang.search([('code', 'in', languages)]), {'translatable': True})
        for module in [*depends, 'shop_invoicing']:
            for language in languages:
                path = find_path(f'{module}/locale/{language}.po')
                Translation.translation_import(language, module, path)
        transaction.commit()
