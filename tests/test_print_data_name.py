# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"The names of uploaded files"
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trytond.modules.shop_invoicing.print_data.print_data_name import (
    LONGEST, clean)

pytestmark = pytest.mark.once

NAMES = {
    'cards.pdf': 'cards.pdf',
    '/etc/passwd': 'passwd',
    r'C:\cards\front.pdf': 'front.pdf',
    '../../cards.pdf': 'cards.pdf',
    'a/b\\c.pdf': 'c.pdf',
    ' cards.pdf ': 'cards.pdf',
    'cards\x00\n.pdf': 'cards.pdf',
    'cards\u202efdp.exe': 'cardsfdp.exe',
    'e\u0301.pdf': 'é.pdf',
    '.htaccess': '.htaccess',
    '../': None,
    '..': None,
    '': None,
    None: None,
    'x' * 300 + '.pdf': 'x' * 251 + '.pdf',
    '名' * 100: '名' * 85,
    'a.' + 'x' * 300: 'a.' + 'x' * 253,
    }


@pytest.mark.parametrize('name', NAMES)
def test_the_name_is_clean(name):
    assert clean(name) == NAMES[name]


@given(st.text())
def test_a_clean_name_is_a_name_of_a_file_and_stays_as_it_is(name):
    cleaned = clean(name)
    if cleaned is not None:
        assert cleaned not in {'', '.', '..'}
        assert not set(cleaned) & set('/\\\0\n')
        assert len(cleaned.encode()) <= LONGEST
        assert clean(cleaned) == cleaned
