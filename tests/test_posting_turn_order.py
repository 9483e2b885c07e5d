# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Many clerks mix companies, years and documents, and none of them fails."""
import os
import random

import pytest

from tests import ledger, two_companies
from tests.office import Office
from tests.two_companies import END_OF_LAST_YEAR, TODAY

pytestmark = pytest.mark.postgresql

CLERKS = 8
ROUNDS = 1000


@pytest.fixture(scope='module')
def companies():
    "Return the ids of a draft to copy in each of two companies"
    from trytond.tests.test_tryton import drop_db
    two_companies.prepare()
    yield two_companies.get_drafts()
    drop_db()


def test_on_1_january_eight_miss_the_ranges_and_the_period(companies):
    first, _ = companies
    with Office(CLERKS) as office:
        last = ledger.copy_draft(first, 1, END_OF_LAST_YEAR)
        assert not office.clerks[0].do('post', last)['error']
        assert count_ranges_of_this_year() == []
        for clerk, id_ in zip(office.clerks, ledger.copy_draft(first, CLERKS)):
            clerk.ask('post', [id_])
        assert [c.answer()['error'] for c in office.clerks] == [None] * CLERKS
    assert count_ranges_of_this_year() == [
        ('cancellation', 1), ('credit_note', 1), ('invoice', 1)]
    assert [count for count, in ledger.query(
            "SELECT count(*) FROM account_journal_period "
            "GROUP BY journal, period")] == [1, 1]
    assert ledger.find_wrong() == {}


def count_ranges_of_this_year():
    return ledger.query(
        "SELECT document_type, count(*) FROM account_invoice_number_range "
        "WHERE year = %s GROUP BY document_type ORDER BY document_type",
        TODAY.year)


def test_who_has_a_later_turn_starts_again_with_all_of_them(companies):
    from trytond.modules.shop_invoicing.numbering import posting_turn
    from trytond.pool import Pool
    from trytond.transaction import Transaction
    with Transaction().start(os.environ['DB_NAME'], 1):
        first, second = Pool().get('company.company').search(
            [], order=[('id', 'ASC')])
        posting_turn.take(first)
        with Transaction().new_transaction() as transaction:
            posting_turn.take(second)
            with pytest.raises(posting_turn.TurnOrderError) as error:
                posting_turn.take(first)
            transaction.rollback()
            error.value.fix({})
    assert ledger.find_turns() == []
    with Transaction().start(os.environ['DB_NAME'], 1):
        posting_turn.take(second)
        assert {turn for _, _, turn in ledger.find_turns()} == {
            first.id, second.id}


def test_who_makes_ranges_too_late_takes_those_of_others(companies):
    from trytond.modules.shop_invoicing.numbering import posting_turn
    from trytond.pool import Pool
    from trytond.transaction import Transaction
    year = TODAY.year + 1
    with Transaction().start(os.environ['DB_NAME'], 1) as transaction:
        Range = Pool().get('account.invoice.number_range')
        company = Pool().get('company.company').search([], limit=1)[0]
        assert not Range.get_range(company, year)
        with transaction.new_transaction() as other:
            Range.prepare(company, year)
            other.commit()
        # What it has read before does not show them
        assert not Range.get_range(company, year)
        error = posting_turn.MissingRecordError(
            lambda: Range.prepare(company, year))
        error.fix({})
        assert Range.get_range(company, year)
        assert len(Range.prepare(company, year)) == 3


def test_a_thousand_calls_draw_from_sequences_in_any_order(companies):
    rng = random.Random(1000)
    sequences = create_sequences()
    with Office(CLERKS, draw_calls(rng, sequences)) as office:
        office.work()
        assert office.errors == []
    good = [a for a in office.answers if not a['error']]
    assert len(good) == ROUNDS
    numbers = {sequence: [] for sequence in sequences}
    for answer in good:
        for sequence, number in answer['result']:
            numbers[sequence].append(int(number))
    for drawn in numbers.values():
        assert sorted(drawn) == list(range(1, len(drawn) + 1))
    assert ledger.find_wrong() == {}


def create_sequences():
    "Return a sequence of each company and one without company"
    from trytond.pool import Pool
    from trytond.tests.test_tryton import DB_NAME
    from trytond.transaction import Transaction
    with Transaction().start(DB_NAME, 1):
        pool = Pool()
        Sequence = pool.get('ir.sequence.strict')
        type_, = pool.get('ir.sequence.type').search(
            [('name', '=', "Account Move")])
        companies = pool.get('company.company').search([])
        return [
            sequence.id for sequence in Sequence.create([{
                    'name': "Any Order",
                    'sequence_type': type_.id,
                    'company': company.id if company else None,
                    } for company in [*companies, None]])]


def draw_calls(rng, sequences):
    "Yield calls that draw from all sequences, of which one in five breaks"
    for _ in range(ROUNDS):
        quantities = [(s, rng.randint(1, 3)) for s in sequences]
        rng.shuffle(quantities)
        call = {'action': 'draw', 'args': [quantities]}
        if rng.random() < .2:
            call['breaks'] = 'end'
        yield call
