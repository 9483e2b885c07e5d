# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"What a company in France and its customers miss for electronic invoices"
from trytond.pool import Pool, PoolMeta

from ..document.electronic_address_scheme import is_vat_number
from ..document.facts_party import find_siren
from .french_invoice import tell_missing
from .french_invoice_rules import TERRITORIES, TEXTS

_SIREN_TYPES = ['fr_siren', 'fr_siret', 'fr_tva']


class Company(metaclass=PoolMeta):
    __name__ = 'company.company'

    @property
    def is_french(self):
        "Whether France has the rules for the invoices of the company"
        return _is_in_france(self.party)

    def _tell_electronic_gaps(self):
        Configuration = Pool().get('account.configuration')
        texts = super()._tell_electronic_gaps()
        if self.is_french:
            reasons = list(_find_missing_of_party(self.party))
            reasons += [
                (name, self.rec_name) for name in TEXTS.values()
                if not Configuration(1).get_multivalue(
                    f'french_{name}', company=self.id)]
            texts += tell_missing(reasons)
        return texts

    def _has_tax_number(self):
        # Who charges no VAT (article 293 B of the CGI) has its SIREN only
        return super()._has_tax_number() or (
            self.is_french and bool(find_siren(self.party.identifiers)))


class Party(metaclass=PoolMeta):
    __name__ = 'party.party'

    def _tell_electronic_gaps(self, company):
        texts = super()._tell_electronic_gaps(company)
        if company and company.is_french:
            texts += tell_missing(_find_missing_of_party(self))
        return texts

    @classmethod
    def _get_electronic_gap_domains(cls, company):
        domains = super()._get_electronic_gap_domains(company)
        if company and company.is_french:
            in_france = [('country.code', 'in', list(TERRITORIES))]
            domains += [
                [
                    ('addresses', 'where', in_france),
                    _has_no_identifier(['OR',
                            ('type', 'in', _SIREN_TYPES),
                            ('code_compact', 'like', 'FR%'),
                            ]),
                    ],
                [
                    ('addresses', 'not where', in_france),
                    ('electronic_address', '=', None),
                    _has_no_identifier([
                            ('type', 'in', cls._get_vat_types())]),
                    ('contact_mechanisms', 'not where', [
                            ('type', '=', 'email')]),
                    ],
                ]
        return domains

    @classmethod
    def _get_vat_types(cls):
        return [t for t in cls.tax_identifier_types() if is_vat_number(t)]


def _has_no_identifier(domain):
    return 'identifiers', 'not where', domain


def _is_in_france(party):
    return any(
        address.country and address.country.code in TERRITORIES
        for address in party.addresses)


def _find_missing_of_party(party):
    "Yield the reasons of french_invoice_rules, also without any invoice"
    if _is_in_france(party):
        if not find_siren(party.identifiers):
            yield 'siren', party.rec_name
    elif not (party.electronic_address or party.email or any(
                is_vat_number(i.type) for i in party.identifiers)):
        yield 'electronic_address', party.rec_name
