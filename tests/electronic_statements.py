# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"What an electronic invoice states, as the document prints it"
import datetime as dt
import re
from decimal import Decimal as D

from lxml import etree

from trytond.modules.shop_invoicing.document.facts_print import (
    print_percentage)


def squash(text):
    "Return the text without blanks, as lines end anywhere"
    return re.sub(r'[\s\u200b]', '', text)


def find(node, path):
    "Return the nodes at the path of local names"
    steps = '/'.join(f"*[local-name()='{n}']" for n in path.split('/'))
    return node.xpath(f'.//{steps}')


def get(node, path):
    return [element.text for element in find(node, path)]


class Statements:
    "What an XML says, as it is printed in the language"

    def __init__(self, lang, xml):
        self.lang = lang
        self.root = etree.fromstring(xml)
        self.sign = -1 if get(
            self.root, 'ExchangedDocument/TypeCode') == ['381'] else 1
        code, = get(self.root, 'InvoiceCurrencyCode')
        self.currency = self.get_currency(code)

    @staticmethod
    def get_currency(code):
        from trytond.pool import Pool
        Currency = Pool().get('currency.currency')
        return Currency.search([('code', '=', code)])[0]

    def money(self, text, digits=None):
        value = self.sign * D(text)
        if digits is not None:
            digits = max(digits, -D(text).normalize().as_tuple().exponent)
        return self.lang.currency(
            value + 0, self.currency, grouping=True, digits=digits)

    def price(self, text):
        "A price is never negative in the XML, the quantity is instead"
        sign = self.sign
        found = {self.money(text, 2)}
        self.sign = -sign
        found.add(self.money(text, 2))
        self.sign = sign
        return found

    @property
    def amounts(self):
        header = 'ApplicableHeaderTradeSettlement'
        summary = f'{header}/SpecifiedTradeSettlementHeaderMonetarySummation'
        for name in ['BasisAmount', 'CalculatedAmount']:
            for text in get(self.root, f'{header}/ApplicableTradeTax/{name}'):
                yield self.money(text)
        names = ['TaxBasisTotalAmount', 'GrandTotalAmount']
        if get(self.root, f'{summary}/TotalPrepaidAmount'):
            names += ['TotalPrepaidAmount', 'DuePayableAmount']
        for name in names:
            for text in get(self.root, f'{summary}/{name}'):
                yield self.money(text)
        for element in find(self.root, f'{summary}/TaxTotalAmount'):
            if element.get('currencyID') != self.currency.code:
                if D(element.text):
                    yield self.lang.currency(
                        self.sign * D(element.text), self.get_currency(
                            element.get('currencyID')), grouping=True)
        for text in get(self.root, 'SpecifiedLineTradeSettlement/'
                'SpecifiedTradeSettlementLineMonetarySummation/'
                'LineTotalAmount'):
            yield self.money(text)
        for text in get(self.root, 'SpecifiedTradePaymentTerms/Description'):
            for line in text.splitlines():
                if ': ' in line:
                    yield line.split(': ')[1]

    @property
    def prices(self):
        for line in find(self.root, 'IncludedSupplyChainTradeLineItem'):
            text, = get(line, 'NetPriceProductTradePrice/ChargeAmount')
            yield self.price(text)

    @property
    def dates(self):
        for path in [
                'ExchangedDocument/IssueDateTime/DateTimeString',
                'OccurrenceDateTime/DateTimeString',
                'DueDateDateTime/DateTimeString',
                'FormattedIssueDateTime/DateTimeString']:
            for text in get(self.root, path):
                yield self.lang.strftime(
                    dt.datetime.strptime(text, '%Y%m%d').date())

    @property
    def texts(self):
        for path in [
                'ExchangedDocument/ID',
                'SellerTradeParty/Name', 'BuyerTradeParty/Name',
                'SpecifiedTaxRegistration/ID', 'BuyerTradeParty/'
                'PostalTradeAddress/LineOne', 'IBANID',
                'SpecifiedLegalOrganization/ID',
                'SpecifiedTradeProduct/Name',
                'SpecifiedTradeProduct/Description',
                'BuyerOrderReferencedDocument/IssuerAssignedID',
                'InvoiceReferencedDocument/IssuerAssignedID',
                'ExemptionReason', 'PaymentReference',
                'SpecifiedTradeSettlementPaymentMeans/Information']:
            yield from get(self.root, path)
        yield from self.notes
        for text in get(self.root, 'RateApplicablePercent'):
            yield print_percentage(D(text), self.lang)
        for text in get(self.root, 'SpecifiedTradePaymentTerms/Description'):
            yield text.splitlines()[0]

    @property
    def notes(self):
        "The texts of France stand on paper where something is to be paid"
        gives_back = get(self.root, 'ExchangedDocument/TypeCode') == ['381']
        for note in find(self.root, 'IncludedNote'):
            if not (gives_back and get(note, 'SubjectCode')):
                yield from get(note, 'Content')

    @property
    def quantities(self):
        for text in get(self.root, 'BilledQuantity'):
            digits = max(0, -D(text).normalize().as_tuple().exponent)
            yield self.lang.format_number(abs(D(text)), digits=digits)
