# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from trytond.model import ModelView, fields
from trytond.pool import Pool
from trytond.transaction import check_access
from trytond.wizard import Button, StateAction, StateView, Wizard


class ImportStart(ModelView):
    __name__ = 'account.invoice.lettering.import.start'

    file = fields.Binary(
        "File", required=True, filename='name',
        help="A CSV file with the number of an invoice and its lettering in "
        "each line.")
    name = fields.Char("File Name")


class Import(Wizard):
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
