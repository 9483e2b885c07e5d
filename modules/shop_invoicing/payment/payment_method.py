# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from trytond.i18n import gettext
from trytond.model import (
    DeactivableMixin, ModelSQL, ModelView, fields, sequence_ordered)
from trytond.model.exceptions import AccessError
from trytond.pool import Pool, PoolMeta
from trytond.pyson import Bool, Eval
from trytond.transaction import inactive_records, without_check_access

from ..invoice.checked_records import CheckedRecordsMixin
from .payment_kind import PaymentKind


class PaymentMethod(
        CheckedRecordsMixin, sequence_ordered(), DeactivableMixin, ModelSQL,
        ModelView):
    __name__ = 'sale.payment.method'

    company = fields.Many2One(
        'company.company', "Company",
        states={
            'required': Bool(Eval('payment_journal')),
            },
        help="The company that offers the method.\n"
        "Leave empty to offer it in all companies.")
    name = fields.Char("Name", required=True, translate=True)
    kind = fields.Selection(
        [], "Kind", required=True, sort=False,
        help="Whether the goods are sent before or after the payment, "
        "and how it comes.")
    availability = fields.Selection([
            ('all', "All Customers"),
            ('selected', "Selected Customers"),
            ], "Availability", required=True, sort=False,
        help="Whether the method must be ticked for each customer who may "
        "use it.")
    payment_journal = fields.Many2One(
        'account.payment.journal', "Payment Journal", ondelete='RESTRICT',
        domain=[
            ('company', '=', Eval('company', -1)),
            ],
        help="The journal of the payments that customers make by the method.")
    payment_term = fields.Many2One(
        'account.invoice.payment_term', "Payment Term", ondelete='RESTRICT',
        help="The term of the sales that are paid by the method.\n"
        "Leave empty to use that of the customer.")
    instructions = fields.Text(
        "Instructions", translate=True,
        help="What customers have to do, such as the bank account to pay to.\n"
        "It is printed on the order confirmation.")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.kind.selection = [
            (kind, answers.label)
            for kind, answers in cls._get_kinds().items()]
        cls.payment_journal.states.update({
                'invisible': ~Eval('kind').in_(cls.find_kinds('has_journal')),
                'required': (
                    Eval('kind').in_(cls.find_kinds('needs_journal'))
                    & Bool(Eval('active', True))),
                })

    @classmethod
    def _get_kinds(cls):
        "Return the answers of each kind"
        return {
            'invoice': PaymentKind(
                "Invoice", has_journal=False, needs_registered_customer=True,
                is_for_selected=True),
            'prepayment': PaymentKind(
                "Prepayment", is_paid_first=True, has_instructions=True),
            'online': PaymentKind(
                "Online", is_paid_first=True, needs_journal=True,
                # Online payment service
                unece_means='68'),
            }

    @classmethod
    def find_kinds(cls, question):
        "Return the kinds that answer the question with yes, for PYSON"
        return [
            kind for kind, answers in cls._get_kinds().items()
            if getattr(answers, question)]

    @classmethod
    def default_company(cls):
        return None

    @classmethod
    def default_kind(cls):
        return 'prepayment'

    @classmethod
    def default_availability(cls):
        return 'all'

    @fields.depends('kind')
    def on_change_kind(self):
        # A client may send whatever it likes
        if self.kind not in self._get_kinds():
            return
        if self._answers.is_for_selected:
            self.availability = 'selected'
        if not self._answers.has_journal:
            self.payment_journal = None

    @classmethod
    def check_modification(cls, mode, methods, values=None, external=False):
        super().check_modification(
            mode, methods, values=values, external=external)
        if mode == 'write' and 'kind' in values:
            cls._check_kind([m for m in methods if m.kind != values['kind']])

    @classmethod
    @without_check_access
    def _check_kind(cls, methods):
        "Raise if what sales wait for would change"
        Sale = Pool().get('sale.sale')
        for method in methods:
            if Sale.search([
                        ('payment_method', '=', method.id),
                        ('state', 'not in', ['draft', 'cancelled']),
                        ], limit=1):
                raise AccessError(gettext(
                        'shop_invoicing.msg_payment_method_kind',
                        method=method.rec_name))

    @property
    def _answers(self):
        return self._get_kinds()[self.kind]

    @property
    def is_paid_first(self):
        "Whether the goods are sent after the payment only"
        return self._answers.is_paid_first

    @property
    def has_instructions(self):
        "Whether the customer is told how to pay while it is not paid"
        return self._answers.has_instructions

    @property
    def needs_registered_customer(self):
        "Whether a guest cannot pay by the method"
        return self._answers.needs_registered_customer

    @property
    def unece_means(self):
        "The means of payment of UNTDID 4461, None without a certain one"
        return self._answers.unece_means

    @classmethod
    def search_usable(cls, company, party):
        """Return the methods by which the party can pay the company.

        The party is the one that pays, that is the invoice party.
        """
        methods = cls.search([
                ('company', 'in', [company.id if company else None, None]),
                ])
        return [m for m in methods if m.get_refusal(company, party) is None]

    def get_refusal(self, company, party):
        """Return why the party cannot pay the company by the method.

        It is None if it can, 'company', 'inactive', 'guest' or
        'not_allowed'.
        """
        if self.company and self.company != company:
            return 'company'
        if not self.active:
            return 'inactive'
        if (self.needs_registered_customer
                and not self._is_registered(party)):
            return 'guest'
        if self.availability == 'selected' and not (
                party and self in party.payment_methods):
            return 'not_allowed'

    @classmethod
    def _is_registered(cls, party):
        "Whether the party is a customer and no guest"
        return bool(party)


class PaymentMethod_WebShop(metaclass=PoolMeta):
    __name__ = 'sale.payment.method'

    @classmethod
    def _is_registered(cls, party):
        Shop = Pool().get('web.shop')
        with inactive_records():
            guests = {shop.guest_party for shop in Shop.search([])}
        return super()._is_registered(party) and party not in guests
