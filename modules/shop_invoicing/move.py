# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from trytond.model import ModelView, dualmethod
from trytond.pool import Pool, PoolMeta

from . import posting_turn


class Move(metaclass=PoolMeta):
    __name__ = 'account.move'

    @dualmethod
    @ModelView.button
    def post(cls, moves):
        Invoice = Pool().get('account.invoice')
        Invoice.number_with_moves(moves)
        super().post(moves)


class MoveLine(metaclass=PoolMeta):
    __name__ = 'account.move.line'

    @classmethod
    def check_journal_period_modify(cls, period, journal):
        JournalPeriod = Pool().get('account.journal.period')
        domain = [
            ('journal', '=', journal.id),
            ('period', '=', period.id),
            ]
        if posting_turn.waits() and not JournalPeriod.search(domain, limit=1):
            raise posting_turn.MissingRecordError(
                lambda: JournalPeriod.create([{
                            'journal': journal.id,
                            'period': period.id,
                            }]))
        super().check_journal_period_modify(period, journal)
