# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"Naming the characters that cannot be printed before an invoice is posted"
import dataclasses

from trytond.i18n import gettext
from trytond.model import ModelView, Workflow
from trytond.pool import Pool, PoolMeta
from trytond.transaction import Transaction, without_check_access

from ..exceptions import InvoiceDocumentWarning
from .typst_pdf import LibraryError, find_missing_characters


class Invoice(metaclass=PoolMeta):
    __name__ = 'account.invoice'

    @classmethod
    @ModelView.button
    @Workflow.transition('posted')
    def post(cls, invoices):
        cls.check_characters(invoices)
        super().post(invoices)

    @classmethod
    @without_check_access
    def check_characters(cls, invoices):
        "Warn about what is printed as codes because no font has it"
        for invoice in cls._get_seen_drafts(invoices):
            invoice._check_characters()

    @classmethod
    def _get_seen_drafts(cls, invoices):
        """Return the customer drafts about which a user can be warned.

        Who posts without a user looking at it says so by the context
        _document_unseen.
        """
        if Transaction().context.get('_document_unseen'):
            return []
        return [
            invoice for invoice in cls.browse(invoices)
            if invoice.type == 'out' and not invoice.is_issued]

    def _check_characters(self):
        Warning = Pool().get('res.user.warning')
        texts = self._find_unprintable_texts()
        if not texts:
            return
        key = Warning.format('invoice_document_characters', [self])
        if Warning.check(key):
            raise InvoiceDocumentWarning(key, gettext(
                    'shop_invoicing.msg_invoice_document_characters',
                    invoice=self.rec_name,
                    texts='; '.join(
                        f'{" ".join(characters)}: {text}'
                        for text, characters in texts.items())))

    def _find_unprintable_texts(self):
        "Return the texts, with those of their characters that no font has"
        # Facts take longer than a look at what people type
        if not _find(self._get_typed_text()):
            return {}
        facts, = self.collect_facts([self])
        texts = dict.fromkeys(_find_texts(dataclasses.asdict(facts)))
        found = {text: _find(text) for text in texts}
        return {text: found[text] for text in texts if found[text]}

    def _get_typed_text(self):
        texts = [
            self.description, self.comment, self.reference,
            self.party.full_name, self.invoice_address.full_address]
        for line in self.lines:
            texts += [line.description, line.product_name]
        return '\n'.join(filter(None, texts))


def _find(text):
    try:
        return find_missing_characters(text)
    except LibraryError:
        # That is told when the document is made
        return ''


def _find_texts(value):
    "Yield the texts in dictionaries and lists"
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _find_texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _find_texts(item)
