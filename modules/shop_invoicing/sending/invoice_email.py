# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
import datetime as dt
from email.utils import make_msgid

from trytond.i18n import gettext
from trytond.model import Index, ModelSQL, ModelView, fields
from trytond.pool import Pool
from trytond.pyson import Eval, If
from trytond.transaction import Transaction
from trytond.url import host

from ..exceptions import InvoiceEmailError
from ..invoice.checked_search import checked_search
from ..invoice.company_date import to_local
from ..invoice.protection import ProtectedMixin

STATES = [
    ('queued', "Queued"),
    ('sending', "Sending"),
    ('sent', "Sent"),
    ('failed', "Failed"),
    ('unknown', "Unknown, Check"),
    ]
WAYS = [
    ('email', "E-Mail"),
    ('post', "Post"),
    ('hand', "By Hand"),
    ]


class Email(ProtectedMixin, ModelSQL, ModelView):
    __name__ = 'account.invoice.email'
    _rec_name = 'subject'

    company = fields.Many2One(
        'company.company', "Company", required=True, readonly=True)
    invoices = fields.Many2Many(
        'account.invoice.email-account.invoice', 'email', 'invoice',
        "Invoices", required=True, readonly=True,
        domain=[
            ('company', '=', Eval('company', -1)),
            ('type', '=', 'out'),
            ],
        help="The documents that the message carries.")
    party = fields.Function(
        fields.Many2One(
            'party.party', "Party",
            context={
                'company': Eval('company', -1),
                },
            depends={'company'}),
        'get_party', searcher='search_party')
    way = fields.Selection(
        WAYS, "Way", required=True, readonly=True, sort=False,
        help="How the documents reach the customer.")
    recipients = fields.Char(
        "To", readonly=True,
        states={
            'invisible': ~Eval('recipients'),
            },
        help="The billing contact of the customer.")
    copies = fields.Char(
        "CC", readonly=True,
        states={
            'invisible': ~Eval('copies'),
            },
        help="The contacts of the customer who get a copy.")
    accepted = fields.Text(
        "Accepted", readonly=True,
        states={
            'invisible': ~Eval('accepted'),
            },
        help="The addresses for which the mail server has taken the message.")
    refused = fields.Text(
        "Refused", readonly=True,
        states={
            'invisible': ~Eval('refused'),
            },
        help="The addresses that are not valid, or for which the mail server "
        "has refused the message for good.")
    subject = fields.Char("Subject", readonly=True)
    body = fields.Text(
        "Body", readonly=True,
        states={
            'invisible': ~Eval('body'),
            })
    message_id = fields.Char(
        "Message-ID", readonly=True,
        states={
            'invisible': ~Eval('message_id'),
            },
        help="The identifier of the message, which stays the same in every "
        "try.")
    document_digest = fields.Char(
        "Document SHA-256", readonly=True,
        states={
            'invisible': ~Eval('document_digest'),
            },
        help="The SHA-256 of each attached document, in the order of the "
        "attachments.")
    queued_at = fields.DateTime(
        "Queued at", readonly=True,
        states={
            'invisible': ~Eval('queued_at'),
            })
    queued_by = fields.Many2One(
        'res.user', "Queued by", readonly=True,
        states={
            'invisible': ~Eval('queued_by'),
            })
    sending_since = fields.DateTime(
        "Sending since", readonly=True,
        states={
            'invisible': ~Eval('state').in_(['sending', 'unknown']),
            })
    tries = fields.Integer("Tries", required=True, readonly=True)
    tries_before = fields.Integer("Tries before", readonly=True)
    next_try = fields.DateTime(
        "Next Try", readonly=True,
        states={
            'invisible': Eval('state') != 'queued',
            })
    error = fields.Text(
        "Error", readonly=True,
        states={
            'invisible': ~Eval('error'),
            },
        help="What the mail server has answered.")
    sent_at = fields.DateTime(
        "Sent at", readonly=True,
        states={
            'invisible': ~Eval('sent_at'),
            })
    marked_by = fields.Many2One(
        'res.user', "Marked by", readonly=True,
        states={
            'invisible': ~Eval('marked_by'),
            },
        help="Who has marked the message as sent.")
    note = fields.Text(
        "Note", readonly=True,
        states={
            'invisible': ~Eval('note'),
            })
    state = fields.Selection(
        STATES, "State", required=True, readonly=True, sort=False)

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_indexes.update({
                Index(
                    t,
                    (t.state, Index.Equality(cardinality='low')),
                    (t.next_try, Index.Range()),
                    where=t.state.in_(
                        ['queued', 'sending', 'failed', 'unknown'])),
                Index(
                    t,
                    (t.company, Index.Range()),
                    (t.id, Index.Range(order='DESC'))),
                })
        cls._order.insert(0, ('id', 'DESC'))
        carried = list(cls._get_carriers())
        cls._buttons.update({
                'retry': {
                    'invisible': ~Eval('state').in_(['queued', 'failed']),
                    'depends': ['state'],
                    },
                'send_again': {
                    'invisible': (
                        ~Eval('state').in_(['sent', 'unknown'])
                        | ~Eval('way').in_(carried)),
                    'depends': ['state', 'way'],
                    },
                'mark_as_sent': {
                    'invisible': ~Eval('state').in_(
                        ['queued', 'failed', 'unknown']),
                    'depends': ['state'],
                    },
                })

    @classmethod
    def default_way(cls):
        return 'email'

    @classmethod
    def default_tries(cls):
        return 0

    @classmethod
    def default_state(cls):
        return 'queued'

    @classmethod
    def _get_carriers(cls):
        """Return what makes the carrier of the messages, by their way.

        What goes by another way is sent by somebody, who marks it as sent.
        """
        return {}

    @classmethod
    def validate_fields(cls, emails, field_names):
        super().validate_fields(emails, field_names)
        if 'invoices' in field_names:
            for email in emails:
                email.check_party()

    def check_party(self):
        "Raise if the documents are not those of one customer"
        first, *others = self.invoices
        for invoice in others:
            if invoice.party != first.party:
                raise InvoiceEmailError(gettext(
                        'shop_invoicing.msg_invoice_email_party',
                        invoice=invoice.rec_name,
                        party=invoice.party.rec_name,
                        other=first.party.rec_name))

    def get_party(self, name):
        return self.invoices[0].party.id if self.invoices else None

    @classmethod
    @checked_search
    def search_party(cls, name, clause):
        if clause[1] in {'where', 'not where'}:
            return [('invoices', 'where', [clause])]
        return [('invoices.' + clause[0], *clause[1:])]

    def get_rec_name(self, name):
        return self.subject or ", ".join(i.rec_name for i in self.invoices)

    @classmethod
    @checked_search
    def search_rec_name(cls, name, clause):
        operator = clause[1]
        bool_op = 'AND' if operator.startswith(('!', 'not ')) else 'OR'
        return [bool_op,
            ('subject', *clause[1:]),
            ('recipients', *clause[1:]),
            ('invoices.rec_name', *clause[1:]),
            ]

    @classmethod
    def view_attributes(cls):
        return super().view_attributes() + [
            ('/tree', 'visual', _visual()),
            ]

    @property
    def sent_on(self):
        "The day of the company on which the message was sent"
        return to_local(self.sent_at, self.company).date()

    @classmethod
    def start(cls, *invoices):
        "Return a new message that carries the invoices"
        return cls(
            company=invoices[0].company, invoices=invoices,
            way=cls._choose_way(invoices),
            accepted=None, message_id=None, queued_at=None, queued_by=None,
            tries=0, state='queued')

    @classmethod
    def _choose_way(cls, invoices):
        "Return the way by which a new message goes"
        return cls.default_way()

    @classmethod
    def queue(cls, emails):
        "Make the messages wait for their turn, from now on"
        now = dt.datetime.now().replace(microsecond=0)
        for email in emails:
            email.state = 'queued'
            email.queued_at = email.queued_at or now
            email.queued_by = email.queued_by or Transaction().user or None
            email.message_id = email.message_id or make_msgid(domain=host())
            email.next_try = now
            email.tries_before = email.tries
            email.sending_since = None
            email._compose()
        cls.save(emails)
        cls._show_state(emails)
        cls._enqueue(emails)

    @classmethod
    def _enqueue(cls, emails):
        with Transaction().set_context(queue_batch=True):
            cls.__queue__.process(emails)

    @classmethod
    def _show_state(cls, emails):
        "Let the invoices of the messages show their state"
        Invoice = Pool().get('account.invoice')
        to_write = []
        for email in emails:
            state = 'queued' if email.state == 'sending' else email.state
            invoices = [i for i in email.invoices if i.sent_state != state]
            if invoices:
                to_write += [invoices, {'sent_state': state}]
        if to_write:
            Invoice.write(*to_write)

    @classmethod
    @ModelView.button
    def retry(cls, emails):
        for email in emails:
            if email.state not in {'queued', 'failed'}:
                raise InvoiceEmailError(gettext(
                        'shop_invoicing.msg_invoice_email_retry',
                        email=email.rec_name))
        cls.queue(emails)

    @classmethod
    @ModelView.button
    def send_again(cls, emails):
        unknown = [e for e in emails if e.state == 'unknown']
        carriers = cls._get_carriers()
        sent = [e for e in emails if e.state == 'sent' and e.way in carriers]
        if len(unknown) + len(sent) != len(emails):
            raise InvoiceEmailError(gettext(
                    'shop_invoicing.msg_invoice_email_send_again',
                    email=next(
                        e for e in emails if e not in unknown + sent
                        ).rec_name))
        cls.queue(unknown + [
                cls.start(*e.invoices) for e in sent])

    @classmethod
    @ModelView.button_action('shop_invoicing.wizard_invoice_email_mark')
    def mark_as_sent(cls, emails):
        pass

    def _check_sent_at(self, sent_at):
        Lang = Pool().get('ir.lang')
        now = dt.datetime.now()
        for invoice in self.invoices:
            date = to_local(sent_at, invoice.company).date()
            today = to_local(now, invoice.company).date()
            # A company may allow invoices of the next days
            if sent_at > now or date < min(invoice.invoice_date, today):
                lang = Lang.get()
                raise InvoiceEmailError(gettext(
                        'shop_invoicing.msg_invoice_email_mark_date',
                        invoice=invoice.rec_name,
                        date=lang.strftime(date),
                        invoice_date=lang.strftime(invoice.invoice_date),
                        today=lang.strftime(today)))

    @classmethod
    def note_as_sent(cls, emails, way, sent_at, note=None):
        """Note that somebody has seen to it that the documents are sent.

        The time is in UTC.  Raise InvoiceEmailError if it lies in the future
        or before the day of a document.
        """
        for email in emails:
            email._check_sent_at(sent_at)
            if email.state in {'sending', 'sent'}:
                raise InvoiceEmailError(gettext(
                        'shop_invoicing.msg_invoice_email_mark',
                        email=email.rec_name))
            email.way = way
            email.sent_at = sent_at
            email.note = note
            email.marked_by = Transaction().user or None
            email.state = 'sent'
        cls.save(emails)
        cls._show_state(emails)


def _visual():
    return If(
        Eval('state').in_(['failed', 'unknown']), 'danger',
        If(((Eval('state') == 'queued') & Eval('error'))
            | ((Eval('state') == 'sent') & Eval('refused')),
            'warning', ''))


class EmailInvoice(ModelSQL):
    __name__ = 'account.invoice.email-account.invoice'

    email = fields.Many2One(
        'account.invoice.email', "E-Mail", required=True, ondelete='CASCADE')
    invoice = fields.Many2One(
        'account.invoice', "Invoice", required=True, ondelete='RESTRICT')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.__access__.add('email')
