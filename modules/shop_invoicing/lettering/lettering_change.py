# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from sql import Null

from trytond.i18n import gettext
from trytond.model import Index, ModelSQL, ModelView, fields
from trytond.pyson import Eval

from ..invoice.change_log import ChangeLogMixin


class Change(ChangeLogMixin, ModelSQL, ModelView):
    __name__ = 'account.invoice.lettering.change'

    invoice = fields.Many2One(
        'account.invoice', "Invoice", required=True, readonly=True,
        ondelete='CASCADE')
    batch = fields.Many2One(
        'account.invoice.lettering.batch', "Import", readonly=True,
        ondelete='RESTRICT',
        states={
            'invisible': ~Eval('batch'),
            },
        help="The import that made or undid the change.")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls.__access__.add('invoice')
        cls._sql_indexes.update({
                Index(t, (t.invoice, Index.Equality()), (t.id, Index.Range())),
                Index(
                    t,
                    (t.batch, Index.Equality()),
                    (t.invoice, Index.Equality()),
                    where=t.batch != Null),
                })

    def explain_log(self):
        return gettext(
            'shop_invoicing.msg_lettering_change_log',
            invoice=self.invoice.rec_name)

    @classmethod
    def log_letterings(cls, old, new):
        "Log that the invoices, by which old is keyed, have the new lettering"
        cls.save_log([
                cls(invoice=invoice, old_value=value, new_value=new)
                for invoice, value in old.items()])
