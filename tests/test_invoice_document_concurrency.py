# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"Two print the same new invoices at the same time on PostgreSQL"
import datetime as dt
from functools import partial

import pytest

from tests import payer

pytestmark = pytest.mark.postgresql
INVOICES = 3


def test_one_document_stays():
    from proteus import Model

    from tests.pages import print_invoice
    from tests.tools import (
        create_customer_invoice, create_shop, execute_sql, post)
    from trytond.tests.test_tryton import drop_db
    from trytond.tests.tools import activate_modules
    today = dt.date.today()
    activate_modules(
        'shop_invoicing', partial(create_shop, today.year, today.year))
    customer, = Model.get('party.party').find([('name', '=', "Customer")])
    invoices = [
        create_customer_invoice(customer, today) for _ in range(INVOICES)]
    post(*invoices)
    execute_sql(
        "UPDATE account_invoice SET invoice_report_cache = NULL, "
        "invoice_report_format = NULL")
    # What each update of the stored document leaves behind
    execute_sql(
        "CREATE TABLE stored (invoice INTEGER)",
        "CREATE FUNCTION store() RETURNS TRIGGER LANGUAGE plpgsql AS $$ "
        "BEGIN INSERT INTO stored VALUES (NEW.id); RETURN NEW; END $$",
        "CREATE TRIGGER store AFTER UPDATE ON account_invoice FOR EACH ROW "
        "WHEN (NEW.invoice_report_cache "
        "IS DISTINCT FROM OLD.invoice_report_cache) "
        "EXECUTE FUNCTION store()",
        )
    ids = [i.id for i in invoices]
    errors = payer.run(*[
            payer.start('account.invoice', 'freeze_document', ids)
            for _ in range(2)])
    assert errors == [[None] * INVOICES] * 2
    execute_sql(
        "ALTER TABLE stored ADD CONSTRAINT once UNIQUE (invoice)")
    for invoice in invoices:
        invoice.reload()
        assert print_invoice(invoice) == invoice.invoice_report_cache
    drop_db()
