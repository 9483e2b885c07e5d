# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from trytond.i18n import gettext
from trytond.model import Index, ModelView, fields
from trytond.pool import Pool, PoolMeta
from trytond.pyson import Eval, If

from ..exceptions import (
    InvoiceEmailError, InvoiceEmailRecipientError, InvoiceEmailWarning)
from ..invoice.document_type import ISSUED
from .invoice_email import STATES

_NOT_ISSUED = (
    (Eval('type') != 'out')
    | ~Eval('number')
    | ~Eval('state').in_(ISSUED))
_OPEN = ['not_sent', 'queued', 'failed', 'unknown']
ON_THE_WAY = ['queued', 'unknown', 'sent']


class Invoice(metaclass=PoolMeta):
    __name__ = 'account.invoice'

    sent_state = fields.Selection(
        [(None, ""), ('not_sent', "Not Sent")]
        + [s for s in STATES if s[0] != 'sending'], "Sending",
        readonly=True, sort=False,
        states={
            'invisible': _NOT_ISSUED,
            },
        help="Whether the document was sent to the customer.")
    emails = fields.Many2Many(
        'account.invoice.email-account.invoice', 'invoice', 'email',
        "E-Mails", readonly=True,
        states={
            'invisible': ~Eval('emails', []),
            },
        help="The messages by which the document was or will be sent.")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._check_modify_exclude |= {'sent_state', 'emails'}
        cls._sql_indexes.add(
            Index(
                t,
                (t.sent_state, Index.Equality(cardinality='low')),
                (t.id, Index.Range(order='DESC')),
                where=(t.type == 'out')
                & t.state.in_(ISSUED)
                & t.sent_state.in_(_OPEN)))
        cls._buttons.update({
                'send': {
                    'invisible': (
                        _NOT_ISSUED | Eval('sent_state').in_(ON_THE_WAY)),
                    'depends': ['type', 'number', 'state', 'sent_state'],
                    },
                'mark_as_sent': {
                    'invisible': _NOT_ISSUED | (Eval('sent_state') == 'sent'),
                    'depends': ['type', 'number', 'state', 'sent_state'],
                    },
                })

    @classmethod
    def default_sent_state(cls):
        return 'not_sent'

    @classmethod
    def view_attributes(cls):
        return super().view_attributes() + [
            ('/tree//field[@name="sent_state"]', 'visual',
                If(Eval('sent_state').in_(['failed', 'unknown']), 'danger',
                    '')),
            ]

    @property
    def can_be_sent(self):
        "Whether the document was issued and is neither sent nor on the way"
        return self.is_issued and self.sent_state not in ON_THE_WAY

    @property
    def last_email(self):
        return max(self.emails, key=lambda e: e.id, default=None)

    @classmethod
    def copy(cls, invoices, default=None):
        default = default.copy() if default is not None else {}
        default.setdefault('sent_state', 'not_sent')
        default.setdefault('emails')
        return super().copy(invoices, default=default)

    @classmethod
    def check_issued(cls, invoices):
        for invoice in invoices:
            if not invoice.is_issued:
                raise InvoiceEmailError(gettext(
                        'shop_invoicing.msg_invoice_email_issued',
                        invoice=invoice.rec_name))

    @classmethod
    @ModelView.button
    def send(cls, invoices):
        """Queue a message for each of the invoices.

        What is sent or on the way is not sent again.  Ask whether to send the
        others if there is nobody to send some of them to.
        """
        Email = Pool().get('account.invoice.email')
        cls.check_issued(invoices)
        emails = []
        for invoice in cls._find_sendable(invoices):
            email = invoice.last_email
            if not email or email.state != 'failed':
                email = Email.start(invoice)
            emails.append(email)
        Email.queue(emails)

    @classmethod
    def _find_sendable(cls, invoices):
        "Return those that can be sent and have somebody to send them to"
        sendable, refused = [], []
        for invoice in invoices:
            if invoice.can_be_sent:
                try:
                    invoice.find_recipients()
                    sendable.append(invoice)
                except InvoiceEmailRecipientError as error:
                    refused.append((invoice, error))
        if refused:
            cls._ask_for_others(refused, sendable)
        return sendable

    @staticmethod
    def _ask_for_others(refused, sendable):
        Warning = Pool().get('res.user.warning')
        if not sendable:
            raise refused[0][1]
        key = Warning.format(
            'invoice_email_recipient', [i for i, _ in refused])
        if Warning.check(key):
            names = [i.rec_name for i, _ in refused]
            raise InvoiceEmailWarning(key, gettext(
                    'shop_invoicing.msg_invoice_email_others',
                    invoices=", ".join(
                        names[:5] + (["…"] if len(names) > 5 else [])),
                    count=len(sendable)))

    @classmethod
    @ModelView.button_action('shop_invoicing.wizard_invoice_email_mark')
    def mark_as_sent(cls, invoices):
        pass

    @classmethod
    def note_as_sent(cls, invoices, way, sent_at, note=None):
        "Note that somebody has seen to it that the documents are sent"
        Email = Pool().get('account.invoice.email')
        cls.check_issued(invoices)
        emails = []
        for invoice in invoices:
            if invoice.sent_state == 'sent':
                continue
            email = invoice.last_email
            if not email or email.state == 'sent':
                email = Email.start(invoice)
            emails.append(email)
        Email.note_as_sent(list(dict.fromkeys(emails)), way, sent_at, note)
