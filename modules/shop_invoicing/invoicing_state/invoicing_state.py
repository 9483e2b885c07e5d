# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from trytond.model import fields
from trytond.pool import PoolMeta
from trytond.tools.domain_inversion import eval_domain

from ..invoice.checked_search import checked_search

_IN_REVIEW = ['draft', 'validated']
_CLOSED = ['posted', 'paid']
_DOMAINS = {
    'none': ['OR',
        ('type', '!=', 'line'),
        ('invoice.state', '=', 'cancelled'),
        ],
    'awaiting_invoicing': [
        ('type', '=', 'line'),
        ['OR',
            ('invoice', '=', None),
            ('invoice.state', 'in', _IN_REVIEW),
            ],
        ],
    'closed': [
        ('type', '=', 'line'),
        ('invoice.state', 'in', _CLOSED),
        ],
    }


class InvoiceLine(metaclass=PoolMeta):
    __name__ = 'account.invoice.line'

    invoicing_state = fields.Function(
        fields.Selection([
                ('none', "None"),
                ('awaiting_invoicing', "Awaiting Invoicing"),
                ('closed', "Closed"),
                ], "Invoicing State", sort=False,
            help="A line awaits invoicing while its invoice is in review, and "
            "is closed when that awaits payment."),
        'get_invoicing_state', searcher='search_invoicing_state')

    def get_invoicing_state(self, name):
        state = self.invoice.state if self.invoice else 'draft'
        if self.type != 'line' or state == 'cancelled':
            return 'none'
        return 'closed' if state in _CLOSED else 'awaiting_invoicing'

    @classmethod
    @checked_search
    def search_invoicing_state(cls, name, clause):
        found = [
            domain for state, domain in _DOMAINS.items()
            if eval_domain([tuple(clause)], {name: state})]
        return ['OR', *found] if found else [('id', '<', 0)]
