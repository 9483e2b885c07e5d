# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""What is sealed of each record, and when it happens."""
import hashlib

from trytond.model import fields
from trytond.pool import Pool, PoolMeta
from trytond.pyson import Eval
from trytond.tools import grouped_slice
from trytond.transaction import Transaction, without_check_access

from ..document.facts import Mark
from ..document.facts_json import to_json
from ..numbering import posting_turn
from ..sending.party_erase import ERASED
from . import seal_content
from .seal_chain import VERSION, digest, format_mark

# The documents whose content is read at once
_AT_ONCE = 20


class Invoice(metaclass=PoolMeta):
    __name__ = 'account.invoice'

    seal_mark = fields.Function(
        fields.Char(
            "Seal",
            states={
                'invisible': ~Eval('seal_mark'),
                },
            help="The position of the seal of the document, and what it "
            "begins with."),
        'get_seal_mark')

    @classmethod
    @without_check_access
    def get_seal_mark(cls, invoices, name):
        Seal = Pool().get('account.invoice.seal')
        ids = [i.id for i in invoices if i.type == 'out' and i.number]
        seals = Seal.search([
                ('origin', 'in', [f'{cls.__name__},{id_}' for id_ in ids]),
                ('kind', '=', 'issued'),
                ]) if ids else []
        marks = {s.origin.id: format_mark(s.position, s.seal) for s in seals}
        return {i.id: marks.get(i.id) for i in invoices}

    @classmethod
    def _get_seal_facts(cls, ids, version=VERSION):
        """Return the digests of what documents state and of their postings.

        They are pairs by id: the second one is None without a posting.  Who
        does not exist is not there.
        """
        contents = seal_content.read(
            ids, 'document', 'booking', version=version)
        return {
            id_: (
                digest(document),
                digest(booking) if _has_move(booking) else None)
            for id_, (document, booking) in contents.items()}

    @classmethod
    def after_numbering(cls, invoices):
        super().after_numbering(invoices)
        cls._seal('issued', invoices)

    @classmethod
    def _post(cls, invoices):
        # Those that are numbered now are sealed together with their moves
        unbooked = [
            i for i in invoices if i.type == 'out' and i.number
            and not (i.move and i.move.state == 'posted')]
        super()._post(invoices)
        if unbooked:
            cls._seal('booked', cls.browse(unbooked))

    @classmethod
    @without_check_access
    def _seal(cls, kind, invoices, later=False):
        facts = cls._get_seal_facts([i.id for i in invoices])
        _append(invoices, lambda invoice: invoice._get_seal_values(
                kind, *facts[invoice.id], later=later))

    def _get_seal_values(self, kind, digest=None, detail=None, **values):
        if self.number_range:
            values['number_range'] = self.number_range.id
            values['range_number'] = self.range_number
        return {
            'kind': kind, 'origin': str(self), 'name': self.number,
            'digest': digest, 'detail_digest': detail, **values}

    @classmethod
    def on_write(cls, invoices, values):
        callbacks = super().on_write(invoices, values)
        if 'state' in values:
            cancels = values['state'] == 'cancelled'
            changed = [
                i for i in invoices if i.type == 'out' and i.number
                and (i.state == 'cancelled') != cancels]
            if changed:
                kind = 'cancelled' if cancels else 'reopened'
                callbacks.append(lambda: cls._seal_event(kind, changed))
        return callbacks

    @classmethod
    @without_check_access
    def _seal_event(cls, kind, invoices):
        "Seal that something has happened with those that have a seal"
        Seal = Pool().get('account.invoice.seal')
        sealed = Seal.find_sealed(map(str, invoices), ['issued'])
        invoices = [i for i in cls.browse(invoices) if str(i) in sealed]
        _append(invoices, lambda invoice: invoice._get_seal_values(kind))

    @classmethod
    def on_modification(cls, mode, invoices, field_names=None):
        super().on_modification(mode, invoices, field_names=field_names)
        if mode != 'delete' and 'invoice_report_cache' in (
                field_names or cls._fields):
            stored = [i for i in invoices if i.is_issued]
            if stored:
                # Who makes many documents keeps nobody from posting
                statements = cls._get_seal_statements()
                with Transaction().reset_context():
                    cls.__queue__.seal_document(stored, statements=statements)

    @staticmethod
    def _get_seal_statements():
        """Return what the document that is being printed states.

        It is JSON by the id of the invoice, as a text.
        """
        printed = Transaction().context.get('_document')
        return {
            str(printed.invoice): to_json(printed.facts, without=['marks']),
            } if printed and printed.facts else {}

    @classmethod
    @without_check_access
    def seal_document(cls, invoices, statements=None, later=False):
        """Seal the stored documents that are not sealed yet.

        statements are what they state as JSON, by their ids as texts.
        """
        statements = statements or {}
        Seal = Pool().get('account.invoice.seal')
        sealed = Seal.find_sealed(map(str, invoices), ['document'])
        invoices = [i for i in cls.browse(invoices) if str(i) not in sealed]
        files = cls._get_document_digests([i.id for i in invoices])
        invoices = [i for i in invoices if i.id in files]
        _append(invoices, lambda invoice: invoice._get_seal_values(
                'document', *files[invoice.id], later=later,
                statement=statements.get(str(invoice.id))))

    @classmethod
    def _get_document_digests(cls, ids):
        """Return the digests of the stored documents and of their formats.

        They are pairs by id; who has no document is not there.  The first one
        is the plain SHA-256 of the file.
        """
        names = ['invoice_report_cache', 'invoice_report_format']
        digests = {}
        for sub_ids in grouped_slice(ids, _AT_ONCE):
            for values in cls.read(_get_existing(cls, list(sub_ids)), names):
                if file := values['invoice_report_cache']:
                    digests[values['id']] = (
                        hashlib.sha256(file).hexdigest(),
                        digest([values['invoice_report_format']]))
        return digests

    def _collect_facts(self):
        facts = super()._collect_facts()
        if mark := self.seal_mark:
            label = self.__names__('seal_mark')['field']
            facts.marks.append(Mark(label, mark))
        return facts


