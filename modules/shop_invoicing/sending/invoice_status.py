# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"How far a customer document is: on top of its form and first in its list."
from sql import Literal, Null
from sql.conditionals import Case, Coalesce

from trytond.i18n import gettext
from trytond.model import fields
from trytond.pool import Pool, PoolMeta
from trytond.pyson import Eval, If
from trytond.transaction import Transaction, without_check_access

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

    status_line = fields.Function(
        fields.Char(
            "Status",
            states={
                'invisible': ~Eval('status_line'),
                },
            help="What the document is and how far it is."),
        'get_status_line')

    @classmethod
    def view_attributes(cls):
        return super().view_attributes() + [
            ('/tree[field[@name="is_overdue"]]', 'visual',
                If(Eval('is_overdue', False), 'danger',
                    If(Eval('state') == 'cancelled', 'muted', ''))),
            ]

    def get_status_line(self, name):
        if not self.is_issued:
            return None
        with Transaction().set_context(company=self.company.id):
            return " · ".join(filter(None, self._get_status_parts()))

    def _get_status_parts(self):
        "Return the texts of the line of the status, in their order"
        return [
            f"{_get_label(self, 'document_type') or ''} {self.number}".strip(),
            _get_label(self, 'state'),
            self._get_sent_text() or _get_label(self, 'sent_state'),
            self._get_left_text(),
            self.lettering and gettext(
                'shop_invoicing.msg_invoice_status_lettering',
                lettering=self.lettering),
            ]

    def _get_sent_text(self):
        "Return to whom it was sent and when, if it was"
        email = self.last_email
        if self.sent_state != 'sent' or not email:
            return None
        date = Pool().get('ir.lang').get().strftime(email.sent_on)
        if email.recipients and not email.marked_by:
            return gettext(
                'shop_invoicing.msg_invoice_status_sent',
                recipients=email.recipients, date=date)
        return gettext(
            'shop_invoicing.msg_invoice_status_sent_way',
            way=_get_label(email, 'way'), date=date)

    def _get_left_text(self):
        "Return what is left to pay"
        if self.state == 'posted' and self.amount_to_pay:
            return gettext(
                'shop_invoicing.msg_invoice_status_left',
                amount=Pool().get('ir.lang').get().currency(
                    self.amount_to_pay, self.currency))

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


def _get_label(record, name):
    "Return what the client shows for the selection"
    field = record._fields[name]
    selection = dict(field.get_selection(type(record), name, record))
    return field.get_selection_string(selection, getattr(record, name))


def _query_unpaid(line):
    "Return what of the move line no payment is on the way for"
    amount = Case(
        (line.second_currency == Null, line.debit - line.credit),
        else_=line.amount_second_currency)
    return amount - Coalesce(line.payment_amount_cache, 0)
