# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Compare what there is with the register of what was sealed.

Each check is one query over all records of the company.
"""
import datetime as dt

from sql import Cast, Literal, Null
from sql.aggregate import Max, Sum
from sql.conditionals import Case, Coalesce
from sql.functions import Round
from sql.operators import Concat, Exists, Not

from trytond.pool import Pool, PoolMeta

from ..invoice.document_type import ISSUED

# What is stored or sent is sealed by a task right after it
_GRACE = dt.timedelta(minutes=15)
_COLUMNS = ['position', 'invoice', 'number_range', 'range_number', 'name']


class Audit(metaclass=PoolMeta):
    __name__ = 'account.invoice.seal.audit'

    def _get_queries(self):
        return super()._get_queries() + [
            self._query_unsealed_documents(),
            self._query_unsealed_bookings(),
            self._query_unsealed_files(),
            self._query_unsealed_messages(),
            self._query_unsealed_changes(),
            self._query_not_issued(),
            self._query_state_unlike_seals(),
            self._query_double_files(),
            self._query_unlike_moves(),
            self._query_foreign_moves(),
            self._query_orphaned_moves(),
            self._query_not_cancelled(),
            self._query_not_sent(),
            ]

    @property
    def _invoice(self):
        "A table of invoices, with the condition that they are ours and issued"
        invoice = Pool().get('account.invoice').__table__()
        return invoice, (
            (invoice.company == self.company.id)
            & (invoice.type == 'out')
            & (invoice.number != Null)
            & invoice.state.in_(ISSUED))

    def _is_unsealed(self, model, table, *kinds):
        "Return the condition that the records have no seal of the kinds"
        seal = Pool().get('account.invoice.seal').__table__()
        return Not(Exists(seal.select(
                    Literal(1),
                    where=(seal.company == self.company.id)
                    & (seal.origin == _reference(model, table.id))
                    & seal.kind.in_(kinds))))

    @staticmethod
    def _select(kind, from_, invoice, where, **values):
        "Return the query of what is wrong with invoices"
        # The range may be gone
        range_ = Pool().get('account.invoice.number_range').__table__()
        values = {
            'position': Cast(Null, 'BIGINT'),
            'invoice': invoice.id,
            'number_range': range_.select(
                range_.id, where=range_.id == invoice.number_range),
            'range_number': invoice.range_number,
            'name': invoice.number,
            } | values
        return from_.select(
            Literal(kind).as_('kind'),
            *(values[name].as_(name) for name in _COLUMNS), where=where)

    @classmethod
    def _select_others(cls, from_, name, where, kind='unsealed'):
        "Return the query of what is wrong with what is no invoice"
        return from_.select(
            Literal(kind).as_('kind'),
            Cast(Null, 'BIGINT').as_('position'),
            Cast(Null, 'INTEGER').as_('invoice'),
            Cast(Null, 'INTEGER').as_('number_range'),
            Cast(Null, 'BIGINT').as_('range_number'),
            name.as_('name'), where=where)

    def _query_unsealed_documents(self):
        invoice, where = self._invoice
        return self._select(
            'unsealed', invoice, invoice, where
            & self._is_unsealed('account.invoice', invoice, 'issued'))

    def _query_unsealed_bookings(self):
        "Find what was posted after it was sealed, and not sealed again"
        pool = Pool()
        invoice, where = self._invoice
        seal = pool.get('account.invoice.seal').__table__()
        move = pool.get('account.move').__table__()
        from_ = (seal
            .join(invoice, condition=(
                    seal.origin == _reference('account.invoice', invoice.id)))
            .join(move, condition=invoice.move == move.id))
        return self._select(
            'unsealed', from_, invoice, where
            & (seal.kind == 'issued') & (seal.detail_digest == Null)
            & (move.state == 'posted')
            & self._is_unsealed(
                'account.invoice', invoice, 'booked', 'party_replaced'),
            position=seal.position)

    def _query_unsealed_files(self):
        invoice, where = self._invoice
        seal = Pool().get('account.invoice.seal').__table__()
        from_ = invoice.join(seal, condition=(
                (seal.origin == _reference('account.invoice', invoice.id))
                & (seal.kind == 'issued')))
        return self._select(
            'unsealed', from_, invoice, where
            & ((invoice.invoice_report_cache != Null)
                | (invoice.invoice_report_cache_id != Null))
            & (seal.sealed_at < self._settled_at)
            & self._is_unsealed('account.invoice', invoice, 'document'))

    def _query_double_files(self):
        "Find what says that its document is elsewhere, though it is stored"
        invoice, where = self._invoice
        seal = Pool().get('account.invoice.seal').__table__()
        from_ = invoice.join(seal, condition=(
                (seal.origin == _reference('account.invoice', invoice.id))
                & (seal.kind == 'document')))
        return self._select(
            'document_changed', from_, invoice, where
            & (invoice.invoice_report_cache != Null)
            & (invoice.invoice_report_cache_id != Null),
            position=seal.position)

    @property
    def _settled_at(self):
        return self.checked_at - _GRACE

    def _query_unsealed_messages(self):
        email = Pool().get('account.invoice.email').__table__()
        return self._select_others(
            email, email.subject,
            (email.company == self.company.id) & (email.state == 'sent')
            & (Coalesce(email.write_date, email.create_date)
                < self._settled_at)
            & self._is_unsealed('account.invoice.email', email, 'sent'))

    def _query_unsealed_changes(self):
        pool = Pool()
        change = pool.get('account.invoice.number_range.change').__table__()
        range_ = pool.get('account.invoice.number_range').__table__()
        return self._select_others(
            change.join(range_, condition=change.range == range_.id),
            Concat(Concat(change.old_value, ' → '), change.new_value),
            (range_.company == self.company.id)
            & self._is_unsealed(
                'account.invoice.number_range.change', change,
                'range_changed'))

    def _query_not_issued(self):
        invoice, issued = self._invoice
        seal = Pool().get('account.invoice.seal').__table__()
        from_ = seal.join(invoice, condition=(
                seal.origin == _reference('account.invoice', invoice.id)))
        is_issued = Case((issued, 1), else_=0)
        return self._select(
            'not_issued', from_, invoice,
            (seal.company == self.company.id) & (seal.kind == 'issued')
            & (is_issued == 0),
            position=seal.position, name=seal.name)

    def _query_state_unlike_seals(self):
        "Find what is cancelled or is not, otherwise than the last seal says"
        invoice, where = self._invoice
        Seal = Pool().get('account.invoice.seal')
        seal, last = Seal.__table__(), Seal.__table__()
        last = last.select(
            last.origin, Max(last.position).as_('position'),
            where=(last.company == self.company.id)
            & last.kind.in_(['issued', 'cancelled', 'reopened']),
            group_by=last.origin)
        from_ = (invoice
            .join(last, condition=(
                    last.origin == _reference('account.invoice', invoice.id)))
            .join(seal, condition=(
                    (seal.company == self.company.id)
                    & (seal.position == last.position))))
        is_cancelled = Case((invoice.state == 'cancelled', 1), else_=0)
        was_cancelled = Case(
            (seal.kind == 'cancelled', 1),
            # What was cancelled before it was sealed
            ((seal.kind == 'issued') & seal.later, is_cancelled),
            else_=0)
        return self._select(
            'changed', from_, invoice, where & (is_cancelled != was_cancelled),
            position=seal.position)

    def _query_unlike_moves(self):
        "Compare totals and state with what is posted to the account"
        pool = Pool()
        invoice, where = self._invoice
        move = pool.get('account.move').__table__()
        line = pool.get('account.move.line').__table__()
        own = pool.get('account.invoice').__table__()
        reconciliation = pool.get('account.move.reconciliation').__table__()
        amount = Case(
            (line.second_currency == own.currency,
                line.amount_second_currency),
            else_=line.debit - line.credit)
        balance = own.join(line, condition=(
                (line.move == own.move) & (line.account == own.account))
            ).join(reconciliation, 'LEFT', condition=(
                    line.reconciliation == reconciliation.id)
            ).select(
                own.id, Sum(amount).as_('amount'),
                Sum(Case((reconciliation.id == Null, 1), else_=0)
                    ).as_('open'),
                where=(own.company == self.company.id) & (own.type == 'out'),
                group_by=own.id)
        from_ = (invoice
            .join(move, 'LEFT', condition=invoice.move == move.id)
            .join(balance, 'LEFT', condition=balance.id == invoice.id))
        total = Coalesce(invoice.total_amount_cache, 0)
        parts = (
            Coalesce(invoice.untaxed_amount_cache, 0)
            + Coalesce(invoice.tax_amount_cache, 0))
        return self._select(
            'unlike_move', from_, invoice, where & (invoice.move != Null) & (
                (move.id == Null) | (move.state != 'posted')
                # SQLite adds up without decimals
                | (Round(Coalesce(balance.amount, 0) - total, 6) != 0)
                | (Round(parts - total, 6) != 0)
                | (invoice.state == 'paid') & (balance.open > 0)
                # What nothing cancels any more is posted again
                | (invoice.state == 'cancelled') & (balance.open > 0)
                & (balance.amount != 0)))

    def _query_foreign_moves(self):
        """Find posted moves that say that they are of an invoice.

        Those that Tryton makes are known to the invoice, or pay it.
        """
        pool = Pool()
        invoice, where = self._invoice
        move = pool.get('account.move').__table__()
        line, paying = (
            pool.get('account.move.line').__table__() for _ in range(2))
        additional = pool.get(
            'account.invoice-additional-account.move').__table__()
        payment = pool.get('account.invoice-account.move.line').__table__()
        own = pool.get('account.invoice').__table__()
        pays = line.select(
            Literal(1),
            where=(line.move == move.id) & (line.account == invoice.account),
            group_by=line.move,
            having=Sum(line.debit - line.credit)
            * Coalesce(invoice.total_amount_cache, 0) <= 0)
        has_paid = payment.join(
            paying, condition=payment.line == paying.id).select(
                Literal(1), where=paying.move == move.id)
        from_ = move.join(invoice, condition=(
                move.origin == _reference('account.invoice', invoice.id)))
        return self._select(
            'unlike_move', from_, invoice, where
            & (move.state == 'posted')
            & move.origin.like('account.invoice,%')
            & (Coalesce(invoice.cancel_move, 0) != move.id)
            & Not(Exists(own.select(
                        Literal(1), where=own.move == move.id)))
            & Not(Exists(additional.select(
                        Literal(1), where=additional.move == move.id)))
            & Not(Exists(has_paid)) & Not(Exists(pays)))

    def _query_orphaned_moves(self):
        "Find the moves of invoices that are gone"
        pool = Pool()
        invoice = pool.get('account.invoice').__table__()
        move = pool.get('account.move').__table__()
        from_ = move.join(invoice, 'LEFT', condition=(
                move.origin == _reference('account.invoice', invoice.id)))
        return self._select_others(
            from_, move.number,
            (move.company == self.company.id) & (move.state == 'posted')
            & move.origin.like('account.invoice,%') & (invoice.id == Null),
            kind='missing')

    def _query_not_cancelled(self):
        "Find what is cancelled though nothing says so to the customer"
        invoice, where = self._invoice
        correction = Pool().get('account.invoice').__table__()
        return self._select(
            'not_cancelled', invoice, invoice, where
            & (invoice.state == 'cancelled')
            & ((invoice.sent_state == 'sent') | (invoice.cancel_move == Null))
            & Not(Exists(correction.select(
                        Literal(1),
                        where=(correction.corrected_invoice == invoice.id)
                        & (correction.document_type == 'cancellation')
                        & (correction.number != Null)))))

    def _query_not_sent(self):
        "Find what no message is like, and what is not sent in spite of one"
        pool = Pool()
        invoice, where = self._invoice
        email = pool.get('account.invoice.email').__table__()
        link = pool.get('account.invoice.email-account.invoice').__table__()
        state = Case((email.state == 'sending', 'queued'), else_=email.state)
        shown = Coalesce(invoice.sent_state, 'not_sent')
        messages = link.join(email, condition=link.email == email.id).select(
            Literal(1),
            where=(link.invoice == invoice.id)
            & (state == Case((shown == 'not_sent', 'sent'), else_=shown)))
        has_message = Case((Exists(messages), 1), else_=0)
        expected = Case((shown == 'not_sent', 0), else_=1)
        return self._select(
            'not_sent', invoice, invoice, where & (has_message != expected))


def _reference(model, id_):
    "Return the expression of a reference to the record"
    return Concat(f'{model},', Cast(id_, 'VARCHAR'))
