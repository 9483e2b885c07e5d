# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from sql import Table
from sql.aggregate import Max
from sql.conditionals import Greatest

from trytond.model import Index, ModelSQL, fields
from trytond.pool import PoolMeta
from trytond.transaction import Transaction, without_check_access

from . import posting_turn


class SequenceStrict(metaclass=PoolMeta):
    __name__ = 'ir.sequence.strict'

    @without_check_access
    def get_many(self, n=1, _lock=True):
        if (posting_turn.waits()
                and self.type == 'incremental' and self.number_increment > 0):
            yield from self._get_many_in_turn(n)
        else:
            yield from super().get_many(n=n, _lock=_lock)

    def _get_many_in_turn(self, n):
        """Yield the n next values as soon as nobody else draws any.

        The row of the sequence cannot be updated by a transaction that has
        started before its last update.  So each transaction notes what it has
        drawn, and the row follows when that is committed.
        """
        posting_turn.take(self.company)
        start = self._read_number_next()
        end = start + n * self.number_increment
        draw = Table(Draw._table)
        cursor = Transaction().connection.cursor()
        cursor.execute(*draw.insert(
                [draw.sequence, draw.number_next], [[self.id, end]]))
        self._follow_draw(end)
        prefix = self._process(self.prefix)
        suffix = self._process(self.suffix)
        for number in range(start, end, self.number_increment):
            yield f'{prefix}{number:0>{self.padding}d}{suffix}'

    def _follow_draw(self, number_next):
        "Bring the row of the sequence up to date after the commit"
        sequence, draw = self.__table__(), Table(Draw._table)
        posting_turn.after_commit(sequence.update(
                [sequence.number_next_internal],
                [Greatest(sequence.number_next_internal, number_next)],
                where=sequence.id == self.id))
        posting_turn.after_commit(draw.delete(
                where=(draw.sequence == self.id)
                & (draw.number_next <= number_next)))

    def _read_number_next(self):
        sequence = self.__table__()
        draw = Table(Draw._table)
        drawn = draw.select(
            Max(draw.number_next), where=draw.sequence == self.id)
        query = sequence.select(
            Greatest(sequence.number_next_internal, drawn),
            where=sequence.id == self.id)
        return max(number for number, in posting_turn.read(query))


class Draw(ModelSQL):
    __name__ = 'ir.sequence.strict.draw'
    _table = 'ir_sequence_strict_draw'

    sequence = fields.Many2One(
        'ir.sequence.strict', "Sequence", required=True, ondelete='CASCADE')
    number_next = fields.Integer("Next Number", required=True)

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_indexes.add(
            Index(
                t,
                (t.sequence, Index.Equality()),
                (t.number_next, Index.Range())))
