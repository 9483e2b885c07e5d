# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from dataclasses import dataclass
from typing import Optional

from trytond.i18n import gettext
from trytond.model import ModelSQL, fields
from trytond.modules.company.model import CompanyValueMixin
from trytond.pool import Pool, PoolMeta
from trytond.transaction import Transaction, without_check_access

from ..exceptions import InvoiceDocumentFrozenError
from .facts import Facts
from .facts_print import print_facts
from .typst_report import TypstReport

_MARGIN = 20
_STORED = {
    'invoice_report_cache', 'invoice_report_cache_id', 'invoice_report_format'}


class Invoice(metaclass=PoolMeta):
    __name__ = 'account.invoice'

    @property
    def invoice_report_versioned(self):
        return super().invoice_report_versioned or self.is_issued

    @classmethod
    def freeze_document(cls, invoices):
        """Render and store the document of each issued invoice without one.

        It does nothing for the others, so it can be called again.
        """
        # The report looks whether the user may read the invoice
        with Transaction().set_user(0, set_context=True):
            invoices = cls.browse(invoices)
            cls.print_invoice([
                    i for i in invoices
                    if i.is_issued and not i.has_report_cache])

    def create_invoice_report_revision(self):
        if not self.is_issued:
            return super().create_invoice_report_revision()
        if self.has_report_cache:
            raise InvoiceDocumentFrozenError(gettext(
                    'shop_invoicing.msg_invoice_document_frozen',
                    invoice=self.rec_name))

    @classmethod
    def _get_protection_error(cls, name, record=None):
        if record and record.is_issued and name in _STORED:
            return InvoiceDocumentFrozenError(gettext(
                    'shop_invoicing.msg_invoice_document_by_hand',
                    invoice=record.rec_name))
        return super()._get_protection_error(name, record)

    @property
    def document_has_letterhead(self):
        "Whether the paper states the name and the address of the seller"
        return False

    def _document_margins(self):
        "Return the margins of the first and of the following pages in mm"
        margins = dict.fromkeys(['top', 'bottom', 'left', 'right'], _MARGIN)
        return {'first': margins, 'following': margins.copy()}

    def _finish_document(self, pdf, preview=False):
        "Return the PDF of the customer document with what comes to its pages"
        return pdf

    def _complete_document(self, pdf, facts):
        "Return the PDF of the issued document with what it carries"
        return pdf


@dataclass(eq=False)
class _Printed:
    """What is being printed.

    The context keeps it from before it is known until it is stored, and so
    it can be hashed.
    """
    invoice: Optional[int] = None
    facts: Optional[Facts] = None


class InvoiceReport(TypstReport, metaclass=PoolMeta):
    __name__ = 'account.invoice'

    @classmethod
    @without_check_access
    def _execute(cls, records, header, data, action):
        # Who may read the invoice may print it, and the first one stores it
        with Transaction().set_context(
                _document_user_language=Transaction().language,
                _document=_Printed()):
            return super()._execute(records, header, data, action)

    @classmethod
    def get_context(cls, records, header, data):
        Invoice = Pool().get('account.invoice')
        context = super().get_context(records, header, data)
        invoice = context['invoice']
        context['margins'] = invoice._document_margins()
        context['facts'], = Invoice.collect_facts([invoice])
        printed = Transaction().context['_document']
        printed.invoice, printed.facts = invoice.id, context['facts']
        return context

    @classmethod
    def render(cls, action, report_context):
        with Transaction().set_context(
                language=report_context['facts'].language):
            return super().render(action, report_context)

    @classmethod
    def _get_typst_data(cls, context):
        Lang = Pool().get('ir.lang')
        facts = context['facts']
        return {
            **super()._get_typst_data(context),
            **print_facts(facts, Lang.get(facts.language)),
            'margins': context['margins'],
            'has_letterhead': context['invoice'].document_has_letterhead,
            }

    @classmethod
    def convert(cls, action, data, **options):
        context = Transaction().context
        # The template has set the language of the customer
        with Transaction().set_context(
                language=context.get('_document_user_language')):
            format_, data = super().convert(action, data, **options)
            printed = context['_document']
            if format_ == 'pdf':
                data = cls._finish(printed.invoice, data, printed.facts)
        return format_, data

    @classmethod
    def _finish(cls, invoice, pdf, facts):
        "Return the PDF with what comes to its pages, and what it carries"
        invoice = Pool().get('account.invoice')(invoice)
        if invoice.type != 'out':
            return pdf
        pdf = invoice._finish_document(pdf, preview=facts.is_draft)
        return pdf if facts.is_draft else invoice._complete_document(
            pdf, facts)


class Configuration(metaclass=PoolMeta):
    __name__ = 'account.configuration'

    invoice_document_footer = fields.MultiValue(fields.Text(
            "Footer Message", translate=True,
            help="What stands at the end of each customer invoice, such as "
            "the conditions of late payment.\n"
            "Enter it in each language of your customers."))

    @classmethod
    def multivalue_model(cls, field):
        if field == 'invoice_document_footer':
            return Pool().get('account.configuration.invoice_document')
        return super().multivalue_model(field)


class ConfigurationInvoiceDocument(ModelSQL, CompanyValueMixin):
    __name__ = 'account.configuration.invoice_document'

    invoice_document_footer = fields.Text("Footer Message", translate=True)
