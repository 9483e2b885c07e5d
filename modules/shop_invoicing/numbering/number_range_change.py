# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from trytond.i18n import gettext
from trytond.model import Index, ModelSQL, ModelView, fields

from ..invoice.change_log import ChangeLogMixin


class Change(ChangeLogMixin, ModelSQL, ModelView):
    __name__ = 'account.invoice.number_range.change'

    range = fields.Many2One(
        'account.invoice.number_range', "Range", required=True, readonly=True,
        ondelete='CASCADE')
    field = fields.Selection([
            ('format', "Format"),
            ('number_next', "Next Number"),
            ], "Field", required=True, readonly=True)
    number_next = fields.Integer(
        "Next Number", readonly=True,
        help="The new value as a number, where the next number was changed.")
    number_next._sql_type = 'BIGINT'

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls.__access__.add('range')
        cls._sql_indexes.add(
            Index(
                t,
                (t.range, Index.Equality()),
                (t.number_next, Index.Equality())))

    def explain_log(self):
        return gettext(
            'shop_invoicing.msg_number_range_change_log',
            range=self.range.rec_name)

    @classmethod
    def log_format(cls, range, old):
        "Log that the format of the range was the old one"
        cls.save_log([cls(
                    range=range, field='format',
                    old_value=old, new_value=range.format)])

    @classmethod
    def log_number_next(cls, range, old, new):
        "Log that the next number of the range goes from old to new"
        cls.save_log([cls(
                    range=range, field='number_next',
                    old_value=str(old), new_value=str(new), number_next=new)])
