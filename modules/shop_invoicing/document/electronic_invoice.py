# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
import logging

from trytond.i18n import gettext
from trytond.model import fields
from trytond.pool import PoolMeta
from trytond.pyson import Eval

from . import electronic_invoice_terms as terms
from .electronic_invoice_pdf import embed
from .electronic_invoice_xml import InvalidError, make_xml
from .facts_json import to_json
from .typst_pdf import find_missing_characters

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
    'characters': 'shop_invoicing.msg_invoice_document_font',
    'font': 'shop_invoicing.msg_electronic_invoice_font',
    'cmyk': 'shop_invoicing.msg_electronic_invoice_cmyk',
    'object': 'shop_invoicing.msg_electronic_invoice_object',
    }
_NO_PDFA = 'shop_invoicing.msg_electronic_invoice_no_pdfa'


class Invoice(metaclass=PoolMeta):
    __name__ = 'account.invoice'

    electronic_invoice_missing = fields.Text(
        "Missing for the Electronic Invoice", readonly=True,
        states={
            'invisible': ~Eval('electronic_invoice_missing'),
            },
        help="Why the issued PDF carries no electronic invoice or one that "
        "misses something, or is not made for the archive.")
    electronic_invoice_foreseen = fields.Function(
        fields.Text(
            "Still Missing for the Electronic Invoice",
            states={
                'invisible': ~Eval('electronic_invoice_foreseen'),
                },
            help="What is missing before the invoice is posted."),
        'get_electronic_invoice_foreseen')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._check_modify_exclude.add('electronic_invoice_missing')

    @classmethod
    def copy(cls, invoices, default=None):
        default = default.copy() if default is not None else {}
        default.setdefault('electronic_invoice_missing')
        return super().copy(invoices, default=default)

    @classmethod
    def get_electronic_invoice_foreseen(cls, invoices, name):
        drafts = [
            i for i in invoices
            if i.type == 'out' and i.state in {'draft', 'validated'}
            and i.party and i.invoice_address]
        found = dict.fromkeys(i.id for i in invoices)
        for invoice, facts in zip(drafts, cls.collect_facts(drafts)):
            reasons = terms.find_missing(facts)
            found[invoice.id] = '\n'.join(invoice._tell_missing(
                    reasons, facts)) or None
        return found

    def _complete_document(self, pdf, facts):
        pdf = super()._complete_document(pdf, facts)
        pdf, reasons = self._embed_electronic_invoice(pdf, facts)
        if characters := find_missing_characters(to_json(facts)):
            reasons = [('characters', ' '.join(characters)), *reasons]
        self._note_missing(reasons, facts)
        return pdf

    def _embed_electronic_invoice(self, pdf, facts):
        "Return the PDF with its electronic invoice, and what is missing"
        if reasons := list(dict.fromkeys(terms.find_missing(facts))):
            return pdf, reasons
        try:
            xml = make_xml(facts)
        except InvalidError as error:
            return pdf, [('invalid', str(error))]
        return embed(
            pdf, xml, lang=facts.language, author=facts.seller.name,
            title=facts.number)

    def _note_missing(self, reasons, facts):
        "Tell on the invoice and in the log what is missing, never in an error"
        texts = self._tell_missing(reasons, facts)
        text = '\n'.join(texts) or None
        if text:
            logger.warning(
                "electronic invoice %s is not complete: %s",
                self.number, texts)
        if text != self.electronic_invoice_missing:
            self.__class__.write([self], {'electronic_invoice_missing': text})

    def _tell_missing(self, reasons, facts):
        "Return each reason as a sentence, and what else is missing"
        texts = [
            gettext(
                _REASONS.get(reason, _NO_PDFA), name=name or self.rec_name)
            for reason, name in reasons]
        return list(dict.fromkeys(texts + self._tell_electronic_gaps(facts)))

    def _tell_electronic_gaps(self, facts):
        """Return what the electronic invoice misses as sentences.

        It is made in spite of that.  A country adds what it asks for.
        """
        return []
