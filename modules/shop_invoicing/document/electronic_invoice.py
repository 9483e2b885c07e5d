# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
import logging

from trytond.i18n import gettext
from trytond.model import fields
from trytond.pool import Pool, PoolMeta
from trytond.pyson import Eval
from trytond.transaction import Transaction

from . import electronic_invoice_terms as terms
from .electronic_invoice_pdf import embed
from .electronic_invoice_xml import InvalidError, make_xml

logger = logging.getLogger(__name__)

_REASONS = {
    'country': 'shop_invoicing.msg_electronic_invoice_country',
    'tax_number': 'shop_invoicing.msg_electronic_invoice_tax_number',
    'vat_number': 'shop_invoicing.msg_electronic_invoice_vat_number',
    'unit': 'shop_invoicing.msg_electronic_invoice_unit',
    'line_tax': 'shop_invoicing.msg_electronic_invoice_line_tax',
    'tax_category': 'shop_invoicing.msg_electronic_invoice_tax_category',
    'tax_notice': 'shop_invoicing.msg_electronic_invoice_tax_notice',
    'delivery_date': 'shop_invoicing.msg_electronic_invoice_delivery_date',
    'outside_scope': 'shop_invoicing.msg_electronic_invoice_outside_scope',
    'total': 'shop_invoicing.msg_electronic_invoice_total',
    'lines': 'shop_invoicing.msg_electronic_invoice_lines',
    'currency': 'shop_invoicing.msg_electronic_invoice_currency',
    'invalid': 'shop_invoicing.msg_electronic_invoice_invalid',
    'font': 'shop_invoicing.msg_electronic_invoice_font',
    'cmyk': 'shop_invoicing.msg_electronic_invoice_cmyk',
    }
_NO_PDFA = 'shop_invoicing.msg_electronic_invoice_no_pdfa'
# ISO 6523 of the registers of companies
_LEGAL_SCHEMES = {'fr_siren': '0002', 'fr_siret': '0009', 'ch_uid': '0183'}


class Invoice(metaclass=PoolMeta):
    __name__ = 'account.invoice'

    electronic_invoice_missing = fields.Text(
        "Missing for the Electronic Invoice", readonly=True,
        states={
            'invisible': ~Eval('electronic_invoice_missing'),
            },
        help="Why the issued PDF carries no electronic invoice, "
        "or is not made for the archive.")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._check_modify_exclude.add('electronic_invoice_missing')

    @classmethod
    def copy(cls, invoices, default=None):
        default = default.copy() if default is not None else {}
        default.setdefault('electronic_invoice_missing')
        return super().copy(invoices, default=default)

    def _finish_document(self, pdf, preview=False):
        pdf = super()._finish_document(pdf, preview=preview)
        if not preview:
            pdf, reasons = self._embed_electronic_invoice(pdf)
            self._note_missing(reasons)
        return pdf

    def _embed_electronic_invoice(self, pdf):
        "Return the PDF with its electronic invoice, and what is missing"
        document = self._get_in_language_of_party()._describe_electronic()
        if reasons := list(dict.fromkeys(terms.find_missing(document))):
            return pdf, reasons
        try:
            xml = make_xml(document)
        except InvalidError as error:
            return pdf, [('invalid', str(error))]
        return embed(
            pdf, xml, lang=self.party_lang, author=document.seller.name,
            title=document.number)

    def _get_in_language_of_party(self):
        "Return the invoice with the texts that the document has"
        with Transaction().set_context(language=self.party_lang):
            return self.__class__(self.id)

    def _note_missing(self, reasons):
        "Tell on the invoice and in the log what is missing, never in an error"
        text = '\n'.join(dict.fromkeys(
                gettext(_REASONS.get(reason, _NO_PDFA), name=name)
                for reason, name in reasons)) or None
        if text:
            logger.warning(
                "electronic invoice %s is not complete: %s",
                self.number, reasons)
        if text != self.electronic_invoice_missing:
            self.__class__.write([self], {'electronic_invoice_missing': text})

    def _describe_electronic(self):
        "What the electronic invoice says"
        seller = self.company.party
        identifier = self.tax_identifier or self.get_tax_identifier()
        is_correction = self.document_kind in {'cancellation', 'credit_note'}
        return terms.Document(
            number=self.number,
            date=self.invoice_date,
            is_correction=is_correction,
            corrected=self._get_electronic_original(),
            currency=self.currency.code,
            digits=self.currency.digits,
            accounting_currency=self.company.currency.code,
            accounting_tax=self.document_company_tax or self.tax_amount * 0,
            seller=_get_party(
                seller, seller.address_get('invoice'), identifier),
            buyer=_get_party(
                self.party, self.invoice_address,
                self.document_buyer_identifier),
            lines=[
                line._describe_electronic() for line in self.lines
                if line.type == 'line'],
            taxes=[
                (tax.tax._describe_electronic(), tax.amount)
                for tax in self.taxes if tax.tax],
            total=self.total_amount,
            **self._get_electronic_payment(),
            **self._get_electronic_delivery())

    def _get_electronic_original(self):
        "Return number and date of the document that this one corrects"
        original = self.corrected_invoice
        if original and original.number:
            return original.number, original.invoice_date

    def _get_electronic_payment(self):
        "Return how and when is paid, as on the document"
        Lang = Pool().get('ir.lang')
        lang = Lang.get()
        maturities = self.document_maturities
        dates = [date for date, _ in maturities if date]
        lines = [
            f'{lang.strftime(date)}: {lang.currency(amount, self.currency)}'
            for date, amount in maturities if date] if dates[1:] else []
        if self.payment_term and self.payment_term.description:
            lines.insert(0, self.payment_term.description)
        return {
            'paid': self.total_amount * bool(self.document_is_paid),
            'due_date': dates[0] if len(dates) == 1 else None,
            'payment_terms': '\n'.join(lines),
            'payment': self._get_electronic_means_of_payment(),
            }

    def _get_electronic_means_of_payment(self):
        "Return the account to pay to, which may stand in the instructions"
        method = self.payment_method
        payment = terms.Payment(reference=self.customer_payment_reference)
        if method:
            payment.means, payment.name = method.unece_means, method.name
            payment.iban = terms.find_iban(method.instructions)
        for mean in self.payment_means:
            account = mean.instrument
            if account and account.__name__ == 'bank.account' and account.iban:
                payment.iban = account.iban_compact
                payment.bic = account.bank and account.bank.bic
        return payment

    def _get_electronic_delivery(self):
        "Return when and where was supplied, and the orders"
        places = {
            (sale.shipment_party or sale.party, sale.shipment_address)
            for sale in self.sales if sale.shipment_address}
        delivery = self.document_delivery
        numbers = [sale.number for sale in self.document_orders]
        return {
            'delivery_date': delivery and delivery[1],
            'deliver_to': (
                _get_party(*places.pop()) if len(places) == 1 else None),
            'reference': ', '.join(self.document_references),
            'order': ', '.join(filter(None, numbers)),
            'note': self.comment,
            }


