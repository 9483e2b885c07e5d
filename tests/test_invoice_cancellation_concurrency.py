# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Several processes cancel and replace invoices at the same time."""
import datetime as dt
from functools import partial

import pytest

from tests import ledger, payer

pytestmark = pytest.mark.postgresql
YEAR = dt.date.today().year
INVOICES = 4


@pytest.fixture
def invoices():
    "Make the database of a shop with invoices that were sent and return them"
    from proteus import Model

    from tests.cancellation import issue
    from tests.tools import create_customer_invoice, create_shop
    from trytond.tests.test_tryton import drop_db
    from trytond.tests.tools import activate_modules
    activate_modules('shop_invoicing', partial(create_shop, YEAR, YEAR))
    customer, = Model.get('party.party').find([('name', '=', "Customer")])
    invoices = [create_customer_invoice(customer) for _ in range(INVOICES)]
    issue(*invoices)
    yield invoices
    drop_db()


def test_two_cancel_the_same_invoices(invoices):
    check_cancelled_once(invoices[:2], 'issue_cancellation')
    check_cancelled_once(invoices[2:], 'replace')
    assert not ledger.find_wrong()


def check_cancelled_once(invoices, method):
    "Cancel the invoices while another process does it by the method"
    ids = [i.id for i in invoices]
    errors = payer.run(
        payer.start('account.invoice', 'issue_cancellation', ids),
        payer.start('account.invoice', method, ids))
    for invoice, *answers in zip(invoices, *errors):
        refusal, = filter(None, answers)
        assert refusal.startswith('InvoiceCancellationError(')
        invoice.reload()
        assert invoice.state == 'cancelled'
        assert len(invoice.corrections) == 1
    drafts = [d for i in invoices for d in i.replaced_by]
    assert len(drafts) == errors[1].count(None) * (method == 'replace')
