# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"What happened in the shop of the demo: sales, invoices, corrections."
import datetime as dt
import sys
from decimal import Decimal

from proteus import Model, Wizard, config

from . import cancellation, dispatch, shop

CUSTOMERS = [
    ("Librairie du Canal", 'fr', "8 quai des Bateliers", '67000',
        "Strasbourg", 'FR'),
    ("Café Lumière", 'fr', "27 rue des Martyrs", '75009', "Paris", 'FR'),
    ("Buchhandlung Sonnenschein", 'de', "Kaiserstraße 14", '79098',
        "Freiburg", 'DE'),
    ("Brauerei Hirsch", 'de', "Am Bräuhaus 3", '80331', "München", 'DE'),
    ("Green & Sons Ltd", 'en', "5 Baker Street", 'NW1 6XE', "London", 'GB'),
    ("Oslo Design AS", 'en', "Storgata 21", '0184', "Oslo", 'NO'),
    ]
CARDS, FLYERS, POSTER, BOOK, LAYOUT = [name for name, *_ in shop.PRODUCTS]
LAST_YEAR = [
    # month, day, customer, products and quantities
    (1, 15, "Café Lumière", {CARDS: 2}),
    (3, 3, "Brauerei Hirsch", {FLYERS: 5, POSTER: 20}),
    (4, 22, "Librairie du Canal", {BOOK: 40}),
    (6, 30, "Green & Sons Ltd", {FLYERS: 2, LAYOUT: 3}),
    (9, 14, "Buchhandlung Sonnenschein", {BOOK: 25, POSTER: 10}),
    (11, 27, "Oslo Design AS", {CARDS: 4, LAYOUT: 2}),
    (12, 31, "Librairie du Canal", {POSTER: 12}),
    ]
THIS_YEAR = [
    ("Brauerei Hirsch", {POSTER: 30}),
    ("Café Lumière", {FLYERS: 1, LAYOUT: 1}),
    ("Green & Sons Ltd", {CARDS: 3}),
    ("Buchhandlung Sonnenschein", {BOOK: 60}),
    ("Librairie du Canal", {BOOK: 20, FLYERS: 2}),
    ("Oslo Design AS", {POSTER: 50}),
    ]
REASON = "Zwei Exemplare kamen beschädigt an."
LETTERINGS = ['VE-0107', 'VE-0131', 'VE-0188', 'VE-0240', 'VE-0305']
DRAFTS = [
    ("Librairie du Canal", {CARDS: 1, POSTER: 5}),
    ("Buchhandlung Sonnenschein", {FLYERS: 3}),
    ("Café Lumière", {LAYOUT: 4}),
    ("Green & Sons Ltd", {BOOK: 15}),
    ]
QUOTATIONS = [
    ("Oslo Design AS", {CARDS: 10}),
    ("Brauerei Hirsch", {FLYERS: 8, LAYOUT: 2}),
    ("Green & Sons Ltd", {CARDS: 1}),
    ]
OWN_USE = {FLYERS: 2, POSTER: 10}
ON_INVOICE = "Librairie du Canal"
BY_MAIL = ["Brauerei Hirsch", "Librairie du Canal"]
BY_POST = "In one envelope with the New Year's card"
PREPAID = [
    # customer, products and quantities, what is paid already
    ("Oslo Design AS", {POSTER: 20}, None),
    ("Brauerei Hirsch", {CARDS: 4, FLYERS: 1}, '100.00'),
    ]


def main():
    "Fill the database that the configuration file and the name tell."
    configuration_file, name = sys.argv[1:]
    session = config.set_trytond(
        f'sqlite:///{name}', config_file=configuration_file)
    session.skip_warning = True
    today = dt.date.today()
    print("Setting up the company ...", flush=True)
    company = shop.create_company()
    shop.create_chart(company)
    shop.create_fiscal_years(company, today)
    term = shop.create_payment_terms()
    shop.create_users(company)
    products = shop.create_products(shop.create_categories())
    shop.fill_stock(products, dt.date(today.year - 1, 1, 2))
    set_number_format(company, today)
    print("Selling and invoicing ...", flush=True)
    Trade(company, today, term, products).happen()
    shop.finish_configuration()


