# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Share a cost out so that the shares always add up to it.

Amounts are counted in the smallest unit of the currency, such as a cent, and
nothing is rounded before the end.
"""
from decimal import Decimal
from fractions import Fraction
from math import floor

HALF = Fraction(1, 2)


class CostShareUnitError(ValueError):
    "The cost is no whole number of units of the currency"


def share_out(cost, weights, unit):
    """Return the share of each weight, which add up to the cost.

    Each is less than one unit off what is exact.  The units that are missing
    after rounding down go to the largest remainders, the first one of equals.
    What weighs nothing or less gets nothing, unless all do: then the shares
    are equal.

    >>> share_out(Decimal(10), [100, 50, 25], Decimal('.01'))
    [Decimal('5.71'), Decimal('2.86'), Decimal('1.43')]
    >>> share_out(Decimal(-10), [0, 0, 0], Decimal('.01'))
    [Decimal('-3.34'), Decimal('-3.33'), Decimal('-3.33')]
    """
    units = _count(cost, unit)
    weights = _weigh(weights)
    if not weights:
        if units:
            raise ValueError("There is nothing to share the cost out to")
        return []
    whole = sum(weights)
    exact = [abs(units) * weight / whole for weight in weights]
    shares = [floor(share) for share in exact]
    missing = abs(units) - sum(shares)
    # The order of equals is kept
    largest = sorted(
        range(len(exact)), key=lambda i: shares[i] - exact[i])
    for index in largest[:missing]:
        shares[index] += 1
    return [_sign(units) * share * unit for share in shares]


def get_next_share(cost, part, whole, given, unit):
    """Return what a partial document adds to what was given before.

    The part is what all documents weigh together, the new one included.  So
    the sum is right after each of them, and the one that completes the whole
    takes the rest.  A part that became less gives back, and one above the
    whole gets nothing more.

    >>> get_next_share(
    ...     Decimal(10), 2, 3, given=Decimal('3.33'), unit=Decimal('.01'))
    Decimal('3.34')
    """
    units = _count(cost, unit)
    part, whole = _to_fraction(part), _to_fraction(whole)
    ratio = min(max(part / whole, 0), 1) if whole > 0 else 1
    return _sign(units) * floor(abs(units) * ratio + HALF) * unit - given


def _count(cost, unit):
    "Return how many units the cost is"
    units = Fraction(cost) / Fraction(unit)
    if units.denominator != 1:
        raise CostShareUnitError(cost, unit)
    return int(units)


def _weigh(weights):
    weights = [max(_to_fraction(weight), Fraction(0)) for weight in weights]
    return weights if any(weights) else [Fraction(1)] * len(weights)


def _to_fraction(number):
    "Return the number as it is printed, since 0.1 is not exactly a tenth"
    return Fraction(Decimal(str(number)))


def _sign(number):
    return -1 if number < 0 else 1
