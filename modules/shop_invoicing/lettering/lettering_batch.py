# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from trytond.i18n import gettext
from trytond.model import ModelSQL, ModelView, Workflow, fields
from trytond.model.exceptions import AccessError
from trytond.pool import Pool
from trytond.pyson import Eval
from trytond.transaction import Transaction

from ..invoice.protection import ProtectedMixin

_SHOWN_PROBLEMS = 1_000


class Batch(ProtectedMixin, Workflow, ModelSQL, ModelView):
    __name__ = 'account.invoice.lettering.batch'

    company = fields.Many2One(
        'company.company', "Company", required=True, readonly=True)
    name = fields.Char("File Name", required=True, readonly=True)
    lines = fields.One2Many(
        'account.invoice.lettering.batch.line', 'batch', "Lines",
        readonly=True)
    outcomes = fields.One2Many(
        'account.invoice.lettering.batch.outcome', 'batch', "Outcomes",
        readonly=True)
    problem_count = fields.Function(
        fields.Integer("Problems"), 'get_problem_count')
    problems = fields.Function(
        fields.Many2Many(
            'account.invoice.lettering.batch.line', None, None, "Problems",
            readonly=True,
            states={
                'invisible': ~Eval('problem_count'),
                },
            help="The first lines that are in the way of the import."),
        'get_problems')
    imported_at = fields.DateTime(
        "Imported at", readonly=True,
        states={
            'invisible': ~Eval('imported_at'),
            })
    imported_by = fields.Many2One(
        'res.user', "Imported by", readonly=True,
        states={
            'invisible': ~Eval('imported_by'),
            })
    undone_at = fields.DateTime(
        "Undone at", readonly=True,
        states={
            'invisible': ~Eval('undone_at'),
            })
    undone_by = fields.Many2One(
        'res.user', "Undone by", readonly=True,
        states={
            'invisible': ~Eval('undone_by'),
            })
    state = fields.Selection([
            ('rehearsed', "Rehearsed"),
            ('imported', "Imported"),
            ('undone', "Undone"),
            ], "State", required=True, readonly=True, sort=False)

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._order = [('id', 'DESC')]
        cls._transitions |= {
            ('rehearsed', 'rehearsed'),
            ('rehearsed', 'imported'),
            ('imported', 'undone'),
            }
        cls._buttons.update({
                'rehearse': {
                    'invisible': Eval('state') != 'rehearsed',
                    'depends': ['state'],
                    },
                'apply': {
                    'invisible': Eval('state') != 'rehearsed',
                    'readonly': Eval('problem_count', 0) > 0,
                    'depends': ['state', 'problem_count'],
                    },
                'undo': {
                    'invisible': Eval('state') != 'imported',
                    'depends': ['state'],
                    },
                })

    @classmethod
    def default_state(cls):
        return 'rehearsed'

    def get_problem_count(self, name):
        return sum(o.lines for o in self.outcomes if o.is_problem)

    def get_problems(self, name):
        Line = Pool().get('account.invoice.lettering.batch.line')
        problems = Line.search(
            [('batch', '=', self.id), ('is_problem', '=', True)],
            order=[('line', 'ASC')], limit=_SHOWN_PROBLEMS)
        return [line.id for line in problems]

    @classmethod
    def check_modification(cls, mode, batches, values=None, external=False):
        if mode == 'delete':
            for batch in batches:
                if batch.state != 'rehearsed':
                    raise AccessError(gettext(
                            'shop_invoicing.msg_lettering_batch_delete',
                            batch=batch.rec_name))
        elif external and batches:
            raise AccessError(gettext(
                    'shop_invoicing.msg_lettering_batch_by_hand',
                    batch=batches[0].rec_name))
        super().check_modification(
            mode, batches, values=values, external=external)

    @classmethod
    def _forget(cls, *models):
        "Forget what was read of the models before they were changed by SQL"
        transaction = Transaction()
        transaction.counter += 1
        for cache in transaction.cache.values():
            for name in models:
                cache.pop(name, None)
