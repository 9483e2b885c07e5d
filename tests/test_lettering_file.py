# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
import doctest
import inspect
import io
import tracemalloc
import zipfile
from itertools import product

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from trytond.modules.shop_invoicing.lettering import lettering_file
from trytond.modules.shop_invoicing.lettering.lettering_file import (
    DELIMITERS, HEADER, LETTERING_NAMES, MAX_NUMBER, MB, NUMBER_NAMES,
    LetteringFileError, Line, disarm, read, rearm, write)
from trytond.modules.shop_invoicing.lettering.lettering_text import (
    MAX_LENGTH, LetteringTextError, clean)

pytestmark = pytest.mark.once

FILE_REASONS = {
    'empty', 'size', 'spreadsheet', 'binary', 'lines', 'columns'}
LINE_REASONS = {None, 'columns', 'quote', 'number', 'length', 'character'}
ENCODINGS = [
    'utf-8', 'utf-8-sig', 'utf-16', 'utf-16-le', 'utf-16-be', 'cp1252',
    'latin-1']
NEWLINES = ['\r\n', '\n', '\r']
MARK = '\N{REPLACEMENT CHARACTER}'
patient = settings(deadline=None)

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


def refuse(data, **limits):
    "Return the error that the file as a whole is refused with"
    with pytest.raises(LetteringFileError) as info:
        next(read(data, **limits))
    assert str(info.value).startswith(info.value.reason)
    return info.value


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
@patient
def test_any_bytes_are_lines_or_the_error(data):
    check_outcome(data)


@given(MESSES, st.sampled_from(ENCODINGS))
@patient
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
    assert rearm("'90") == "'90"


@given(pairs(WIDE) | pairs(SPECIAL), st.sampled_from(DELIMITERS),
    st.none() | st.sampled_from([HEADER, ('N° de facture', 'Référence')]))
@example([('number', 'x')], ';', None)
@example([('sep=', None)], ',', None)
@example([('sep=,', None)], ';', None)
@example([('1', 'A;B')], ',', None)
@example([('%PDF-1', 'A')], ';', None)
@patient
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
@patient
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
        ("'=1;'-A\n+2;'B", [Line(1, '=1', '-A'), Line(2, '+2', "'B")]),
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


@pytest.mark.parametrize('number, lettering', [
        *product(NUMBER_NAMES, LETTERING_NAMES[:1]),
        *product(NUMBER_NAMES[:1], LETTERING_NAMES)])
def test_read_each_name_of_a_header(number, lettering):
    data = f'x;{lettering.upper()};{number.title()}\n;A;1\n'.encode('utf-16')
    assert list(read(data)) == [Line(2, '1', 'A')]


