# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"The files of a line from which the goods are printed"
import datetime as dt
import hashlib

import trytond.config as config
from trytond.i18n import gettext
from trytond.model import ModelSQL, ModelView, fields
from trytond.model.exceptions import AccessError
from trytond.pool import Pool, PoolMeta
from trytond.pyson import Eval
from trytond.transaction import Transaction, without_check_access

from ..exceptions import PrintDataFileError
from ..invoice import row_turn
from ..invoice.checked_search import checked_search
from ..invoice.protection import ProtectedMixin
from . import print_data_name

_ENDED = ['done', 'cancelled']
_MEGABYTE = 1_000_000


class PrintData(ProtectedMixin, ModelSQL, ModelView):
    __name__ = 'sale.line.print_data'

    line = fields.Many2One(
        'sale.line', "Line", ondelete='CASCADE', required=True, readonly=True)
    sale = fields.Function(
        fields.Many2One('sale.sale', "Sale"),
        'get_sale', searcher='search_sale')
    name = fields.Char(
        "Name", readonly=True,
        help="The name of the file.")
    file = fields.Binary(
        "File", filename='name', file_id='file_id', readonly=True)
    file_id = fields.Char("File ID", readonly=True)
    digest = fields.Char(
        "SHA-256", readonly=True,
        help="The digest by which a file is known as the same.")
    uploaded_at = fields.DateTime("Uploaded at", required=True, readonly=True)
    uploaded_by = fields.Many2One(
        'res.user', "Uploaded by", ondelete='RESTRICT', readonly=True,
        help="Empty if it came from the web shop.")
    ended_at = fields.DateTime(
        "Ended at", readonly=True,
        states={
            'invisible': Eval('state') == 'current',
            },
        help="When the file was replaced or withdrawn.")
    ended_by = fields.Many2One(
        'res.user', "Ended by", ondelete='RESTRICT', readonly=True,
        states={
            'invisible': Eval('state') == 'current',
            },
        help="Who has replaced or withdrawn the file.")
    state = fields.Selection([
            ('current', "Current"),
            ('replaced', "Replaced"),
            ('withdrawn', "Withdrawn"),
            ], "State", required=True, readonly=True, sort=False)

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._order = [('id', 'DESC')]
        cls.__access__.add('line')
        cls._buttons.update({
                'withdraw': {
                    'invisible': Eval('state') != 'current',
                    'depends': ['state'],
                    },
                })

    @classmethod
    def default_state(cls):
        return 'current'

    def get_sale(self, name):
        return self.line.sale.id

    @classmethod
    @checked_search
    def search_sale(cls, name, clause):
        return [('line.sale' + clause[0][len(name):], *clause[1:])]

    @classmethod
    @ModelView.button
    def withdraw(cls, files):
        Sale = Pool().get('sale.sale')
        sales = Sale.browse({f.line.sale for f in files})
        # Whoever ships at the same moment is waited for, or waits
        row_turn.take(sales)
        cls.end(files, 'withdrawn')

    @classmethod
    @without_check_access
    def end(cls, files, state):
        "Note that those of the files that are current are so no more"
        cls.write([f for f in files if f.state == 'current'], {
                'state': state,
                'ended_at': dt.datetime.now(),
                'ended_by': Transaction().user or None,
                })

    @classmethod
    @without_check_access
    def drop_erased(cls):
        "Let the files go of which nothing else is left"
        cls.write(
            cls.search([('digest', '=', None), ('file_id', '!=', None)]),
            {'file': None})

    @classmethod
    def check_modification(cls, mode, files, values=None, external=False):
        if external and files:
            raise AccessError(gettext(
                    'shop_invoicing.msg_print_data_by_hand',
                    **cls.__names__()))
        super().check_modification(
            mode, files, values=values, external=external)


class Line(metaclass=PoolMeta):
    __name__ = 'sale.line'

    print_data = fields.One2Many(
        'sale.line.print_data', 'line', "Print Data", readonly=True,
        help="The files from which the goods are printed.")

    @classmethod
    def copy(cls, lines, default=None):
        default = default.copy() if default is not None else {}
        default.setdefault('print_data', None)
        return super().copy(lines, default=default)

    @classmethod
    @without_check_access
    def upload_print_data(cls, lines, file, name, replace=False):
        """Store the file as print data of each of the lines.

        The order goes on if nothing holds it any more.  Return the new
        entries.  What the lines have is kept, but is not current any more if
        it is replaced.

        Raise PrintDataFileError for a bad file, and for lines that cannot
        have one.
        """
        pool = Pool()
        PrintData = pool.get('sale.line.print_data')
        Sale = pool.get('sale.sale')
        lines = sorted(set(lines), key=lambda l: l.id)
        name = print_data_name.clean(name)
        cls._check_print_data_file(file, name)
        cls._check_print_data_lines(lines)
        sales = Sale.browse({line.sale for line in lines})
        row_turn.take(sales)
        held = [s for s in sales if s.is_held]
        if replace:
            PrintData.end([f for l in lines for f in l.print_data], 'replaced')
        files = PrintData.create([
                line._get_print_data(file, name) for line in lines])
        # One file in the store for all of them
        PrintData.write(files, {'file': file})
        Sale.go_on_when_released(Sale.browse(held))
        return files

    def _get_print_data(self, file, name):
        "Return the values of a new entry, without the file"
        return {
            'line': self.id,
            'name': name,
            'digest': hashlib.sha256(file).hexdigest(),
            'uploaded_at': dt.datetime.now(),
            'uploaded_by': Transaction().user or None,
            }

    @classmethod
    def _check_print_data_file(cls, file, name):
        "Raise if nobody can print from the file"
        size = config.getint('shop_invoicing', 'print_data_size', default=100)
        if not name:
            raise PrintDataFileError(gettext(
                    'shop_invoicing.msg_print_data_name'))
        if not file:
            raise PrintDataFileError(gettext(
                    'shop_invoicing.msg_print_data_empty', file=name))
        if len(file) > size * _MEGABYTE:
            raise PrintDataFileError(gettext(
                    'shop_invoicing.msg_print_data_size',
                    file=name, size=size))

    @classmethod
    def _check_print_data_lines(cls, lines):
        "Raise if there is no line, or one that takes no file"
        if not lines:
            raise PrintDataFileError(gettext(
                    'shop_invoicing.msg_print_data_no_line'))
        for line in lines:
            if line.type != 'line':
                raise PrintDataFileError(gettext(
                        'shop_invoicing.msg_print_data_line',
                        line=line.rec_name))
            if line.sale.state in _ENDED:
                raise PrintDataFileError(gettext(
                        'shop_invoicing.msg_print_data_ended',
                        line=line.rec_name,
                        sale=line.sale.rec_name))
