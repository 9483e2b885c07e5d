# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"Where a party gets its electronic invoices"
from trytond.i18n import gettext
from trytond.model import fields
from trytond.pool import PoolMeta
from trytond.pyson import Bool, Eval

from ..exceptions import ElectronicAddressValidationError
from .electronic_address_scheme import SCHEMES, is_valid


class Party(metaclass=PoolMeta):
    __name__ = 'party.party'

    electronic_address_scheme = fields.Selection(
        [(None, ""), *((code, f'{code} {name}') for code, name in SCHEMES)],
        "Scheme of the Electronic Address", translate=False, sort=False,
        states={
            'required': Bool(Eval('electronic_address')),
            },
        help="The list in which the electronic address stands.")
    electronic_address = fields.Char(
        "Electronic Address",
        states={
            'required': Bool(Eval('electronic_address_scheme')),
            },
        help="Where the party gets electronic invoices.\n"
        "Leave it empty to use the number by which it is registered, "
        "or else its e-mail address.")
    private_customer = fields.Boolean(
        "Private Customer",
        help="Check if the party buys for itself and not for a business.\n"
        "It needs no electronic invoice.")

    @fields.depends('electronic_address')
    def on_change_electronic_address(self):
        if self.electronic_address:
            self.electronic_address = ''.join(self.electronic_address.split())

    @classmethod
    def validate_fields(cls, parties, field_names):
        super().validate_fields(parties, field_names)
        cls.check_electronic_address(parties, field_names)

    @classmethod
    def check_electronic_address(cls, parties, field_names=None):
        if field_names and not (
                field_names
                & {'electronic_address', 'electronic_address_scheme'}):
            return
        schemes = dict(SCHEMES)
        for party in parties:
            scheme, address = (
                party.electronic_address_scheme, party.electronic_address)
            if scheme and address and not is_valid(scheme, address):
                raise ElectronicAddressValidationError(gettext(
                        'shop_invoicing.msg_electronic_address_invalid',
                        address=address,
                        scheme=f'{scheme} {schemes[scheme]}',
                        party=party.rec_name))
