# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Find out how a file of numbers and letterings is laid out, without Tryton.

That is its encoding, its delimiter and its header.  Then its records are read
one by one, whatever the bytes are.

>>> text, layout = find_layout(b'Lettering;Number\\r\\nFA17;2025-1\\r\\n')
>>> layout
Layout(delimiter=';', number=1, lettering=0, header=True)
>>> list(split(text, layout.delimiter))
[(1, ['Lettering', 'Number']), (2, ['FA17', '2025-1'])]
"""
import codecs
import csv
import io
import re
import unicodedata
from collections import deque
from itertools import islice
from typing import NamedTuple

MB = 1024 ** 2
MAX_SIZE = 32 * MB
MAX_LINES = 1_000_000

# By preference: the comma comes last because it stands in values
DELIMITERS = ';\t|,'
# The names in a header, in the languages of the module
NUMBER_NAMES = [
    'number', 'no.', 'nr', 'nr.', 'invoice', 'invoice number', 'invoice no.',
    'numéro', 'n°', 'facture', 'numéro de facture', 'numéro facture',
    'n° facture', 'n° de facture', 'nº facture', 'nº de facture',
    'nummer', 'rechnung', 'rechnungsnummer', 'rechnungsnr', 'rechnungsnr.',
    'rechnungs-nr.', 'rechnung nr.', 'belegnummer',
    'fattura', 'numero fattura', 'numero di fattura', 'n. fattura',
    ]
LETTERING_NAMES = [
    'lettering', 'reference', 'external reference', 'external number',
    'lettrage', 'référence', 'référence externe', 'numéro externe',
    'code de lettrage',
    'abgleich', 'abgleichnummer', 'referenz', 'externe referenz',
    'externe nummer',
    'abbinamento', 'riferimento', 'riferimento esterno', 'numero esterno',
    ]
CONTROL = re.compile(r'[\x00-\x08\x0b\x0e-\x1f\x7f]')

_SPREADSHEETS = (
    b'PK\x03\x04', b'PK\x05\x06', b'\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1')
# Those that could pass for text; others are found by their control characters
_BINARIES = b'%PDF-', b'\x89PNG', b'GIF87a', b'GIF89a', b'\xff\xd8\xff'
_UTF16 = codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE
_SUBSTANCE = re.compile(r'[^\s\ufeff]')
_SEPARATOR = re.compile(r'("?)sep=([;\t|,])\1\n?', re.IGNORECASE)

_END = re.compile(rb'(\x1a\x00)+\Z|(\x00\x1a)+\Z|\x1a+\Z')

_CHUNK = 64 * 1024
# Longer lines are cut, less than csv.field_size_limit
_MAX_LINE = 64 * 1024
# The control character for "substitute", which no file has
_CUT = '\x1a'
# A quote that is open for so many lines has been forgotten
_MAX_SPAN = 50
# The records that tell the delimiter
_SAMPLE = 100


class LetteringFileError(ValueError):
    """A file that cannot be read.

    reason is 'empty', 'size' (values: size and max in MB), 'spreadsheet',
    'binary', 'lines' (values: max) or 'columns'.
    """

    def __init__(self, reason, **values):
        super().__init__(f'{reason}: {values}' if values else reason)
        self.reason = reason
        self.values = values


class Layout(NamedTuple):
    "The delimiter and the indexes of the columns"
    delimiter: str
    number: int = 0
    lettering: int = 1
    header: bool = False


def find_layout(data, max_size=MAX_SIZE, max_lines=MAX_LINES):
    """Return the text of the bytes and its layout.

    Raise LetteringFileError if they are none.
    """
    _check_bytes(data, max_size)
    data = _strip_marks(data)
    text = _Text(data, _find_encoding(data, max_lines))
    text = text._replace(separator=_find_separator(text))
    delimiter = _choose_delimiter(text, text.separator or DELIMITERS)
    columns = find_columns(_read_first(text, delimiter))
    if not any(columns):
        return text, Layout(delimiter)
    if [len(indexes) for indexes in columns] != [1, 1]:
        raise LetteringFileError('columns')
    (number,), (lettering,) = columns
    return text, Layout(delimiter, number, lettering, header=True)


def _check_bytes(data, max_size):
    "Raise if the bytes tell, before they are decoded, that they are no text"
    if len(data) > max_size:
        raise LetteringFileError(
            'size', size=-(-len(data) // MB), max=max_size // MB)
    if data.startswith(_SPREADSHEETS):
        raise LetteringFileError('spreadsheet')
    if data.startswith(_BINARIES):
        raise LetteringFileError('binary')


def _strip_marks(data):
    "Return the bytes without a second mark at the start and those of an end"
    for mark in [codecs.BOM_UTF8, *_UTF16]:
        while data.startswith(mark * 2):
            data = data[len(mark):]
    # DOS ends a file so, and pads it
    if end := _END.search(data[-_CHUNK:]):
        data = data[:len(data) - len(end[0])]
    return data


def _find_encoding(data, max_lines):
    "Return the encoding by which the whole file is text"
    for encoding in _list_encodings(data):
        try:
            _check_text(_Text(data, encoding).open(), max_lines)
        except UnicodeDecodeError:
            continue
        return encoding
    raise LetteringFileError('binary')


def _list_encodings(data):
    "Return the encodings to try, in this order"
    if data.startswith(_UTF16):
        return ['utf-16']
    if data.startswith(codecs.BOM_UTF8):
        return ['utf-8-sig']
    # Digits, delimiters and line ends have a NUL as their high byte
    high, low = data[:_CHUNK:2].count(0), data[1:_CHUNK:2].count(0)
    if low > high:
        return ['utf-16-le']
    if high > low:
        return ['utf-16-be']
    return ['utf-8', 'cp1252', 'latin-1']


def _check_text(stream, max_lines):
    "Raise if the characters are not those of a text of so many lines"
    count, blank = 0, True
    while chunk := stream.read(_CHUNK):
        if CONTROL.search(chunk):
            raise LetteringFileError('binary')
        count += chunk.count('\n')
        if count + (not chunk.endswith('\n')) > max_lines:
            raise LetteringFileError('lines', max=max_lines)
        blank = blank and not _SUBSTANCE.search(chunk)
    if blank:
        raise LetteringFileError('empty')


class _Text(NamedTuple):
    "The bytes with their encoding and the delimiter that they name"
    data: bytes
    encoding: str
    separator: str = ''

    def open(self):
        "Return a stream of lines that end with a line feed"
        return io.TextIOWrapper(io.BytesIO(self.data), self.encoding)


class _Lines:
    """The lines for the reader of csv, which can go back.

    A quote that is never closed would make one cell of the rest of the file.
    So the lines after the first of a broken record are read again.
    """

    def __init__(self, stream):
        self._stream = stream
        self._again = deque()
        self._record = []
        self.number = 1

    def __iter__(self):
        return self

    def __next__(self):
        if len(self._record) == _MAX_SPAN:
            raise StopIteration
        line = self._again.popleft() if self._again else self._read_line()
        if not line:
            raise StopIteration
        self._record.append(line)
        return line

    def _read_line(self):
        "Return the next line, marked where it has been cut"
        line = rest = self._stream.readline(_MAX_LINE)
        while len(rest) == _MAX_LINE and not rest.endswith('\n'):
            rest = self._stream.readline(_MAX_LINE)
        return line if line is rest else f'{line}{_CUT}\n'

    def begin_record(self):
        "Set the number to the line where the next record starts"
        self.number += len(self._record)
        self._record.clear()

    def give_back(self):
        "Keep the first line of the record only"
        self._again.extendleft(reversed(self._record[1:]))
        del self._record[1:]


def split(text, delimiter):
    """Yield the line number and the cells of each record that is not blank.

    There are no cells where the quotes are wrong.
    """
    lines = _Lines(text.open())
    reader = csv.reader(
        lines, delimiter=delimiter, strict=True, skipinitialspace=True)
    if text.separator:
        next(lines)
    while True:
        lines.begin_record()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            lines.give_back()
            yield lines.number, []
        else:
            if any(map(str.strip, cells)):
                yield lines.number, cells


def _find_separator(text):
    "Return the delimiter that the first line names for Excel"
    match = _SEPARATOR.fullmatch(text.open().readline(_MAX_LINE))
    return match[2] if match else ''


def _choose_delimiter(text, delimiters):
    "Return the delimiter of the header, else of most of the first pairs"
    for delimiter in delimiters:
        if all(find_columns(_read_first(text, delimiter))):
            return delimiter
    counts = {d: _count_pairs(text, d) for d in delimiters}
    delimiter = max(counts, key=counts.get)
    if not counts[delimiter]:
        raise LetteringFileError('columns')
    return delimiter


def _read_first(text, delimiter):
    "Return the cells of the first record"
    return next(split(text, delimiter), (0, []))[1]


def _count_pairs(text, delimiter):
    records = islice(split(text, delimiter), _SAMPLE)
    return sum(len(cells) == 2 for _, cells in records)


def find_columns(cells):
    "Return the indexes of the cells that name the number and the lettering"
    names = [_fold(cell or '') for cell in cells]
    return [
        [i for i, name in enumerate(names) if name in known]
        for known in (_NUMBER_NAMES, _LETTERING_NAMES)]


def _fold(name):
    "Return the name without case, accents and the ways to write a blank"
    name = unicodedata.normalize('NFKD', name.casefold().replace('_', ' '))
    return ' '.join(
        ''.join(c for c in name if not unicodedata.combining(c)).split())


_NUMBER_NAMES = frozenset(map(_fold, NUMBER_NAMES))
_LETTERING_NAMES = frozenset(map(_fold, LETTERING_NAMES))
