# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from sql import Null
from sql.aggregate import Count, Min
from sql.conditionals import Case

from trytond.i18n import gettext
from trytond.model import Index, ModelSQL, ModelView, fields
from trytond.model.exceptions import AccessError
from trytond.pool import Pool
from trytond.pyson import Eval

from ..invoice.checked_search import checked_search
from ..invoice.protection import ProtectedMixin, QueryMixin
from .lettering_text import MAX_LENGTH

OUTCOMES = [
    ('matched', "Matched"),
    ('change', "Change"),
    ('equal', "Already Equal"),
    ('empty', "Without Lettering"),
    ('conflict', "Conflict"),
    ('unknown', "Unknown Invoice"),
    ('ambiguous', "Ambiguous Number"),
    ('not_completed', "Not Completed"),
    ('repeated', "Repeated"),
    ('malformed', "Malformed"),
    ]
WRITTEN = ['matched', 'change']
PROBLEMS = [
    'conflict', 'unknown', 'ambiguous', 'not_completed', 'repeated',
    'malformed']
ERRORS = [
    ('columns', "Columns"),
    ('quote', "Quotes"),
    ('number', "Number"),
    ('formula', "Formula"),
    ('digits', "Digits"),
    ('length', "Length"),
    ('character', "Character"),
    ]
_EXPLANATIONS = {
    ('change', None): 'shop_invoicing.msg_lettering_batch_line_change',
    ('conflict', None): 'shop_invoicing.msg_lettering_batch_line_conflict',
    ('unknown', None): 'shop_invoicing.msg_lettering_batch_line_unknown',
    ('ambiguous', None): 'shop_invoicing.msg_lettering_batch_line_ambiguous',
    ('not_completed', None):
    'shop_invoicing.msg_lettering_batch_line_not_completed',
    ('repeated', None): 'shop_invoicing.msg_lettering_batch_line_repeated',
    ('malformed', 'columns'):
    'shop_invoicing.msg_lettering_batch_line_columns',
    ('malformed', 'quote'): 'shop_invoicing.msg_lettering_batch_line_quote',
    ('malformed', 'number'): 'shop_invoicing.msg_lettering_batch_line_number',
    ('malformed', 'formula'):
    'shop_invoicing.msg_lettering_batch_line_formula',
    ('malformed', 'digits'): 'shop_invoicing.msg_lettering_batch_line_digits',
    ('malformed', 'length'): 'shop_invoicing.msg_lettering_batch_line_length',
    ('malformed', 'character'):
    'shop_invoicing.msg_lettering_batch_line_character',
    }


class Line(ProtectedMixin, ModelSQL, ModelView):
    __name__ = 'account.invoice.lettering.batch.line'

    batch = fields.Many2One(
        'account.invoice.lettering.batch', "Import", required=True,
        readonly=True, ondelete='CASCADE')
    line = fields.Integer(
        "Line", required=True, readonly=True,
        help="The number of the line in the file.")
    number = fields.Char("Number", readonly=True)
    lettering = fields.Char("Lettering", readonly=True)
    outcome = fields.Selection(
        [(None, "")] + OUTCOMES, "Outcome", readonly=True, sort=False)
    error = fields.Selection(
        [(None, "")] + ERRORS, "Error", readonly=True, sort=False,
        states={
            'invisible': ~Eval('error'),
            },
        help="What is wrong with a malformed line.")
    is_problem = fields.Function(
        fields.Boolean("Problem"),
        'on_change_with_is_problem', searcher='search_is_problem')
    invoice = fields.Many2One(
        'account.invoice', "Invoice", readonly=True, ondelete='CASCADE')
    old_lettering = fields.Char(
        "Old Lettering", readonly=True,
        help="The lettering of the invoice before the import.")
    other_invoice = fields.Many2One(
        'account.invoice', "Other Invoice", readonly=True,
        ondelete='SET NULL',
        states={
            'invisible': ~Eval('other_invoice'),
            },
        help="The invoice that has the lettering already.")
    explanation = fields.Function(
        fields.Char("Explanation"), 'get_explanation')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls.__access__.add('batch')
        cls._sql_indexes.update({
                Index(
                    t,
                    (t.batch, Index.Equality()),
                    (t.outcome, Index.Equality(cardinality='low'))),
                Index(
                    t,
                    (t.invoice, Index.Equality()),
                    (t.batch, Index.Equality())),
                Index(
                    t, (t.other_invoice, Index.Equality()),
                    where=t.other_invoice != Null),
                })
        cls._order = [('batch', 'DESC'), ('line', 'ASC'), ('id', 'ASC')]

    @fields.depends('outcome')
    def on_change_with_is_problem(self, name=None):
        return self.outcome in PROBLEMS

    @classmethod
    @checked_search
    def search_is_problem(cls, name, clause):
        _, operator, value = clause
        wanted = bool(value) == (operator == '=')
        return [('outcome', 'in' if wanted else 'not in', PROBLEMS)]

    def get_explanation(self, name):
        message = _EXPLANATIONS.get((self.outcome, self.error))
        if not message:
            return
        other = self.other_invoice
        return gettext(
            message,
            number=self.number or '',
            lettering=self.lettering or '',
            old=self.old_lettering or '',
            other=other.rec_name if other else '',
            max=MAX_LENGTH)

    def get_rec_name(self, name):
        return f'{self.line} - {self.number or ""}'

    @classmethod
    def check_modification(cls, mode, lines, values=None, external=False):
        if external and lines:
            raise AccessError(gettext(
                    'shop_invoicing.msg_lettering_batch_by_hand',
                    batch=lines[0].batch.rec_name))
        super().check_modification(
            mode, lines, values=values, external=external)


class Outcome(QueryMixin, ModelSQL, ModelView):
    __name__ = 'account.invoice.lettering.batch.outcome'

    batch = fields.Many2One(
        'account.invoice.lettering.batch', "Import", required=True)
    outcome = fields.Selection(OUTCOMES, "Outcome", sort=False)
    outcome_string = outcome.translated('outcome')
    lines = fields.Integer("Lines")
    is_problem = fields.Function(
        fields.Boolean("Problem"), 'on_change_with_is_problem')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.__access__.add('batch')
        cls._order = [('outcome', 'ASC'), ('id', 'ASC')]

    @classmethod
    def order_outcome(cls, tables):
        table, _ = tables[None]
        return [Case(*[
                    (table.outcome == outcome, position)
                    for position, (outcome, _) in enumerate(OUTCOMES)])]

    @classmethod
    def table_query(cls):
        Line = Pool().get('account.invoice.lettering.batch.line')
        line = Line.__table__()
        return line.select(
            Min(line.id).as_('id'), line.batch, line.outcome,
            Count(line.id).as_('lines'),
            group_by=[line.batch, line.outcome])

    @fields.depends('outcome')
    def on_change_with_is_problem(self, name=None):
        return self.outcome in PROBLEMS

    def get_rec_name(self, name):
        return f'{self.outcome_string}: {self.lines}'
