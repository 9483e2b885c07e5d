# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from trytond.model import ModelView, fields
from trytond.pool import Pool
from trytond.transaction import Transaction, check_access
from trytond.wizard import Button, StateAction, StateTransition, StateView

from ..invoice.checked_form import CheckedForm
from ..invoice.checked_wizard import CheckedWizard
from .lettering_file import write


class ImportStart(CheckedForm, ModelView):
    __name__ = 'account.invoice.lettering.import.start'

    file = fields.Binary(
        "File", required=True, filename='name',
        help="A CSV file with the number of an invoice and its lettering in "
        "each line.")
    name = fields.Char("File Name")


class Import(CheckedWizard):
    __name__ = 'account.invoice.lettering.import'

    start = StateView(
        'account.invoice.lettering.import.start',
        'shop_invoicing.lettering_import_start_view_form', [
            Button("Cancel", 'end', 'tryton-cancel'),
            Button("Rehearse", 'rehearse', 'tryton-ok', default=True),
            ])
    rehearse = StateAction('shop_invoicing.act_lettering_batch_form')

    def do_rehearse(self, action):
        Batch = Pool().get('account.invoice.lettering.batch')
        # Wizards are executed without access check
        with check_access():
            batch = Batch.rehearse_file(
                self.start.file, self.start.name or "lettering.csv")
        action['views'].reverse()
        return action, {'res_id': batch}


class ExportStart(CheckedForm, ModelView):
    __name__ = 'account.invoice.lettering.export.start'

    from_date = fields.Date("From Date")
    to_date = fields.Date("To Date")


class ExportResult(CheckedForm, ModelView):
    __name__ = 'account.invoice.lettering.export.result'

    file = fields.Binary("File", readonly=True, filename='name')
    name = fields.Char("File Name", readonly=True)
    invoices = fields.Integer("Invoices", readonly=True)


class Export(CheckedWizard):
    __name__ = 'account.invoice.lettering.export'

    start = StateView(
        'account.invoice.lettering.export.start',
        'shop_invoicing.lettering_export_start_view_form', [
            Button("Cancel", 'end', 'tryton-cancel'),
            Button("Export", 'export', 'tryton-ok', default=True),
            ])
    export = StateTransition()
    result = StateView(
        'account.invoice.lettering.export.result',
        'shop_invoicing.lettering_export_result_view_form', [
            Button("Close", 'end', 'tryton-close', default=True),
            ])

    def transition_export(self):
        Invoice = Pool().get('account.invoice')
        with check_access():
            invoices = Invoice.search(
                self._get_domain(),
                order=[('invoice_date', 'ASC'), ('id', 'ASC')])
            self.result.file = write(
                map(self._get_row, invoices), header=self._get_header())
        self.result.invoices = len(invoices)
        return 'result'

    def _get_domain(self):
        domain = [
            ('to_letter', '=', True),
            ('company', '=', Transaction().context.get('company')),
            ]
        if self.start.from_date:
            domain.append(('invoice_date', '>=', self.start.from_date))
        if self.start.to_date:
            domain.append(('invoice_date', '<=', self.start.to_date))
        return domain

    def _get_header(self):
        "Return the names of the columns; the import knows the first two"
        Invoice = Pool().get('account.invoice')
        return ["Number", "Lettering"] + [
            Invoice.__names__(name)['field'] for name in [
                'invoice_date', 'party', 'total_amount', 'currency',
                'transaction_code']]

    def _get_row(self, invoice):
        return [
            invoice.number, None, invoice.invoice_date,
            invoice.party.rec_name, invoice.total_amount,
            invoice.currency.code, invoice.transaction_code]

    def default_result(self, fields):
        file, self.result.file = self.result.file, None
        return {
            'file': file,
            'name': "lettering.csv",
            'invoices': self.result.invoices,
            }
