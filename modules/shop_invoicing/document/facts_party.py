# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"The facts of a party, which are those of its records"
from stdnum.fr import siren

from . import facts
from .electronic_address_scheme import EMAIL, get_vat_scheme, is_vat_number

# ISO 6523 of the registers of companies
SIREN_SCHEME, _UID_SCHEME = '0002', '0183'
_LEGAL_TYPES = {'fr_siren', 'fr_siret', 'ch_uid'}


def get_party(party, address, identifiers=(), identifier=None, lines=None):
    """Return the facts of the party at the address.

    The identifiers are printed, the identifier is that for the taxes.  The
    lines are how the address is printed, by default the whole of it.
    """
    vat_number, tax_number = get_tax_numbers(identifier)
    scheme, electronic_address = _get_electronic_address(party, vat_number)
    legal_scheme, legal_number = _get_legal_number(party.identifiers)
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
        legal_number=legal_number,
        legal_scheme=legal_scheme,
        electronic_address=electronic_address,
        electronic_scheme=scheme,
        is_private=party.private_customer,
        code=party.code or None,
        address=lines,
        identifiers=[
            facts.Identifier(i.type_string, i.code) for i in identifiers])


def is_legal(identifier):
    "Whether it is the number in a register of companies"
    return identifier.type in _LEGAL_TYPES


def find_siren(identifiers):
    """Return the SIREN, the nine digits of a company in France, or None.

    The number of an establishment (SIRET) starts with it, the French number
    for VAT ends with it.
    """
    found = {}
    for identifier in identifiers:
        code = identifier.code_compact or ''
        found.setdefault(identifier.type, code)
        if code.startswith('FR'):
            found.setdefault('fr_tva', code)
    for code in [
            found.get('fr_siren', ''), found.get('fr_siret', '')[:9],
            found.get('fr_tva', '')[-9:]]:
        if siren.is_valid(code):
            return code


def _get_legal_number(identifiers):
    "Return the scheme and the number in a register of companies"
    if number := find_siren(identifiers):
        return SIREN_SCHEME, number
    for identifier in identifiers:
        if identifier.type == 'ch_uid':
            return _UID_SCHEME, identifier.code_compact
    return None, None


def get_tax_numbers(identifier):
    "Return the number for VAT, which starts with a country, or another one"
    if not identifier:
        return None, None
    code, type_ = identifier.code_compact, identifier.type or ''
    if type_ == 'eu_vat':
        return code, None
    if is_vat_number(type_):
        country = type_.partition('_')[0].upper()
        # Greece is the one country whose numbers start with another code
        country = {'GR': 'EL'}.get(country, country)
        return code if code.startswith(country) else country + code, None
    return None, code


def _get_electronic_address(party, vat_number):
    "Return the scheme and the address, which may follow from what is known"
    if party.electronic_address:
        return party.electronic_address_scheme, party.electronic_address
    if scheme := get_vat_scheme(vat_number):
        return scheme, vat_number
    if email := party.email:
        return EMAIL, email
    return None, None
