# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"Several processes post and seal at the same time on PostgreSQL"
import pytest

from tests.benchmark import posting

pytestmark = pytest.mark.postgresql


@pytest.fixture
def database():
    from trytond.tests.test_tryton import drop_db
    posting.prepare('ours')
    yield
    drop_db()


def test_the_chain_has_no_hole(database):
    from trytond.pool import Pool
    from trytond.tests.test_tryton import DB_NAME
    from trytond.transaction import Transaction
    drafts = posting.create_drafts(2 * 3 * 2)
    _, results = posting.run(2, drafts, 2)
    assert [call['error'] for call in results] == [None] * 6
    with Transaction().start(DB_NAME, 0) as transaction:
        pool = Pool()
        Company = pool.get('company.company')
        Seal = pool.get('account.invoice.seal')
        company, = Company.search([])
        seals = Seal.search([], order=[('position', 'ASC')])
        assert [s.position for s in seals] == list(range(1, len(drafts) + 2))
        assert {s.origin.id for s in seals[1:]} == set(drafts)
        audit = pool.get('account.invoice.seal.audit').check_seals(company)
        assert [(f.kind, f.name) for f in audit.faults] == []
        # What was there before there were seals
        cursor = transaction.connection.cursor()
        cursor.execute("DELETE FROM account_invoice_seal")
        Company.seal_existing([company])
        assert [s.later for s in Seal.search([('kind', '=', 'issued')])] == [
            True] * len(drafts)
        last = Seal.read_last(company)
        Company.seal_existing([company])
        assert Seal.read_last(company) == last
        audit = pool.get('account.invoice.seal.audit').check_seals(company)
        # The chain goes on where it was
        assert [f.kind for f in audit.faults] == ['seal_gap']
