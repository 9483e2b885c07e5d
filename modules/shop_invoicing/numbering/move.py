# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from itertools import groupby

from trytond.model import ModelView, dualmethod
from trytond.pool import Pool, PoolMeta

from . import posting_turn


class Move(metaclass=PoolMeta):
    __name__ = 'account.move'

    @dualmethod
    @ModelView.button
    def post(cls, moves):
        Invoice = Pool().get('account.invoice')
        posting_turn.take(*{m.company for m in moves if not m.number})
        Invoice.number_with_moves(moves)
        # Tryton fails with moves of several companies in one call
        for _, grouped in groupby(
                sorted(moves, key=cls._company_key), key=cls._company_key):
            super().post(list(grouped))

    def _company_key(self):
        return self.company.id


class MoveLine(metaclass=PoolMeta):
    __name__ = 'account.move.line'

    @classmethod
    def check_journal_period_modify(cls, period, journal):
        if (posting_turn.waits()
                and not cls._find_journal_period(period, journal)):
            raise posting_turn.MissingRecordError(
                lambda: cls._prepare_journal_period(period, journal))
        super().check_journal_period_modify(period, journal)

    @classmethod
    def _find_journal_period(cls, period, journal):
        JournalPeriod = Pool().get('account.journal.period')
        return JournalPeriod.search([
                ('journal', '=', journal.id),
                ('period', '=', period.id),
                ],
            limit=1)

    @classmethod
    def _prepare_journal_period(cls, period, journal):
        JournalPeriod = Pool().get('account.journal.period')
        if not cls._find_journal_period(period, journal):
            JournalPeriod.create([{
                        'journal': journal.id,
                        'period': period.id,
                        }])
