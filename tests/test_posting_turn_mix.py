# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Documents of two companies and two years are posted by the same calls."""
import random

import pytest

from tests import ledger, two_companies
from tests.office import Office, wait_for
from tests.two_companies import END_OF_LAST_YEAR

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


def test_a_thousand_documents_of_all_kinds_are_posted_together(companies):
    rng = random.Random(4)
    drafts = create_drafts(companies, 90)
    with Office(CLERKS) as office:
        office.calls = mix(rng, drafts, office)
        office.work()
        assert office.errors == []
    assert ledger.find_wrong() == {}
    (count, kinds), = ledger.query(
        "SELECT count(*), count(DISTINCT number_range) FROM account_invoice "
        "WHERE number IS NOT NULL")
    assert count >= ROUNDS
    # Invoices and credit notes of both years, cancellations of this one
    assert kinds == 2 * (2 + 2 + 1)
    assert not ledger.find_turns()


def create_drafts(companies, count):
    "Return as many drafts of each company, year and sign"
    return [
        id_ for company in companies for date in [None, END_OF_LAST_YEAR]
        for sign in [1, -1]
        for id_ in ledger.copy_draft(company, count, date, sign)]


def mix(rng, drafts, office):
    "Yield calls that post the drafts, and cancel and credit what is posted"
    rng.shuffle(drafts)
    seen, posted, documents = 0, [], 0
    while drafts or documents < ROUNDS:
        for answer in office.answers[seen:]:
            if answer['action'].startswith('post') and not answer['error']:
                posted += answer['args'][0]
        seen = len(office.answers)
        action = rng.choices(
            ['post', 'post_in_order', 'cancel', 'credit'], [4, 2, 2, 2])[0]
        pile = drafts if action.startswith('post') else posted
        count = {'post': 16, 'post_in_order': 2}.get(action, 8)
        ids = [pile.pop(rng.randrange(len(pile)))
            for _ in range(min(count, len(pile)))]
        if ids:
            documents += len(ids)
            yield {'action': action, 'args': [ids]}


@pytest.mark.parametrize('action', ['post', 'post_in_order'])
def test_who_waits_for_the_first_turn_has_not_the_second(companies, action):
    (first,), (second,) = ledger.query(
        "SELECT id FROM company_company ORDER BY id")
    ids = [ledger.copy_draft(c, 1)[0] for c in reversed(companies)]
    hanging = ledger.copy_draft(companies[0], 1)
    with Office(2) as office:
        hung, clerk = office.clerks
        hung.ask('post', hanging, breaks='end', how='hang')
        hung.wait_until_stopped()
        clerk.ask(action, ids)
        wait_for(lambda: find_waiting(first))
        assert {(granted, turn) for _, granted, turn in ledger.find_turns()
            } == {(True, first), (False, first)}
        hung.kill()
        assert not clerk.answer()['error']
    assert ledger.find_posted(ids) == set(ids)
    assert second not in {turn for *_, turn in ledger.find_turns()}


def find_waiting(turn):
    return [t for t in ledger.find_turns() if t[1:] == (False, turn)]
