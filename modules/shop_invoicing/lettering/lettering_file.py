# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Read and write the files of numbers and letterings, without Tryton.

A file is text in columns as spreadsheets and accounting software save it:
encoding, delimiter and header are found out.  Whatever the bytes are, the
outcome is lines, each with its own error or none, or LetteringFileError.

>>> list(read(b'2025-1;FA17\\r\\n'))
[Line(line=1, number='2025-1', lettering='FA17', error=None)]
>>> write([('2025-1', None), ('2025-2', '=FA17')])
b"\\xef\\xbb\\xbf2025-1;\\r\\n2025-2;'=FA17\\r\\n"
"""
import codecs
import csv
import io
import re
import unicodedata
from collections import deque
from itertools import chain, islice
from typing import NamedTuple

from .lettering_text import MAX_LENGTH, LetteringTextError, clean

MB = 1024 ** 2
MAX_SIZE = 32 * MB
MAX_LINES = 1_000_000
MAX_NUMBER = 255

# By preference: the comma comes last because it stands in values
DELIMITERS = ';\t|,'
HEADER = 'number', 'lettering'
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
# What a spreadsheet runs as a formula, and the apostrophe that hides it
FORMULA_STARTS = tuple("=+-@\t\r'＝＋－＠")

_SPREADSHEETS = (
    b'PK\x03\x04', b'PK\x05\x06', b'\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1')
# Those that could pass for text; others are found by their control characters
_BINARIES = b'%PDF-', b'\x89PNG', b'GIF87a', b'GIF89a', b'\xff\xd8\xff'
_UTF16 = codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE
_CONTROL = re.compile(r'[\x00-\x08\x0b\x0e-\x1f\x7f]')
_SUBSTANCE = re.compile(r'[^\s\ufeff]')
_SEPARATOR = re.compile(r'("?)sep=([;\t|,])\1\n?', re.IGNORECASE)
# What a reader could take for another delimiter or for the line above
_AMBIGUOUS = re.compile(r'[;\t|,]|sep=', re.IGNORECASE)

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


class Line(NamedTuple):
    """A line of a file, its texts fit for the database.

    line counts from 1 in the file.  error is None or the reason why the line
    cannot be used: 'columns', 'quote', 'number', or those of
    LetteringTextError.
    """
    line: int
    number: str
    lettering: str | None = None
    error: str | None = None


def read(data, max_size=MAX_SIZE, max_lines=MAX_LINES):
    """Yield the lines of the file that are not blank.

    Raise LetteringFileError before the first line, if at all.
    """
    data = data or b''
    _check_bytes(data, max_size)
    text, layout = _find_layout(
        _Text(data, _find_encoding(data, max_lines)))
    records = _split(text, layout.delimiter)
    if layout.header:
        next(records)
    for line, cells in records:
        yield _make_line(line, cells, layout)


def write(rows, header=None, delimiter=';'):
    """Return the file of the rows of number and lettering.

    Further columns need a header, whose names must be those that read knows.
    """
    rows = iter(rows)
    first = next(rows, None)
    if first and not header and any(_find_columns(first)):
        # The first row would be taken for a header
        header = HEADER
    stream = io.BytesIO()
    with io.TextIOWrapper(stream, 'utf-8-sig', newline='') as text:
        for row in chain(filter(None, [header, first]), rows):
            _write_row(text, row, delimiter)
        text.flush()
        return stream.getvalue()


def disarm(cell):
    "Return the cell so that no spreadsheet runs it as a formula"
    return f"'{cell}" if cell.startswith(FORMULA_STARTS) else cell


def rearm(cell):
    "Return the cell as it was before it was disarmed"
    if cell.startswith("'") and cell[1:].startswith(FORMULA_STARTS):
        return cell[1:]
    return cell


def _format_cell(value):
    if value is None:
        return ''
    if not isinstance(value, str):
        # A negative number is no formula
        return str(value)
    return disarm(_CONTROL.sub(' ', value))


def _write_row(text, row, delimiter):
    # A file with control characters would not be read as text
    cells = [_format_cell(value) for value in row]
    # With quotes around all its cells, the row has two columns by its
    # delimiter only
    ambiguous = any(map(_AMBIGUOUS.search, cells))
    csv.writer(
        text, delimiter=delimiter, lineterminator='\r\n',
        quoting=csv.QUOTE_ALL if ambiguous else csv.QUOTE_MINIMAL,
        ).writerow(cells)


def _check_bytes(data, max_size):
    "Raise if the bytes tell, before they are decoded, that they are no text"
    if len(data) > max_size:
        raise LetteringFileError(
            'size', size=-(-len(data) // MB), max=max_size // MB)
    if data.startswith(_SPREADSHEETS):
        raise LetteringFileError('spreadsheet')
    if data.startswith(_BINARIES):
        raise LetteringFileError('binary')


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
        if _CONTROL.search(chunk):
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


def _split(text, delimiter):
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


class _Layout(NamedTuple):
    "The delimiter and the indexes of the columns"
    delimiter: str
    number: int = 0
    lettering: int = 1
    header: bool = False


def _find_layout(text):
    "Return the text with its separator, and its layout"
    text = text._replace(separator=_find_separator(text))
    delimiter = _choose_delimiter(text, text.separator or DELIMITERS)
    columns = _find_columns(_read_first(text, delimiter))
    if not any(columns):
        return text, _Layout(delimiter)
    if [len(indexes) for indexes in columns] != [1, 1]:
        raise LetteringFileError('columns')
    (number,), (lettering,) = columns
    return text, _Layout(delimiter, number, lettering, header=True)


def _find_separator(text):
    "Return the delimiter that the first line names for Excel"
    match = _SEPARATOR.fullmatch(text.open().readline(_MAX_LINE))
    return match[2] if match else ''


def _choose_delimiter(text, delimiters):
    "Return the delimiter of the header, else of most of the first pairs"
    for delimiter in delimiters:
        if all(_find_columns(_read_first(text, delimiter))):
            return delimiter
    counts = {d: _count_pairs(text, d) for d in delimiters}
    delimiter = max(counts, key=counts.get)
    if not counts[delimiter]:
        raise LetteringFileError('columns')
    return delimiter


def _read_first(text, delimiter):
    "Return the cells of the first record"
    return next(_split(text, delimiter), (0, []))[1]


def _count_pairs(text, delimiter):
    records = islice(_split(text, delimiter), _SAMPLE)
    return sum(len(cells) == 2 for _, cells in records)


def _find_columns(cells):
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


def _make_line(line, cells, layout):
    "Return the line of the cells with its first error"
    number = _get_cell(cells, layout.number)
    lettering = _get_cell(cells, layout.lettering)
    error = _find_error(cells, layout, number)
    try:
        lettering = clean(lettering)
    except LetteringTextError as exception:
        error = error or exception.reason
        lettering = _show(lettering, MAX_LENGTH)
    return Line(line, _show(number, MAX_NUMBER), lettering, error)


def _get_cell(cells, index):
    cell = cells[index] if index < len(cells) else ''
    return rearm(cell.strip()).strip()


def _find_error(cells, layout, number):
    if not cells:
        return 'quote'
    if layout.header:
        fits = len(cells) > max(layout.number, layout.lettering)
    else:
        fits = len(cells) == 2
    if not fits:
        return 'columns'
    if not number or len(number) > MAX_NUMBER or not number.isprintable():
        return 'number'


def _show(text, length):
    "Return what a person recognizes of a text that may be anything"
    return ''.join(
        c if c.isprintable() else '\N{REPLACEMENT CHARACTER}'
        for c in text[:length])