class Email(metaclass=PoolMeta):
    __name__ = 'account.invoice.email'

    @classmethod
    def on_modification(cls, mode, emails, field_names=None):
        super().on_modification(mode, emails, field_names=field_names)
        if mode != 'delete' and 'state' in (field_names or cls._fields):
            sent = [e for e in emails if e.state == 'sent']
            if sent:
                cls.__queue__.seal_sending(sent)

    @classmethod
    @without_check_access
    def seal_sending(cls, emails, later=False):
        "Seal the sent messages that are not sealed yet"
        Seal = Pool().get('account.invoice.seal')
        sealed = Seal.find_sealed(map(str, emails), ['sent'])
        emails = [
            e for e in cls.browse(emails)
            if e.state == 'sent' and str(e) not in sealed]
        facts = cls._get_seal_facts([e.id for e in emails])
        _append(emails, lambda email: email._get_seal_values(
                *facts[email.id], later=later))

    def _get_seal_values(self, digest, detail, **values):
        return {
            'kind': 'sent', 'origin': str(self),
            'name': ", ".join(i.number for i in self.invoices if i.number),
            'digest': digest, 'detail_digest': detail, **values}

    @classmethod
    def _get_seal_facts(cls, ids, version=VERSION):
        "Return the digests of messages and of what can be erased of them"
        contents = seal_content.read(
            ids, 'message', 'message text', version=version)
        return {
            id_: (digest(message), digest(text))
            for id_, (message, text) in contents.items()}

    @classmethod
    def _find_erased(cls, ids):
        "Return those of the messages that were erased with the customer"
        return {
            values['id']
            for values in cls.read(_get_existing(cls, ids), ERASED)
            if not any(values[name] for name in ERASED)}


class Change(metaclass=PoolMeta):
    __name__ = 'account.invoice.number_range.change'

    @classmethod
    def on_modification(cls, mode, changes, field_names=None):
        super().on_modification(mode, changes, field_names=field_names)
        if mode == 'create':
            cls.seal_changes(changes)

    @classmethod
    @without_check_access
    def seal_changes(cls, changes, later=False):
        "Seal the changes of number ranges"
        facts = cls._get_seal_facts([c.id for c in changes])
        _append(
            changes, lambda change: change._get_seal_values(
                facts[change.id], later=later),
            get_owner=lambda change: change.range)

    def _get_seal_values(self, digest, **values):
        return {
            'kind': 'range_changed', 'origin': str(self),
            'name': self.range.rec_name, 'digest': digest, **values}

    @classmethod
    def _get_seal_facts(cls, ids, version=VERSION):
        "Return the digests of the changes by their ids"
        contents = seal_content.read(ids, 'range change', version=version)
        return {id_: digest(change) for id_, (change,) in contents.items()}


def _get_existing(Model, ids):
    return [r.id for r in Model.search([('id', 'in', ids)], order=[])]


def _has_move(booking):
    return any(text.startswith('2') for text in booking)


def _append(records, get_values, get_owner=lambda record: record):
    """Seal the records, each company in its turn.

    get_values returns what is sealed of a record, get_owner who has its
    company.
    """
    Seal = Pool().get('account.invoice.seal')
    grouped = {}
    for record in sorted(records, key=lambda r: get_owner(r).company.id):
        grouped.setdefault(get_owner(record).company, []).append(record)
    if grouped:
        posting_turn.take(*grouped)
    for company, sub_records in grouped.items():
        Seal.append(company, list(map(get_values, sub_records)))
