# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
import datetime as dt
import doctest

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from trytond.modules.shop_invoicing.numbering import number_format
from trytond.modules.shop_invoicing.numbering.number_format import (
    COUNTERS, DATE_TOKENS, MAX_LENGTH, DateToken, NumberFormat,
    NumberFormatError, describe_date_tokens, find_collision, list_date_tokens)

pytestmark = pytest.mark.once

LITERALS = st.text(
    st.characters(min_codepoint=33, max_codepoint=126, exclude_characters='{}')
    | st.sampled_from('-S0123456789'), max_size=6)
DATES = st.sampled_from(list(map(str, DATE_TOKENS.values())))
PARTS = st.lists(LITERALS | DATES, max_size=4).map(''.join)
INVOICE_COUNTERS = st.builds(
    '{{i{}{}}}'.format, st.sampled_from(';,'), st.integers(0, 18))
FORMATS = st.builds(
    '{}{}{}'.format, PARTS, INVOICE_COUNTERS, PARTS).filter(
        lambda text: len(text) <= MAX_LENGTH)
# The years that two digits can tell apart
DAYS = st.dates(dt.date(1970, 1, 1), dt.date(2069, 12, 31))
NUMBERS = st.integers(1, 10 ** 6)
TYPES = st.sampled_from(list(COUNTERS))


def test_examples_of_the_documentation():
    failed, tested = doctest.testmod(number_format)
    assert tested and not failed


@pytest.mark.parametrize('text, date, counter, number', [
        ('{yyyy}-{i;5}', dt.date(2025, 3, 9), 1, '2025-00001'),
        ('RE{yy}{qq}-{i,4}', dt.date(2026, 1, 4), 1, 'RE2601-0001'),
        ('PS{i;3}', dt.date(2017, 6, 28), 4, 'PS004'),
        ('PS{i;3}', dt.date(2017, 6, 28), 4444, 'PS4444'),
        ('{i;0}/{mm}/{dd}', dt.date(2017, 6, 28), 7, '7/06/28'),
        ('{yyyy}{i;18}', dt.date(9, 1, 1), 1, '0009' + '1'.zfill(18)),
        ])
def test_print_number(text, date, counter, number):
    assert NumberFormat.parse(text).print_number(date, i=counter) == number


@pytest.mark.parametrize('month, quarter', [
        (1, '01'), (3, '01'), (4, '02'), (6, '02'), (7, '03'), (9, '03'),
        (10, '04'), (12, '04')])
def test_print_quarter(month, quarter):
    format_ = NumberFormat.parse('{qq}-{i;0}')
    assert format_.print_number(dt.date(2025, month, 1), i=1) == f'{quarter}-1'


@pytest.mark.parametrize('text, code, position', [
        ('', 'empty', 1),
        (None, 'empty', 1),
        (7, 'empty', 1),
        ('R' * 65, 'long', 65),
        ('RE {i;0}', 'blank', 3),
        ('RE\xa0{i;0}', 'blank', 3),
        ('{i; 3}', 'blank', 4),
        ('Rö{i;0}', 'ascii', 2),
        ('{i;3}🧾', 'ascii', 6),
        ('a\u200b{i;0}', 'invisible', 2),
        ('a\x07{i;0}', 'invisible', 2),
        ('\ud800{i;0}', 'invisible', 1),
        ('{i;\u0663}', 'digit', 4),
        ('{i;\u00b2}', 'digit', 4),
        ('{i;3', 'unclosed', 1),
        ('a{{i;3}}', 'unclosed', 2),
        ('{', 'unclosed', 1),
        ('{i;3}}', 'unopened', 6),
        ('{i;3}{x;3}', 'token', 6),
        ('{}{i;3}', 'token', 1),
        ('{YY}{i;3}', 'token', 1),
        ('{yyyy;2}{i;3}', 'token', 1),
        ('{i}', 'digits', 1),
        ('{i;}', 'digits', 1),
        ('{i;19}', 'digits', 1),
        ('{i;003}', 'digits', 1),
        ('{i;-1}', 'digits', 1),
        ('{i;3;3}', 'digits', 1),
        ('{i;3}{c;0}', 'foreign', 6),
        ('{i;3}{ci;0}', 'foreign', 6),
        ('{i;3}{i;3}', 'repeated', 6),
        ('{yyyy}', 'counter', 1),
        ])
def test_refuse(text, code, position):
    with pytest.raises(NumberFormatError) as info:
        NumberFormat.parse(text)
    assert (info.value.code, info.value.position) == (code, position)
    assert str(info.value).startswith(f'{code} at position {position}')


