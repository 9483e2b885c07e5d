# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from decimal import Decimal

from trytond.i18n import gettext
from trytond.model import ModelSQL, fields
from trytond.modules.company.model import CompanyValueMixin
from trytond.pool import Pool, PoolMeta
from trytond.pyson import Eval
from trytond.transaction import Transaction, without_check_access

from ..exceptions import CancellationFeeError, CancellationFeeWarning
from ..invoice.checked_search import checked_search
from ..invoice.company_date import get_today
from ..invoice.sale_state import RUNNING

_FIELDS = ['cancellation_fee_product', 'cancellation_fee_amount']
_POSITIVE = {
    '!=': '=',
    'not in': 'in',
    'not like': 'like',
    'not ilike': 'ilike',
    }
_BY_ID = {
    'where': 'in',
    'not where': 'not in',
    }


class Configuration(metaclass=PoolMeta):
    __name__ = 'sale.configuration'

    cancellation_fee_product = fields.MultiValue(fields.Many2One(
            'product.product', "Cancellation Fee Product",
            domain=[
                ('type', '=', 'service'),
                ],
            help="The service whose revenue account the fee is booked on."))
    cancellation_fee_amount = fields.MultiValue(fields.Numeric(
            "Cancellation Fee",
            domain=['OR',
                ('cancellation_fee_amount', '=', None),
                ('cancellation_fee_amount', '>', 0),
                ],
            help="The usual amount, in the currency of the company."))

    @classmethod
    def multivalue_model(cls, field):
        if field in _FIELDS:
            return Pool().get('sale.configuration.cancellation_fee')
        return super().multivalue_model(field)

    @classmethod
    def default_cancellation_fee_amount(cls, **pattern):
        return cls.multivalue_model(
            'cancellation_fee_amount').default_cancellation_fee_amount()


class ConfigurationCancellationFee(ModelSQL, CompanyValueMixin):
    __name__ = 'sale.configuration.cancellation_fee'

    cancellation_fee_product = fields.Many2One(
        'product.product', "Cancellation Fee Product", ondelete='RESTRICT',
        domain=[
            ('type', '=', 'service'),
            ],
        context={
            'company': Eval('company', -1),
            },
        depends={'company'})
    cancellation_fee_amount = fields.Numeric(
        "Cancellation Fee",
        domain=['OR',
            ('cancellation_fee_amount', '=', None),
            ('cancellation_fee_amount', '>', 0),
            ])

    @classmethod
    def default_cancellation_fee_amount(cls):
        return Decimal('15.00')


