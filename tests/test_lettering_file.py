# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
import doctest
import inspect
from itertools import product

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from trytond.modules.shop_invoicing.lettering import lettering_file
from trytond.modules.shop_invoicing.lettering.lettering_file import (
    HEADER, MAX_NUMBER, Line, disarm, read, rearm, write)
from trytond.modules.shop_invoicing.lettering.lettering_file_layout import (
    DELIMITERS, LetteringFileError)
from trytond.modules.shop_invoicing.lettering.lettering_text import (
    MAX_LENGTH, LetteringTextError, clean)

pytestmark = pytest.mark.once

FILE_REASONS = {
    'empty', 'size', 'spreadsheet', 'binary', 'lines', 'columns'}
LINE_REASONS = {
    None, 'columns', 'quote', 'number', 'formula', 'digits', 'length',
    'character'}
ENCODINGS = [
    'utf-8', 'utf-8-sig', 'utf-16', 'utf-16-le', 'utf-16-be', 'cp1252',
    'latin-1']
NEWLINES = ['\r\n', '\n', '\r']
MARK = '\N{REPLACEMENT CHARACTER}'

PIECES = st.sampled_from([
        b'2025-1', b'FA17', b';', b'\t', b'|', b',', b'"', b'""', b'\r\n',
        b'\n', b'\r', b'=', b"'", b'sep=', b'number', b'lettering', b'facture',
        b'\xe9', b'\x81', b'\xc3\xa9', b'\xef\xbb\xbf', b'\xff\xfe',
        b'\xfe\xff', b'\x00', b'\x00;', b';\x00', b'\x1a', b'\x0c', b'\x85',
        b'\xe2\x80\x8b', b'\xe2\x80\xa8', b'\xed\xa0\x80', b'\x00\xd8', b' ',
        b'PK\x03\x04', b'%PDF-', b'x' * 70, b'9' * 300])
BYTES = st.binary() | st.lists(PIECES, max_size=40).map(b''.join)
MESSES = st.lists(
    st.text(st.sampled_from('ab"\'\n\r;|,\t é\x81\x0c\u200b'), max_size=12),
    max_size=9).map('\n'.join)
SPECIAL = st.sampled_from([*DELIMITERS, *'"\'=+-@ ', 'sep=', '""', 'number'])
WIDE = st.characters(categories=['L', 'N', 'P', 'S', 'Zs']) | SPECIAL
# As bytes of Windows, these accents are never those of UTF-8
NARROW = st.sampled_from('abcXYZ0189/-_.éüàç') | SPECIAL


def is_clean(text):
    try:
        return clean(text) == text
    except LetteringTextError:
        return False


def pairs(pieces):
    texts = st.lists(pieces, min_size=1, max_size=30).map(''.join)
    numbers = texts.filter(
        lambda text: text.isprintable() and text == text.strip())
    return st.lists(
        st.tuples(numbers, st.none() | texts.filter(is_clean)),
        min_size=1, max_size=6)


def get_pairs(lines):
    lines = list(lines)
    assert {line.error for line in lines} <= {None}
    return [(line.number, line.lettering) for line in lines]


def is_storable(text, length):
    return text.isprintable() and len(text) <= length


def test_examples_of_the_documentation():
    failed, tested = doctest.testmod(lettering_file)
    assert tested and not failed


def check_outcome(data):
    "Check that the outcome is the error, or lines with storable values"
    try:
        lines = list(read(data))
    except LetteringFileError as error:
        assert error.reason in FILE_REASONS
        return
    for line in lines:
        assert isinstance(line, Line)
        assert line.error in LINE_REASONS
        assert is_storable(line.number, MAX_NUMBER)
        if line.lettering is not None:
            assert line.lettering and is_storable(line.lettering, MAX_LENGTH)
        if not line.error:
            assert line.number
            assert clean(line.lettering) == line.lettering
    positions = [line.line for line in lines]
    assert positions == sorted(set(positions))


@given(BYTES)
def test_any_bytes_are_lines_or_the_error(data):
    check_outcome(data)


@given(MESSES, st.sampled_from(ENCODINGS))
def test_any_text_is_lines_or_the_error(text, encoding):
    check_outcome(f'1;a\n{text}\n2;b\n'.encode(encoding, errors='replace'))


@given(st.text())
def test_rearm_what_is_disarmed(text):
    assert rearm(disarm(text)) == text
    assert not disarm(text).startswith(tuple('=+-@\t\r＝＋－＠'))


