# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Seal again what names another party, because two were one."""
from trytond.pool import Pool, PoolMeta
from trytond.transaction import without_check_access

_AT_ONCE = 500


class Replace(metaclass=PoolMeta):
    __name__ = 'party.replace'

    @without_check_access
    def transition_replace(self):
        Invoice = Pool().get('account.invoice')
        intact = Invoice._find_intact(self.ask.source)
        result = super().transition_replace()
        for start in range(0, len(intact), _AT_ONCE):
            Invoice._seal(
                'party_replaced',
                Invoice.browse(intact[start:start + _AT_ONCE]))
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
                    ['OR',
                        ('party', '=', party.id),
                        ('move.lines.party', '=', party.id),
                        ],
                    ])]
        intact = []
        for start in range(0, len(ids), _AT_ONCE):
            seals = Seal.find_facts([
                    f'{cls.__name__},{id_}'
                    for id_ in ids[start:start + _AT_ONCE]])
            facts = cls._get_seal_facts([s.origin.id for s in seals])
            intact += [
                s.origin.id for s in seals
                if facts.get(s.origin.id) == (s.digest, s.detail_digest)]
        return intact
