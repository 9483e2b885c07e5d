# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"The company of the demo: accounts, taxes, fiscal years, users, products."
import datetime as dt
from decimal import Decimal

from proteus import Model, Report, Wizard
from proteus.config import get_config

from .logins import CLERKS

COMPANY = "Demo Print Shop"
COUNTRIES = {'FR': "France", 'DE': "Germany", 'GB': "United Kingdom",
    'NO': "Norway"}
TAXES = {'normal': ("VAT 20 %", '0.20'), 'reduced': ("VAT 5.5 %", '0.055')}
PRODUCTS = [
    # name, type, price, cost, tax
    ("Business Cards (250)", 'goods', '39.00', '11.50', 'normal'),
    ("Flyers A5 (1000)", 'goods', '89.00', '31.00', 'normal'),
    ("Poster A2", 'goods', '18.50', '4.20', 'normal'),
    ("Town Guide (Book)", 'goods', '24.00', '9.80', 'reduced'),
    ("Layout Work (Hour)", 'service', '75.00', '45.00', 'normal'),
    ]
# Nobody can have an address that ends so
CONTACTS = {
    COMPANY: [("", 'invoicing@demo-print-shop.example', False, False)],
    # name, address, whether billing contact, whether a copy is sent
    "Librairie du Canal": [
        ("Comptabilité", 'compta@librairie-du-canal.example', True, False),
        ("Élise Martin", 'elise@librairie-du-canal.example', False, True)],
    "Brauerei Hirsch": [
        ("Buchhaltung", 'rechnung@brauerei-hirsch.example', True, False)],
    "Buchhandlung Sonnenschein": [
        ("", 'laden@sonnenschein.example', False, False)],
    "Green & Sons Ltd": [
        ("Accounts", 'accounts@green-and-sons.example', True, False)],
    "Oslo Design AS": [
        ("", 'post@oslo-design.example', False, False)],
    }
SIRENS = {
    "Librairie du Canal": '812345676',
    "Café Lumière": '901234567',
    "Atelier Papillon": '432198760',
    }
# What article L441-9 of the Code de commerce asks for
FRENCH_TEXTS = {
    'french_penalty': {
        'en': "Late payment is charged with three times the legal rate.",
        'fr': "Tout retard de paiement entraîne des pénalités au taux de "
        "trois fois l'intérêt légal.",
        'de': "Bei Verzug wird das Dreifache des gesetzlichen Zinssatzes "
        "berechnet."},
    'french_recovery_fee': {
        'en': "Late payment is charged with €40 for the costs of recovery.",
        'fr': "Tout retard de paiement entraîne une indemnité forfaitaire "
        "de 40 € pour frais de recouvrement.",
        'de': "Bei Verzug werden 40 € für die Kosten der Beitreibung "
        "berechnet."},
    'french_discount': {
        'en': "No discount for early payment.",
        'fr': "Pas d'escompte pour paiement anticipé.",
        'de': "Kein Skonto bei früher Zahlung."},
    }
INSTRUCTIONS = {
    'en': "Please transfer the amount to IBAN FR76 3000 6000 0112 3456 7890 "
    "189, BIC AGRIFRPP, and quote the number of your order.\n"
    "We produce it as soon as the money has come.",
    'fr': "Veuillez virer le montant sur le compte IBAN FR76 3000 6000 0112 "
    "3456 7890 189, BIC AGRIFRPP, en indiquant le numéro de votre commande.\n"
    "Nous la produisons dès réception du paiement.",
    'de': "Bitte überweisen Sie den Betrag auf das Konto IBAN FR76 3000 6000 "
    "0112 3456 7890 189, BIC AGRIFRPP, und nennen Sie die Nummer Ihrer "
    "Bestellung.\nWir produzieren, sobald das Geld eingegangen ist.",
    }


def by_id(name):
    "Return the id of a record that a module brings."
    return Model.get('ir.model.data').get_id(name, get_config().context)


def save(model, **values):
    "Return a new saved record of the model."
    record = Model.get(model)(**values)
    record.save()
    return record


