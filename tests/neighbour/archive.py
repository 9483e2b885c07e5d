# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"The neighbour weighs what is invoiced, and archives what is printed."
from trytond.model import fields
from trytond.model.exceptions import ValidationError
from trytond.modules.shop_invoicing.issuing.dispatch_step import DispatchStep
from trytond.pool import Pool, PoolMeta

_CHOICE = 'dispatch_invoice_archive'


class ArchiveError(ValidationError):
    pass


class Configuration(metaclass=PoolMeta):
    __name__ = 'sale.configuration'

    dispatch_invoice_archive = fields.MultiValue(
        fields.Boolean("Archive at Dispatch"))

    @classmethod
    def multivalue_model(cls, field):
        if field == _CHOICE:
            return Pool().get('sale.configuration.dispatch_invoice')
        return super().multivalue_model(field)


class ConfigurationDispatchInvoice(metaclass=PoolMeta):
    __name__ = 'sale.configuration.dispatch_invoice'

    dispatch_invoice_archive = fields.Boolean("Archive at Dispatch")


class Invoice(metaclass=PoolMeta):
    __name__ = 'account.invoice'

    is_open = True
    weighed = fields.Char("Weighed")
    archived = fields.Char("Archived")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._check_modify_exclude |= {'archived'}

    @classmethod
    def _dispatch_steps(cls):
        steps = super()._dispatch_steps()
        states = [step.state for step in steps]
        steps.insert(states.index('to_print') + 1, DispatchStep(
                'to_archive', "To Archive", 'archive', _CHOICE))
        steps.insert(states.index('to_post'), DispatchStep(
                'to_weigh', "To Weigh", 'weigh', invoice_states=('draft',)))
        return steps

    @classmethod
    def weigh(cls, invoices):
        cls.write(invoices, {'weighed': invoices[0].state})

    @classmethod
    def archive(cls, invoices):
        if not cls.is_open:
            raise ArchiveError("The archive is closed.")
        invoice, = invoices
        cls.write(invoices, {
                'archived': f"{invoice.invoice_report_format} "
                f"{invoice.sent_state}",
                })


MODELS = [Configuration, ConfigurationDispatchInvoice, Invoice]
