# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Two people credit the same invoices at the same time on PostgreSQL."""
import datetime as dt
from functools import partial

import pytest

from tests import payer

pytestmark = pytest.mark.postgresql
YEAR = dt.date.today().year
INVOICES = 3


@pytest.fixture
def invoices():
    "Make the database of a shop with sent invoices and return them"
    from proteus import Model

    from tests.crediting import issue_invoice
    from tests.tools import create_shop
    from trytond.tests.test_tryton import drop_db
    from trytond.tests.tools import activate_modules
    activate_modules('shop_invoicing', partial(create_shop, YEAR, YEAR))
    customer, = Model.get('party.party').find([('name', '=', "Customer")])
    yield [issue_invoice(customer, ('100',)) for _ in range(INVOICES)]
    drop_db()


def check_credited_once(invoices, errors):
    numbers = []
    for invoice, both in zip(invoices, zip(*errors)):
        invoice.reload()
        issued = [c for c in invoice.corrections if c.number]
        credit_note, = issued
        assert credit_note.total_amount == -invoice.total_amount
        assert sum(error is None for error in both) == 1
        told, = [error for error in both if error]
        assert told.startswith('InvoiceCreditAmountError'), told
        numbers.append(credit_note.range_number)
    assert sorted(numbers) == list(range(1, INVOICES + 1))


def test_two_credit_the_same_invoices(invoices):
    ids = [i.id for i in invoices]
    errors = payer.run(*[
            payer.start('account.invoice', payer.CREDIT_ALL, ids)
            for _ in range(2)])
    check_credited_once(invoices, errors)
    assert {i.state for i in invoices} == {'paid'}


def test_one_credits_and_one_posts_a_draft(invoices):
    from proteus import Wizard
    drafts = []
    for invoice in invoices:
        wizard = Wizard('account.invoice.credit', [invoice])
        wizard.form.with_refund = False
        wizard.execute('credit')
        drafts += wizard.actions[0]
    errors = payer.run(
        payer.start(
            'account.invoice', payer.CREDIT_ALL, [i.id for i in invoices]),
        payer.start('account.invoice', 'post', [d.id for d in drafts]))
    check_credited_once(invoices, errors)
