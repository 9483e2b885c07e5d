# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from sql.conditionals import Coalesce

from trytond.model import Index, fields
from trytond.pool import Pool, PoolMeta
from trytond.pyson import Eval
from trytond.transaction import without_check_access

from .checked_search import checked_search

_NEGATED = {
    '!=': '=',
    'not like': 'like',
    'not ilike': 'ilike',
    'not in': 'in',
    }


class Payment(metaclass=PoolMeta):
    __name__ = 'account.payment'

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_indexes.add(
            Index(t, (Coalesce(t.reference, ''), Index.Similarity())))

    @property
    def transaction_code(self):
        "The code under which the provider knows the payment, or None"
        return self.reference if self.state != 'failed' else None

    @classmethod
    def _domain_of_transaction_code(cls, operator, value):
        "Return the domain of payments of which the code matches"
        return [
            ('reference', operator, value),
            ('state', '!=', 'failed'),
            ]


class Sale(metaclass=PoolMeta):
    __name__ = 'sale.sale'

    @property
    def transaction_codes(self):
        "The codes of what has paid the sale"
        return [p.transaction_code for p in self.payments]

    @classmethod
    def _domain_of_transaction_code(cls, operator, value):
        "Return the domain of sales of which a code matches"
        Payment = Pool().get('account.payment')
        return [
            ('payments', 'where',
                Payment._domain_of_transaction_code(operator, value)),
            ]


class Sale_WebShop(metaclass=PoolMeta):
    __name__ = 'sale.sale'

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_indexes.add(
            Index(t, (Coalesce(t.web_id, ''), Index.Similarity())))

    @property
    def transaction_codes(self):
        return super().transaction_codes + [self.web_id]

    @classmethod
    def _domain_of_transaction_code(cls, operator, value):
        return ['OR',
            super()._domain_of_transaction_code(operator, value),
            ('web_id', operator, value),
            ]


class Invoice(metaclass=PoolMeta):
    __name__ = 'account.invoice'

    transaction_code = fields.Function(
        fields.Char(
            "Transaction Code",
            states={
                'invisible': ~Eval('transaction_code'),
                },
            help="The codes under which the payments of the invoice and of "
            "its sales are known to their provider or to the web shop."),
        'get_transaction_code', searcher='search_transaction_code')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        # The way from the payments to the invoices
        cls._sql_indexes.add(Index(t, (t.move, Index.Equality())))

    @without_check_access
    def get_transaction_code(self, name):
        codes = [
            p.transaction_code for l in self.lines_to_pay for p in l.payments]
        codes += [c for sale in self.sales for c in sale.transaction_codes]
        return ", ".join(dict.fromkeys(filter(None, codes))) or None

    @classmethod
    @checked_search
    def search_transaction_code(cls, name, clause):
        pool = Pool()
        Payment = pool.get('account.payment')
        Sale = pool.get('sale.sale')
        _, operator, value = clause
        if value is None:
            found, operator = operator == '!=', '!='
        else:
            found, operator = (
                operator not in _NEGATED, _NEGATED.get(operator, operator))
        invoices = cls.search(['OR',
                ('move.lines.payments.id', 'in', Payment.search(
                        Payment._domain_of_transaction_code(operator, value),
                        order=[], query=True)),
                ('sales.id', 'in', Sale.search(
                        Sale._domain_of_transaction_code(operator, value),
                        order=[], query=True)),
                ],
            order=[], query=True)
        return [('id', 'in' if found else 'not in', invoices)]
