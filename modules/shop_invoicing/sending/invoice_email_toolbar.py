# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Leave one way to send an issued document: the one that is tracked.

What Tryton sends from the toolbar is noted even if the server refuses it.
"""
from trytond.i18n import gettext
from trytond.pool import Pool, PoolMeta
from trytond.transaction import without_check_access

from ..exceptions import InvoiceEmailError
from ..invoice.document_type import DOCUMENT_TYPES


class Invoice(metaclass=PoolMeta):
    __name__ = 'account.invoice'

    @classmethod
    def view_toolbar_get(cls):
        toolbar = super().view_toolbar_get()
        tracked = cls._get_tracked_templates()
        return toolbar | {
            'emails': [e for e in toolbar['emails'] if e['id'] not in tracked],
            }

    @classmethod
    def _get_tracked_templates(cls):
        "Return the ids of the templates that Send uses"
        ModelData = Pool().get('ir.model.data')
        ids = set()
        for type_, _ in DOCUMENT_TYPES:
            try:
                ids.add(ModelData.get_id(
                        'shop_invoicing', f'email_template_{type_}'))
            except KeyError:
                # An administrator has deleted it
                pass
        return ids


class ToolbarEmail(metaclass=PoolMeta):
    __name__ = 'ir.email'

    @classmethod
    def send(cls, to='', cc='', bcc='', subject='', body='',
            files=None, record=None, reports=None, attachments=None):
        if record and record[0] == 'account.invoice':
            cls._check_tracked(record[1], reports or [])
        return super().send(
            to=to, cc=cc, bcc=bcc, subject=subject, body=body, files=files,
            record=record, reports=reports, attachments=attachments)

    @classmethod
    @without_check_access
    def _check_tracked(cls, id_, reports):
        "Raise if the document of the issued invoice is among the reports"
        pool = Pool()
        Button = pool.get('ir.model.button')
        invoice = pool.get('account.invoice')(id_)
        names = {
            r.report_name
            for r in pool.get('ir.action.report').browse(reports)}
        if invoice.is_issued and 'account.invoice' in names:
            button, = Button.search([
                    ('model', '=', 'account.invoice'),
                    ('name', '=', 'send'),
                    ])
            raise InvoiceEmailError(gettext(
                    'shop_invoicing.msg_invoice_email_toolbar',
                    invoice=invoice.rec_name,
                    send=button.string))
