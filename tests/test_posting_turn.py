# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Several processes post at the same time on PostgreSQL."""
import pytest

from tests.benchmark import posting

pytestmark = pytest.mark.postgresql


@pytest.fixture
def shop():
    "Make the database of a shop in which nothing was posted yet"
    from trytond.tests.test_tryton import drop_db
    posting.prepare('ours')
    yield
    drop_db()


@pytest.mark.parametrize('batch', [1, 3])
def test_nobody_fails_because_others_post(shop, batch):
    drafts = posting.create_drafts(4 * 3 * batch)
    _, results = posting.run(4, drafts, batch)
    assert [call['error'] for call in results] == [None] * 12
    assert posting.count_findings(results) == 0


def get_company():
    from trytond.pool import Pool
    company, = Pool().get('company.company').search([])
    return company


def test_waiting_is_bounded(shop, monkeypatch):
    from trytond.modules.shop_invoicing.exceptions import PostingTurnError
    from trytond.modules.shop_invoicing.numbering import posting_turn
    from trytond.tests.test_tryton import DB_NAME
    from trytond.transaction import Transaction
    monkeypatch.setattr(posting_turn, 'DEFAULT_TIMEOUT', 1)
    with Transaction().start(DB_NAME, 0):
        posting_turn.take(get_company())
        with Transaction().new_transaction():
            with pytest.raises(PostingTurnError, match="1 seconds"):
                posting_turn.take(get_company())
    # It is free again, also for who has it already
    with Transaction().start(DB_NAME, 0):
        posting_turn.take(get_company())
        posting_turn.take(get_company())


def test_what_fails_after_a_draw_gives_it_back(shop):
    from trytond.pool import Pool
    from trytond.tests.test_tryton import DB_NAME
    from trytond.transaction import Transaction

    def draw(n):
        sequence, = Pool().get('ir.sequence.strict').search(
            [('sequence_type.name', '=', "Account Move")], limit=1)
        return list(sequence.get_many(n))

    with Transaction().start(DB_NAME, 0) as transaction:
        assert draw(2) == ['1', '2']
        assert draw(1) == ['3']
        transaction.rollback()
    with Transaction().start(DB_NAME, 0) as transaction:
        assert draw(2) == ['1', '2']
        transaction.commit()
    with Transaction().start(DB_NAME, 0):
        assert draw(1) == ['3']
        cursor = Transaction().connection.cursor()
        cursor.execute('SELECT sequence, number_next '
            'FROM ir_sequence_strict_draw WHERE number_next != 4')
        assert not cursor.fetchall()