class Sale(metaclass=PoolMeta):
    __name__ = 'sale.sale'

    def check_cancellation_fee(self):
        "Raise if no fee can be charged for the order"
        if self.state not in RUNNING or self.is_internal:
            raise CancellationFeeError(gettext(
                    'shop_invoicing.msg_cancellation_fee_state',
                    sale=self.rec_name))
        product = self._get_cancellation_fee_product()
        if not product:
            raise CancellationFeeError(gettext(
                    'shop_invoicing.msg_cancellation_fee_product',
                    company=self.company.rec_name))
        # It raises an error if there is none
        with Transaction().set_context(company=self.company.id):
            product.account_revenue_used

    @without_check_access
    def _warn_about_cancellation_fee(self):
        "Ask before a second fee is charged"
        pool = Pool()
        Line = pool.get('account.invoice.line')
        Warning = pool.get('res.user.warning')
        charged = Line.search([
                ('origin', '=', str(self)),
                ('invoice.state', '!=', 'cancelled'),
                ], limit=1)
        if charged:
            line, = charged
            key = Warning.format(f'cancellation_fee_{line.id}', [self])
            if Warning.check(key):
                raise CancellationFeeWarning(key, gettext(
                        'shop_invoicing.msg_cancellation_fee_again',
                        sale=self.rec_name,
                        invoice=line.invoice.rec_name))

    def _get_cancellation_fee_product(self):
        Configuration = Pool().get('sale.configuration')
        with Transaction().set_context(company=self.company.id):
            return Configuration(1).cancellation_fee_product

    def get_cancellation_fee(self):
        "Return the usual fee in the currency of the sale, None without one"
        pool = Pool()
        Configuration = pool.get('sale.configuration')
        Currency = pool.get('currency.currency')
        amount = Configuration(1).get_multivalue(
            'cancellation_fee_amount', company=self.company.id)
        if amount is None:
            return
        with Transaction().set_context(date=get_today(self.company)):
            return Currency.compute(
                self.company.currency, amount, self.currency)

    def get_cancellation_fee_description(self):
        "Return why the fee has no tax, in the language of the customer"
        language = self.paying_party.lang
        language = language.code if language else Transaction().language
        with Transaction().set_context(language=language):
            return gettext(
                'shop_invoicing.msg_cancellation_fee_description',
                sale=self.number or self.rec_name)

    @without_check_access
    def invoice_cancellation_fee(self, amount, description=None):
        "Return the draft of an invoice of the fee"
        Invoice = Pool().get('account.invoice')
        self.wait_to_invoice()
        self.check_cancellation_fee()
        self._warn_about_cancellation_fee()
        if not amount or amount <= 0:
            raise CancellationFeeError(gettext(
                    'shop_invoicing.msg_cancellation_fee_amount',
                    sale=self.rec_name))
        with Transaction().set_context(company=self.company.id):
            invoice = self._get_invoice_by_hand()
            invoice.reference = self.number
            invoice.lines = [self._get_cancellation_fee_line(
                    amount,
                    description or self.get_cancellation_fee_description())]
            Invoice.save([invoice])
        return invoice

    def _get_cancellation_fee_line(self, amount, description):
        "Return the line of the fee, which is not saved yet"
        Line = Pool().get('account.invoice.line')
        product = self._get_cancellation_fee_product()
        # A compensation is no supply, so that it bears no tax
        return Line(
            type='line', invoice_type='out', company=self.company,
            currency=self.currency, origin=self, product=product, quantity=1,
            unit=product.default_uom, unit_price=amount,
            account=product.account_revenue_used, taxes=[],
            description=description, supply_nature='accessory')


class Invoice(metaclass=PoolMeta):
    __name__ = 'account.invoice'

    # Not among the sales, whose payments pay what was ordered
    fee_sales = fields.Function(
        fields.Many2Many(
            'sale.sale', None, None, "Cancellation Fee for",
            help="The sales for whose cancellation the invoice charges."),
        'get_fee_sales', searcher='search_fee_sales')

    def get_fee_sales(self, name):
        Sale = Pool().get('sale.sale')
        return list(dict.fromkeys(
                line.origin.id for line in self.lines
                if isinstance(line.origin, Sale)))

    @classmethod
    @checked_search
    def search_fee_sales(cls, name, clause):
        Sale = Pool().get('sale.sale')
        _, operator, value, *_ = clause
        nested = clause[0][len(name) + 1:]
        if operator in _BY_ID:
            value = [s.id for s in Sale.search(value)]
            operator = _BY_ID[operator]
        negative = not nested and operator.startswith(('!', 'not'))
        if not nested and value is None:
            # Whether it is for any sale at all
            negative = operator == '='
            origin = ('origin', 'like', 'sale.sale,%')
        else:
            origin = (
                'origin.' + (nested or cls._get_fee_sale_key(value)),
                _POSITIVE[operator] if negative else operator,
                value, 'sale.sale', *clause[3:])
        return [('lines', 'not where' if negative else 'where', [origin])]

    @classmethod
    def _get_fee_sale_key(cls, value):
        "Return the field of the sale to which the value is compared"
        values = value if isinstance(value, (list, tuple, set)) else [value]
        is_name = any(isinstance(v, str) for v in values)
        return 'rec_name' if is_name else 'id'

    @property
    def document_orders(self):
        return super().document_orders + list(self.fee_sales)


class InvoiceLine(metaclass=PoolMeta):
    __name__ = 'account.invoice.line'

    @classmethod
    def _get_origin(cls):
        return super()._get_origin() + ['sale.sale']