def test_disarm():
    for text in [*"=+-@\t\r＝＋－＠'", '=1+1', '+41', "'=x"]:
        assert disarm(text) == f"'{text}"
        assert rearm(f"'{text}") == text
    for text in ['', 'FA17', '1=1']:
        assert disarm(text) == rearm(text) == text
    for text in ['#N/A', '#REF!', '1,23E+15', '###', 'Err:502']:
        assert disarm(text) == f"'{text}"
        assert rearm(f"'{text}") == text
    assert rearm("'000123") == '000123'
    assert rearm("'90'") == "'90'"


@given(pairs(WIDE) | pairs(SPECIAL), st.sampled_from(DELIMITERS),
    st.none() | st.sampled_from([HEADER, ('N° de facture', 'Référence')]))
@example([('number', 'x')], ';', None)
@example([('sep=', None)], ',', None)
@example([('sep=,', None)], ';', None)
@example([('1', 'A;B')], ',', None)
@example([('%PDF-1', 'A')], ';', None)
def test_read_what_is_written(rows, delimiter, header):
    data = write(iter(rows), header=header, delimiter=delimiter)
    assert get_pairs(read(data)) == rows


def test_write():
    rows = [('1', '=A'), ('2;"x"', None), ['-3', 'é', 'a\nb']]
    assert write(rows, header=['Number', 'Lettering', '=Party']) == (
        "\ufeffNumber;Lettering;'=Party\r\n1;'=A\r\n"
        '"2;""x""";""\r\n\'-3;é;"a\nb"\r\n').encode()
    assert write([('1', 'A')], delimiter='\t') == b'\xef\xbb\xbf1\tA\r\n'
    assert write([]) == b''
    assert write([], HEADER) == b'\xef\xbb\xbfnumber;lettering\r\n'


def test_what_is_written_is_text_again():
    data = write(
        [('1', 'A', 'Line\x0btabulation'), ('2', None, 'Two\nlines')],
        header=['Number', 'Lettering', 'Party'])
    assert list(read(data)) == [Line(2, '1', 'A'), Line(3, '2')]
    assert inspect.isgenerator(read(data))


@pytest.mark.parametrize(
    'encoding, delimiter, newline, header',
    [*product(ENCODINGS, DELIMITERS, NEWLINES, [None, 'Numéro{}Référence'])])
def test_read_each_format(encoding, delimiter, newline, header):
    records = [header] if header else []
    start = 1 + len(records)
    records += ['2025-1{}Réf "é"', '2025-2{}"a ""quoted"" ;|,"', '2025-3{}']
    for end in ['', newline, 3 * newline]:
        text = newline.join(records).format(*[delimiter] * 4) + end
        assert list(read(text.encode(encoding))) == [
            Line(start, '2025-1', 'Réf "é"'),
            Line(start + 1, '2025-2', 'a "quoted" ;|,'),
            Line(start + 2, '2025-3')]


@given(pairs(NARROW), st.sampled_from(ENCODINGS), st.sampled_from(DELIMITERS),
    st.sampled_from(NEWLINES), st.booleans())
def test_read_each_encoding_of_what_is_written(
        rows, encoding, delimiter, newline, header):
    data = write(rows, HEADER if header else None, delimiter)
    text = data.decode('utf-8-sig').replace('\r\n', newline)
    assert get_pairs(read(text.encode(encoding))) == rows


def test_read_windows_before_latin():
    assert get_pairs(read('1;10 €'.encode('cp1252'))) == [('1', '10 €')]
    assert list(read(b'1;\xe9\n2;\x81\n')) == [
        Line(1, '1', 'é'), Line(2, '2', MARK, 'character')]


