# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from trytond.model import ModelView, fields
from trytond.pool import Pool, PoolMeta
from trytond.pyson import Eval
from trytond.wizard import Button, StateTransition, StateView

from ..invoice.checked_form import CheckedForm
from ..invoice.checked_wizard import CheckedWizard


class Sale(metaclass=PoolMeta):
    __name__ = 'sale.sale'

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._buttons.update({
                'upload_print_data': {
                    'invisible': (
                        ~Eval('print_data_state').in_(['missing', 'complete'])
                        | Eval('state').in_(['done', 'cancelled'])),
                    'depends': ['print_data_state', 'state'],
                    },
                })

    @classmethod
    @ModelView.button_action('shop_invoicing.wizard_print_data_upload')
    def upload_print_data(cls, sales):
        pass


class UploadStart(CheckedForm, ModelView):
    __name__ = 'sale.line.print_data.upload.start'

    sale = fields.Many2One('sale.sale', "Sale", required=True, readonly=True)
    lines = fields.Many2Many(
        'sale.line', None, None, "Lines", required=True,
        domain=[
            ('sale', '=', Eval('sale', -1)),
            ('type', '=', 'line'),
            ],
        help="The lines that are printed from the file.")
    file = fields.Binary("File", required=True, filename='name')
    name = fields.Char("File Name", required=True)
    replace = fields.Boolean(
        "Replace",
        help="Whether the file takes the place of those that the lines have.")


class Upload(CheckedWizard):
    __name__ = 'sale.line.print_data.upload'
    active_models = ('sale.sale', 'sale.line')
    has_single_record = True

    start = StateView(
        'sale.line.print_data.upload.start',
        'shop_invoicing.print_data_upload_start_view_form', [
            Button("Cancel", 'end', 'tryton-cancel'),
            Button("Upload", 'upload', 'tryton-ok', default=True),
            ])
    upload = StateTransition()

    def default_start(self, fields):
        if self.model.__name__ == 'sale.line':
            lines = [self.record]
            sale = self.record.sale
        else:
            sale = self.record
            lines = [
                l for l in sale.lines if l.print_data_state == 'missing']
        return {
            'sale': sale.id,
            'lines': [l.id for l in lines],
            'replace': False,
            }

    def transition_upload(self):
        Line = Pool().get('sale.line')
        # It is not kept in the session
        file, self.start.file = self.start.file, None
        Line.upload_print_data(
            self.start.lines, file, self.start.name, self.start.replace)
        return 'end'

    def end(self):
        return 'reload'
