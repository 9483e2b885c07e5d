# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from trytond.pool import Pool, PoolMeta


class Erase(metaclass=PoolMeta):
    __name__ = 'party.erase'

    def to_erase(self, party_id):
        PrintData = Pool().get('sale.line.print_data')
        return super().to_erase(party_id) + [
            (PrintData, [('line.sale.party', '=', party_id)], True,
                ['name', 'digest'],
                [None, None]),
            ]

    def transition_erase(self):
        PrintData = Pool().get('sale.line.print_data')
        state = super().transition_erase()
        PrintData.drop_erased()
        return state