@pytest.mark.parametrize('line, values', [
        ('2', ('2', None, 'columns')), ('2;B;C', ('2', 'B', 'columns')),
        ('2;B\u200b;C', ('2', f'B{MARK}', 'columns')),
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


def test_read_a_record_that_spans_lines():
    data = (
        b'number;lettering;note\r\n1;A;"two\r\nlines"\r\n'
        b'2;"B\r\n";\r\n3;"C\r\nD";\r\n4;E;\r\n')
    assert list(read(data)) == [
        Line(2, '1', 'A'), Line(4, '2', 'B'),
        Line(6, '3', f'C{MARK}D', 'character'), Line(8, '4', 'E')]


@pytest.mark.parametrize('count', [1, 60, 3000])
def test_a_forgotten_quote_takes_one_line_only(count):
    data = b'0;A\n1;"B\n' + b'2;C\n' * count + b'3;"D"\n'
    assert list(read(data)) == [
        Line(1, '0', 'A'), Line(2, '', None, 'quote'),
        *(Line(i, '2', 'C') for i in range(3, 3 + count)),
        Line(3 + count, '3', 'D')]


def test_a_cell_that_is_too_long_over_its_lines():
    data = b'1;A\n2;"' + (b'x' * 60_000 + b'\n') * 3 + b'"\n'
    assert [line.error for line in read(data)] == [
        None, 'quote', 'columns', 'columns', 'quote']


@pytest.mark.parametrize('line, error', [
        ('2;B' + 99_999 * ' ', 'length'),
        ('2;' + 199_999 * 'B', 'length'),
        ('2;"' + 99_999 * 'B' + '"', 'quote'),
        ('2' + 99_999 * ' ' + ';B', 'columns'),
        # Around the length at which lines are cut
        *(('2;' + length * 'B', 'length') for length in range(65_532, 65_537)),
        ])
def test_a_line_that_is_cut_has_an_error(line, error):
    for end in ['', '\n3;C\n']:
        lines = list(read(f'1;A\n{line}{end}'.encode()))
        assert [line.error for line in lines] == [None, error, None][
            :len(lines)]
        assert lines[-1].line == len(lines)


def test_many_quotes_that_are_open_are_read_in_time():
    # Each line ends inside quotes, whether it starts inside or outside
    lines = list(read(b'1;A\n' + b'x";"z\n' * 2000))
    assert {line.error for line in lines[1:]} == {'quote'}
    assert len(lines) == 2001


def create_zip(*names):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, 'w') as archive:
        for name in names:
            archive.writestr(name, '<workbook/>')
    return stream.getvalue()


REFUSED = {
    'empty': [
        None, b'', b'\n\r\n \t\n', b'\xef\xbb\xbf', b'\xff\xfe',
        b'\xef\xbb\xbf\xef\xbb\xbf\r\n', ' \r\n\x0c'.encode('utf-16')],
    'spreadsheet': [
        create_zip('xl/workbook.xml'), create_zip(),
        b'\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1' + bytes(512)],
    'binary': [
        b'%PDF-1.7\n1;A\n2;B\n', b'\xff\xd8\xff\xe0;A\n', b'GIF89a;A\n',
        b'\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00',
        b'1;A\n2;B\x00\n', b'1;A\n2;B\x1b\n', b'1;A\n2;B\x7f\n',
        bytes(100), bytes(range(256)),
        '1;A\x00'.encode('utf-16'), '1;A'.encode('utf-16') + b'\n',
        '1;A'.encode('utf-32'), b'\xff\xfe1\x00;\x00\x00\xd8A\x00',
        # It claims to be UTF-8
        b'\xef\xbb\xbf1;\xe9\n'],
    'columns': [
        b'number;date\n1;2025-01-31', b'lettering;date\n1;2025-01-31',
        b'number;lettering;invoice\n1;A;2',
        b'number;lettering;reference\n1;A;B', b'number\n1\n2',
        b'1;A;x\n2;B;y', b'Dear Madam\nplease find\n', b'"1;A', b';;;\n',
        b'sep=;', b'sep=,\n1;A'],
    }


@pytest.mark.parametrize('reason, data', [
        (reason, data) for reason in REFUSED for data in REFUSED[reason]])
def test_refuse(reason, data):
    error = refuse(data)
    assert (error.reason, error.values) == (reason, {})


@pytest.mark.parametrize('end', ['', *NEWLINES])
def test_refuse_more_lines(end):
    data = f'1;A\n2;A\n3;A{end}'.encode()
    assert len(list(read(data, max_lines=3))) == 3
    error = refuse(data, max_lines=2)
    assert (error.reason, error.values) == ('lines', {'max': 2})


def measure_peak(function):
    "Return the result and the megabytes that were allocated for it"
    tracemalloc.start()
    try:
        return function(), tracemalloc.get_traced_memory()[1] / MB
    finally:
        tracemalloc.stop()


def test_refuse_a_big_file_before_it_is_decoded():
    data = b'1;A\n' * (33 * MB // 4)
    error, peak = measure_peak(lambda: refuse(data))
    assert (error.reason, error.values) == ('size', {'size': 33, 'max': 32})
    assert peak < 1
    error = refuse(create_zip() + bytes(MB), max_size=MB)
    assert (error.reason, error.values) == ('size', {'size': 2, 'max': 1})


def test_read_many_lines_in_little_memory():
    data = write((
            (f'2025-{i}', f'Réf {i}') for i in range(100_000)), HEADER)
    count, peak = measure_peak(
        lambda: sum(not line.error for line in read(data)))
    assert count == 100_000
    assert peak < 10


@pytest.mark.parametrize('byte', [b'x', b'"', b';', b'"";', b'\xc3\xa9'])
def test_read_one_long_line_in_little_memory(byte):
    data = b'1;A\n' + byte * (8 * MB // len(byte))
    lines, peak = measure_peak(lambda: list(read(data)))
    assert [line.error for line in lines[:1]] == [None]
    assert len(lines) == 2
    assert peak < 10
