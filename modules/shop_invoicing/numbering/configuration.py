# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from trytond.model import ModelSQL, fields
from trytond.modules.company.model import CompanyValueMixin
from trytond.pool import Pool, PoolMeta

_FIELDS = ['invoice_numbering', 'invoice_future_days']


class Configuration(metaclass=PoolMeta):
    __name__ = 'account.configuration'

    invoice_numbering = fields.MultiValue(fields.Selection([
                ('number_range', "Number Ranges"),
                ('fiscal_year', "Fiscal Year Sequences"),
                ], "Customer Invoice Numbering", required=True, sort=False,
            help="Where the numbers of customer invoices come from."))
    invoice_future_days = fields.MultiValue(fields.Integer(
            "Days in the Future", required=True,
            domain=[
                ('invoice_future_days', '>=', 0),
                ('invoice_future_days', '<=', 366),
                ],
            help="How many days after today a customer invoice may be dated.\n"
            "A date in the future locks out every earlier one."))

    @classmethod
    def multivalue_model(cls, field):
        pool = Pool()
        if field in _FIELDS:
            return pool.get('account.configuration.invoice_numbering')
        return super().multivalue_model(field)

    def numbers_from_range(self, company):
        "Whether customer invoices of the company are numbered from ranges"
        return self.get_multivalue(
            'invoice_numbering', company=company.id) == 'number_range'

    @classmethod
    def default_invoice_numbering(cls, **pattern):
        return cls.multivalue_model(
            'invoice_numbering').default_invoice_numbering()

    @classmethod
    def default_invoice_future_days(cls, **pattern):
        return cls.multivalue_model(
            'invoice_future_days').default_invoice_future_days()


class ConfigurationInvoiceNumbering(ModelSQL, CompanyValueMixin):
    __name__ = 'account.configuration.invoice_numbering'

    invoice_numbering = fields.Selection([
            ('number_range', "Number Ranges"),
            ('fiscal_year', "Fiscal Year Sequences"),
            ], "Customer Invoice Numbering", required=True, sort=False)
    invoice_future_days = fields.Integer(
        "Days in the Future", required=True,
        domain=[
            ('invoice_future_days', '>=', 0),
            ('invoice_future_days', '<=', 366),
            ])

    @classmethod
    def default_invoice_numbering(cls):
        return 'number_range'

    @classmethod
    def default_invoice_future_days(cls):
        return 0
