# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
import doctest
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trytond.modules.shop_invoicing.lettering import lettering_text
from trytond.modules.shop_invoicing.lettering.lettering_text import (
    MAX_LENGTH, LetteringTextError, clean)

pytestmark = pytest.mark.once

CHARACTERS = st.characters() | st.characters(categories=['Cs'])
TEXTS = st.text(
    CHARACTERS | st.sampled_from(' \t\n\x00\xa0\u200b\ufeffAe\u0301\ud800'),
    max_size=MAX_LENGTH + 6)


def test_examples_of_the_documentation():
    failed, tested = doctest.testmod(lettering_text)
    assert tested and not failed


@pytest.mark.parametrize('text, cleaned', [
        (None, None),
        ('', None),
        (' \t\r\n\x0c\xa0\u2003\u3000', None),
        ('FA17', 'FA17'),
        ('\xa0 FA 2025/17\u2003\n', 'FA 2025/17'),
        ('Re\u0301f', 'R\xe9f'),
        ('Lettre n° 7 ‹é› 🧾', 'Lettre n° 7 ‹é› 🧾'),
        ('x' * MAX_LENGTH, 'x' * MAX_LENGTH),
        (' ' * 99 + 'x' * MAX_LENGTH + ' ', 'x' * MAX_LENGTH),
        # Composed they are short enough
        ('e\u0301' * MAX_LENGTH, '\xe9' * MAX_LENGTH),
        ])
def test_clean(text, cleaned):
    assert clean(text) == cleaned


@pytest.mark.parametrize('text, values', [
        ('\x00', {'character': 'U+0000', 'position': 1}),
        ('FA\x0717', {'character': 'U+0007', 'position': 3}),
        ('  FA\n17', {'character': 'U+000A', 'position': 3}),
        ('FA\xa017', {'character': 'U+00A0', 'position': 3}),
        ('FA\xad17', {'character': 'U+00AD', 'position': 3}),
        ('FA17\u200b', {'character': 'U+200B', 'position': 5}),
        ('\ufeffFA17', {'character': 'U+FEFF', 'position': 1}),
        ('FA\u202e17', {'character': 'U+202E', 'position': 3}),
        ('F\ud800', {'character': 'U+D800', 'position': 2}),
        ('F\U000e0001', {'character': 'U+E0001', 'position': 2}),
        ])
def test_refuse_what_cannot_be_printed(text, values):
    with pytest.raises(LetteringTextError) as info:
        clean(text)
    assert info.value.reason == 'character'
    assert info.value.values == values


@pytest.mark.parametrize('text', ['x' * 65, '\x00' * 65, ' ' + 'ü' * 65])
def test_refuse_what_is_too_long(text):
    with pytest.raises(LetteringTextError) as info:
        clean(text)
    assert info.value.reason == 'length'
    assert info.value.values == {'length': 65, 'max': 64}
    assert str(info.value) == 'length: length=65, max=64'


@given(TEXTS | st.none())
def test_clean_what_is_clean(text):
    try:
        cleaned = clean(text)
    except LetteringTextError as error:
        assert error.reason in {'length', 'character'}
        return
    assert clean(cleaned) == cleaned
    if cleaned is not None:
        assert 1 <= len(cleaned) <= MAX_LENGTH
        assert cleaned.isprintable()
        assert cleaned == cleaned.strip()
        assert unicodedata.is_normalized('NFC', cleaned)
    else:
        assert not (text or '').strip()
