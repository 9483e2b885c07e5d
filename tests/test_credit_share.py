# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Whether credits fit into invoices that they share.

What fits at most is compared with the smallest cut, which is found by trying
all groups of credits.
"""
from decimal import Decimal
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from trytond.modules.shop_invoicing.correction.credit_share import Share

AMOUNTS = st.decimals(-5, 30, places=2)
KEYS = 'abcd'
ROOMS = st.dictionaries(st.sampled_from(KEYS), AMOUNTS)
CREDITS = st.lists(
    st.tuples(AMOUNTS, st.sets(st.sampled_from(KEYS))), max_size=5)


def add(amounts):
    "Return the sum of those that are not negative"
    return sum((max(a, Decimal(0)) for a in amounts), Decimal(0))


def find_smallest_cut(rooms, credits):
    "Return how much of the credits fits into the rooms at most"
    cuts = []
    for size in range(len(credits) + 1):
        for group in combinations(range(len(credits)), size):
            keys = set().union(*(credits[i][1] for i in group))
            others = [
                amount for i, (amount, _) in enumerate(credits)
                if i not in group]
            cuts.append(
                add(others) + add(rooms[k] for k in keys & rooms.keys()))
    return min(cuts)


@given(ROOMS, CREDITS)
def test_as_much_is_placed_as_fits_in_any_way(rooms, credits):
    share = Share(rooms)
    placed = [share.place(amount, keys) for amount, keys in credits]
    assert add(placed) == find_smallest_cut(rooms, credits)
    for (amount, _), part in zip(credits, placed):
        assert 0 <= part <= max(amount, Decimal(0))


@given(ROOMS, CREDITS, st.sets(st.sampled_from(KEYS)))
def test_what_is_left_is_the_most_that_fits(rooms, credits, keys):
    share = Share(rooms)
    placed = [(share.place(a, k), k) for a, k in credits]
    left = share.find_left(keys)
    most = add(rooms.values())
    assert left + add(amount for amount, _ in placed) == find_smallest_cut(
        rooms, [*placed, (most, keys)])
    # Looking has changed nothing
    assert share.place(left + 1, keys) == left


def test_an_earlier_credit_makes_room_where_it_can():
    share = Share({'first': Decimal(10), 'second': Decimal(10)})
    assert share.place(Decimal(10), ['first', 'second']) == 10
    assert share.place(Decimal(10), ['first']) == 10
    assert share.find_left(['first', 'second']) == 0
