# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"Reports of Tryton whose template is one of Typst"
import json

from trytond.i18n import gettext
from trytond.pool import Pool, PoolMeta
from trytond.transaction import Transaction

from ..exceptions import InvoiceDocumentError
from . import typst_pdf
from .facts_print import print_label

TYPST = 'typ'


def _is_html(content):
    "Whether an administrator has uploaded a template of the other kind"
    return content.lstrip().startswith(b'<')


class ActionReport(metaclass=PoolMeta):
    __name__ = 'ir.action.report'

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.template_extension.selection.append((TYPST, "Typst"))


class TranslationSet(metaclass=PoolMeta):
    __name__ = 'ir.translation.set'

    def extract_report_typ(self, content):
        "Yield the texts to translate in the template"
        if _is_html(content):
            yield from self.extract_report_html(content)
        else:
            yield from typst_pdf.find_labels(content)


class TypstReport:
    """A report that may have a template of Typst, to be mixed in.

    What its _get_typst_data returns is the data of the template, together
    with its labels in the language of the transaction.
    """

    @classmethod
    def _execute(cls, records, header, data, action):
        # Nobody may change the extension of a report that a module brings
        if action.template_extension == TYPST and _is_html(
                action.report_content):
            action.template_extension = 'html'
        return super()._execute(records, header, data, action)

    @classmethod
    def _get_typst_data(cls, context):
        "Return what the template prints, as values of JSON"
        return {}

    @classmethod
    def render(cls, report, report_context):
        if report.template_extension != TYPST:
            return super().render(report, report_context)
        return json.dumps({
                **cls._get_typst_data(report_context),
                'labels': cls._get_labels(report, report_context),
                })

    @classmethod
    def _get_labels(cls, report, context):
        Translation = Pool().get('ir.translation')
        language = Transaction().language
        labels = typst_pdf.find_labels(report.report_content)
        if not report.translatable:
            return {}
        return {
            label: print_label(
                Translation.get_report(cls.__name__, label), language)
            for label in labels}

    @classmethod
    def convert(cls, report, data, **options):
        if report.template_extension != TYPST:
            return super().convert(report, data, **options)
        pdf, _ = cls._write_pdf(report.report_content, json.loads(data))
        return 'pdf', pdf

    @classmethod
    def _write_pdf(cls, template, data):
        """Return the PDF, and the characters that no font has.

        Their codes are printed, and then it is not for the archive.
        """
        try:
            try:
                return typst_pdf.write_pdf(template, data), ''
            except typst_pdf.GlyphError as error:
                characters = error.characters
                data = typst_pdf.replace_characters(data, characters)
                return typst_pdf.write_pdf(
                    template, data, standards=[]), characters
        except typst_pdf.LibraryError as error:
            raise InvoiceDocumentError(gettext(
                    'shop_invoicing.msg_invoice_document_library',
                    error=error)) from error
        except typst_pdf.TemplateError as error:
            raise InvoiceDocumentError(gettext(
                    'shop_invoicing.msg_invoice_document_template',
                    report=cls._get_name(), line=error.line or '?',
                    error=error.message)) from error

    @classmethod
    def _get_name(cls):
        ActionReport = Pool().get('ir.action.report')
        report, = ActionReport.search(
            [('report_name', '=', cls.__name__)], limit=1)
        return report.name
