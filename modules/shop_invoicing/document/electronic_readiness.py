# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"What is missing before somebody writes or gets electronic invoices"
from trytond.i18n import gettext
from trytond.model import fields
from trytond.pool import Pool, PoolMeta
from trytond.pyson import Eval
from trytond.transaction import Transaction

from ..invoice.checked_search import checked_search


class Company(metaclass=PoolMeta):
    __name__ = 'company.company'

    electronic_invoice_missing = fields.Function(
        fields.Text(
            "Missing for Electronic Invoices",
            help="What the electronic invoices of the company miss."),
        'get_electronic_invoice_missing')

    def get_electronic_invoice_missing(self, name):
        return '\n'.join(self._tell_electronic_gaps()) or None

    def _tell_electronic_gaps(self):
        "Return what is missing of the company as sentences"
        if not self.party:
            # Tryton refuses it after this
            return []
        texts = _tell_country(self.party)
        if not self._has_tax_number():
            texts.append(gettext(
                    'shop_invoicing.msg_electronic_invoice_tax_number',
                    name=self.rec_name))
        return texts

    def _has_tax_number(self):
        return bool(self.party.tax_identifier or self.tax_identifiers)


class Party(metaclass=PoolMeta):
    __name__ = 'party.party'

    electronic_invoice_missing = fields.Function(
        fields.Text(
            "Missing for Electronic Invoices",
            states={
                'invisible': ~Eval('electronic_invoice_missing'),
                },
            help="What the electronic invoices to the party would miss."),
        'get_electronic_invoice_missing')
    electronic_invoice_ready = fields.Function(
        fields.Boolean(
            "Ready for Electronic Invoices",
            help="Whether the party can get electronic invoices of the "
            "company."),
        'get_electronic_invoice_missing',
        searcher='search_electronic_invoice_ready')
    gets_invoices = fields.Function(
        fields.Boolean(
            "Gets Invoices",
            help="Whether the party has orders or invoices of the company."),
        'get_gets_invoices', searcher='search_gets_invoices')

    @classmethod
    def get_electronic_invoice_missing(cls, parties, names):
        company = _get_company()
        texts = {
            p.id: [] if p.private_customer else p._tell_electronic_gaps(
                company)
            for p in parties}
        result = {
            'electronic_invoice_missing': {
                id_: '\n'.join(found) or None for id_, found in texts.items()},
            'electronic_invoice_ready': {
                id_: not found for id_, found in texts.items()},
            }
        return {name: result[name] for name in names}

    @classmethod
    @checked_search
    def search_electronic_invoice_ready(cls, name, clause):
        missing = [
            ('private_customer', '!=', True),
            ['OR', *cls._get_electronic_gap_domains(_get_company())],
            ]
        if _asks_for(clause):
            return [('id', 'not in', cls.search(missing, query=True))]
        return missing

    @classmethod
    def get_gets_invoices(cls, parties, name):
        ids = [p.id for p in parties]
        found = {
            p.id for p in cls.search([('id', 'in', ids), (name, '=', True)])}
        return {id_: id_ in found for id_ in ids}

    @classmethod
    @checked_search
    def search_gets_invoices(cls, name, clause):
        pool = Pool()
        company = Transaction().context.get('company')
        queries = []
        for model, domain in [
                ('sale.sale', [('state', '!=', 'cancelled')]),
                ('account.invoice', [('type', '=', 'out')])]:
            query = pool.get(model).search(
                [('company', '=', company), *domain], order=[], query=True)
            query.columns = [query.from_[0].party]
            queries.append(query)
        if _asks_for(clause):
            return ['OR', *(('id', 'in', query) for query in queries)]
        return [('id', 'not in', query) for query in queries]

    def _tell_electronic_gaps(self, company):
        "Return what is missing of the customer of the company as sentences"
        return _tell_country(self)

    @classmethod
    def _get_electronic_gap_domains(cls, company):
        "Return a domain for each of what _tell_electronic_gaps tells"
        return [[('addresses', 'not where', [('country', '!=', None)])]]


def _asks_for(clause):
    "Whether the clause of a boolean wants what is true"
    _, operator, value = clause
    return (operator == '=') == bool(value)


def _get_company():
    Company = Pool().get('company.company')
    company = Transaction().context.get('company')
    return Company(company) if company else None


def _tell_country(party):
    if any(address.country for address in party.addresses):
        return []
    return [gettext(
            'shop_invoicing.msg_electronic_invoice_country',
            name=party.rec_name)]
