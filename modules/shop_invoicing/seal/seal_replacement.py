# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Seal again what names another party, because two were one.

Tryton replaces no party of a posted move.  It replaces that of a document
whose move does not name it: if another one pays, or if the account does not
ask for a party.
"""
from trytond.pool import Pool, PoolMeta
from trytond.tools import grouped_slice
from trytond.transaction import without_check_access

_AT_ONCE = 500


class Replace(metaclass=PoolMeta):
    __name__ = 'party.replace'

    @without_check_access
    def transition_replace(self):
        Invoice = Pool().get('account.invoice')
        intact = Invoice._find_intact(self.ask.source)
        result = super().transition_replace()
        for ids in grouped_slice(intact, _AT_ONCE):
            Invoice._seal('party_replaced', Invoice.browse(ids))
        return result


class Invoice(metaclass=PoolMeta):
    __name__ = 'account.invoice'

    @classmethod
    def _find_intact(cls, party):
        "Return the ids of the sealed documents of the party as sealed"
        Seal = Pool().get('account.invoice.seal')
        ids = [i.id for i in cls.search([
                    ('type', '=', 'out'),
                    ('number', '!=', None),
                    ('party', '=', party.id),
                    ])]
        intact = []
        for sub_ids in grouped_slice(ids, _AT_ONCE):
            seals = Seal.find_facts([
                    f'{cls.__name__},{id_}' for id_ in sub_ids])
            facts = {
                version: cls._get_seal_facts(
                    [s.origin.id for s in seals], version=version)
                for version in {s.version for s in seals}}
            intact += [
                s.origin.id for s in seals
                if facts[s.version].get(s.origin.id) == (
                    s.digest, s.detail_digest)]
        return intact
