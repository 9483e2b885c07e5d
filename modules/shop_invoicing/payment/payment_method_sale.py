# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from trytond.i18n import gettext
from trytond.model import ModelSQL, fields
from trytond.modules.company.model import CompanyValueMixin
from trytond.pool import Pool, PoolMeta
from trytond.pyson import Eval, If

from ..exceptions import PaymentMethodError, PaymentMethodRequiredError

_CHOICE_FIELDS = {'payment_method', 'party', 'invoice_party', 'company'}
_FIELDS = ['sale_payment_method', 'payment_method_required']
_REFUSALS = {
    'company': 'shop_invoicing.msg_payment_method_company',
    'inactive': 'shop_invoicing.msg_payment_method_inactive',
    'guest': 'shop_invoicing.msg_payment_method_guest',
    'not_allowed': 'shop_invoicing.msg_payment_method_not_allowed',
    }


class Configuration(metaclass=PoolMeta):
    __name__ = 'sale.configuration'

    sale_payment_method = fields.MultiValue(fields.Many2One(
            'sale.payment.method', "Default Payment Method",
            domain=[
                ('company', 'in',
                    [Eval('context', {}).get('company', -1), None]),
                ],
            help="The method of new sales to customers who have no other."))
    payment_method_required = fields.MultiValue(fields.Boolean(
            "Payment Method Required",
            help="Whether a sale needs a payment method to be quoted."))

    @classmethod
    def multivalue_model(cls, field):
        if field in _FIELDS:
            return Pool().get('sale.configuration.payment_method')
        return super().multivalue_model(field)


class ConfigurationPaymentMethod(ModelSQL, CompanyValueMixin):
    __name__ = 'sale.configuration.payment_method'

    sale_payment_method = fields.Many2One(
        'sale.payment.method', "Default Payment Method", ondelete='SET NULL')
    payment_method_required = fields.Boolean("Payment Method Required")


class Sale(metaclass=PoolMeta):
    __name__ = 'sale.sale'

    payment_method = fields.Many2One(
        'sale.payment.method', "Payment Method", ondelete='RESTRICT',
        domain=[
            If(Eval('state') == 'draft',
                ('id', 'in', Eval('usable_payment_methods', [])),
                ()),
            ],
        states={
            'readonly': Eval('state') != 'draft',
            },
        help="How the customer pays.")
    usable_payment_methods = fields.Function(
        fields.Many2Many(
            'sale.payment.method', None, None, "Usable Payment Methods"),
        'on_change_with_usable_payment_methods')

    @fields.depends('company', 'party', 'invoice_party')
    def on_change_with_usable_payment_methods(self, name=None):
        Method = Pool().get('sale.payment.method')
        return [
            m.id for m in Method.search_usable(
                self.company, self.paying_party)]

    @property
    def paying_party(self):
        "The party that pays the sale"
        return self.invoice_party or self.party

    @fields.depends(methods=['_set_default_payment_method'])
    def on_change_party(self):
        super().on_change_party()
        self._set_default_payment_method()

    @fields.depends(methods=['_set_default_payment_method'])
    def on_change_invoice_party(self):
        super().on_change_invoice_party()
        self._set_default_payment_method()

    @fields.depends(
        'company', 'party', 'invoice_party', 'payment_method',
        methods=['on_change_payment_method'])
    def _set_default_payment_method(self):
        "Set the customer's method or the usual one if it can be used"
        Configuration = Pool().get('sale.configuration')
        payer = self.paying_party
        if not payer or not self.company:
            return
        configuration = Configuration(1)
        defaults = [
            record.get_multivalue(
                'sale_payment_method', company=self.company.id)
            for record in [payer, configuration]]
        self.payment_method = next((
                m for m in defaults
                if m and m.get_refusal(self.company, payer) is None), None)
        self.on_change_payment_method()

    @fields.depends('payment_method', 'payment_term')
    def on_change_payment_method(self):
        if self.payment_method and self.payment_method.payment_term:
            self.payment_term = self.payment_method.payment_term

    @classmethod
    def copy(cls, sales, default=None):
        default = default.copy() if default is not None else {}
        default.setdefault('payment_method', cls._copy_payment_method)
        return super().copy(sales, default=default)

    @classmethod
    def _copy_payment_method(cls, data):
        "Return the method of the copied sale if it can still be used"
        sale = cls(data['id'])
        if sale.payment_method and not sale._get_payment_method_refusal():
            return sale.payment_method.id

    @classmethod
    def _validate(cls, sales, field_names=None):
        # Before the domain of the field, which says no reason
        if field_names is None or field_names & _CHOICE_FIELDS:
            for sale in sales:
                if sale.state == 'draft':
                    sale.check_payment_method()
        super()._validate(sales, field_names=field_names)

    def check_payment_method(self):
        "Raise PaymentMethodError if the customer cannot pay by the method"
        if refusal := self._get_payment_method_refusal():
            raise PaymentMethodError(gettext(
                    _REFUSALS[refusal],
                    sale=self.rec_name,
                    party=self.paying_party.rec_name,
                    method=self.payment_method.rec_name,
                    company=self.company.rec_name))

    def _get_payment_method_refusal(self):
        if self.payment_method:
            return self.payment_method.get_refusal(
                self.company, self.paying_party)

    def check_for_quotation(self):
        super().check_for_quotation()
        self.check_payment_method()
        self._check_payment_method_chosen()

    def _check_payment_method_chosen(self):
        if not self.payment_method and self._is_payment_method_required():
            raise PaymentMethodRequiredError(gettext(
                    'shop_invoicing.msg_payment_method_required',
                    sale=self.rec_name,
                    party=self.party.rec_name))

    def _is_payment_method_required(self):
        Configuration = Pool().get('sale.configuration')
        return Configuration(1).get_multivalue(
            'payment_method_required', company=self.company.id)

    def check_for_confirmation(self):
        super().check_for_confirmation()
        self.check_payment_method()
        self._check_payment_method_chosen()

    def _get_invoice(self):
        invoice = super()._get_invoice()
        invoice.payment_method = self.payment_method
        return invoice


class Sale_InvoiceGrouping(metaclass=PoolMeta):
    __name__ = 'sale.sale'

    def _get_invoice_grouping_fields(self, invoice):
        return super()._get_invoice_grouping_fields(invoice) | {
            'payment_method'}


class Invoice(metaclass=PoolMeta):
    __name__ = 'account.invoice'

    payment_method = fields.Many2One(
        'sale.payment.method', "Payment Method", ondelete='RESTRICT',
        domain=[
            ('company', 'in', [Eval('company', -1), None]),
            ],
        states={
            'invisible': Eval('type') != 'out',
            'readonly': Eval('state') != 'draft',
            },
        help="How the customer pays.")