def test_refuse_a_correction_that_does_not_follow():
    with pytest.raises(NumberFormatError) as info:
        NumberFormat.parse('{i;3}{c;0}', 'cancellation')
    assert info.value.code == 'suffix'


def test_collision_of_a_format_without_counter():
    date = dt.date(2025, 3, 9)
    assert find_collision('{yyyy}', date) == (1, 2, '2025')
    assert find_collision('{yyyy}{i;0}', date) is None


def test_the_tokens_are_listed_and_described():
    assert list_date_tokens() == '{yyyy}, {yy}, {qq}, {mm}, {dd}'
    assert describe_date_tokens().splitlines()[-1] == (
        '{dd}: the day on two digits')


@given(st.sampled_from(list(DATE_TOKENS.values())), st.dates())
def test_a_token_prints_as_many_digits_as_it_is_wide(token, date):
    text = token.print_part(date, {})
    assert len(text) == token.width and text.isdecimal()


@pytest.mark.parametrize('width, print_date', [
        (1, lambda date: str(date.month)),
        (2, lambda date: str(date.month)),
        (2, lambda date: str(date.day)),
        (4, lambda date: str(date.year)),
        (3, lambda date: f'{date.year:04}'),
        # A hyphen is what tells a correction from an invoice
        (5, lambda date: f'{date:%m-%d}'),
        ])
def test_a_token_that_prints_no_digits_of_its_width_is_refused(
        width, print_date):
    with pytest.raises(ValueError, match='{x} prints '):
        DateToken('x', width, "what it is", print_date)


def test_a_token_of_two_widths_would_collide():
    month = Variable()
    _, counter = NumberFormat.parse('{mm}{i;0}').parts
    format_ = NumberFormat((month, counter))
    assert (
        format_.print_number(dt.date(2025, 1, 1), i=11)
        == format_.print_number(dt.date(2025, 11, 1), i=1))


class Variable:
    "The month as it would print without a fixed width"

    def print_part(self, date, counters):
        return str(date.month)


@given(FORMATS, DAYS, NUMBERS)
def test_the_counter_can_be_read_back_by_the_widths(text, date, counter):
    format_ = NumberFormat.parse(text)
    number = format_.print_number(date, i=counter)
    widths = [part.width for part in format_.parts]
    place = widths.index(None)
    before, after = sum(widths[:place]), sum(widths[place + 1:])
    assert int(number[before:len(number) - after]) == counter


@given(FORMATS)
def test_parse_what_is_printed(text):
    format_ = NumberFormat.parse(text)
    assert NumberFormat.parse(str(format_)) == format_
    assert str(format_) == text.replace('{i,', '{i;')


@given(FORMATS, TYPES)
def test_parse_what_is_derived(text, document_type):
    derived = NumberFormat.parse(text).derive(document_type)
    assert NumberFormat.parse(str(derived), document_type) == derived


@given(FORMATS, TYPES, DAYS, DAYS, NUMBERS, NUMBERS, NUMBERS, NUMBERS)
def test_two_documents_of_a_type_never_print_the_same(
        text, document_type, date1, date2, counter1, counter2, i1, i2):
    format_ = NumberFormat.parse(text).derive(document_type)
    if format_.has_year:
        assume((date1.year, counter1) != (date2.year, counter2))
    else:
        # The counter goes on over the years
        assume(counter1 != counter2)
    name = COUNTERS[document_type]
    assert (
        format_.print_number(date1, **({'i': i1} | {name: counter1}))
        != format_.print_number(date2, **({'i': i2} | {name: counter2})))


@given(FORMATS, st.permutations(list(COUNTERS)), DAYS, DAYS,
    NUMBERS, NUMBERS, NUMBERS, NUMBERS)
def test_documents_of_two_types_never_print_the_same(
        text, types, date1, date2, counter1, counter2, i1, i2):
    format_ = NumberFormat.parse(text)
    type1, type2, _ = types
    number1 = format_.derive(type1).print_number(
        date1, **({'i': i1} | {COUNTERS[type1]: counter1}))
    number2 = format_.derive(type2).print_number(
        date2, **({'i': i2} | {COUNTERS[type2]: counter2}))
    assert number1 != number2


@given(st.text() | st.none() | st.integers() | st.binary()
    | st.text('{}iyc;,0139 -mdq', max_size=20), TYPES)
def test_no_input_raises_anything_else(text, document_type):
    try:
        NumberFormat.parse(text, document_type)
    except NumberFormatError as error:
        assert error.position >= 1
