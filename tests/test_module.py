# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"The tests each Tryton module has to pass"
from tests.source import EXTRAS, MODULE
from trytond.modules.company.tests import (
    CompanyTestMixin, PartyCompanyCheckEraseMixin)
from trytond.modules.party.tests import PartyCheckReplaceMixin
from trytond.tests import tools
from trytond.tests.test_tryton import ModuleTestCase


class ShopInvoicingTestCase(
        PartyCompanyCheckEraseMixin, PartyCheckReplaceMixin, CompanyTestMixin,
        ModuleTestCase):
    "Test shop_invoicing module"
    module = MODULE
    extras = EXTRAS

    @classmethod
    def setUpClass(cls):
        # Fill the cache from which the database is restored
        tools.activate_modules([cls.module, *cls.extras])
        super().setUpClass()


del ModuleTestCase
