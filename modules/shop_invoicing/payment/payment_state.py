# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Whether an order that must be paid before the delivery is paid.

It is computed from the total of the order and from its payments as they are.
What Python says of one order, SQL says of all of them: whoever changes the
answer of a property changes the one of its twin that begins with _sql_.
"""
from decimal import Decimal

from sql import Cast, Literal, Null, Select
from sql.aggregate import Sum
from sql.conditionals import Case, Coalesce
from sql.functions import Round
from sql.operators import Concat

from trytond import backend
from trytond.model import Index, ModelView, Workflow, fields
from trytond.pool import Pool, PoolMeta
from trytond.transaction import Transaction, without_check_access

from ..invoice import row_turn
from ..invoice.checked_search import checked_search
from ..invoice.sale_state import OFFERED

AWAITING = ['unpaid', 'partially_paid']
_STATES = ['none', *AWAITING, 'paid']
# SQLite adds numbers as floats
_DIGITS = 6
# A refund that is written down only, or has failed, takes nothing away
_NOT_ON_ITS_WAY = ['draft', 'failed']


class Sale(metaclass=PoolMeta):
    __name__ = 'sale.sale'

    payment_state = fields.Function(
        fields.Selection([
                ('none', "Not Required"),
                ('unpaid', "Unpaid"),
                ('partially_paid', "Partially Paid"),
                ('paid', "Paid"),
                ], "Payment State", readonly=True, sort=False,
            help="Whether a sale that must be paid before it is delivered is "
            "paid."),
        'get_payment_state', setter='set_payment_state')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_indexes.add(
            Index(
                t,
                (t.payment_method, Index.Equality()),
                (t.state, Index.Equality(cardinality='low')),
                where=t.state.in_(OFFERED)))
        # What is asked of all orders is asked of quotations, too
        cls._states_cached = [*cls._states_cached, 'quotation']

    @classmethod
    def __register__(cls, module):
        table_h = cls.__table_handler__(module)
        # Migration from the version without folders: compute payment_state
        if table_h.column_exist('payment_state'):
            cls._drop_stored_payment_state(table_h)
            if cls._history:
                cls._drop_stored_payment_state(
                    cls.__table_handler__(module, history=True))
        super().__register__(module)

    @classmethod
    def _drop_stored_payment_state(cls, table_h):
        if backend.name == 'sqlite':
            # It drops no column of an index
            cursor = Transaction().connection.cursor()
            cursor.execute(
                "SELECT name FROM sqlite_master WHERE type = 'index' "
                "AND tbl_name = ? AND sql LIKE '%payment_state%'",
                (table_h.table_name,))
            for name, in cursor.fetchall():
                cursor.execute(f'DROP INDEX "{name}"')
        table_h.drop_column('payment_state')

    @classmethod
    def default_payment_state(cls):
        return 'none'

    def get_payment_state(self, name=None):
        return self._get_payment_state(self.payment_amount_authorized)

    def _get_payment_state(self, paid):
        "Return the payment state of the sale if that much is paid of it"
        if not self.is_paid_first or self.state not in OFFERED:
            return 'none'
        if self._is_covered_by(paid):
            return 'paid'
        return 'partially_paid' if paid > 0 else 'unpaid'

    @classmethod
    def set_payment_state(cls, sales, name, value):
        "Let in what was exported; only payments change the state"

    @classmethod
    def domain_payment_state(cls, domain, tables):
        table, _ = tables[None]
        wanted = cls._search_payment_states('payment_state', domain)
        unknown = cls._find_payment_unknown()
        known = [s.id for s in unknown if s.get_payment_state() in wanted]
        where = cls._sql_payment_state(table).in_(wanted or [''])
        if 'none' not in wanted:
            # The index knows them
            where &= cls._sql_is_paid_first(table)
        return where | fields.SQL_OPERATORS['in'](table.id, known)

    @classmethod
    @checked_search
    def _search_payment_states(cls, name, clause):
        "Return the states for which the clause holds"
        _, operator, operand = clause
        Operator = fields.SQL_OPERATORS[operator]
        cursor = Transaction().connection.cursor()
        cursor.execute(*Select([
                    Case(
                        (Operator(Cast(Literal(state), 'VARCHAR'), operand),
                            1),
                        else_=0)
                    for state in _STATES]))
        return [s for s, holds in zip(_STATES, cursor.fetchone()) if holds]

    @classmethod
    @without_check_access
    def _find_payment_unknown(cls):
        "Return the offered sales of which the total is not stored"
        table = cls.__table__()
        cursor = Transaction().connection.cursor()
        cursor.execute(*table.select(
                table.id,
                where=cls._sql_is_paid_first(table)
                & (table.total_amount_cache == Null)))
        return cls.browse([id_ for id_, in cursor])

    @classmethod
    def _sql_payment_state(cls, table):
        "Return the payment state of a sale, or null if SQL does not know it"
        amount = cls._sql_amount_to_pay(table)
        rest = Round(amount - cls._sql_amount_paid(table), _DIGITS)
        is_paid_first = cls._sql_is_paid_first(table)
        return Case(
            (is_paid_first & (amount == Null), Null),
            (is_paid_first & (amount >= 0), Case(
                    (rest <= 0, 'paid'),
                    (rest < amount, 'partially_paid'),
                    else_='unpaid')),
            else_='none')

    @classmethod
    def _sql_is_paid_first(cls, table):
        "Return whether a sale is to be paid first, unless it is a return"
        Method = Pool().get('sale.payment.method')
        method = Method.__table__()
        return (
            table.state.in_(OFFERED)
            & table.payment_method.in_(method.select(
                    method.id,
                    where=method.kind.in_(
                        Method.find_kinds('is_paid_first') or ['']))))

    @classmethod
    def _sql_amount_to_pay(cls, table):
        "Return what must be paid before the delivery, in SQL"
        # SQLite stores it as bytes, which are more than any number
        return Cast(
            table.total_amount_cache, cls.total_amount_cache.sql_type().base)

    @classmethod
    def _sql_amount_paid(cls, table):
        Payment = Pool().get('account.payment')
        payment = Payment.__table__()
        return Coalesce(payment.select(
                Sum(Payment._sql_amount_for_origin(payment)),
                where=payment.origin == Concat(f'{cls.__name__},', table.id)),
            0)

    @property
    def is_paid_first(self):
        """Whether the sale must be paid before it is delivered.

        A return is not: the shop pays it when the goods are back.
        """
        return bool(
            self.payment_method and self.payment_method.is_paid_first
            and self.amount_to_pay >= 0)

    @property
    def payment_amount_authorized(self):
        # Tryton takes away refunds that are drafts or have failed
        return sum((p.amount_for_origin for p in self.payments), Decimal(0))

    @property
    def is_covered(self):
        "Whether the payments cover what must be paid before the delivery"
        return self._is_covered_by(self.payment_amount_authorized)

    def _is_covered_by(self, paid):
        amount = self.amount_to_pay
        return abs(paid) >= abs(amount) and paid * amount >= 0

    @property
    def is_unpaid(self):
        "Whether the sale must be paid before it is delivered and is not"
        return self.is_paid_first and not self.is_covered

    @classmethod
    @ModelView.button
    @Workflow.transition('quotation')
    def quote(cls, sales):
        super().quote(sales)
        cls.store_cache(sales)

    @classmethod
    @without_check_access
    def follow_payments(cls, sales, before):
        """Log the new states and go on with the sales that are paid now.

        The states that they had before are by their ids.
        """
        paid = []
        for sale in sales:
            state = sale.get_payment_state()
            if state == before.get(sale.id):
                continue
            cls.log([sale], 'transition', f'payment_state:{state}')
            # Tryton confirms quotations when a payment has come, but not
            # when a refund has not gone
            if state == 'paid' and (
                    sale.state != 'quotation'
                    or any(p.kind == 'payable' for p in sale.payments)):
                paid.append(sale)
        cls.go_on_when_released(paid)


class SaleLine(metaclass=PoolMeta):
    __name__ = 'sale.line'

    @classmethod
    def on_modification(cls, mode, lines, field_names=None):
        super().on_modification(mode, lines, field_names=field_names)
        if mode in {'create', 'write'}:
            cls._store_quotations({line.sale for line in lines})

    @classmethod
    def on_delete(cls, lines):
        callbacks = super().on_delete(lines)
        sales = {line.sale for line in lines}
        callbacks.append(lambda: cls._store_quotations(sales))
        return callbacks

    @classmethod
    @without_check_access
    def _store_quotations(cls, sales):
        "Store the totals of those of the sales that are quoted again"
        Sale = Pool().get('sale.sale')
        quotations = [
            s for s in Sale.browse(sorted(sales, key=int))
            if s.state == 'quotation']
        if quotations:
            Sale.store_cache(quotations)


class Payment(metaclass=PoolMeta):
    __name__ = 'account.payment'

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_indexes.add(Index(t, (t.origin, Index.Equality())))

    @property
    def amount_for_origin(self):
        """What the payment adds to what is paid of its origin.

        A refund takes away as soon as it is on its way.
        """
        if self.kind == 'receivable':
            return self.amount if self.is_authorized else Decimal(0)
        return Decimal(0) if self.state in _NOT_ON_ITS_WAY else -self.amount

    @classmethod
    def _sql_amount_for_origin(cls, payment):
        "Return what a payment adds to what is paid of its origin, in SQL"
        return Case(
            ((payment.kind == 'receivable') & cls._sql_is_authorized(payment),
                payment.amount),
            ((payment.kind == 'payable')
                & ~payment.state.in_(_NOT_ON_ITS_WAY), -payment.amount),
            else_=0)

    @classmethod
    def _sql_is_authorized(cls, payment):
        "Return whether the money of a payment is sure to come, in SQL"
        return payment.state == 'succeeded'

    @classmethod
    def on_modification(cls, mode, payments, field_names=None):
        super().on_modification(mode, payments, field_names=field_names)
        if mode == 'create':
            cls._follow_new([p for p in payments if p.amount_for_origin])

    @classmethod
    def on_write(cls, payments, values):
        callbacks = super().on_write(payments, values)
        sales = cls._get_sales(payments)
        before = {s.id: s.get_payment_state() for s in sales}
        callbacks.append(lambda: cls._follow_sales(
                sales | cls._get_sales(cls.browse(payments)), before))
        return callbacks

    @classmethod
    def _follow_new(cls, payments):
        sales = cls._get_sales(payments)
        before = {
            s.id: s._get_payment_state(s.payment_amount_authorized - sum(
                    p.amount_for_origin for p in payments if p.origin == s))
            for s in sales}
        cls._follow_sales(sales, before)

    @classmethod
    def _get_sales(cls, payments):
        Sale = Pool().get('sale.sale')
        return {p.origin for p in payments if isinstance(p.origin, Sale)}

    @classmethod
    def _follow_sales(cls, sales, before):
        "Go on with the sales that are paid first and are paid now"
        Sale = Pool().get('sale.sale')
        sales = Sale.browse([
                s for s in sorted(sales, key=int) if s.is_paid_first])
        if sales:
            row_turn.take(sales)
            Sale.follow_payments(sales, before)
