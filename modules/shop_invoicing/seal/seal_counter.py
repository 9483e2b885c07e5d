# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from sql import Union
from sql.aggregate import Max

from trytond.pool import Pool, PoolMeta


class Range(metaclass=PoolMeta):
    """A number that was sealed is never given again.

    Not even if the last document of the range is lost.
    """
    __name__ = 'account.invoice.number_range'

    def _query_series(self):
        Seal = Pool().get('account.invoice.seal')
        table = self.__table__()
        seal = Seal.__table__()
        number_last = seal.select(
            Max(seal.range_number), where=seal.number_range == table.id)
        sealed = table.select(
            table.id, table.number_start, number_last,
            where=(table.company == self.company.id)
            & (table.document_type == self.document_type)
            & (table.counter_since == self.counter_since))
        return Union(super()._query_series(), sealed, all_=True)
