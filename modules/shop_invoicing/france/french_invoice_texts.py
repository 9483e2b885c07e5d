# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"What a company in France tells each business (article L441-9)"
from trytond.model import fields
from trytond.pool import Pool, PoolMeta

_NAMES = [
    'french_penalty', 'french_recovery_fee', 'french_discount',
    'french_tax_on_debits']
penalty = fields.Text(
    "Late Payment Penalties", translate=True,
    help="The rate of the penalties and when they are due, "
    "such as: Late payment is charged with three times the legal rate.")
recovery_fee = fields.Text(
    "Recovery Costs", translate=True,
    help="The lump sum for the costs of recovery, "
    "such as: Late payment is charged with 40 € for the costs of recovery.")
discount = fields.Text(
    "Early Payment Discount", translate=True,
    help="The discount for who pays early or that there is none, "
    "such as: No discount for early payment.")
tax_on_debits = fields.Boolean(
    "Tax on Debits",
    help="Check if the company pays the VAT of services when it invoices "
    "them and not when they are paid.")


class Configuration(metaclass=PoolMeta):
    __name__ = 'account.configuration'

    french_penalty = fields.MultiValue(penalty)
    french_recovery_fee = fields.MultiValue(recovery_fee)
    french_discount = fields.MultiValue(discount)
    french_tax_on_debits = fields.MultiValue(tax_on_debits)

    @classmethod
    def multivalue_model(cls, field):
        if field in _NAMES:
            return Pool().get('account.configuration.invoice_document')
        return super().multivalue_model(field)


class ConfigurationInvoiceDocument(metaclass=PoolMeta):
    __name__ = 'account.configuration.invoice_document'

    french_penalty = penalty
    french_recovery_fee = recovery_fee
    french_discount = discount
    french_tax_on_debits = tax_on_debits