class InvoiceLine(metaclass=PoolMeta):
    __name__ = 'account.invoice.line'

    def _describe_electronic(self):
        "What the electronic invoice says about the line"
        product = self.product
        name = product.name if product else self.description
        return terms.Line(
            name=name or self.account.name,
            description=self.description if product else None,
            code=product.code if product else None,
            quantity=terms.to_decimal(self.quantity),
            unit=self.unit.unece_code if self.unit else terms.ONE,
            unit_name=self.unit.name if self.unit else None,
            price=self.unit_price,
            gross_price=self.document_price,
            amount=self.amount,
            taxes=list(dict.fromkeys(
                    tax._describe_electronic() for tax in self.taxes)))


class Tax(metaclass=PoolMeta):
    __name__ = 'account.tax'

    def _describe_electronic(self):
        "What the electronic invoice says about the tax"
        if self.parent:
            return self.parent._describe_electronic()
        rate = self._get_percentage()
        return terms.Tax(
            name=self.name,
            category=terms.get_category(
                self.unece_category_code, rate, self.legal_notice),
            rate=rate,
            notice=self.legal_notice)

    def _get_percentage(self):
        "Return the rate in percent, None where it is none"
        if self.type == 'percentage':
            return self.rate * 100
        if self.type == 'none' and self.childs:
            rates = [child._get_percentage() for child in self.childs]
            return None if None in rates else sum(rates)


def _get_party(party, address, identifier=None):
    "Return a party as the electronic invoice names it"
    vat_number, tax_number = _get_tax_numbers(identifier)
    legal = next(
        (i for i in party.identifiers if i.type in _LEGAL_SCHEMES), None)
    return terms.Party(
        name=party.full_name,
        street=(address.street or '').splitlines() if address else [],
        postal_code=address.postal_code if address else None,
        city=address.city if address else None,
        country=(
            address.country.code if address and address.country else None),
        vat_number=vat_number,
        tax_number=tax_number,
        legal_number=legal.code_compact if legal else None,
        legal_scheme=_LEGAL_SCHEMES[legal.type] if legal else None,
        code=party.code)


def _get_tax_numbers(identifier):
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
