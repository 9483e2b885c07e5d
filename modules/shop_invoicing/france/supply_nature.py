# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"Whether goods or services are sold, which French invoices state"
from trytond.model import fields
from trytond.pool import PoolMeta
from trytond.pyson import Eval

NATURES = [
    ('goods', "Goods"),
    ('service', "Service"),
    ('accessory', "Accessory"),
    ]


class Template(metaclass=PoolMeta):
    __name__ = 'product.template'

    supply_nature = fields.Selection(
        [(None, "By Type"), *NATURES], "Nature of Supply", sort=False,
        help="What the product is on French invoices.\n"
        "By Type: A service if it is of this type, else goods.\n"
        "Accessory: What goes with the rest, such as the delivery.")

    def get_supply_nature(self):
        "Return the nature, which follows from the type if nobody set it"
        return self.supply_nature or (
            'service' if self.type == 'service' else 'goods')


class InvoiceLine(metaclass=PoolMeta):
    __name__ = 'account.invoice.line'

    supply_nature = fields.Selection(
        [(None, "By Product"), *NATURES], "Nature of Supply", sort=False,
        states={
            'invisible': (
                (Eval('type') != 'line') | (Eval('invoice_type') != 'out')),
            'readonly': Eval('invoice_state') != 'draft',
            },
        help="What is sold, as French invoices state it.\n"
        "By Product: What the product is; without product, what the other "
        "lines are.")

    def _collect_charge(self):
        line = super()._collect_charge()
        line.nature = self.supply_nature
        if not line.nature and self.product:
            line.nature = self.product.template.get_supply_nature()
        return line
