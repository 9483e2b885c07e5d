# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
import doctest
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trytond.modules.shop_invoicing.cost_share import cost_share
from trytond.modules.shop_invoicing.cost_share.cost_share import (
    CostShareUnitError, get_next_share, share_out)

pytestmark = pytest.mark.once

CENT = Decimal('.01')
# Of currencies of 0, 2 and 3 digits, and one whose smallest coin is 5 cents
UNITS = st.sampled_from([Decimal(1), CENT, Decimal('.001'), Decimal('.05')])
COUNTS = st.integers(-10 ** 9, 10 ** 9)
WEIGHTS = st.one_of(
    st.decimals(-1000, 10 ** 6, places=2), st.integers(-3, 9),
    st.floats(-1, 1000))


def decimals(text):
    return [Decimal(word) for word in text.split()]


def test_examples_of_the_documentation():
    failed, tested = doctest.testmod(cost_share)
    assert tested and not failed


@pytest.mark.parametrize('cost, weights, shares', [
        ('10.00', '1 1 1', '3.34 3.33 3.33'),
        ('10.00', '100 50 25', '5.71 2.86 1.43'),
        ('4.90', '19.99 .01 5.00', '3.92 0.00 0.98'),
        ('6.85', '1 1 1 1 1 1', '1.15 1.14 1.14 1.14 1.14 1.14'),
        # By quantity and by weight
        ('1000.00', '6 6 3 6', '285.72 285.71 142.86 285.71'),
        ('12.50', '5000 200', '12.02 0.48'),
        # Over the tax sets of the goods
        ('6.00', '10.00 20.00', '2.00 4.00'),
        ('4.90', '12.50 17.99', '2.01 2.89'),
        ('-10.00', '1 1 1', '-3.34 -3.33 -3.33'),
        ('0.01', '1 1 1', '0.01 0.00 0.00'),
        ('0.00', '1 2', '0.00 0.00'),
        # What weighs nothing or less gets nothing, unless all do
        ('10.00', '0 5 -5', '0.00 10.00 0.00'),
        ('10.00', '0 -1 0', '3.34 3.33 3.33'),
        ('10.00', '7', '10.00'),
        ])
def test_share_out(cost, weights, shares):
    assert share_out(
        Decimal(cost), decimals(weights), CENT) == decimals(shares)


@pytest.mark.parametrize('cost, unit, shares', [
        ('100', '1', '34 33 33'),
        ('1.000', '.001', '0.334 0.333 0.333'),
        ('1.00', '.05', '0.35 0.35 0.30'),
        ])
def test_share_out_in_other_currencies(cost, unit, shares):
    assert share_out(
        Decimal(cost), [1, 1, 1], Decimal(unit)) == decimals(shares)


def test_a_tenth_three_times_weighs_what_three_tenths_weigh():
    assert share_out(Decimal(10), [.1, .2, .3], CENT) == share_out(
        Decimal(10), [1, 2, 3], CENT)


def test_nothing_to_share_out_to():
    assert share_out(Decimal(0), [], CENT) == []
    with pytest.raises(ValueError):
        share_out(Decimal(1), [], CENT)


@pytest.mark.parametrize('call', [
        lambda cost: share_out(cost, [1], CENT),
        lambda cost: get_next_share(cost, 1, 2, Decimal(0), CENT),
        ])
def test_a_cost_of_less_than_a_unit(call):
    with pytest.raises(CostShareUnitError):
        call(Decimal('10.005'))


def weigh(weights):
    "Return the weights as fractions, and what they are together"
    weights = [max(Fraction(Decimal(str(w))), Fraction(0)) for w in weights]
    if not any(weights):
        weights = [Fraction(1)] * len(weights)
    return weights, sum(weights)


@given(COUNTS, st.lists(WEIGHTS, min_size=1, max_size=12), UNITS)
def test_shares_add_up_and_are_less_than_one_unit_off(count, weights, unit):
    cost = count * unit
    shares = share_out(cost, weights, unit)
    assert sum(shares) == cost
    fractions, whole = weigh(weights)
    for share, weight in zip(shares, fractions, strict=True):
        exact = Fraction(cost) * weight / whole
        assert abs(Fraction(share) - exact) < Fraction(unit)
        assert Fraction(share / unit).denominator == 1
        assert share * cost >= 0
        assert weight or not share


@given(COUNTS, st.lists(st.integers(-2, 50), min_size=1, max_size=9), UNITS,
    st.randoms(use_true_random=False))
def test_the_order_matters_for_equal_remainders_only(
        count, weights, unit, random):
    fractions, whole = weigh(weights)
    remainders = [abs(count) * w / whole % 1 for w in fractions]
    order = list(range(len(weights)))
    random.shuffle(order)
    shares = share_out(count * unit, weights, unit)
    shuffled = share_out(count * unit, [weights[i] for i in order], unit)
    for remainder in set(remainders):
        # Who of the equals gets the unit depends on the order
        assert sum(
            shares[i] for i in order if remainders[i] == remainder) == sum(
            shuffled[n] for n, i in enumerate(order)
            if remainders[i] == remainder)


@pytest.mark.parametrize('parts, shares', [
        ('1 2 3', '3.33 3.34 3.33'),
        # A credit of what was invoiced last gives its share back
        ('1 2 1 3', '3.33 3.34 -3.34 6.67'),
        # More or less than all is invoiced
        ('2 4 3', '6.67 3.33 0.00'),
        ('1 -1 3', '3.33 -3.33 10.00'),
        ])
def test_shares_of_partial_documents(parts, shares):
    given = Decimal(0)
    for part, share in zip(decimals(parts), decimals(shares), strict=True):
        assert get_next_share(Decimal(10), part, 3, given, CENT) == share
        given += share


def test_without_weight_the_first_document_takes_all():
    assert get_next_share(Decimal(5), 0, 0, Decimal(0), CENT) == 5
    assert get_next_share(Decimal(5), 0, 0, Decimal(5), CENT) == 0


@given(
    COUNTS, UNITS,
    st.lists(st.integers(-20, 100), min_size=1, max_size=8))
def test_each_prefix_of_partial_documents_is_right(count, unit, weights):
    cost, whole = count * unit, 100
    part, given = 0, Decimal(0)
    for weight in weights:
        before, part = part, min(max(part + weight, 0), whole)
        share = get_next_share(cost, part, whole, given, unit)
        exact = Fraction(cost) * (part - before) / whole
        assert abs(Fraction(share) - exact) < Fraction(unit)
        given += share
        exact = Fraction(cost) * part / whole
        assert abs(Fraction(given) - exact) <= Fraction(unit) / 2
    assert given + get_next_share(cost, whole, whole, given, unit) == cost