def create_company():
    "Create the company with the euro and make it the one of the admin."
    for code, name in COUNTRIES.items():
        save('country.country', name=name, code=code)
    euro = save('currency.currency', name="Euro", symbol="€", code='EUR',
        numeric_code='978', rounding=Decimal('0.01'), digits=2)
    party = create_party(
        COMPANY, 'en', "12 Printers' Lane", '67000', "Strasbourg", 'FR')
    wizard = Wizard('company.company.config')
    wizard.execute('company')
    wizard.form.party = party
    wizard.form.currency = euro
    wizard.execute('add')
    config = get_config()
    config._context = Model.get('res.user').get_preferences(True, {})
    company, = Model.get('company.company').find([])
    company.party.identifiers.new(type='eu_vat', code='FR23334175221')
    company.party.save()
    print_on_letterhead(company)
    tell_what_france_asks()
    return company


def tell_what_france_asks():
    "Enter what French invoices tell each business"
    Configuration = Model.get('account.configuration')
    for language in ['en', 'fr', 'de']:
        with get_config().set_context(language=language):
            configuration = Configuration(1)
            for name, texts in FRENCH_TEXTS.items():
                setattr(configuration, name, texts[language])
            configuration.save()


def print_on_letterhead(company):
    "Print the invoices on the sample letterhead."
    _, company.letterhead, _, _ = Report(
        'company.letterhead.sample').execute([company])
    company.letterhead_filename = "letterhead.pdf"
    company.save()


def create_party(name, language, street, postal_code, city, country):
    "Create a party with its language and address."
    lang, = Model.get('ir.lang').find([('code', '=', language)])
    country, = Model.get('country.country').find([('code', '=', country)])
    party = Model.get('party.party')(name=name, lang=lang)
    address, = party.addresses
    address.street_unstructured = street
    address.postal_code = postal_code
    address.city = city
    address.country = country
    for contact_name, email, is_billing, is_copied in CONTACTS.get(name, []):
        party.contact_mechanisms.new(
            type='email', value=email, name=contact_name or None,
            invoice=is_billing, invoice_copy=is_copied)
    if siren := SIRENS.get(name):
        party.identifiers.new(type='fr_siren', code=siren)
    party.save()
    return party


def create_chart(company):
    "Create the universal chart of accounts."
    wizard = Wizard('account.create_chart')
    wizard.execute('account')
    wizard.form.account_template = Model.get('account.account.template')(
        by_id('account.account_template_root_en'))
    wizard.form.company = company
    wizard.execute('create_account')
    wizard.form.account_receivable = account_of_type('receivable')
    wizard.form.account_payable = account_of_type('payable')
    wizard.form.category_account_revenue = account_of_type('revenue')
    wizard.form.category_account_expense = account_of_type('expense')
    wizard.execute('create_properties')


def account_of_type(type_):
    "Return the first account of the type."
    account, = Model.get('account.account').find(
        [(f'type.{type_}', '=', True), ('closed', '!=', True)], limit=1)
    return account


def account_of_code(code):
    "Return the account of the code."
    account, = Model.get('account.account').find([('code', '=', code)])
    return account


def create_fiscal_years(company, today):
    "Create the fiscal years of last, this and next year."
    for year in range(today.year - 1, today.year + 2):
        create_fiscal_year(company, year)


def create_fiscal_year(company, year):
    "Create a fiscal year with its months and sequences."
    fiscal_year = Model.get('account.fiscalyear')(
        name=str(year), company=company,
        start_date=dt.date(year, 1, 1), end_date=dt.date(year, 12, 31),
        move_sequence=create_sequence(company, year, "Account Move", 'M'))
    sequences, = fiscal_year.invoice_sequences
    for name, prefix in [
            ('out_invoice_sequence', 'INV'),
            ('out_credit_note_sequence', 'CRN'),
            ('in_invoice_sequence', 'SUP'),
            ('in_credit_note_sequence', 'SCR'),
            ]:
        setattr(sequences, name,
            create_sequence(company, year, "Invoice", prefix))
    fiscal_year.click('create_period')


def create_sequence(company, year, type_, prefix):
    "Create a sequence of the year."
    sequence_type, = Model.get('ir.sequence.type').find(
        [('name', '=', type_)], limit=1)
    return save('ir.sequence.strict', name=f"{type_} {prefix} {year}",
        sequence_type=sequence_type, company=company,
        prefix=f'{prefix}{year}-', padding=4)


