# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""The arithmetic of seals, without Tryton.

Each seal is the HMAC-SHA256 (RFC 2104, FIPS 180-4) of what it says and of the
seal before it, so that none of them can be changed, taken out or put in
without all that follow.  Without a key it is a plain SHA-256, which everybody
can compute.
"""
import datetime as dt
import hashlib
import hmac
import json
from typing import NamedTuple, Optional

# How what is sealed is written down: a seal is checked as its version did it
VERSION = 2
MARK_LENGTH = 8
_SHORTEST_MARK = 8
# The digits of what a database can count
_LONGEST_POSITION = 18
_KEY_NAME = b'shop_invoicing.seal_key\0'
_encode = json.JSONEncoder(separators=(',', ':'), default=str).encode


def serialise(values):
    """Return the text of a list of values, which no other list has.

    It is JSON in ASCII without blanks; dates are as ISO 8601 writes them.
    """
    return _encode(values)


def digest(values):
    "Return the SHA-256 of the values as 64 hexadecimal digits"
    return hashlib.sha256(serialise(values).encode()).hexdigest()


class Entry(NamedTuple):
    "A seal with what it says, in the order in which it is sealed"
    version: int
    company: int
    position: int
    kind: str
    origin: Optional[str]
    name: Optional[str]
    number_range: Optional[int]
    range_number: Optional[int]
    statement: Optional[str]
    digest: Optional[str]
    detail_digest: Optional[str]
    later: bool
    sealed_at: dt.datetime
    key: Optional[str]
    previous: Optional[str]
    seal: Optional[str] = None

    def compute(self, key):
        "Return the seal that the entry must have with the key or None"
        text = serialise(self[:-1]).encode()
        if key is None:
            return hashlib.sha256(text).hexdigest()
        return hmac.digest(key, text, 'sha256').hex()


class Keys:
    """The keys of a configuration, separated by blanks.

    The first one seals.  The others still verify what they have sealed.
    """

    def __init__(self, text=None):
        keys = [word.encode() for word in (text or '').split()]
        self._keys = {self._get_name(k): k for k in keys}
        self.first = next(iter(self._keys), None)
        self._keys[None] = None

    @staticmethod
    def _get_name(key):
        "Return what tells the key from others and does not tell the key"
        return hashlib.sha256(_KEY_NAME + key).hexdigest()[:MARK_LENGTH]

    def __contains__(self, name):
        return name in self._keys

    def seal(self, entry):
        "Return the entry with its seal"
        entry = entry._replace(key=self.first)
        return entry._replace(seal=entry.compute(self._keys[self.first]))

    def verifies(self, entry):
        "Whether the seal is what follows from the entry"
        expected = entry.compute(self._keys[entry.key])
        return hmac.compare_digest(expected, entry.seal or '')


class Chain:
    """A walk along the seals of a company.

    position and seal are those of the seal before the first one to check.
    """

    def __init__(self, keys, position=0, seal=None):
        self._keys = keys
        self.position = position
        self.seal = seal

    def follow(self, entries):
        "Yield kind and entry of what is wrong with the next entries"
        for entry in entries:
            if entry.position != self.position + 1:
                yield 'seal_gap', entry
            elif entry.previous != self.seal:
                yield 'seal_broken', entry
            elif entry.key not in self._keys:
                yield 'seal_key', entry
            elif not self._keys.verifies(entry):
                yield 'seal_broken', entry
            self.position, self.seal = entry.position, entry.seal


def format_mark(position, seal):
    "Return what is printed of a seal"
    return f'{position}-{seal[:MARK_LENGTH]}'


def parse_mark(text):
    """Return position and beginning of a seal that somebody has noted.

    Raise ValueError if it is none.
    """
    position, _, seal = ''.join((text or '').split()).partition('-')
    seal = seal.lower()
    if (len(seal) < _SHORTEST_MARK
            or not set(seal) <= set('0123456789abcdef')
            or len(position) > _LONGEST_POSITION):
        raise ValueError(f"{text!r} is no seal")
    return int(position), seal
