# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from trytond.i18n import gettext
from trytond.model import ModelSQL, fields
from trytond.modules.company.model import CompanyValueMixin
from trytond.pool import Pool, PoolMeta
from trytond.transaction import Transaction, without_check_access

from ..exceptions import InvoiceDocumentError, InvoiceDocumentFrozenError
from . import invoice_document_pdf

_MARGIN = 20
_STORED = {
    'invoice_report_cache', 'invoice_report_cache_id', 'invoice_report_format'}
_HTML = {'html', 'xhtml'}


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

    def _document_margins(self):
        "Return the margins of the first and of the following pages in mm"
        margins = dict.fromkeys(['top', 'bottom', 'left', 'right'], _MARGIN)
        return {'first': margins, 'following': margins.copy()}

    def _finish_document(self, pdf, preview=False):
        "Return the PDF of the customer document with what comes to its pages"
        return pdf


class InvoiceReport(metaclass=PoolMeta):
    __name__ = 'account.invoice'

    @classmethod
    @without_check_access
    def _execute(cls, records, header, data, action):
        # Who may read the invoice may print it, and the first one stores it
        invoice, = records
        with Transaction().set_context(
                _document=invoice.id,
                _document_user_language=Transaction().language):
            return super()._execute(records, header, data, action)

    @classmethod
    def get_context(cls, records, header, data):
        context = super().get_context(records, header, data)
        context['margins'] = context['invoice']._document_margins()
        return context

    @classmethod
    def convert(cls, action, data, **options):
        pool = Pool()
        Invoice = pool.get('account.invoice')
        context = Transaction().context
        # The template has set the language of the customer
        with Transaction().set_context(
                language=context.get('_document_user_language')):
            if (action.template_extension in _HTML
                    and action.extension == 'pdf'):
                format_, data = 'pdf', cls._write_pdf(data)
            else:
                format_, data = super().convert(action, data, **options)
            if format_ == 'pdf' and '_document' in context:
                invoice = Invoice(context['_document'])
                if invoice.type == 'out':
                    data = invoice._finish_document(
                        data, preview=not invoice.is_issued)
        return format_, data

    @classmethod
    def _write_pdf(cls, html):
        try:
            return invoice_document_pdf.write_pdf(html)
        except invoice_document_pdf.LibraryError as error:
            raise InvoiceDocumentError(gettext(
                    'shop_invoicing.msg_invoice_document_library',
                    error=error)) from error
        except invoice_document_pdf.FontError as error:
            raise InvoiceDocumentError(gettext(
                    'shop_invoicing.msg_invoice_document_font')) from error


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