def create_payment_terms():
    "Create the payment terms and return the usual one."
    for name, days in [("At once", 0), ("30 days", 30)]:
        term = Model.get('account.invoice.payment_term')(name=name)
        line = term.lines.new(type='remainder')
        if days:
            line.relativedeltas.new(days=days)
        term.save()
    return term


def create_payment_method(company):
    "Create the way by which customers pay into the bank."
    journal, = Model.get('account.journal').find(
        [('type', '=', 'cash')], limit=1)
    bank = account_of_code('1.1.1')
    return save('account.invoice.payment.method', name="Bank Transfer",
        company=company, journal=journal, credit_account=bank,
        debit_account=bank)


def create_payment_journal(company):
    "Create the journal of the payments by the web shop's provider."
    return save('account.payment.journal', name="Online Payment",
        company=company, process_method='manual')


def set_up_prepayment(company):
    "Tell customers where to pay before the delivery; return the method."
    method, = Model.get('sale.payment.method').find(
        [('kind', '=', 'prepayment')])
    method.company = company
    method.payment_journal = save('account.payment.journal',
        name="Bank Transfer", company=company, process_method='manual')
    method.save()
    for language, text in INSTRUCTIONS.items():
        with get_config().set_context(language=language):
            translated = Model.get('sale.payment.method')(method.id)
            translated.instructions = text
            translated.save()
    return method


def allow_invoice(customer):
    "Let the customer pay on invoice."
    choice, = [
        c for c in customer.payment_method_choices
        if c.method.kind == 'invoice']
    choice.allowed = True
    customer.save()


def create_categories():
    "Create the account categories by their tax."
    return {
        key: create_category(name, Decimal(rate))
        for key, (name, rate) in TAXES.items()}


def create_category(name, rate):
    "Create an account category with the tax of the rate."
    account = account_of_code('6.3.6')
    tax = save('account.tax', name=name, description=name, type='percentage',
        rate=rate, invoice_account=account, credit_note_account=account)
    category = Model.get('product.category')(
        name=f"Goods and services, {name}", accounting=True,
        account_revenue=account_of_type('revenue'),
        account_expense=account_of_type('expense'))
    category.customer_taxes.append(tax)
    category.supplier_taxes.append(Model.get('account.tax')(tax.id))
    category.save()
    return category


def create_products(categories):
    "Create what the shop sells; return the products by their name."
    unit, = Model.get('product.uom').find([('name', '=', "Unit")])
    products = {}
    for name, type_, price, cost, tax in PRODUCTS:
        template = save('product.template',
            name=name, type=type_, default_uom=unit, salable=True,
            list_price=Decimal(price), account_category=categories[tax])
        product, = template.products
        product.cost_price = Decimal(cost)
        product.save()
        products[name] = product
    return products


def fill_stock(products, date):
    "Put goods on the shelves."
    storage, = Model.get('stock.location').find([('code', '=', 'STO')])
    inventory = Model.get('stock.inventory')(location=storage, date=date)
    for product in products.values():
        if product.type == 'goods':
            line = inventory.lines.new(product=product)
            line.quantity = 500
            line.expected_quantity = 0
    inventory.click('confirm')


def create_users(company):
    "Create the clerks with their language, groups and company."
    for clerk in CLERKS:
        create_user(clerk, company)
    User = Model.get('res.user')
    admin, = User.find([('login', '=', 'admin')])
    admin.language, = Model.get('ir.lang').find([('code', '=', 'en')])
    admin.save()


def create_user(clerk, company):
    "Create a user who is an employee of the company."
    employee = save('company.employee', company=company,
        party=save('party.party', name=clerk.name))
    lang, = Model.get('ir.lang').find([('code', '=', clerk.language)])
    user = Model.get('res.user')(
        name=clerk.name, login=clerk.login, password=clerk.password,
        language=lang)
    user.companies.extend(
        [] if user.companies else [Model.get('company.company')(company.id)])
    user.company = company
    user.employees.append(employee)
    user.employee = employee
    for group in clerk.groups:
        user.groups.append(Model.get('res.group')(by_id(group)))
    user.save()


def finish_configuration():
    "Take the configuration wizards out of the way."
    Item = Model.get('ir.module.config_wizard.item')
    for item in Item.find([('state', '!=', 'done')]):
        item.state = 'done'
        item.save()
