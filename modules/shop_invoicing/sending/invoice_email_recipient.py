# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"To whom the documents of a customer are sent."
from email.errors import HeaderParseError
from email.headerregistry import Address

import idna

from trytond.i18n import gettext
from trytond.model import fields
from trytond.pool import Pool, PoolMeta
from trytond.pyson import Eval
from trytond.tools import grouped_slice
from trytond.tools.email_ import convert_ascii_email

from ..exceptions import BillingContactError, InvoiceEmailRecipientError
from ..invoice.party_permission import PermissionMixin


class ContactMechanism(PermissionMixin, metaclass=PoolMeta):
    __name__ = 'party.contact_mechanism'
    _permission_fields = {'invoice', 'invoice_copy'}
    _permission_depends = {'party', 'type', 'value', 'active'}

    invoice_copy = fields.Boolean(
        "Invoice: E-Mail Copy",
        states={
            'invisible': Eval('type') != 'email',
            },
        help="Check to send a copy of each invoice to this address.")

    @classmethod
    def validate_fields(cls, mechanisms, field_names):
        super().validate_fields(mechanisms, field_names)
        cls.check_billing_contact(mechanisms, field_names)

    @classmethod
    def check_billing_contact(cls, mechanisms, field_names=None):
        "Let a party have one e-mail address for its invoices"
        if field_names and not (
                field_names & {'invoice', 'type', 'active', 'party'}):
            return
        ids = {
            m.party.id for m in mechanisms
            if m.type == 'email' and m.invoice and m.active}
        found = {}
        for sub_ids in grouped_slice(ids, 1000):
            for mechanism in cls.search([
                        ('party', 'in', list(sub_ids)),
                        ('type', '=', 'email'),
                        ('invoice', '=', True),
                        ], order=[('id', 'ASC')]):
                other = found.setdefault(mechanism.party, mechanism)
                if other != mechanism:
                    raise BillingContactError(gettext(
                            'shop_invoicing'
                            '.msg_invoice_email_billing_contact',
                            party=mechanism.party.rec_name,
                            contact=other.value,
                            field=cls.__names__('invoice')['field'],
                            copy=cls.__names__('invoice_copy')['field']))

    @classmethod
    def copy(cls, mechanisms, default=None):
        default = default.copy() if default is not None else {}
        default.setdefault('invoice_copy', False)
        if not cls._may_decide():
            default.setdefault('invoice', False)
        return super().copy(mechanisms, default=default)

    @classmethod
    def _may_decide(cls):
        "Whether the user may say where invoices are sent"
        FieldAccess = Pool().get('ir.model.field.access')
        return FieldAccess.check(
            cls.__name__, ['invoice'], 'write', raise_exception=False)

    def get_permissions(self):
        if self.type != 'email' or not self.active:
            return []
        return [
            (self.party, name, self.value)
            for name in sorted(self._permission_fields)
            if getattr(self, name)]


class PermissionChange(metaclass=PoolMeta):
    __name__ = 'party.party.permission_change'

    @classmethod
    def _get_permission_fields(cls):
        return super()._get_permission_fields() + [
            ('party.contact_mechanism', 'invoice'),
            ('party.contact_mechanism', 'invoice_copy')]


class Invoice(metaclass=PoolMeta):
    __name__ = 'account.invoice'

    @property
    def billing_contact(self):
        "The contact mechanism to whose address the documents are sent"
        contact = self.party.contact_mechanism_get('email', usage='invoice')
        if not (contact and contact.invoice) and self.invoice_address:
            contact = (
                self.invoice_address.contact_mechanism_get('email')
                or contact)
        return contact

    def find_recipients(self):
        """Return the addresses to send the document to and those for copies.

        Raise InvoiceEmailRecipientError if there is nobody to send it to.
        """
        contact = self.billing_contact
        if not contact:
            raise InvoiceEmailRecipientError(gettext(
                    'shop_invoicing.msg_invoice_email_recipient',
                    invoice=self.rec_name,
                    party=self.party.rec_name))
        recipient = _to_address(contact)
        if not recipient:
            raise InvoiceEmailRecipientError(gettext(
                    'shop_invoicing.msg_invoice_email_address',
                    invoice=self.rec_name,
                    party=self.party.rec_name,
                    address=contact.value))
        addresses = {recipient.addr_spec.casefold(): recipient}
        for copy in self._copy_contacts:
            if address := _to_address(copy):
                addresses.setdefault(address.addr_spec.casefold(), address)
        recipient, *copies = addresses.values()
        return [recipient], copies

    @property
    def _copy_contacts(self):
        return [
            c for c in self.party.contact_mechanisms
            if c.type == 'email' and c.invoice_copy]

    def find_invalid_copies(self):
        "Return what should get a copy and is no address"
        return [c.value for c in self._copy_contacts if not _to_address(c)]

    @property
    def email_language(self):
        "The language of the one who reads the message"
        Template = Pool().get('ir.email.template')
        return Template.get_languages(
            [self.billing_contact or self.party])[0]


def _to_address(contact):
    "Return the address of the contact mechanism or None if it is not valid"
    name = contact.name or contact.party.name
    try:
        address = Address(
            display_name=' '.join(name.split()),
            addr_spec=encode_domain(
                convert_ascii_email(contact.value.strip())))
    except (HeaderParseError, ValueError, IndexError):
        return None
    if address.username and address.domain and str(address.domain).isascii():
        return address


def encode_domain(address):
    """Return the address with its domain as mail servers know it.

    RFC 5891.  Raise ValueError if there can be no such domain.
    """
    user, at, domain = address.rpartition('@')
    if not domain.isascii():
        domain = idna.encode(domain, uts46=True).decode('ascii')
    return user + at + domain
