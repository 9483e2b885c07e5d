# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"The arithmetic of seals"
import datetime as dt
import hashlib
import hmac

import pytest

from trytond.modules.shop_invoicing.seal.seal_chain import (
    Chain, Entry, Keys, digest, format_mark, parse_mark, serialise)

pytestmark = pytest.mark.once

NOW = dt.datetime(2026, 11, 29, 16, 0)
KEYS = Keys('new old')


def make_chain(keys=KEYS, count=4):
    entries, previous = [], None
    for position in range(1, count + 1):
        entry = keys.seal(Entry(
                version=1, company=1, position=position, kind='issued',
                origin=f'account.invoice,{position}', name=f'RE-{position}',
                number_range=1, range_number=position, statement='{}',
                digest=digest([position]), detail_digest=None, later=False,
                sealed_at=NOW, key=None, previous=previous))
        previous = entry.seal
        entries.append(entry)
    return entries


def find(entries, keys=KEYS):
    return [(k, e.position) for k, e in Chain(keys).follow(entries)]


def test_the_seal_is_the_hmac_of_what_is_written_down():
    entry, = make_chain(count=1)
    text = (
        '[1,1,1,"issued","account.invoice,1","RE-1",1,1,"{}",'
        f'"{digest([1])}",null,false,"2026-11-29 16:00:00",'
        f'"{entry.key}",null]')
    assert serialise(entry[:-1]) == text
    assert entry.seal == hmac.new(b'new', text.encode(), 'sha256').hexdigest()


def test_without_a_key_it_is_a_plain_hash():
    entry, = make_chain(Keys(), count=1)
    assert entry.key is None
    assert entry.seal == hashlib.sha256(
        serialise(entry[:-1]).encode()).hexdigest()


def test_no_two_lists_are_written_down_alike():
    lists = [
        [], [None], [''], ['a', 'b'], ['a,b'], ['a","b'], ['ab'], [1], ['1'],
        [True], [1.0], ['\u00e9'], ['e\u0301']]
    assert len({serialise(values) for values in lists}) == len(lists)


def test_a_chain_is_intact():
    assert find(make_chain()) == []


def another(value):
    if isinstance(value, dt.datetime):
        return value + dt.timedelta(seconds=1)
    if isinstance(value, bool):
        return not value
    return (value + 9) if isinstance(value, int) else 'forged'


@pytest.mark.parametrize('field', Entry._fields)
def test_each_field_that_is_changed_is_found(field):
    entries = make_chain()
    forged = another(getattr(entries[1], field))
    entries[1] = entries[1]._replace(**{field: forged})
    assert 2 in {min(position, 2) for _, position in find(entries)}


def test_what_is_deleted_in_the_middle_is_found():
    entries = make_chain()
    del entries[1]
    assert find(entries) == [('seal_gap', 3)]


def test_what_is_deleted_at_the_end_needs_a_witness():
    assert find(make_chain()[:-1]) == []


def test_what_is_computed_anew_without_key_does_not_fit():
    entries = make_chain()
    forged = entries[1]._replace(digest=digest(['forged']), key=None)
    entries[1] = Keys().seal(forged)
    assert find(entries) == [('seal_broken', 3)]


def test_keys_can_be_changed():
    entries = make_chain(Keys('old'))
    assert find(entries, KEYS) == []
    assert find(entries, Keys('new')) == [
        ('seal_key', p) for p in range(1, 5)]


def test_the_name_of_a_key_does_not_tell_it():
    entry, = make_chain(Keys('secret'), count=1)
    assert 'secret' not in entry.key
    assert len(entry.key) == 8


def test_what_is_printed_can_be_entered():
    entry = make_chain()[2]
    position, beginning = parse_mark(format_mark(3, entry.seal))
    assert position == 3
    assert entry.seal.startswith(beginning)
    assert parse_mark(' 3 - ' + entry.seal.upper()) == (3, entry.seal)


@pytest.mark.parametrize('text', [
        None, '', '42', '42-', '42-0f1e2d3', '-0f1e2d3c', 'x-0f1e2d3c',
        '42-0f1e2d3g', '42-%%%%%%%%'])
def test_what_is_no_seal_is_refused(text):
    with pytest.raises(ValueError):
        parse_mark(text)
