# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
import hashlib
import html
import mimetypes
import re
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, getaddresses, parseaddr

import lxml.html

import trytond.config as config
from trytond.i18n import gettext
from trytond.pool import Pool, PoolMeta
from trytond.report import html_to_text
from trytond.tools.email_ import set_from_header
from trytond.transaction import Transaction

from ..exceptions import InvoiceEmailError

_PAGE = """<!DOCTYPE html>
<html lang="%(language)s">
<head><meta charset="utf-8"/><title>%(subject)s</title></head>
<body>%(body)s</body>
</html>"""


class Email(metaclass=PoolMeta):
    __name__ = 'account.invoice.email'

    def _compose(self):
        """Set the recipients and the text.

        What a recipient has got already is not changed any more.
        """
        invoice = self.invoices[-1]
        recipients, copies = invoice.find_recipients()
        self.recipients = ', '.join(map(str, recipients)) or None
        self.copies = ', '.join(map(str, copies)) or None
        self.refused = '\n'.join(invoice.find_invalid_copies()) or None
        if not self.accepted:
            language = invoice.email_language
            with Transaction().set_context(
                    language=language.code, company=self.company.id):
                values = self._find_template(invoice).get(invoice.id)
            self.subject = ' '.join((values.get('subject') or '').split())
            self.body = values.get('body')

    @classmethod
    def _find_template(cls, invoice):
        "Return the template of the kind of document"
        pool = Pool()
        ModelData = pool.get('ir.model.data')
        Template = pool.get('ir.email.template')
        name = f'email_template_{invoice.expected_document_type}'
        try:
            template, = Template.search([
                    ('id', '=', ModelData.get_id(
                            'shop_invoicing', name)),
                    ])
        except (KeyError, ValueError) as error:
            raise InvoiceEmailError(gettext(
                    'shop_invoicing.msg_invoice_email_template',
                    invoice=invoice.rec_name)) from error
        return template

    def build(self):
        "Return the message and the digests of what is attached to it"
        message = EmailMessage()
        message['Message-ID'] = self.message_id
        message['Date'] = format_datetime(self.queued_at)
        self._set_sender(message)
        for header, text in [('To', self.recipients), ('Cc', self.copies)]:
            if text:
                message[header] = _parse(text)
        message['Subject'] = self.subject
        page = _PAGE % {
            'language': self.invoices[-1].email_language.code,
            'subject': html.escape(self.subject),
            'body': self.body or '',
            }
        message.set_content(to_text(self.body or ''))
        message.add_alternative(page, subtype='html')
        digests = []
        for name, data in self._find_documents():
            type_ = mimetypes.guess_type(name)[0] or 'application/octet-stream'
            maintype, subtype = type_.split('/', 1)
            message.add_attachment(
                data, maintype=maintype, subtype=subtype, filename=name)
            digests.append(hashlib.sha256(data).hexdigest())
        return message, digests

    def _set_sender(self, message):
        with Transaction().set_context(company=self.company.id):
            party = self.company.party
            contact = party.contact_mechanism_get('email', usage='invoice')
            sender = config.get('email', 'from')
            name = ' '.join(party.name.split())
            from_ = sender
            if contact:
                from_ = str(Address(name, addr_spec=contact.value))
        set_from_header(message, sender, from_)

    @property
    def envelope_sender(self):
        return parseaddr(config.get('email', 'from'))[1]

    def _find_documents(self):
        "Return the name and the content of each document, which are frozen"
        pool = Pool()
        Invoice = pool.get('account.invoice')
        Report = pool.get('account.invoice', type='report')
        documents = []
        with Transaction().set_context(company=self.company.id):
            Invoice.freeze_document(list(self.invoices))
            for invoice in self.invoices:
                extension, data, _, name = Report.execute([invoice.id], {})
                documents.append((f'{name}.{extension}', bytes(data)))
        return documents

    @property
    def pending(self):
        "The addresses for which the server has given no final answer"
        done = set(_lines(self.accepted)) | set(_lines(self.refused))
        texts = [t for t in [self.recipients, self.copies] if t]
        return [a.addr_spec for a in _parse(*texts) if a.addr_spec not in done]

    @property
    def is_refused(self):
        "Whether the billing contact does not get the message"
        return any(
            a.addr_spec in _lines(self.refused)
            for a in _parse(self.recipients or ''))


def to_text(body):
    """Return the body for those who read no HTML.

    Tryton's own html_to_text gives nothing without the library html2text.
    """
    if text := html_to_text(body):
        return text
    root = lxml.html.fromstring(f'<div>{body}</div>')
    for element in root.iter('br', 'p', 'div', 'li', 'tr'):
        mark = '\n\n' if element.tag == 'p' else '\n'
        element.tail = mark + (element.tail or '')
    lines = (line.strip() for line in root.text_content().splitlines())
    return re.sub('\n{3,}', '\n\n', '\n'.join(lines)).strip() + '\n'


def _parse(*texts):
    return [
        Address(name, addr_spec=address)
        for name, address in getaddresses(texts)]


def _lines(text):
    return (text or '').splitlines()
