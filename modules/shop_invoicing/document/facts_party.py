# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"The facts of a party, which are those of its records"
from . import facts

# ISO 6523 of the registers of companies
LEGAL_SCHEMES = {'fr_siren': '0002', 'fr_siret': '0009', 'ch_uid': '0183'}


def get_party(party, address, identifiers=(), identifier=None, lines=None):
    """Return the facts of the party at the address.

    The identifiers are printed, the identifier is that for the taxes.  The
    lines are how the address is printed, by default the whole of it.
    """
    vat_number, tax_number = get_tax_numbers(identifier)
    legal = next(filter(is_legal, party.identifiers), None)
    country = address.country if address else None
    if lines is None:
        lines = address.full_address.splitlines() if address else []
    return facts.Party(
        name=party.full_name,
        street=(address.street or '').splitlines() if address else [],
        postal_code=(address.postal_code or None) if address else None,
        city=(address.city or None) if address else None,
        country=country.code if country else None,
        vat_number=vat_number,
        tax_number=tax_number,
        legal_number=legal.code_compact if legal else None,
        legal_scheme=LEGAL_SCHEMES[legal.type] if legal else None,
        code=party.code or None,
        address=lines,
        identifiers=[
            facts.Identifier(i.type_string, i.code) for i in identifiers])


def is_legal(identifier):
    "Whether it is the number in a register of companies"
    return identifier.type in LEGAL_SCHEMES


def get_tax_numbers(identifier):
    "Return the number for VAT, which starts with a country, or another one"
    if not identifier:
        return None, None
    code, type_ = identifier.code_compact, identifier.type or ''
    if type_ == 'eu_vat':
        return code, None
    country, _, kind = type_.partition('_')
    if kind == 'vat':
        country = country.upper()
        return code if code.startswith(country) else country + code, None
    return None, code
