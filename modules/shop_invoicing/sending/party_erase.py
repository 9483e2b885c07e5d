# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from sql.conditionals import Case

from trytond.pool import Pool, PoolMeta

_WAITING = 'queued'
# What is erased with the customer
ERASED = [
    'recipients', 'copies', 'accepted', 'refused', 'subject', 'body', 'error',
    'note']


class Erase(metaclass=PoolMeta):
    __name__ = 'party.erase'

    def to_erase(self, party_id):
        pool = Pool()
        Email = pool.get('account.invoice.email')
        Invoice = pool.get('account.invoice')
        return super().to_erase(party_id) + [
            (Email, [
                    ['OR',
                        ('invoices.party', '=', party_id),
                        ('invoices.invoice_address.party', '=', party_id),
                        ]], True,
                [*ERASED, 'next_try', 'state'],
                [None] * len(ERASED) + [None, _give_up]),
            (Invoice, [('party', '=', party_id)], False,
                ['sent_state'],
                [_give_up]),
            ]


def _give_up(state):
    "Never send what waits, because its address is gone"
    return Case((state == _WAITING, 'failed'), else_=state)
