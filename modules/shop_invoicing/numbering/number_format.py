# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""The format of the numbers of customer documents, without Tryton.

A format is printable ASCII around tokens in braces: the parts of the
document's date, and counters padded to a minimum of digits.

>>> from datetime import date
>>> format_ = NumberFormat.parse('RE{yy}{qq}-{i,4}')
>>> str(format_)
'RE{yy}{qq}-{i;4}'
>>> format_.print_number(date(2025, 11, 30), i=2)
'RE2504-0002'
>>> str(format_.derive('cancellation'))
'RE{yy}{qq}-{i;4}-S{c;0}'
"""
import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass, field

MAX_LENGTH = 64
MAX_DIGITS = 18

DEFAULT_FORMAT = '{yyyy}-{i;5}'
COUNTERS = {
    'invoice': 'i',
    'cancellation': 'c',
    'credit_note': 'ci',
    }
SUFFIXES = {
    'invoice': '',
    'cancellation': '-S{c;0}',
    'credit_note': '-{ci;0}',
    }

_COUNTER = re.compile(r'(?P<counter>ci|i|c)(?:[;,](?P<digits>.*))?', re.DOTALL)


class NumberFormatError(ValueError):
    """A text that is not a number format.

    code names the reason, position the character (from 1) it is about, token
    what stands there.
    """

    def __init__(self, code, position, token=''):
        super().__init__(f'{code} at position {position}: {token}')
        self.code = code
        self.position = position
        self.token = token


@dataclass(frozen=True)
class Literal:
    text: str

    def __str__(self):
        return self.text

    @property
    def width(self):
        return len(self.text)

    def print_part(self, date, counters):
        return self.text


@dataclass(frozen=True)
class DateToken:
    """A token that prints a part of the document's date.

    What it prints are digits, and always as many as it is wide.
    """
    name: str
    width: int
    meaning: str
    print_date: Callable = field(repr=False)
    has_year: bool = False

    def __post_init__(self):
        for day in _EACH_WIDTH:
            text = self.print_date(day)
            if len(text) != self.width or not text.isdecimal():
                raise ValueError(f'{self} prints {text}')

    def __str__(self):
        return '{%s}' % self.name

    def print_part(self, date, counters):
        return self.print_date(date)


# Days on which each part of a date has each width that it can have
_EACH_WIDTH = [
    dt.date(year, month, day) for year in [1, 10, 100, 1000, 9999]
    for month in range(1, 13) for day in range(1, 29)]
# A line here is a token: parsing, help and messages follow it, and the tests
# hold the documentation to it
DATE_TOKENS = {token.name: token for token in [
        DateToken(
            'yyyy', 4, "the year on four digits",
            lambda date: f'{date.year:04}', has_year=True),
        DateToken(
            'yy', 2, "the year on two digits",
            lambda date: f'{date.year % 100:02}', has_year=True),
        DateToken(
            'qq', 2, "the quarter on two digits",
            lambda date: f'{(date.month + 2) // 3:02}'),
        DateToken(
            'mm', 2, "the month on two digits",
            lambda date: f'{date.month:02}'),
        DateToken(
            'dd', 2, "the day on two digits",
            lambda date: f'{date.day:02}'),
        ]}


@dataclass(frozen=True)
class CounterToken:
    name: str
    digits: int
    # It grows with the counter
    width = None

    def __str__(self):
        return '{%s;%d}' % (self.name, self.digits)

    def print_part(self, date, counters):
        return str(counters[self.name]).zfill(self.digits)


@dataclass(frozen=True)
class NumberFormat:
    """A parsed format of the numbers of one document type."""
    parts: tuple

    @classmethod
    def parse(cls, text, document_type='invoice'):
        """Return the format that the text of a document type describes.

        Raise NumberFormatError if the text is not a format, or if two
        documents numbered from it would print the same.
        """
        if not isinstance(text, str) or not text:
            raise NumberFormatError('empty', 1)
        if len(text) > MAX_LENGTH + len(SUFFIXES[document_type]):
            raise NumberFormatError('long', MAX_LENGTH + 1)
        suffix = SUFFIXES[document_type]
        if not text.endswith(suffix):
            raise NumberFormatError('suffix', len(text), suffix)
        _check_characters(text)
        tokens = list(_tokenize(text))
        _check_counters(tokens, document_type)
        return cls(tuple(part for part, _ in tokens))

    def __str__(self):
        return ''.join(map(str, self.parts))

    @property
    def has_year(self):
        "Whether documents of two years print differently"
        return any(
            isinstance(part, DateToken) and part.has_year
            for part in self.parts)

    def derive(self, document_type):
        "Return the format of the document type from the invoice's format"
        return self.parse(str(self) + SUFFIXES[document_type], document_type)

    def print_number(self, date, **counters):
        "Return the number of the document of the date with the counters"
        return ''.join(
            part.print_part(date, counters) for part in self.parts)


def list_date_tokens():
    "Return the tokens of the date as a text"
    return ', '.join(map(str, DATE_TOKENS.values()))


def describe_date_tokens():
    "Return a line for each token of the date"
    return '\n'.join(
        f'{token}: {token.meaning}' for token in DATE_TOKENS.values())


def find_collision(text, date):
    """Return two counters and the number that both print on the date.

    Return None if no two documents of a year can print the same.  If all parts
    of the format of an invoice have a width but one, the length of a number
    tells the width of that one, and its place in the format tells where it
    stands.  So it can be read back, and it is the counter.  In a correction
    the counter comes last, behind a hyphen or a letter.  Only a format without
    its counter prints the same twice.
    """
    _check_characters(text)
    parts = [part for part, _ in _tokenize(text)]
    if any(part.width is None for part in parts):
        return None
    return 1, 2, NumberFormat(tuple(parts)).print_number(date)


def _check_characters(text):
    "Raise the error of the first character that no format may contain"
    for position, character in enumerate(text, 1):
        if '!' <= character <= '~':
            continue
        if character.isspace():
            code = 'blank'
        elif not character.isprintable():
            code = 'invisible'
        elif character.isnumeric():
            code = 'digit'
        else:
            code = 'ascii'
        raise NumberFormatError(code, position, _name_character(character))


def _name_character(character):
    "Return the character as it can be shown in an error"
    code_point = f'U+{ord(character):04X}'
    if character.isprintable() and not character.isspace():
        return f'{character} ({code_point})'
    return code_point


def _tokenize(text):
    "Yield the parts of the text with the position of each"
    start = 0
    while start < len(text):
        if text[start] == '{':
            end = text.find('}', start)
            nested = text.find('{', start + 1)
            if end < 0 or start < nested < end:
                raise NumberFormatError('unclosed', start + 1, text[start:])
            yield _parse_token(text[start + 1:end], start + 1), start + 1
            start = end + 1
        else:
            match = re.compile(r'[^{}]*').match(text, start)
            if match.end() == start:
                raise NumberFormatError('unopened', start + 1, '}')
            yield Literal(match.group()), start + 1
            start = match.end()


def _parse_token(body, position):
    "Return the part for what stands between two braces"
    if body in DATE_TOKENS:
        return DATE_TOKENS[body]
    match = _COUNTER.fullmatch(body)
    if not match:
        raise NumberFormatError('token', position, '{%s}' % body)
    digits = match['digits']
    if (not digits or not digits.isdecimal() or len(digits) > 2
            or int(digits) > MAX_DIGITS):
        raise NumberFormatError('digits', position, '{%s}' % body)
    return CounterToken(match['counter'], int(digits))


def _check_counters(tokens, document_type):
    "Raise if the counters are not exactly those of the document type"
    allowed = {COUNTERS['invoice'], COUNTERS[document_type]}
    seen = set()
    for part, position in tokens:
        if not isinstance(part, CounterToken):
            continue
        if part.name not in allowed:
            raise NumberFormatError('foreign', position, str(part))
        if part.name in seen:
            raise NumberFormatError('repeated', position, str(part))
        seen.add(part.name)
    if COUNTERS['invoice'] not in seen:
        raise NumberFormatError('counter', 1)
