# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Seal what was there before, or what a lost task has left unsealed.

It vouches for what there is on the day it is done.
"""
from sql import Cast, Literal, Null
from sql.operators import Concat, Exists, Not

from trytond.pool import Pool, PoolMeta
from trytond.transaction import Transaction, without_check_access

from ..invoice.document_type import ISSUED

_BATCH = 500


class Company(metaclass=PoolMeta):
    __name__ = 'company.company'

    @classmethod
    @without_check_access
    def seal_existing(cls, companies):
        """Seal what is unsealed, in the order in which it was made.

        The transaction is committed after each batch, so that it can be
        started again at any time and others can post in between.
        """
        for id_ in [c.id for c in companies]:
            for model, kind, seal in cls._get_to_seal():
                last = 0
                while ids := cls._find_unsealed(id_, model, kind, last):
                    last = ids[-1]
                    seal(ids)
                    Transaction().commit()

    @classmethod
    def _get_to_seal(cls):
        "Return models and kinds, with what seals records by their ids"
        pool = Pool()
        Change = pool.get('account.invoice.number_range.change')
        Email = pool.get('account.invoice.email')
        Invoice = pool.get('account.invoice')
        return [
            (Invoice, 'issued', lambda ids: Invoice._seal(
                    'issued', Invoice.browse(ids), later=True)),
            (Invoice, 'document', lambda ids: Invoice.seal_document(
                    Invoice.browse(ids), later=True)),
            (Email, 'sent', lambda ids: Email.seal_sending(
                    Email.browse(ids), later=True)),
            (Change, 'range_changed', lambda ids: Change.seal_changes(
                    Change.browse(ids), later=True)),
            ]

    @classmethod
    def _find_unsealed(cls, company, Model, kind, after):
        "Return the next ids of records without a seal of the kind"
        Seal = Pool().get('account.invoice.seal')
        cursor = Transaction().connection.cursor()
        table, seal = Model.__table__(), Seal.__table__()
        from_, where = cls._where_to_seal(company, Model, table, kind)
        is_sealed = Exists(seal.select(
                Literal(1),
                where=(seal.kind == kind)
                & (seal.origin == Concat(
                        f'{Model.__name__},', Cast(table.id, 'VARCHAR')))))
        cursor.execute(*from_.select(
                table.id,
                where=where & (table.id > after) & Not(is_sealed),
                order_by=table.id, limit=_BATCH))
        return [id_ for id_, in cursor]

    @staticmethod
    def _where_to_seal(company, Model, table, kind):
        "Return the table and which of its records are to be sealed"
        if kind == 'range_changed':
            range_ = Pool().get('account.invoice.number_range').__table__()
            return (
                table.join(range_, condition=table.range == range_.id),
                range_.company == company)
        where = table.company == company
        if kind == 'sent':
            return table, where & (table.state == 'sent')
        where &= (
            (table.type == 'out') & (table.number != Null)
            & table.state.in_(ISSUED))
        if kind == 'document':
            where &= (
                (table.invoice_report_cache != Null)
                | (table.invoice_report_cache_id != Null))
        return table, where
