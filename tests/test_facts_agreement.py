# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""PDF and electronic invoice of varied documents state the same.

Both are read back: what the XML says is printed, and no amount is printed
that the XML does not say.
"""
import datetime as dt
import re
from decimal import Decimal as D
from functools import partial
from itertools import chain, cycle, islice
from types import SimpleNamespace

import pytest

from tests.electronic_invoice import get_xml
from tests.electronic_statements import Statements, squash
from tests.pages import read_pages
from tests.schematron import find_french_violations, find_violations

pytestmark = pytest.mark.once

COUNT = 40
IBAN = 'FR7630006000011234567890189'
LANGUAGES = ['en', 'fr', 'de']
# Rate, category, notice
TAXES = {
    'normal': ('.2', 'S', None),
    'reduced': ('.055', 'S', None),
    'zero': ('0', 'Z', None),
    'exempt': ('0', 'E', "Exempt by article 261"),
    'reverse': ('0', 'AE', "Reverse charge"),
    'supply': ('0', 'K', "Intra-community supply"),
    'export': ('0', 'G', "Export"),
    'outside': ('0', 'O', "Not subject to VAT"),
    }
# Quantity, price and tax of each line
LINES = [
    [('1', '100', 'normal')],
    [('1200', '0.0333', 'normal'), ('2', '9.99', 'reduced')],
    [('0.333', '1000', 'normal'), ('1', '-3.5', 'normal')],
    [('3', '12.3456', 'reduced'), ('-1', '2', 'reduced')],
    [('1', '10', 'normal'), ('1', '20', 'zero'), ('1', '30', 'exempt')],
    [('2', '1234567.89', 'exempt')],
    [('5', '7', 'reverse')],
    [('1', '99.5', 'supply')],
    [('4', '25', 'export')],
    [('1', '45', 'outside')],
    ]


def vary(pool, taxes, parties, terms, method, currencies, account):
    "Yield drafts that differ in all that a document can state"
    Invoice = pool.get('account.invoice')
    Line = pool.get('account.invoice.line')
    journal, = pool.get('account.journal').search(
        [('type', '=', 'revenue')], limit=1)
    today = dt.date.today()
    choices = zip(
        cycle(LINES), cycle(parties), cycle(terms), cycle([method, None]),
        cycle(currencies), cycle(["PO-17", None, "Ref & <7>"]),
        cycle([None, "Thank you", "Two\nlines"]))
    for i, choice in enumerate(islice(choices, COUNT - 4)):
        rows, party, term, method, currency, reference, comment = choice
        address, = party.addresses
        invoice = Invoice(
            type='out', company=account.company, party=party, journal=journal,
            invoice_address=address,
            payment_term=term, payment_method=method, currency=currency,
            account=party.account_receivable_used, invoice_date=today,
            delivery_date=today - dt.timedelta(i % 5), reference=reference,
            comment=comment)
        invoice.lines = [
            Line(
                type='line', invoice_type='out', company=account.company,
                party=party, currency=currency, account=account,
                description=f"Work {i}.{n}", quantity=float(quantity),
                unit_price=D(price), taxes=[taxes[tax]])
            for n, (quantity, price, tax) in enumerate(rows)]
        if i % 4 == 0:
            invoice.lines = [
                Line(type='title', description=f"Part {i}"), *invoice.lines]
        yield invoice


@pytest.fixture(scope='module')
def documents():
    "Issue the documents and read them back"
    from tests.tools import create_shop, load_translations
    from trytond.tests.test_tryton import drop_db
    from trytond.tests.tools import activate_modules
    year = dt.date.today().year
    activate_modules('shop_invoicing', partial(create_shop, year, year))
    load_translations('fr', 'de')
    yield make_documents()
    drop_db()


def make_documents():
    "Return what is read back of each document, in a transaction of its own"
    from trytond.pool import Pool
    from trytond.tests.test_tryton import DB_NAME
    from trytond.transaction import Transaction, TransactionError
    extras = {}
    while True:
        with Transaction().start(DB_NAME, 1, **extras) as transaction:
            pool = Pool()
            company, = pool.get('company.company').search([])
            try:
                with transaction.set_context(
                        company=company.id, companies=[company.id],
                        _skip_warnings=True):
                    return [
                        read_back(pool, i) for i in issue(pool, company)]
            except TransactionError as error:
                error.fix(extras)
            finally:
                transaction.rollback()


def issue(pool, company):
    "Return the issued invoices and corrections of some of them"
    Invoice = pool.get('account.invoice')
    Account = pool.get('account.account')
    revenue, = Account.search(
        [('type.revenue', '=', True), ('closed', '!=', True)], limit=1)
    parties = set_up_parties(pool, company)
    invoices = list(vary(
            pool, set_up_taxes(pool, company), parties, set_up_terms(pool),
            set_up_method(pool), set_up_currencies(pool, company), revenue))
    tell_what_france_asks(pool)
    Invoice.save(invoices)
    Invoice.post(invoices)
    corrections = Invoice.credit(invoices[:2], refund=True)
    corrections += Invoice.credit(invoices[2:4])
    Invoice.post([c for c in corrections if c.state == 'draft'])
    return Invoice.browse(invoices + corrections)


def set_up_parties(pool, company):
    Country = pool.get('country.country')
    Lang = pool.get('ir.lang')
    Party = pool.get('party.party')
    france, germany = Country.create([
            {'name': "France", 'code': 'FR'},
            {'name': "Germany", 'code': 'DE'}])
    seller = company.party
    address = seller.addresses[0]
    address.country, address.city = france, "Strasbourg"
    address.save()
    identifiers = [('eu_vat', 'FR23334175221'), ('fr_siren', '732829320')]
    Party.write([seller], {'identifiers': [('create', [
                        {'type': t, 'code': c} for t, c in identifiers])]})
    return Party.create([{
                'name': f"Müller & Söhne {code}",
                'lang': Lang.search([('code', '=', code)])[0].id,
                'addresses': [('create', [{
                                'street_unstructured': "Weg 1\nHof 2",
                                'city': "Berlin", 'country': germany.id}])],
                'identifiers': [('create', [
                            {'type': 'eu_vat', 'code': 'DE122265872'}])],
                } for code in LANGUAGES])


def tell_what_france_asks(pool):
    Configuration = pool.get('account.configuration')
    configuration = Configuration(1)
    for name in ['penalty', 'recovery_fee', 'discount']:
        setattr(configuration, f'french_{name}', f"French {name}")
    configuration.french_tax_on_debits = True
    configuration.save()


def set_up_taxes(pool, company):
    Account = pool.get('account.account')
    Tax = pool.get('account.tax')
    account, = Account.search([('code', '=', '6.3.6')])
    return {name: Tax.create([{
                    'name': f"Tax {name}", 'description': f"VAT {name}",
                    'type': 'percentage', 'rate': D(rate),
                    'unece_category_code': category, 'legal_notice': notice,
                    'invoice_account': account.id,
                    'credit_note_account': account.id,
                    'company': company.id}])[0]
        for name, (rate, category, notice) in TAXES.items()}


def set_up_terms(pool):
    Term = pool.get('account.invoice.payment_term')
    half = {'type': 'percent', 'ratio': D('.5'), 'divisor': D(2)}
    rest = {'type': 'remainder'}

    def create(name, *lines):
        return Term.create([{
                    'name': name, 'description': name,
                    'lines': [('create', [{
                                    **line,
                                    'relativedeltas': [
                                        ('create', [{'days': days}])],
                                    } for days, line in lines])]}])[0]
    return [
        create("30 days", (30, rest)),
        create("Half in 10 days", (10, half), (40, rest))]


def set_up_method(pool):
    Method = pool.get('sale.payment.method')
    method, = Method.search([('kind', '=', 'invoice')])
    method.instructions = f"Pay to {IBAN}"
    method.save()
    return method


def set_up_currencies(pool, company):
    Account = pool.get('account.account')
    Configuration = pool.get('account.configuration')
    Currency = pool.get('currency.currency')
    Rate = pool.get('currency.currency.rate')
    Currency.write([company.currency], {
            'name': "Euro", 'code': 'EUR', 'symbol': '€'})
    dollar, = Currency.create([{
                'name': "Dollar", 'code': 'USD', 'symbol': '$',
                'rounding': D('.01'), 'digits': 2}])
    expense, = Account.search(
        [('type.expense', '=', True), ('closed', '!=', True)], limit=1)
    configuration = Configuration(1)
    configuration.currency_exchange_journal, = pool.get(
        'account.journal').create([{'name': "Exchange", 'type': 'write-off'}])
    configuration.currency_exchange_credit_account = expense
    configuration.currency_exchange_debit_account = expense
    configuration.save()
    today = dt.date.today()
    Rate.create([
            {'currency': c.id, 'date': today.replace(month=1, day=1),
                'rate': D(rate)}
            for c, rate in [(dollar, '1.25'), (company.currency, '1')]])
    return [company.currency, dollar]


def read_back(pool, invoice):
    "Return the text of the pages, and what the XML says"
    Lang = pool.get('ir.lang')
    Report = pool.get('account.invoice', type='report')
    _, pdf, _, _ = Report.execute([invoice.id], {})
    xml = get_xml(pdf)
    assert xml, invoice.__class__(invoice.id).electronic_invoice_missing
    says = Statements(Lang.get(invoice.party_lang), xml)
    return SimpleNamespace(
        language=invoice.party_lang, xml=xml,
        missing=invoice.__class__(invoice.id).electronic_invoice_missing,
        text=squash(' '.join(read_pages(pdf))),
        amounts=list(map(squash, says.amounts)),
        prices=[set(map(squash, prices)) for prices in says.prices],
        others=list(map(squash, [
                    *says.dates, *says.texts, *says.quantities])))


def test_they_are_as_many_as_promised(documents):
    assert len(documents) == COUNT
    assert {d.language for d in documents} == set(LANGUAGES)


def test_what_the_xml_says_is_printed(documents):
    for document in documents:
        for text in [*document.amounts, *document.others]:
            assert text in document.text, document.xml.decode()
        for prices in document.prices:
            assert any(price in document.text for price in prices)


def test_no_other_amount_is_printed(documents):
    for document in documents:
        rest = document.text
        known = {*document.amounts, *chain(*document.prices)}
        for amount in sorted(known, key=len, reverse=True):
            rest = rest.replace(amount, '|')
        assert not re.search(r'[.,]\d\d[$€]|[$€]-?\d', rest), rest


def test_all_follow_the_rules(documents):
    for document in documents:
        assert find_violations(document.xml) == []
        assert find_french_violations(document.xml) == []
        assert document.missing is None


def test_each_category_of_the_operation_is_printed(documents):
    for document in documents:
        assert re.search(
            "Categoryoftheoperation|Catégoriedel'opération|ArtdesUmsatzes",
            document.text)
