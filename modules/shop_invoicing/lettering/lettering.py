# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
import datetime as dt

from sql.conditionals import Coalesce

from trytond.i18n import gettext
from trytond.model import Index, Unique, fields
from trytond.model.exceptions import AccessError, SQLConstraintError
from trytond.pool import Pool, PoolMeta
from trytond.pyson import Bool, Eval, If
from trytond.transaction import Transaction

from ..exceptions import LetteringTakenError, LetteringValidationError
from ..invoice.checked_search import checked_search
from ..invoice.document_type import ISSUED
from .lettering_text import LetteringTextError, clean

_TEXT_MESSAGES = {
    'length': 'shop_invoicing.msg_lettering_length',
    'character': 'shop_invoicing.msg_lettering_character',
    }
_SET_WITH_LETTERING = {'lettered_at', 'lettered_by'}


class Invoice(metaclass=PoolMeta):
    __name__ = 'account.invoice'

    lettering = fields.Char(
        "Lettering",
        states={
            'invisible': Eval('type') != 'out',
            'readonly': ~Eval('state').in_(ISSUED) | ~Eval('number'),
            },
        help="The reference under which the external accounting software "
        "knows the invoice.")
    lettered_at = fields.DateTime(
        "Lettered at", readonly=True,
        states={
            'invisible': ~Eval('lettered_at'),
            })
    lettered_by = fields.Many2One(
        'res.user', "Lettered by", readonly=True,
        states={
            'invisible': ~Eval('lettered_by'),
            })
    to_letter = fields.Function(
        fields.Boolean("To Letter"),
        'get_to_letter', searcher='search_to_letter')
    lettering_changes = fields.One2Many(
        'account.invoice.lettering.change', 'invoice', "Lettering Changes",
        readonly=True,
        states={
            'invisible': ~Eval('lettering_changes', []),
            })

    @classmethod
    def __setup__(cls):
        cls.lettering.search_unaccented = False
        super().__setup__()
        t = cls.__table__()
        cls._check_modify_exclude |= {'lettering'} | _SET_WITH_LETTERING
        cls._sql_constraints.append(
            ('lettering_unique',
                Unique(t, t.company, t.lettering),
                'shop_invoicing.msg_lettering_unique'))
        # A search for null or for a text compares with coalesce
        number, lettering = Coalesce(t.number, ''), Coalesce(t.lettering, '')
        cls._sql_indexes.update({
                Index(t, (lettering, Index.Similarity())),
                Index(
                    t,
                    (t.company, Index.Range()),
                    (t.invoice_date, Index.Range(order='ASC')),
                    (t.id, Index.Range(order='ASC')),
                    where=(t.type == 'out')
                    & (number != '')
                    & (lettering == '')),
                })

    @classmethod
    def __register__(cls, module):
        table_h = cls.__table_handler__(module)
        is_new = not table_h.column_exist('lettering')
        super().__register__(module)
        if is_new:
            cls._enable_global_search()

    @classmethod
    def _enable_global_search(cls):
        """Let the clerk type a lettering into the search of the client.

        XML data cannot do it, because the records of models have no id there.
        """
        Model = Pool().get('ir.model')
        Model.write(
            Model.search([('name', '=', cls.__name__)]),
            {'global_search_p': True})

    def get_to_letter(self, name):
        return self.is_issued and not self.lettering

    @classmethod
    @checked_search
    def search_to_letter(cls, name, clause):
        _, operator, value = clause
        if bool(value) == (operator == '='):
            return [
                ('type', '=', 'out'),
                ('number', '!=', None),
                ('state', 'in', ISSUED),
                ('lettering', '=', None),
                ]
        return ['OR',
            ('type', '!=', 'out'),
            ('number', '=', None),
            ('state', 'not in', ISSUED),
            ('lettering', '!=', None),
            ]

    @classmethod
    @checked_search
    def search_rec_name(cls, name, clause):
        domain = super().search_rec_name(name, clause)
        return [*domain, ('lettering', *clause[1:])]

    @classmethod
    def view_attributes(cls):
        return super().view_attributes() + [
            ('/tree[field[@name="to_letter"]]', 'visual',
                If(Bool(Eval('lettering')), 'success',
                    If(Eval('state') == 'cancelled', 'muted', ''))),
            ]

    @classmethod
    def copy(cls, invoices, default=None):
        default = default.copy() if default is not None else {}
        for name in ['lettering', *_SET_WITH_LETTERING, 'lettering_changes']:
            default.setdefault(name)
        return super().copy(invoices, default=default)

    @classmethod
    def preprocess_values(cls, mode, values):
        values = super().preprocess_values(mode, values)
        if 'lettering' in values:
            values['lettering'] = cls._clean_lettering(values['lettering'])
        return values

    @classmethod
    def _clean_lettering(cls, text):
        try:
            return clean(text)
        except LetteringTextError as error:
            raise LetteringValidationError(gettext(
                    _TEXT_MESSAGES[error.reason],
                    lettering=text, **error.values)) from error

    @classmethod
    def check_modification(cls, mode, invoices, values=None, external=False):
        super().check_modification(
            mode, invoices, values=values, external=external)
        if mode == 'write' and 'lettering' in values:
            cls._check_lettering_free(invoices, values['lettering'])

    @classmethod
    def _get_protection_error(cls, name, record=None):
        if record and name in _SET_WITH_LETTERING:
            return AccessError(gettext(
                    'shop_invoicing.msg_lettering_by_hand',
                    invoice=record.rec_name, **cls.__names__(name)))
        return super()._get_protection_error(name, record)

    @classmethod
    def _check_lettering_free(cls, invoices, text):
        "Raise if another invoice has the text as its lettering, and name it"
        lettering = cls._clean_lettering(text)
        if not lettering:
            return
        first = {i.company: i for i in reversed(invoices)}
        others = [i for i in invoices if i != first[i.company]] or cls.search([
                ('company', 'in', [c.id for c in first]),
                ('lettering', '=', lettering),
                ('id', 'not in', [i.id for i in invoices]),
                ],
            limit=1)
        if others:
            other, *_ = others
            raise LetteringTakenError(gettext(
                    'shop_invoicing.msg_lettering_taken',
                    invoice=first[other.company].rec_name,
                    lettering=lettering,
                    other=other.rec_name,
                    party=other.party.rec_name))

    @classmethod
    def write(cls, invoices, values, *args):
        try:
            super().write(invoices, values, *args)
        except SQLConstraintError:
            # Who saves the same lettering at the same moment is seen only now
            with Transaction().new_transaction(readonly=True):
                actions = iter((invoices, values, *args))
                for records, values in zip(actions, actions):
                    cls._check_lettering_free(
                        cls.browse(records), values.get('lettering'))
            raise

    @classmethod
    def on_write(cls, invoices, values):
        callbacks = super().on_write(invoices, values)
        if 'lettering' in values:
            new = cls._clean_lettering(values['lettering'])
            old = {
                invoice: invoice.lettering for invoice in invoices
                if invoice.lettering != new}
            if old:
                callbacks.append(lambda: cls._note_lettering(old, new))
        return callbacks

    @classmethod
    def _note_lettering(cls, old, new):
        "Note who has changed the letterings from the old ones and when"
        Change = Pool().get('account.invoice.lettering.change')
        Change.log_letterings(old, new)
        cls.write(cls.browse(list(old)), {
                'lettered_at': dt.datetime.now() if new else None,
                'lettered_by': Transaction().user or None if new else None,
                })

    @classmethod
    def validate_fields(cls, invoices, field_names):
        super().validate_fields(invoices, field_names)
        if field_names & {'lettering', 'type', 'state', 'number'}:
            for invoice in invoices:
                invoice.check_lettering_completed()

    def check_lettering_completed(self):
        "Raise if the lettering is on what is no completed customer document"
        if self.lettering and not self.is_issued:
            raise LetteringValidationError(gettext(
                    'shop_invoicing.msg_lettering_not_completed',
                    invoice=self.rec_name,
                    party=self.party.rec_name))
