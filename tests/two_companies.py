# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""The database of two companies with drafts of two years to copy."""
import datetime as dt
from functools import partial

TODAY = dt.date.today()
LAST_YEAR = TODAY.year - 1
END_OF_LAST_YEAR = dt.date(LAST_YEAR, 12, 31)


def prepare():
    "Make the database, in which nothing was posted yet"
    from tests.tools import create_shop
    from trytond.tests.tools import activate_modules
    return activate_modules(
        'shop_invoicing', partial(create_shop, LAST_YEAR, TODAY.year),
        create_second_company)


def create_second_company(config=None):
    "Create another company, and a draft with one line in each"
    from proteus import Model

    from tests.tools import create_customer_invoice, create_fiscalyears
    from trytond.modules.account.tests.tools import create_chart
    from trytond.modules.company.tests.tools import create_company
    from trytond.tests.tools import set_user
    Company = Model.get('company.company')
    Party = Model.get('party.party')
    User = Model.get('res.user')
    customer, = Party.find([('name', '=', "Customer")])
    first, = Company.find([])
    create_customer_invoice(customer)
    party = Party(name="Second")
    party.save()
    create_company(party=party)
    second, = Company.find([('id', '!=', first.id)])
    user = User(1)
    user.companies.append(Company(second.id))
    user.company = second
    user.save()
    set_user(user)
    create_chart(company=second)
    create_fiscalyears(LAST_YEAR, TODAY.year, company=second)
    create_customer_invoice(Party(customer.id), company=second)


def get_drafts():
    "Return the ids of the drafts to copy"
    from tests import ledger
    return [id_ for id_, in ledger.query(
            "SELECT min(id) FROM account_invoice GROUP BY company "
            "ORDER BY company")]
