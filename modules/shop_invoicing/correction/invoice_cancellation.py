# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Cancel an issued invoice by a cancellation invoice, which mirrors it.

Both have numbers, are sent and stay in the books; together they are zero.
"""
from functools import wraps

from trytond.i18n import gettext
from trytond.model import ModelView, Workflow, fields
from trytond.model.exceptions import AccessError
from trytond.pool import Pool, PoolMeta
from trytond.pyson import Eval
from trytond.transaction import Transaction, without_check_access

from ..exceptions import InvoiceCancellationError, InvoiceCancellationWarning
from ..invoice import row_turn


def cancels(check):
    """Let a method cancel only what can be, and for whom may do so.

    The check is the name of the method that raises if an invoice cannot be
    cancelled.  Nobody else can correct the invoices any more then.
    """
    def decorator(func):
        @wraps(func)
        def wrapper(cls, invoices, *args, **kwargs):
            cls.check_cancellation_access(invoices)
            with without_check_access():
                row_turn.take(invoices)
                invoices = cls.browse(invoices)
                for invoice in invoices:
                    getattr(invoice, check)()
                return func(cls, invoices, *args, **kwargs)
        return wrapper
    return decorator


class Invoice(metaclass=PoolMeta):
    __name__ = 'account.invoice'

    can_make_billable = fields.Function(
        fields.Boolean("Can Make Billable"), 'get_can_make_billable')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._buttons.update({
                'make_billable_again': {
                    'invisible': ~Eval('can_make_billable', False),
                    'depends': ['can_make_billable'],
                    },
                })

    @without_check_access
    def get_can_make_billable(self, name):
        return self.state == 'cancelled' and bool(self.cancel_move) and any(
            self not in s.invoices_recreated for s in self._billed_sales)

    @fields.depends(
        'document_type', 'corrected_invoice',
        '_parent_corrected_invoice.invoice_date')
    def on_change_with_currency_date(self, name=None):
        date = super().on_change_with_currency_date(name=name)
        # At the rate of the original, so that both are zero together
        if self.document_type == 'cancellation' and self.corrected_invoice:
            date = self.corrected_invoice.invoice_date or date
        return date

    @property
    def _billed_sales(self):
        "The orders of which the invoice bills lines"
        SaleLine = Pool().get('sale.line')
        sales = [
            line.origin.sale for line in self.lines
            if isinstance(line.origin, SaleLine)]
        return sorted(set(sales), key=lambda s: s.id)

    def check_cancellation(self):
        "Raise if the document cannot be cancelled"
        if not self.is_issued:
            raise InvoiceCancellationError(gettext(
                    'shop_invoicing.msg_invoice_cancellation_issued',
                    invoice=self.rec_name))
        if self.document_type == 'cancellation':
            raise InvoiceCancellationError(gettext(
                    'shop_invoicing.msg_invoice_cancellation_type',
                    invoice=self.rec_name))
        self._check_not_cancelled()
        if self.sent_state != 'sent':
            raise InvoiceCancellationError(gettext(
                    'shop_invoicing.msg_invoice_cancellation_sent',
                    invoice=self.rec_name))
        self._check_not_credited()
        if any(l.reconciliation and l.reconciliation.delegate_to
                or l.party != self.party and l.account.party_required
                for l in self.lines_to_pay):
            raise InvoiceCancellationError(gettext(
                    'shop_invoicing.msg_invoice_cancellation_delegated',
                    invoice=self.rec_name))

    def _check_cancellation_values(self, date, reason):
        "Raise if the cancellation invoice cannot have the date and reason"
        Lang = Pool().get('ir.lang')
        lang = Lang.get()
        if date and date < self.invoice_date:
            raise InvoiceCancellationError(gettext(
                    'shop_invoicing.msg_invoice_cancellation_date',
                    invoice=self.rec_name,
                    date=lang.strftime(date),
                    invoice_date=lang.strftime(self.invoice_date)))
        if not (reason and reason.strip()):
            raise InvoiceCancellationError(gettext(
                    'shop_invoicing.msg_invoice_cancellation_reason',
                    invoice=self.rec_name))

    def _check_not_cancelled(self):
        "Raise if the document is cancelled, even if it was reopened since"
        cancellations = [
            i for i in self.corrections
            if i.document_type == 'cancellation' and i.number]
        if cancellations:
            raise InvoiceCancellationError(gettext(
                    'shop_invoicing.msg_invoice_cancellation_by',
                    invoice=self.rec_name,
                    cancellation=cancellations[0].rec_name))
        if self.state == 'cancelled':
            raise InvoiceCancellationError(gettext(
                    'shop_invoicing.msg_invoice_cancellation_cancelled',
                    invoice=self.rec_name))

    def _check_not_credited(self):
        "Raise if a credit note on the document is not cancelled"
        credit_notes = [
            i.rec_name for i in self.corrections
            if i.document_type == 'credit_note' and i.state != 'cancelled']
        if credit_notes:
            raise InvoiceCancellationError(gettext(
                    'shop_invoicing.msg_invoice_cancellation_credited',
                    invoice=self.rec_name,
                    credit_notes=", ".join(credit_notes)))

    @classmethod
    def check_cancellation_access(cls, invoices):
        "Raise if the user may not cancel the invoices"
        pool = Pool()
        Group = pool.get('res.group')
        ModelData = pool.get('ir.model.data')
        User = pool.get('res.user')
        group = ModelData.get_id('shop_invoicing.group_invoice_cancellation')
        # Wizards do not check the access any more
        if Transaction().user and group not in User.get_groups():
            with without_check_access():
                raise AccessError(gettext(
                        'shop_invoicing.msg_invoice_cancellation_access',
                        invoice=invoices[0].rec_name if invoices else '',
                        group=Group(group).rec_name))

    @classmethod
    @cancels('check_cancellation')
    def issue_cancellation(
            cls, invoices, date=None, reason=None, make_billable=False):
        """Cancel the invoices and return their cancellation invoices.

        They are posted, and dated today without a date.  The orders are left
        alone unless their lines are to be billed again.
        """
        cancellations, _ = cls._issue_cancellation(
            invoices, date, reason, make_billable)
        return cancellations

    @classmethod
    def _issue_cancellation(cls, invoices, date, reason, make_billable):
        """Return also the open lines of what has paid the invoices.

        Who calls it has checked with cancels that they can be cancelled.
        """
        for invoice in invoices:
            invoice._check_cancellation_values(date, reason)
        with Transaction().set_context(_skip_warnings=True):
            payments = {i: i._free_payments() for i in invoices}
            invoices = cls.browse(invoices)
            # Posting it again would reconcile it with its payments
            cls.write(
                [i for i in invoices if i.state == 'paid'],
                {'state': 'posted'})
            cancellations = cls.credit(
                cls.browse(invoices), refund=True, is_checked=True,
                invoice_date=date, reason=reason)
            if make_billable:
                cls._make_billable(cls.browse(invoices))
        return cancellations, payments

    @classmethod
    def set_number(cls, invoices):
        for invoice in invoices:
            if (invoice.document_type == 'cancellation'
                    and invoice.corrected_invoice
                    and invoice.state in {'draft', 'validated'}):
                invoice._check_mirror()
        super().set_number(invoices)

    def _check_mirror(self):
        "Raise if the cancellation invoice is not what it cancels"
        original = self.corrected_invoice
        if (self.untaxed_amount != -original.untaxed_amount
                or self.tax_amount != -original.tax_amount):
            raise InvoiceCancellationError(gettext(
                    'shop_invoicing.msg_invoice_cancellation_mirror',
                    invoice=original.rec_name))

    def _credit(self, reason=None, **values):
        credit = super()._credit(**values)
        if (self.type == 'out'
                and values.get('document_type') == 'cancellation'):
            credit.reference = self.reference
            credit.delivery_date = self.delivery_date
            credit.comment = reason
            # It is settled at once
            credit.payment_term = None
        return credit

    def _collect_facts(self):
        facts = super()._collect_facts()
        if facts.kind == 'cancellation' and self.comment:
            facts.reason = self.comment
            facts.notes = [n for n in facts.notes if n.text != self.comment]
        return facts

    def _compute_taxes(self):
        for key, value in super()._compute_taxes():
            if (self.document_type == 'cancellation'
                    and self.corrected_invoice):
                self._mirror_tax(value)
            yield key, value

    def _mirror_tax(self, value):
        "Give back what was charged, whatever the tax is today"
        for tax in self.corrected_invoice.taxes:
            if (not tax.manual and tax.tax and tax.tax.id == int(value['tax'])
                    and tax.base == -value['base']):
                value['amount'] = -tax.amount

    @classmethod
    def credit(cls, invoices, refund=False, is_checked=False, **values):
        customer = [i for i in invoices if i.type == 'out']
        if refund and customer and not is_checked:
            cls.check_cancellation_access(customer)
            with without_check_access():
                for invoice in cls.browse(customer):
                    invoice._check_not_cancelled()
                    invoice._check_not_credited()
        return super().credit(invoices, refund=refund, **values)

    @classmethod
    @ModelView.button
    @Workflow.transition('cancelled')
    def cancel(cls, invoices):
        for invoice in invoices:
            if (invoice.is_issued and invoice.sent_state == 'sent'
                    and not invoice.cancel_move):
                raise InvoiceCancellationError(gettext(
                        'shop_invoicing.msg_invoice_cancellation_move',
                        invoice=invoice.rec_name))
        super().cancel(invoices)

    def check_move_cancellation(self):
        super().check_move_cancellation()
        if self.is_issued and self.sent_state == 'sent':
            raise InvoiceCancellationError(gettext(
                    'shop_invoicing.msg_invoice_cancellation_move',
                    invoice=self.rec_name))

    @classmethod
    def _make_billable(cls, invoices):
        "Let the lines of the orders be invoiced again"
        Sale = Pool().get('sale.sale')
        sales = set()
        for invoice in invoices:
            billed = invoice._billed_sales
            Sale.write(billed, {
                    'invoices_recreated': [('add', [invoice.id])],
                    })
            sales.update(billed)
        if sales:
            with Transaction().set_context(queue_batch=True):
                Sale.__queue__.process(list(sales))

    @classmethod
    @ModelView.button
    def make_billable_again(cls, invoices):
        cls.check_cancellation_access(invoices)
        with without_check_access():
            invoices = cls.browse(invoices)
            cls._make_billable([i for i in invoices if i.can_make_billable])


class Sale(metaclass=PoolMeta):
    __name__ = 'sale.sale'

    @classmethod
    @ModelView.button
    @Workflow.transition('cancelled')
    def cancel(cls, sales):
        for sale in sales:
            sale._warn_about_invoices()
        super().cancel(sales)

    @without_check_access
    def _warn_about_invoices(self):
        "Say that what was issued for the order stays"
        Warning = Pool().get('res.user.warning')
        invoices = [
            i for i in self.invoices
            if i.is_issued and i.state != 'cancelled']
        if not invoices:
            return
        key = Warning.format('invoice_cancellation', [self])
        if Warning.check(key):
            raise InvoiceCancellationWarning(key, gettext(
                    'shop_invoicing.msg_invoice_cancellation_order',
                    sale=self.rec_name,
                    invoices=", ".join(i.rec_name for i in invoices)))
