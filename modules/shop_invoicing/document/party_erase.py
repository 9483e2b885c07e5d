# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from trytond.pool import Pool, PoolMeta


class Erase(metaclass=PoolMeta):
    __name__ = 'party.erase'

    def to_erase(self, party_id):
        pool = Pool()
        Invoice = pool.get('account.invoice')
        Party = pool.get('party.party')
        return super().to_erase(party_id) + [
            (Party, [('id', '=', party_id)], False,
                ['electronic_address_scheme', 'electronic_address'],
                [None, None]),
            (Invoice, [('party', '=', party_id)], False,
                ['electronic_invoice_missing'],
                [None]),
            ]
