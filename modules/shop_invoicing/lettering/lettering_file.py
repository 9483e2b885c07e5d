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
import csv
import io
import re
from itertools import chain
from typing import NamedTuple

from .lettering_file_layout import (
    CONTROL, MAX_LINES, MAX_SIZE, find_columns, find_layout, split)
from .lettering_text import MAX_LENGTH, LetteringTextError, clean

MAX_NUMBER = 255
HEADER = 'number', 'lettering'
# Those that str.strip knows, and the mark at the start of a file, which also
# stands within one where files were joined
_BLANKS = ''.join(
    c for c in map(chr, range(0x3001)) if c.isspace()) + '\ufeff'
# What a spreadsheet runs as a formula, and the apostrophe that hides it
FORMULA_STARTS = tuple("=+-@\t\r'＝＋－＠")
# A text that is written as a formula, so that it keeps its zeros
_TEXT_FORMULA = re.compile(r'="((?:[^"]|"")*)"')
# What spreadsheets show for a formula that failed, in any language, and for a
# number in a column too narrow for it
_FAILED = re.compile(
    r'#¿?\w+(/\w+)?\s?[!?]|#(N/A|N/D|NV)|##+|(Err|Fehler|Erreur):\s?\d+')
# A number of which only the first digits are left
_SHORTENED = re.compile(r'[+-]?\d+([.,]\d+)?E[+-]\d+', re.ASCII)
# What a reader could take for another delimiter or for the line above
_AMBIGUOUS = re.compile(r'[;\t|,]|sep=', re.IGNORECASE)


class Line(NamedTuple):
    """A line of a file, its texts fit for the database.

    line counts from 1 in the file.  error is None or the reason why the line
    cannot be used: 'columns', 'quote', 'number', 'formula', 'digits', or those
    of LetteringTextError.
    """
    line: int
    number: str
    lettering: str | None = None
    error: str | None = None


def read(data, max_size=MAX_SIZE, max_lines=MAX_LINES):
    """Yield the lines of the file that are not blank.

    Raise LetteringFileError before the first line, if at all.
    """
    text, layout = find_layout(data or b'', max_size, max_lines)
    records = split(text, layout.delimiter)
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
    if first and not header and any(find_columns(first)):
        # The first row would be taken for a header
        header = HEADER
    stream = io.BytesIO()
    with io.TextIOWrapper(stream, 'utf-8-sig', newline='') as text:
        for row in chain(filter(None, [header, first]), rows):
            _write_row(text, row, delimiter)
        text.flush()
        return stream.getvalue()


def disarm(cell):
    "Return the cell so that spreadsheets and read take it as it is"
    if cell.startswith(FORMULA_STARTS) or _find_damage(cell):
        return f"'{cell}"
    return cell


def rearm(cell):
    """Return the cell as it was before it was disarmed.

    Spreadsheets too write an apostrophe before what is a text.
    """
    if cell.startswith("'") and (
            cell[1:].startswith(FORMULA_STARTS) or not cell.endswith("'")):
        return cell[1:]
    return cell


def _find_damage(cell):
    "Return what a spreadsheet has made of the cell, None if it is whole"
    if cell.startswith('=') or _FAILED.fullmatch(cell):
        return 'formula'
    if _SHORTENED.fullmatch(cell):
        return 'digits'


def _format_cell(value):
    if value is None:
        return ''
    if not isinstance(value, str):
        # A negative number is no formula
        return str(value)
    return disarm(CONTROL.sub(' ', value))


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


def _make_line(line, cells, layout):
    "Return the line of the cells with its first error"
    number, damage = _get_cell(cells, layout.number)
    lettering, other_damage = _get_cell(cells, layout.lettering)
    error = _find_error(cells, layout, number) or damage or other_damage
    try:
        lettering = clean(lettering)
    except LetteringTextError as exception:
        error = error or exception.reason
        lettering = _show(lettering, MAX_LENGTH)
    return Line(line, _show(number, MAX_NUMBER), lettering, error)


def _get_cell(cells, index):
    "Return the text of the cell, and what a spreadsheet has made of it"
    cell = cells[index] if index < len(cells) else ''
    cell = cell.strip(_BLANKS)
    if cell.startswith("'"):
        return rearm(cell).strip(), None
    if match := _TEXT_FORMULA.fullmatch(cell):
        return match[1].replace('""', '"').strip(), None
    return cell, _find_damage(cell)


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
