# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""The schemes of electronic addresses (BT-34-1, BT-49-1), without Tryton.

They are those of the code list EAS of the European Commission that customers
of a web shop have, with the names of their registers.
"""
import re

from stdnum import ean, get_cc_module
from stdnum.fr import siren

EMAIL = 'EM'
FRANCE = '0225'
GLN = '0088'
SCHEMES = [
    ('0002', "SIREN (FR)"),
    ('0007', "Organisationsnummer (SE)"),
    ('0009', "SIRET (FR)"),
    ('0037', "LY-tunnus (FI)"),
    ('0060', "D-U-N-S"),
    (GLN, "GLN"),
    ('0096', "P-nummer (DK)"),
    ('0106', "KVK-nummer (NL)"),
    ('0151', "ABN (AU)"),
    ('0183', "UID (CH)"),
    ('0184', "CVR-nummer (DK)"),
    ('0188', "法人番号 (JP)"),
    ('0190', "OIN (NL)"),
    ('0191', "Registrikood (EE)"),
    ('0192', "Organisasjonsnummer (NO)"),
    ('0195', "UEN (SG)"),
    ('0196', "Kennitala (IS)"),
    ('0198', "SE-nummer (DK)"),
    ('0199', "LEI"),
    ('0200', "Juridinio asmens kodas (LT)"),
    ('0201', "Codice IPA (IT)"),
    ('0204', "Leitweg-ID (DE)"),
    ('0208', "KBO/BCE (BE)"),
    ('0210', "Codice fiscale (IT)"),
    ('0211', "Partita IVA (IT)"),
    ('0212', "Y-tunnus (FI)"),
    ('0216', "OVT (FI)"),
    ('0218', "Reģistrācijas numurs (LV)"),
    (FRANCE, "Annuaire (FR)"),
    ('9910', "Adószám (HU)"),
    ('9914', "UID (AT)"),
    ('9920', "NIF (ES)"),
    ('9925', "TVA/BTW (BE)"),
    ('9926', "ДДС (BG)"),
    ('9927', "MWST/TVA (CH)"),
    ('9928', "ΦΠΑ (CY)"),
    ('9929', "DIČ (CZ)"),
    ('9930', "USt-IdNr. (DE)"),
    ('9931', "KMKR (EE)"),
    ('9932', "VAT (GB)"),
    ('9933', "ΑΦΜ (GR)"),
    ('9934', "OIB (HR)"),
    ('9935', "VAT (IE)"),
    ('9937', "PVM (LT)"),
    ('9938', "TVA (LU)"),
    ('9939', "PVN (LV)"),
    ('9940', "TVA (MC)"),
    ('9943', "VAT (MT)"),
    ('9944', "Btw-id (NL)"),
    ('9945', "NIP (PL)"),
    ('9946', "NIF (PT)"),
    ('9947', "CIF (RO)"),
    ('9949', "DDV (SI)"),
    ('9950', "IČ DPH (SK)"),
    ('9957', "TVA (FR)"),
    (EMAIL, "E-mail"),
    ]
# By the countries of numbers for VAT
_VAT_SCHEMES = {
    'HU': '9910', 'AT': '9914', 'ES': '9920', 'BE': '9925', 'BG': '9926',
    'CH': '9927', 'CY': '9928', 'CZ': '9929', 'DE': '9930', 'EE': '9931',
    'GB': '9932', 'EL': '9933', 'HR': '9934', 'IE': '9935', 'IT': '0211',
    'LT': '9937', 'LU': '9938', 'LV': '9939', 'MC': '9940', 'MT': '9943',
    'NL': '9944', 'PL': '9945', 'PT': '9946', 'RO': '9947', 'SI': '9949',
    'SK': '9950', 'FR': '9957'}
# The directory of France adds the place of a company after its SIREN
_IN_FRANCE = re.compile(r'(\d{9})(_[\w.+-]+)?', re.ASCII)
_LONGEST = 125


def get_vat_scheme(vat_number):
    "Return the scheme of the number, which starts with a country, or None"
    return _VAT_SCHEMES.get((vat_number or '')[:2])


def is_vat_number(type_):
    """Whether an identifier of the type is a number for VAT.

    The types of Tryton are named like the modules of python-stdnum, which
    has a number for VAT of many countries.
    """
    if type_ == 'eu_vat':
        return True
    country, _, kind = (type_ or '').partition('_')
    module = get_cc_module(country, 'vat') if kind else None
    return bool(module) and module.__name__.rpartition('.')[-1] == kind


def is_valid(scheme, address):
    "Whether the address may be one of the scheme"
    if len(address) > _LONGEST or address.split() != [address]:
        return False
    if scheme == FRANCE:
        match = _IN_FRANCE.fullmatch(address)
        return bool(match) and siren.is_valid(match.group(1))
    if scheme == GLN:
        return ean.is_valid(address)
    return ('@' in address) == (scheme == EMAIL)
