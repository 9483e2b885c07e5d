# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"The names of the files that are printed, sent and downloaded"
from trytond.pool import Pool, PoolMeta
from trytond.transaction import Transaction, without_check_access

from .file_name import clean_file_name, make_file_name, rename_files

# The titles of the template, which translates them
TITLES = {
    'invoice': "Invoice",
    'cancellation': "Cancellation Invoice",
    'credit_note': "Credit Note",
    'supplier': "Supplier Invoice",
    }


class Invoice(metaclass=PoolMeta):
    __name__ = 'account.invoice'

    @property
    def document_file_name(self):
        """The name of the file of the document, without its extension.

        It has title and number in the language of the document.
        """
        Translation = Pool().get('ir.translation')
        with Transaction().set_context(language=self.party_lang):
            title, draft = (
                Translation.get_report('account.invoice', text)
                for text in [TITLES[self.document_kind], "Draft"])
        is_draft = self.type == 'out' and not self.is_issued
        return make_file_name(title, draft if is_draft else self.number)


class InvoiceReportRevision(metaclass=PoolMeta):
    __name__ = 'account.invoice.report.revision'

    @classmethod
    def get_filename(cls, revisions, name):
        return {
            r.id: f'{r.invoice.document_file_name}.{r.invoice_report_format}'
            for r in revisions}


class InvoiceReport(metaclass=PoolMeta):
    __name__ = 'account.invoice'

    @classmethod
    def execute(cls, ids, data):
        format_, content, is_direct, name = super().execute(ids, data)
        Invoice = Pool().get('account.invoice')
        # Who may read the invoice may print it
        with without_check_access():
            names = [i.document_file_name for i in Invoice.browse(ids)]
        if len(names) == 1:
            name, = names
        elif format_ == 'zip':
            content = rename_files(content, names)
        return format_, content, is_direct, clean_file_name(name)
