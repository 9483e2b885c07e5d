# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"A neighbour that holds orders as long as the data to print is missing"
from trytond.model import fields
from trytond.modules.shop_invoicing.exceptions import ReleaseError
from trytond.modules.shop_invoicing.release.release import Hold
from trytond.pool import PoolMeta


class PrintDataError(ReleaseError):
    pass


class Sale(metaclass=PoolMeta):
    __name__ = 'sale.sale'

    print_data_missing = fields.Boolean("Print Data Missing")

    def get_holds(self):
        holds = super().get_holds()
        if self.print_data_missing:
            holds.append(Hold(
                    'print_data', "The print data is missing.",
                    PrintDataError(
                        f"You cannot release \"{self.rec_name}\" without "
                        "print data. Upload it.")))
        return holds

    @classmethod
    def on_modification(cls, mode, sales, field_names=None):
        super().on_modification(mode, sales, field_names=field_names)
        if mode == 'write' and 'print_data_missing' in field_names:
            cls.go_on_when_released(sales)

    @classmethod
    def withdraw_print_data(cls, sales):
        cls.write(sales, {'print_data_missing': True})


MODELS = [Sale]
