# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"How far a customer document is: what its list shows first."
from sql import Literal, Null
from sql.conditionals import Case, Coalesce

from trytond.model import fields
from trytond.pool import Pool, PoolMeta
from trytond.pyson import Eval, If
from trytond.transaction import without_check_access

from ..invoice.checked_search import checked_search
from ..invoice.company_date import get_today


class Invoice(metaclass=PoolMeta):
    __name__ = 'account.invoice'

    is_overdue = fields.Function(
        fields.Boolean(
            "Overdue",
            help="Whether something of it should have been paid before "
            "today."),
        'get_is_overdue', searcher='search_is_overdue')

    @classmethod
    def view_attributes(cls):
        return super().view_attributes() + [
            ('/tree[field[@name="is_overdue"]]', 'visual',
                If(Eval('is_overdue', False), 'danger',
                    If(Eval('state') == 'cancelled', 'muted', ''))),
            ]

    @classmethod
    def get_is_overdue(cls, invoices, name):
        overdue = cls.search([
                ('id', 'in', [i.id for i in invoices]),
                (name, '=', True),
                ])
        return dict.fromkeys([i.id for i in invoices], False) | dict.fromkeys(
            [i.id for i in overdue], True)

    @classmethod
    @checked_search
    def search_is_overdue(cls, name, clause):
        _, operator, value = clause
        is_in = bool(value) == (operator == '=')
        return [('id', 'in' if is_in else 'not in', cls._query_overdue())]

    @classmethod
    def _query_overdue(cls):
        "Return a query of the ids of what a customer should have paid"
        pool = Pool()
        line = pool.get('account.move.line').__table__()
        invoice = cls.__table__()
        return (invoice
            .join(line,
                condition=(line.move == invoice.move)
                & (line.account == invoice.account))
            .select(
                invoice.id,
                where=(invoice.type == 'out')
                & (invoice.state == 'posted')
                & (line.reconciliation == Null)
                & (_query_unpaid(line) > 0)
                & cls._is_past(invoice.company, line.maturity_date)))

    @classmethod
    def _is_past(cls, company, date):
        "Return whether the date has passed at the place of the company"
        Company = Pool().get('company.company')
        with without_check_access():
            companies = Company.search([])
        is_past = Literal(False)
        for record in companies:
            is_past |= (company == record.id) & (date < get_today(record))
        return is_past


def _query_unpaid(line):
    "Return what of the move line no payment is on the way for"
    amount = Case(
        (line.second_currency == Null, line.debit - line.credit),
        else_=line.amount_second_currency)
    return amount - Coalesce(line.payment_amount_cache, 0)
