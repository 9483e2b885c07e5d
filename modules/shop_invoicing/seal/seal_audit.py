# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
import datetime as dt

from sql import Column, Literal

from trytond.i18n import gettext
from trytond.model import ModelSQL, ModelView, fields
from trytond.model.exceptions import AccessError
from trytond.pool import Pool
from trytond.tools import grouped_slice
from trytond.transaction import Transaction, without_check_access

from ..invoice.protection import ProtectedMixin
from .seal import get_keys
from .seal_chain import Chain, format_mark

_AT_ONCE = 100


class Audit(ProtectedMixin, ModelSQL, ModelView):
    __name__ = 'account.invoice.seal.audit'

    company = fields.Many2One(
        'company.company', "Company", required=True, readonly=True)
    checked_at = fields.DateTime("Checked at", required=True, readonly=True)
    documents = fields.Boolean(
        "Stored Documents", readonly=True,
        help="Whether the stored documents were read, too.")
    seals = fields.Integer(
        "Seals", readonly=True, help="How many seals were checked.")
    erased = fields.Integer(
        "Erased Messages", readonly=True,
        help="How many of the sealed messages have no texts any more, because "
        "their customers were erased.")
    last_seal = fields.Char(
        "Last Seal", readonly=True,
        help="Position and beginning of the last seal.")
    faults = fields.One2Many(
        'account.invoice.seal.fault', 'audit', "Faults", readonly=True)

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._order = [('id', 'DESC')]

    @classmethod
    def check_modification(cls, mode, audits, values=None, external=False):
        super().check_modification(
            mode, audits, values=values, external=external)
        if external:
            raise AccessError(gettext('shop_invoicing.msg_seal_audit_by_hand'))

    @classmethod
    @without_check_access
    def check_seals(cls, company, documents=True):
        """Compare everything that is sealed with its seals; return the audit.

        What it finds replaces what the last one has found, and the memory
        that it needs does not grow with the chain.
        """
        Fault = Pool().get('account.invoice.seal.fault')
        Fault.delete(Fault.search([('company', '=', company.id)]))
        audit, = cls.create([{
                    'company': company.id,
                    'checked_at': dt.datetime.now().replace(microsecond=0),
                    'documents': documents,
                    }])
        audit._check_chain()
        audit._check_registers()
        return audit

    @classmethod
    def check_all_seals(cls):
        "Check the seals of all companies"
        Company = Pool().get('company.company')
        for company in Company.search([]):
            cls.check_seals(company)

    def _check_chain(self):
        "Check the seals and what they are about, batch by batch"
        Seal = Pool().get('account.invoice.seal')
        chain, self.seals, self.erased = Chain(get_keys()), 0, 0
        for batch in Seal.iter_entries(self.company):
            self._note([*chain.follow(batch), *self.compare(batch)])
            self.seals += len(batch)
        if chain.seal:
            self.last_seal = format_mark(chain.position, chain.seal)
        self.save()

    def compare(self, entries):
        "Yield kinds of faults and entries where something is not as sealed"
        for kinds, find in self._get_checks():
            yield from find([e for e in entries if e.kind in kinds])

    def _get_checks(self):
        "Return the kinds of seals and what compares their entries"
        return [
            ({'issued', 'booked', 'party_replaced'}, self._compare_documents),
            ({'document'}, self._compare_files),
            ({'sent'}, self._compare_messages),
            ({'range_changed'}, self._compare_range_changes),
            ]

    def _compare_documents(self, batch):
        "Compare the documents with the last seals of their facts"
        Invoice = Pool().get('account.invoice')
        again = self._find_last_facts(batch)
        batch = [
            e for e in batch
            if e.position == again.get(e.origin, e.position)]
        facts = _read_facts(Invoice, batch)
        for entry in batch:
            current = facts.get(entry.position)
            if not current:
                yield 'missing', entry
            elif current != (entry.digest, entry.detail_digest):
                yield 'changed', entry

    @staticmethod
    def _find_last_facts(batch):
        """Return the last positions of what was sealed again, by origin.

        What was posted after it had got its number is sealed again.
        """
        Seal = Pool().get('account.invoice.seal')
        return Seal.find_last(
            [e.origin for e in batch], ['booked', 'party_replaced'])

    def _compare_files(self, batch):
        Invoice = Pool().get('account.invoice')
        if not self.documents:
            return
        for sub in grouped_slice(batch, _AT_ONCE):
            entries = list(sub)
            files = Invoice._get_document_digests(list(map(_get_id, entries)))
            for entry in entries:
                if files.get(_get_id(entry)) != (
                        entry.digest, entry.detail_digest):
                    yield 'document_changed', entry

    def _compare_messages(self, batch):
        Email = Pool().get('account.invoice.email')
        ids = list(map(_get_id, batch))
        facts, erased = _read_facts(Email, batch), Email._find_erased(ids)
        for entry in batch:
            current = facts.get(entry.position)
            if not current:
                yield 'missing', entry
            elif current == (entry.digest, entry.detail_digest):
                continue
            elif _get_id(entry) in erased and current[0] == entry.digest:
                self.erased += 1
            else:
                yield 'changed', entry

    def _compare_range_changes(self, batch):
        Change = Pool().get('account.invoice.number_range.change')
        facts = _read_facts(Change, batch)
        for entry in batch:
            current = facts.get(entry.position)
            if current != entry.digest:
                yield 'changed' if current else 'missing', entry

    def _note(self, found):
        "Note what is wrong at the entries"
        pool = Pool()
        Fault = pool.get('account.invoice.seal.fault')
        Invoice = pool.get('account.invoice')
        Range = pool.get('account.invoice.number_range')
        Seal = pool.get('account.invoice.seal')
        if not found:
            return
        seals = {s.position: s for s in Seal.search([
                    ('company', '=', self.company.id),
                    ('position', 'in', [e.position for _, e in found]),
                    ])}
        ids = {
            e.position: _get_id(e) for _, e in found
            if e.origin and e.origin.startswith(f'{Invoice.__name__},')}
        existing = {i.id for i in Invoice.search([
                    ('id', 'in', list(ids.values())),
                    ])}
        ranges = {r.id for r in Range.search([])}
        Fault.create([{
                    'audit': self.id,
                    'company': self.company.id,
                    'kind': kind,
                    'seal': seals[entry.position].id,
                    'position': entry.position,
                    'invoice': (
                        ids[entry.position]
                        if ids.get(entry.position) in existing else None),
                    'number_range': (
                        entry.number_range
                        if entry.number_range in ranges else None),
                    'range_number': entry.range_number,
                    'name': entry.name,
                    } for kind, entry in found])

    def _check_registers(self):
        "Look for what has no seal, and for what does not fit together"
        Fault = Pool().get('account.invoice.seal.fault')
        cursor = Transaction().connection.cursor()
        fault = Fault.__table__()
        names = [
            'kind', 'position', 'invoice', 'number_range', 'range_number',
            'name']
        columns = [
            Column(fault, name) for name in ['audit', 'company', *names]]
        for query in self._get_queries():
            cursor.execute(*fault.insert(columns, query.select(
                        Literal(self.id), Literal(self.company.id),
                        *(Column(query, name) for name in names))))

    def _get_queries(self):
        """Return the queries of what is wrong beside the seals.

        Each has the columns kind, position, invoice, number_range,
        range_number and name.
        """
        return []


def _get_id(entry):
    "Return the id of what is sealed"
    return int(entry.origin.partition(',')[2])


def _read_facts(Model, entries):
    """Return what is sealed of the entries, by their positions.

    It is read as the version of each one wrote it down.  Who does not exist
    is not there.
    """
    found = {}
    for version in {e.version for e in entries}:
        sealed = {
            e.position: _get_id(e) for e in entries if e.version == version}
        facts = Model._get_seal_facts(list(sealed.values()), version=version)
        found.update(
            (position, facts[id_]) for position, id_ in sealed.items()
            if id_ in facts)
    return found
