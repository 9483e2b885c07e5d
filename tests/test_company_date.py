# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"A company has the day of the place where it is, whoever asks for it"
import datetime as dt

import pytest

pytestmark = pytest.mark.once
# It is never the same day at both ends of the world
EAST, WEST = 'Pacific/Kiritimati', 'Etc/GMT+12'
NOON = dt.datetime(2026, 3, 31, 12)


@pytest.fixture
def companies():
    "Return a company at each end of the world"
    from trytond.modules.company.tests import create_company
    from trytond.tests.test_tryton import DB_NAME, drop_db
    from trytond.tests.tools import activate_modules
    from trytond.transaction import Transaction
    activate_modules('shop_invoicing')
    with Transaction().start(DB_NAME, 0) as transaction:
        east = create_company("East")
        west = create_company("West", currency=east.currency)
        for company, timezone in [(east, EAST), (west, WEST)]:
            company.timezone = timezone
            company.save()
        yield east, west
        transaction.rollback()
    drop_db()


def test_today(companies):
    from trytond.modules.shop_invoicing.invoice.company_date import get_today
    from trytond.transaction import Transaction
    east, west = companies
    assert get_today(east) > get_today(west)
    for company in companies:
        with Transaction().set_context(company=company.id):
            assert get_today() == get_today(company)
            assert get_today(east) > get_today(west)


def test_a_moment(companies):
    from trytond.modules.shop_invoicing.invoice.company_date import to_local
    days = [to_local(NOON, c).date() for c in companies]
    assert days == [dt.date(2026, 4, 1), dt.date(2026, 3, 31)]


def test_the_start_of_a_day(companies):
    from trytond.modules.shop_invoicing.invoice.company_date import get_start
    starts = [get_start(dt.date(2026, 4, 1), c) for c in companies]
    assert starts == [
        dt.datetime(2026, 3, 31, 10), dt.datetime(2026, 4, 1, 12)]