@pytest.mark.parametrize('text, lines', [
        # The first line names the delimiter
        ('sep=;\r\n1;A,B\r\n', [Line(2, '1', 'A,B')]),
        ('SEP=,\n1;2,A', [Line(2, '1;2', 'A')]),
        ('"sep=|"\n1|A', [Line(2, '1', 'A')]),
        ('sep=\t\nnumber\tlettering\n\n1\tA', [Line(4, '1', 'A')]),
        ('sep=,\nnumber,lettering\n', []),
        # Not for Excel
        ('sep=;A\n1;B', [Line(1, 'sep=', 'A'), Line(2, '1', 'B')]),
        # Blank lines
        ('\n1;A\n\n  \n;\n";"\n2;B\n\x0c\n', [
                Line(2, '1', 'A'), Line(6, ';', None, 'columns'),
                Line(7, '2', 'B')]),
        # Blanks around
        (' 1 ; A \xa0\n2;"B "\n3; "C;D"', [
                Line(1, '1', 'A'), Line(2, '2', 'B'), Line(3, '3', 'C;D')]),
        # Formulas
        ("'=1;'-A\n+2;'B", [Line(1, '=1', '-A'), Line(2, '+2', 'B')]),
        # Texts that a spreadsheet keeps as they are
        ('="0002";="000123"', [Line(1, '0002', '000123')]),
        ('1;"=""0""""1"""', [Line(1, '1', '0"1')]),
        ('1;=""\n2;=" 7 "', [Line(1, '1'), Line(2, '2', '7')]),
        ("1;'000123\n2;'=\"\"", [
                Line(1, '1', '000123'), Line(2, '2', '=""')]),
        # Marks at the start and the end
        ('\ufeff\ufeffnumber;lettering\n\ufeff1;\xa0A\u202f\n', [
                Line(2, '1', 'A')]),
        ('1;A\n\x1a\x1a', [Line(1, '1', 'A')]),
        ("'\t1;'\tA\n", [Line(1, '1', 'A')]),
        # Delimiters in values
        ('1;A,B\n2;C,D', [Line(1, '1', 'A,B'), Line(2, '2', 'C,D')]),
        ('1,A;B\n2,C\n3,D', [
                Line(1, '1', 'A;B'), Line(2, '2', 'C'), Line(3, '3', 'D')]),
        ('1|A;B\n2|C;D', [Line(1, '1|A', 'B'), Line(2, '2|C', 'D')]),
        # Header
        ('Number;Lettering\n1;A', [Line(2, '1', 'A')]),
        ('\n\nNUMÉRO,lettrage\n1,A', [Line(4, '1', 'A')]),
        ('Numero\tREFERENCE\n1\tA', [Line(2, '1', 'A')]),
        (' N°\xa0Facture ;Externe  Nummer\n1;A', [Line(2, '1', 'A')]),
        ('"invoice_number";"external_reference"\n1;A', [Line(2, '1', 'A')]),
        # Other columns, in any order
        ('Abgleich;Datum;Rechnung;Betrag\n'
            'A;2025-01-31;1;10,00\n;;2;\n;;3\n;4\nB;;;\n', [
                Line(2, '1', 'A'), Line(3, '2'), Line(4, '3'),
                Line(5, '', None, 'columns'), Line(6, '', 'B', 'number')]),
        # The header tells the delimiter
        ('number,lettering\n1;2,A\n2;3,B', [
                Line(2, '1;2', 'A'), Line(3, '2;3', 'B')]),
        ('number;lettering', []),
        ('number;lettering\n1\n1;A;B', [
                Line(2, '1', None, 'columns'), Line(3, '1', 'A')]),
        ])
def test_read(text, lines):
    assert list(read(text.encode())) == lines
    assert list(read(bytearray(text, 'utf-16'))) == lines


@pytest.mark.parametrize('line, values', [
        ('2', ('2', None, 'columns')), ('2;B;C', ('2', 'B', 'columns')),
        ('2;B\u200b;C', ('2', f'B{MARK}', 'columns')),
        ('2;#N/A', ('2', '#N/A', 'formula')),
        ('2;#VALEUR !', ('2', '#VALEUR !', 'formula')),
        ('#BEZUG!;B', ('#BEZUG!', 'B', 'formula')),
        ('2;#DIV/0!', ('2', '#DIV/0!', 'formula')),
        ('2;########', ('2', '########', 'formula')),
        ('2;Err:508', ('2', 'Err:508', 'formula')),
        ('2;=A1&B1', ('2', '=A1&B1', 'formula')),
        ('2;1,23457E+15', ('2', '1,23457E+15', 'digits')),
        ('2.5E+09;B', ('2.5E+09', 'B', 'digits')),
        ('2;1E5', ('2', '1E5')), ('2;#7', ('2', '#7')),
        (';B', ('', 'B', 'number')), ('"";B', ('', 'B', 'number')),
        (';' + 'B' * 65, ('', 'B' * 64, 'number')),
        ('2\u200b;B', (f'2{MARK}', 'B', 'number')),
        ('9' * 256 + ';B', ('9' * 255, 'B', 'number')),
        ('9' * 255 + ';B', ('9' * 255, 'B')),
        ('2;' + 'B' * 65, ('2', 'B' * 64, 'length')),
        ('2;' + 'B' * 64, ('2', 'B' * 64)),
        ('2;B\xa0C', ('2', f'B{MARK}C', 'character')),
        ('2;"B', ('', None, 'quote')), ('2;"B"C', ('', None, 'quote')),
        ('"2" ;B', ('', None, 'quote')), ('2;B"C"', ('2', 'B"C"')),
        ])
def test_read_a_line_with_an_error(line, values):
    assert list(read(f'1;A\n{line}\n3;C\n'.encode())) == [
        Line(1, '1', 'A'), Line(2, *values), Line(3, '3', 'C')]
