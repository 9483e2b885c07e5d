# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Replace an issued invoice: cancel it, and change a draft of the same lines.

What has paid the original pays the replacement when that is posted.
"""
from decimal import Decimal

from sql import Null

from trytond.i18n import gettext
from trytond.model import Index, ModelSQL, ModelView, fields
from trytond.pool import Pool, PoolMeta
from trytond.pyson import Bool, Eval
from trytond.transaction import Transaction, without_check_access

from ..exceptions import InvoiceReplacementError
from ..invoice.document_type import STANDING
from ..sending.invoice_email_state import ON_THE_WAY
from .invoice_cancellation import cancels

# What a copy loses and the replacement keeps
_KEPT = ['reference', 'delivery_date']
_LINE_KEPT = ['origin', 'invoiced_by_hand']


class Invoice(metaclass=PoolMeta):
    __name__ = 'account.invoice'

    replaces = fields.Many2One(
        'account.invoice', "Replaces", readonly=True, ondelete='RESTRICT',
        domain=[
            ('company', '=', Eval('company', -1)),
            ('type', '=', 'out'),
            ],
        states={
            'invisible': ~Eval('replaces'),
            },
        help="The cancelled invoice in whose place this one is.")
    replaced_by = fields.One2Many(
        'account.invoice', 'replaces', "Replaced by", readonly=True,
        states={
            'invisible': ~Eval('replaced_by', []),
            },
        help="The invoice that is in the place of this one.")
    payments_to_carry = fields.Many2Many(
        'account.invoice.replacement-account.move.line', 'invoice', 'line',
        "Payments to Carry", readonly=True,
        states={
            'invisible': (
                ~Eval('payments_to_carry', [])
                | ~Eval('state').in_(['draft', 'validated'])),
            },
        help="What has paid the replaced invoice. It pays this one when it is "
        "posted.")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_indexes.add(
            Index(t, (t.replaces, Index.Equality()), where=t.replaces != Null))
        cls._check_modify_exclude.add('replaced_by')
        cls._buttons.update({
                'send_with_cancellation': {
                    'invisible': (
                        ~Bool(Eval('replaces'))
                        | ~Eval('number')
                        | ~Eval('state').in_(STANDING)
                        | Eval('sent_state').in_(ON_THE_WAY)),
                    'depends': ['replaces', 'number', 'state', 'sent_state'],
                    },
                })

    @classmethod
    def _has_no_correction(cls):
        return super()._has_no_correction() & ~Eval('replaces')

    @classmethod
    def copy(cls, invoices, default=None):
        default = default.copy() if default is not None else {}
        default.setdefault('replaces')
        default.setdefault('replaced_by')
        default.setdefault('payments_to_carry')
        return super().copy(invoices, default=default)

    def get_sales_to_release(self):
        # The goods have left with the invoice in whose place this one is
        return [] if self.replaces else super().get_sales_to_release()

    @property
    def document_replaced(self):
        return self.replaces

    @property
    def replacement_cancellation(self):
        "The document that cancels the invoice that this one replaces, or None"
        corrections = self.replaces.corrections if self.replaces else []
        for correction in corrections:
            if correction.document_type == 'cancellation':
                return correction

    def check_replacement(self):
        "Raise if the document cannot be replaced"
        self.check_cancellation()
        if self.document_type == 'credit_note':
            raise InvoiceReplacementError(gettext(
                    'shop_invoicing.msg_invoice_replacement_type',
                    invoice=self.rec_name))

    @classmethod
    @cancels('check_replacement')
    def replace(cls, invoices, date=None, reason=None):
        """Cancel the invoices and return the drafts that replace them.

        The date is that of the cancellation invoices.
        """
        _, payments = cls._issue_cancellation(
            invoices, date, reason, make_billable=True)
        replacements = []
        for invoice in cls.browse(invoices):
            replacement = invoice._copy_to_replacement()
            replacement.payments_to_carry = payments[invoice]
            replacements.append(replacement)
        cls.save(replacements)
        return replacements

    def _copy_to_replacement(self):
        default = {name: _keep(name) for name in _KEPT}
        for name in _LINE_KEPT:
            default['lines.' + name] = _keep(name)
        default['replaces'] = self.id
        # The stock moves are copied too
        with Transaction().set_context(
                company=self.company.id, _account_invoice_correction=True):
            replacement, = self.copy([self], default=default)
        return replacement

    @classmethod
    def _post(cls, invoices):
        replacements = [
            i for i in invoices
            if i.replaces and (not i.move or i.move.state != 'posted')]
        super()._post(invoices)
        with without_check_access():
            for invoice in cls.browse(replacements):
                invoice._carry_payments()

    def _carry_payments(self):
        "Let what has paid the replaced invoice pay this one"
        pool = Pool()
        Line = pool.get('account.move.line')
        carried = self._carry_provider_payments()
        debts = [l for l in self.lines_to_pay if not l.reconciliation]
        payments = [
            l for l in self.payments_to_carry if not l.reconciliation
            and l.account == self.account and l.party == self.party]
        if not debts or not payments:
            return
        payments = Line.cover(debts, payments)
        invoice = self.__class__(self.id)
        if all(l.reconciliation for l in invoice.lines_to_pay) or not payments:
            return
        invoice.add_payment_lines({invoice: payments})
        lines, rest = invoice.get_reconcile_lines_for_amount(
            Decimal(0), invoice.currency)
        # Such as the first of several instalments
        if lines and not rest:
            Line.reconcile(lines)
        invoice._put_back(carried)

    def _carry_provider_payments(self):
        """Let the payments of the lines of the original be those of this one.

        Return the lines of the original that they had.
        """
        Payment = Pool().get('account.payment')
        payments = [
            p for l in self.replaces.lines_to_pay for p in l.payments
            if p.state != 'failed']
        if not payments:
            return {}
        lines = {payment: payment.line for payment in payments}
        for payment in payments:
            payment.line = None
        self.add_payments(payments)
        for payment in payments:
            # It is more than what there is to pay
            if not payment.line:
                payment.line = lines[payment]
        Payment.save(payments)
        return lines

    def _put_back(self, carried):
        "Do not count twice what stands among the payment lines"
        Payment = Pool().get('account.payment')
        booked = {
            l.move.origin for l in self.payment_lines if not l.reconciliation}
        payments = [p for p in carried if p in booked]
        for payment in payments:
            payment.line = carried[payment]
        Payment.save(payments)

    @classmethod
    @ModelView.button
    def send_with_cancellation(cls, invoices):
        "Queue one message for each replacement and its cancellation invoice"
        Email = Pool().get('account.invoice.email')
        cls.check_issued(invoices)
        emails = []
        for invoice in invoices:
            cancellation = invoice.replacement_cancellation
            if not cancellation:
                raise InvoiceReplacementError(gettext(
                        'shop_invoicing.msg_invoice_replacement_send',
                        invoice=invoice.rec_name))
            documents = [
                d for d in [cancellation, invoice] if d.can_be_sent]
            if documents:
                emails.append(Email.start(*documents))
        Email.queue(emails)


def _keep(name):
    return lambda data: data[name]


class CarriedPayment(ModelSQL):
    __name__ = 'account.invoice.replacement-account.move.line'

    invoice = fields.Many2One(
        'account.invoice', "Invoice", required=True, ondelete='CASCADE')
    line = fields.Many2One(
        'account.move.line', "Payment Line", required=True,
        ondelete='CASCADE')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.__access__.add('invoice')
