# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""What of a record is sealed, read for many records by one query.

The database itself writes each row as a text, because Python would need
minutes for the rows of a million documents.  A version is never changed:
what it has sealed is checked as it was sealed.
"""
from sql import Cast, Literal, Union
from sql.functions import Function
from sql.operators import Concat

from trytond import backend
from trytond.model import fields
from trytond.pool import Pool
from trytond.transaction import Transaction

# What the document states when it gets its number
_DOCUMENT = [
    ('', [
            'company', 'type', 'document_type', 'number',
            'number_range', 'range_number', 'sequence',
            'sequence_type_cache', 'invoice_date', 'accounting_date',
            'delivery_date', 'payment_term_date', 'reference',
            'description', 'comment', 'party', 'party_tax_identifier',
            'invoice_address', 'tax_identifier', 'currency', 'journal',
            'account', 'payment_term', 'payment_method',
            'corrected_invoice', 'replaces', 'validated_by']),
    ('lines', [
            'invoice', 'company', 'currency', 'sequence', 'type',
            'product', 'description', 'quantity', 'unit', 'unit_price',
            'account', 'origin', 'invoice_type', 'party',
            'taxes_date', 'taxes_deductible_rate', 'correction']),
    ('lines.taxes', ['line', 'tax']),
    ('taxes', [
            'invoice', 'sequence', 'description', 'account', 'tax',
            'base', 'amount', 'legal_notice', 'manual']),
    ]
# What a version seals since it is there: the model, and its parts with paths
# and fields.  A path leads from the record over its fields; of a Many2Many it
# is the link.
_CONTENTS = {
    (1, 'document'): ('account.invoice', _DOCUMENT),
    # It may correct several documents
    (2, 'document'): ('account.invoice', [
            *_DOCUMENT, ('corrected_invoices', ['correction', 'original'])]),
    # What its posting adds
    (1, 'booking'): ('account.invoice', [
            ('', [
                    'move', 'posted_by', 'untaxed_amount_cache',
                    'tax_amount_cache', 'total_amount_cache']),
            ('payment_means', ['invoice', 'instrument']),
            ('move', [
                    'number', 'company', 'journal', 'period', 'date',
                    'post_date', 'description', 'origin', 'state']),
            ('move.lines', [
                    'move', 'account', 'party', 'debit', 'credit',
                    'amount_second_currency', 'second_currency',
                    'description', 'origin', 'state']),
            ('move.lines.tax_lines', [
                    'move_line', 'tax', 'type', 'amount']),
            ]),
    (1, 'message'): ('account.invoice.email', [
            ('', [
                    'company', 'way', 'message_id', 'document_digest',
                    'queued_at', 'queued_by', 'tries', 'sent_at', 'marked_by',
                    'state']),
            ('invoices', ['email', 'invoice']),
            ]),
    # What is erased with the customer
    (1, 'message text'): ('account.invoice.email', [
            ('', [
                    'recipients', 'copies', 'accepted', 'refused', 'subject',
                    'body', 'error', 'note']),
            ]),
    (1, 'range change'): ('account.invoice.number_range.change', [
            ('', [
                    'range', 'field', 'old_value', 'new_value', 'number_next',
                    'create_uid', 'create_date']),
            ]),
    }


class _Row(Function):
    "The values of PostgreSQL as one value, whose text is no other's"
    __slots__ = ()
    _function = 'ROW'


class _TrimScale(Function):
    __slots__ = ()
    _function = 'TRIM_SCALE'


class _Quote(Function):
    __slots__ = ()
    _function = 'QUOTE'


def read(ids, *names, version=1):
    """Return what is sealed of the records by their ids.

    It is a list of texts for each name.  Who does not exist is not there.
    """
    if not ids:
        return {}
    queries = [
        _query(ids, [number, part], *contents)
        for number, name in enumerate(names)
        for part, contents in enumerate(_iter_parts(version, name))]
    cursor = Transaction().connection.cursor()
    query = queries[0]
    if queries[1:]:
        query = Union(*queries, all_=True)
    cursor.execute(*query)
    contents = {}
    for id_, number, part, _, text in sorted(cursor.fetchall()):
        if id_ not in contents:
            contents[id_] = [[] for _ in names]
        contents[id_][number].append(f'{part}{text}')
    return contents


def _iter_parts(version, name):
    # A version that is none is that of a seal that was changed
    since = max((
            v for v, n in _CONTENTS if n == name and v <= version), default=1)
    model, parts = _CONTENTS[since, name]
    for path, names in parts:
        yield model, path, names


def _query(ids, place, model, path, names):
    "Return the query of record, place, row and text of one part"
    pool = Pool()
    Model = pool.get(model)
    owner = table = from_ = Model.__table__()
    for name in filter(None, path.split('.')):
        Model, target, condition = _follow(Model, table, name)
        from_ = from_.join(target, condition=condition)
        table = target
    where = fields.SQL_OPERATORS['in'](owner.id, ids)
    return from_.select(
        owner.id.as_('owner'), *map(Literal, place), table.id.as_('row'),
        _write([
                (Model._fields[name], getattr(table, name))
                for name in names]).as_('text'),
        where=where)


def _follow(Model, table, name):
    "Return model, table and condition of what the field of the table leads to"
    pool = Pool()
    field = Model._fields[name]
    if isinstance(field, fields.Many2Many):
        Target, origin = pool.get(field.relation_name), field.origin
    elif isinstance(field, fields.One2Many):
        Target, origin = pool.get(field.model_name), field.field
    else:
        Target = pool.get(field.model_name)
        target = Target.__table__()
        return Target, target, getattr(table, name) == target.id
    target = Target.__table__()
    return Target, target, getattr(target, origin) == table.id


def _write(columns):
    "Return the expression that writes the columns as one text"
    if backend.name == 'postgresql':
        return Cast(_Row(*(
                    _TrimScale(c) if isinstance(f, fields.Numeric) else c
                    for f, c in columns)), 'TEXT')
    text, *others = (_Quote(c) for _, c in columns)
    for other in others:
        text = Concat(Concat(text, ','), other)
    return text
