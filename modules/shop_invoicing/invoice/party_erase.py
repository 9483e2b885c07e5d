# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from trytond.pool import Pool, PoolMeta


class Erase(metaclass=PoolMeta):
    __name__ = 'party.erase'

    def to_erase(self, party_id):
        Change = Pool().get('party.party.permission_change')
        # The values are addresses, where they are about copies of invoices
        return super().to_erase(party_id) + [
            (Change, [('party', '=', party_id)], True,
                ['old_value', 'new_value'],
                [None, None]),
            ]
