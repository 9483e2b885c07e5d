# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
import datetime as dt
from itertools import islice

from sql import Cast, Column, Null
from sql.aggregate import Max
from sql.functions import CurrentTimestamp, Substring
from sql.operators import Concat, Equal

import trytond.config as config
from trytond import backend
from trytond.i18n import gettext
from trytond.model import Exclude, Index, ModelSQL, ModelView, Unique, fields
from trytond.model.exceptions import AccessError
from trytond.pool import Pool
from trytond.pyson import Eval
from trytond.tools import grouped_slice
from trytond.transaction import Transaction, without_check_access

from ..invoice.checked_search import checked_search
from ..invoice.protection import ProtectedMixin
from ..numbering import posting_turn
from .seal_chain import MARK_LENGTH, VERSION, Chain, Entry, Keys, format_mark

_INSERTED = 500
# Of these there is one for each document
_ONCE = ['issued', 'document']
_LATER = Entry._fields.index('later')


def get_keys():
    return Keys(config.get('shop_invoicing', 'seal_key'))


class Seal(ProtectedMixin, ModelSQL, ModelView):
    __name__ = 'account.invoice.seal'
    _rec_name = 'mark'

    company = fields.Many2One(
        'company.company', "Company", required=True, readonly=True,
        ondelete='RESTRICT')
    position = fields.Integer(
        "Position", required=True, readonly=True,
        help="The place in the chain of the company, without a hole.")
    position._sql_type = 'BIGINT'
    kind = fields.Selection([
            ('started', "Started"),
            ('issued', "Issued"),
            ('booked', "Booked"),
            ('document', "Document Stored"),
            ('sent', "Sent"),
            ('cancelled', "Cancelled"),
            ('reopened', "Reopened"),
            ('party_replaced', "Party Replaced"),
            ('range_changed', "Number Range Changed"),
            ], "Kind", required=True, readonly=True, sort=False,
        help="What has happened.")
    kind_string = kind.translated('kind')
    origin = fields.Reference(
        "Origin", selection='get_origins', readonly=True,
        help="What is sealed, if it is still there.")
    name = fields.Char(
        "Name", readonly=True,
        help="How what is sealed is called, which stays when it is gone.")
    number_range = fields.Many2One(
        'account.invoice.number_range', "Number Range", readonly=True,
        ondelete='RESTRICT',
        states={
            'invisible': ~Eval('number_range'),
            })
    range_number = fields.Integer(
        "Counter", readonly=True,
        states={
            'invisible': ~Eval('number_range'),
            },
        help="The counter of the range, which is never given again.")
    range_number._sql_type = 'BIGINT'
    statement = fields.Text(
        "Facts", readonly=True,
        states={
            'invisible': ~Eval('statement'),
            },
        help="What the stored document states, as JSON.")
    digest = fields.Char(
        "Digest", readonly=True,
        help="The SHA-256 of what is sealed.\n"
        "For a stored document it is that of the file.")
    detail_digest = fields.Char(
        "Digest of Details", readonly=True,
        states={
            'invisible': ~Eval('detail_digest'),
            },
        help="The SHA-256 of what is apart: the posting of a document, "
        "or the text of a message, which can be erased.")
    later = fields.Boolean(
        "Sealed Later", readonly=True,
        help="Sealed some time after it has happened: the seal vouches for "
        "what was there when it was made.")
    sealed_at = fields.DateTime("Sealed at", required=True, readonly=True)
    key = fields.Char(
        "Key", readonly=True,
        help="Tells by which key of the configuration the seal was made.")
    previous = fields.Char("Previous Seal", readonly=True)
    seal = fields.Char(
        "Seal", required=True, readonly=True,
        help="The HMAC-SHA256 of all of this and of the previous seal.")
    version = fields.Integer(
        "Version", required=True, readonly=True,
        help="How it was written down what is sealed.")
    mark = fields.Function(
        fields.Char(
            "Mark",
            help="Position and beginning of the seal, as printed."),
        'get_mark', searcher='search_mark')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_constraints += [
            ('company_position_unique', Unique(t, t.company, t.position),
                'shop_invoicing.msg_seal_position_unique'),
            ('origin_kind_unique',
                Exclude(
                    t, (t.origin, Equal), (t.kind, Equal),
                    where=t.kind.in_(_ONCE)),
                'shop_invoicing.msg_seal_once'),
            ]
        cls._sql_indexes.update({
                Index(
                    t,
                    (t.origin, Index.Equality()),
                    (t.position, Index.Range())),
                Index(
                    t,
                    (t.number_range, Index.Equality()),
                    (t.range_number, Index.Range()),
                    where=t.number_range != Null),
                })
        cls._order = [
            ('company', 'ASC'),
            ('position', 'DESC'),
            ('id', 'DESC'),
            ]

    @classmethod
    def get_origins(cls):
        Model = Pool().get('ir.model')
        get_name = Model.get_name
        return [(None, "")] + [
            (model, get_name(model)) for model in [
                'account.invoice', 'account.invoice.email',
                'account.invoice.number_range.change']]

    def get_mark(self, name):
        return format_mark(self.position, self.seal)

    @classmethod
    @checked_search
    def search_mark(cls, name, clause):
        _, operator, value = clause
        table = cls.__table__()
        mark = Concat(Concat(
                Cast(table.position, 'VARCHAR'), '-'),
            Substring(table.seal, 1, MARK_LENGTH))
        Operator = fields.SQL_OPERATORS[operator]
        return [
            ('id', 'in', table.select(table.id, where=Operator(mark, value)))]

    @classmethod
    @checked_search
    def search_rec_name(cls, name, clause):
        _, operator, _ = clause
        is_negative = operator.startswith(('!', 'not '))
        return ['AND' if is_negative else 'OR',
            ('mark', *clause[1:]),
            ('name', *clause[1:]),
            ]

    @classmethod
    def check_modification(cls, mode, seals, values=None, external=False):
        super().check_modification(
            mode, seals, values=values, external=external)
        # Not even the server: append does not come here
        raise AccessError(gettext('shop_invoicing.msg_seal_by_hand'))

    @classmethod
    @without_check_access
    def append(cls, company, entries):
        """Seal the entries at the end of the chain of the company.

        They are dictionaries of fields.  Nobody else can seal for the company
        until the transaction ends.
        """
        posting_turn.take(company)
        position, previous = cls.read_last(company)
        keys, now = get_keys(), dt.datetime.now().replace(microsecond=0)
        if not position:
            entries = [{'kind': 'started'}, *entries]
        entries = iter(entries)
        while values := list(islice(entries, _INSERTED)):
            rows = []
            for position, value in enumerate(values, position + 1):
                entry = keys.seal(cls._make_entry(
                        value, company, position, previous, now))
                previous = entry.seal
                rows.append(entry)
            cls._insert(rows)

    @classmethod
    def _make_entry(cls, values, company, position, previous, now):
        given = {
            name: values.get(name) for name in [
                'kind', 'origin', 'name', 'number_range', 'range_number',
                'statement', 'digest', 'detail_digest']}
        return Entry(
            version=VERSION, company=company.id, position=position,
            later=values.get('later', False), sealed_at=now, key=None,
            previous=previous, **given)

    @classmethod
    def _insert(cls, rows):
        # What cannot be written by the ORM cannot be forged with it either
        table = cls.__table__()
        transaction = Transaction()
        columns = [
            Column(table, name) for name in [
                *Entry._fields, 'create_uid', 'create_date']]
        transaction.connection.cursor().execute(*table.insert(
                columns,
                [[*row, transaction.user, CurrentTimestamp()]
                    for row in rows]))

    @classmethod
    def read_last(cls, company):
        "Return position and seal at the end of the chain, 0 and None without"
        table = cls.__table__()
        rows = posting_turn.read(table.select(
                table.position, table.seal,
                where=table.company == company.id,
                order_by=table.position.desc, limit=1))
        return max(rows, default=(0, None))

    @classmethod
    def iter_entries(cls, company, after=0, before=None, count=5000):
        "Yield the entries of the chain in batches, which are lists"
        table = cls.__table__()
        cursor = Transaction().connection.cursor()
        where = table.company == company.id
        if before is not None:
            where &= table.position < before
        columns = [Column(table, name) for name in Entry._fields]
        while True:
            cursor.execute(*table.select(
                    *columns,
                    where=where & (table.position > after),
                    order_by=table.position, limit=count))
            batch = list(map(_read_entry, cursor.fetchall()))
            if not batch:
                return
            yield batch
            after = batch[-1].position

    @classmethod
    def find_sealed(cls, origins, kinds):
        "Return which of the origins have a seal of one of the kinds"
        return set(cls.find_last(origins, kinds))

    @classmethod
    def find_last(cls, origins, kinds):
        "Return the last positions of seals of the kinds by their origins"
        table = cls.__table__()
        cursor = Transaction().connection.cursor()
        last = {}
        for sub in grouped_slice(list(origins), 1000):
            cursor.execute(*table.select(
                    table.origin, Max(table.position),
                    where=table.origin.in_(list(sub))
                    & table.kind.in_(kinds),
                    group_by=table.origin))
            last.update(cursor.fetchall())
        return last

    @classmethod
    def find_facts(cls, origins):
        "Return the last seals of what documents state"
        last = cls.find_last(origins, ['issued', 'booked', 'party_replaced'])
        return cls.search([
                ['OR', *(
                        [('origin', '=', origin), ('position', '=', position)]
                        for origin, position in last.items())],
                ]) if last else []

    @classmethod
    def find_mark(cls, company, position, beginning):
        "Return the seal at the position that begins so, None without"
        seals = cls.search([
                ('company', '=', company),
                ('position', '=', position),
                ])
        for seal in seals:
            if seal.seal.startswith(beginning):
                return cls(seal.id)

    @without_check_access
    def stands(self):
        """Whether the seal, those beside it and what it is about are intact.

        To know that of the whole chain all seals have to be checked.
        """
        Audit = Pool().get('account.invoice.seal.audit')
        entries = self._read_around(self.company, self.position)
        chain = Chain(get_keys())
        if entries[0].position == self.position - 1:
            before = entries.pop(0)
            chain = Chain(get_keys(), before.position, before.seal)
        if any(chain.follow(entries)):
            return False
        audit = Audit(company=self.company, documents=True, erased=0)
        return not any(audit.compare(entries[:1]))

    @classmethod
    def _read_around(cls, company, position):
        return [
            entry for batch in cls.iter_entries(
                company, after=max(position - 2, 0), before=position + 2)
            for entry in batch]


def _read_entry(row):
    if backend.name == 'sqlite':
        # It has no Boolean
        row = [*row[:_LATER], bool(row[_LATER]), *row[_LATER + 1:]]
    return Entry._make(row)