def set_number_format(company, today):
    "Choose the format of this year's invoice numbers."
    shop.save('account.invoice.number_range', company=company,
        year=today.year, document_type='invoice', format='RE{yy}{qq}-{i;4}')


def click(records, button):
    "Click the button on all records at once."
    type(records[0]).click(records, button)
    for record in records:
        record.reload()


class Trade:
    "Two years of a shop."

    def __init__(self, company, today, term, products):
        self.company = company
        self.today = today
        self.term = term
        self.products = products
        self.customers = {
            row[0]: shop.create_party(*row) for row in CUSTOMERS}
        self.payment_method = shop.create_payment_method(company)
        self.payment_journal = shop.create_payment_journal(company)

    def happen(self):
        "Sell, invoice, ship, correct; older documents first."
        self.last_year()
        self.this_year()
        for customer, lines in DRAFTS[:2]:
            self.invoice(customer, lines)
        self.sell([(self.today, *row) for row in DRAFTS[2:]])
        quotations = [
            self.order(self.today, *row) for row in QUOTATIONS]
        click(quotations[:-1], 'quote')
        self.wait_for_payments()
        self.order_internally()
        self.buy()
        self.send_documents()
        dispatch.dispatch(self)
        cancellation.correct(self)

    def last_year(self):
        "Post the invoices of last year, made by hand and mostly paid."
        invoices = []
        for month, day, customer, lines in LAST_YEAR:
            invoice = self.invoice(customer, lines)
            invoice.invoice_date = dt.date(self.today.year - 1, month, day)
            invoice.save()
            invoices.append(invoice)
        click(invoices, 'post')
        for invoice in invoices[:4]:
            self.pay(invoice, invoice.invoice_date)
        for invoice, reference in zip(invoices, LETTERINGS):
            invoice.lettering = reference
            invoice.save()

    def this_year(self):
        "Post the invoices of this year's sales and correct two of them."
        sales = self.sell([
                (date, *row) for date, row in zip(self.dates(), THIS_YEAR)])
        self.ship(sales)
        invoices = []
        for sale in sales:
            invoice, = sale.invoices
            invoice.invoice_date = sale.sale_date
            invoice.save()
            invoices.append(invoice)
        click(invoices, 'post')
        self.pay(invoices[0], self.today)
        cancellation.cancel(self, invoices[1])
        self.credit_part(invoices[3])

    def dates(self):
        "Return the dates of this year's invoices, none in the future."
        start = dt.date(self.today.year, 1, 1)
        step = (self.today - start) / (len(THIS_YEAR) + 1)
        return [start + step * (i + 1) for i in range(len(THIS_YEAR))]

    def order(self, date, customer, lines):
        "Create a draft sale."
        sale = Model.get('sale.sale')(
            party=self.customers[customer], payment_term=self.term,
            sale_date=date)
        self.add_lines(sale, lines)
        sale.save()
        return sale

    def sell(self, rows):
        "Return confirmed sales; each has a draft invoice and a shipment."
        sales = [self.order(*row) for row in rows]
        click(sales, 'quote')
        for sale in sales[::2]:
            self.pay_online(sale)
        click(sales, 'confirm')
        return sales

    def pay_online(self, sale):
        "Note that the customer pays the sale with a provider."
        payment = sale.payments.new(journal=self.payment_journal)
        payment.date = sale.sale_date
        payment.reference = f'TX-{sale.sale_date:%y%m%d}-{sale.number:0>4}'
        sale.save()

    def wait_for_payments(self):
        "Take orders that are paid first; nobody has paid all of it."
        shop.allow_invoice(self.customers[ON_INVOICE])
        method = shop.set_up_prepayment(self.company)
        for customer, lines, paid in PREPAID:
            sale = self.order(self.today, customer, lines)
            sale.payment_method = method
            sale.click('quote')
            if paid:
                register = Wizard('sale.payment.register', [sale])
                register.form.amount = Decimal(paid)
                register.execute('register')

    def order_internally(self):
        "Take an order of the shop's own marketing."
        party = self.company.party
        party.internal_orders = True
        party.save()
        self.customers[party.name] = party
        sale = self.order(self.today, party.name, OWN_USE)
        sale.order_type = 'internal'
        sale.click('quote')

    def ship(self, sales):
        "Send the goods of the sales off."
        shipments = []
        for sale in sales:
            for shipment in sale.shipments:
                shipment.effective_date = sale.sale_date
                shipment.save()
                shipments.append(shipment)
        for button in ['assign_try', 'pick', 'pack', 'do']:
            click(shipments, button)

    def invoice(self, customer, lines):
        "Create a draft invoice by hand."
        invoice = Model.get('account.invoice')(
            type='out', party=self.customers[customer],
            payment_term=self.term)
        self.add_lines(invoice, lines)
        for line in invoice.lines:
            line.unit_price = line.product.list_price_used
        invoice.save()
        return invoice

    def add_lines(self, document, lines):
        "Add the products and quantities to the document."
        for name, quantity in lines.items():
            line = document.lines.new()
            line.product = self.products[name]
            line.quantity = quantity

    def pay(self, invoice, date):
        "Pay the whole invoice."
        wizard = invoice.click('pay')
        wizard.form.payment_method = self.payment_method
        wizard.form.date = date
        wizard.execute('choice')

    def credit_part(self, invoice):
        "Send the invoice by post and give back a part of it."
        by_post = Wizard('account.invoice.email.mark', [invoice])
        by_post.form.way = 'post'
        by_post.execute('mark')
        wizard = Wizard('account.invoice.credit_amount', [invoice])
        wizard.form.date = self.today
        wizard.form.net_amount = round(2 * invoice.lines[0].unit_price, 2)
        wizard.form.description = REASON
        wizard.execute('credit')

    def buy(self):
        "Post an invoice of a supplier, numbered by the fiscal year."
        supplier = shop.create_party("Papeterie Blanche", 'fr',
            "2 rue du Moulin", '68000', "Colmar", 'FR')
        invoice = Model.get('account.invoice')(
            type='in', party=supplier, payment_term=self.term,
            reference='PB-4711')
        line = invoice.lines.new()
        line.description = "Paper, 20 reams"
        line.account = shop.account_of_type('expense')
        line.quantity = 20
        line.unit_price = Decimal('4.90')
        invoice.invoice_date = self.today
        invoice.click('post')
        self.spread_shipping(supplier)

    def spread_shipping(self, supplier):
        "Spread the shipping over the draft of an invoice of the supplier."
        invoice = Model.get('account.invoice')(
            type='in', party=supplier, payment_term=self.term,
            reference='PB-4712')
        self.add_lines(invoice, {BOOK: 30, POSTER: 10})
        for line in invoice.lines:
            line.unit_price = line.product.cost_price
        invoice.save()
        wizard = Wizard('account.invoice.spread_cost', [invoice])
        wizard.form.amount = Decimal('12.00')
        wizard.execute('spread')

    def send_documents(self):
        """Note what was sent by post last year, and send some of this year.

        There is no mail server, so that these wait for one.
        """
        invoices = Model.get('account.invoice').find([
                ('type', '=', 'out'),
                ('number', '!=', None),
                ], order=[('invoice_date', 'ASC'), ('id', 'ASC')])
        new_year = dt.date(self.today.year, 1, 1)
        old = [i for i in invoices if i.invoice_date < new_year]
        by_post = Wizard('account.invoice.email.mark', old)
        by_post.form.way = 'post'
        by_post.form.date = new_year
        by_post.form.note = BY_POST
        by_post.execute('mark')
        by_mail = [i for i in invoices
            if i.invoice_date >= new_year and i.party.name in BY_MAIL]
        click(by_mail, 'send')


if __name__ == '__main__':
    main()
