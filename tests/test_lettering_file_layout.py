# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
import doctest
import io
import tracemalloc
import zipfile
from itertools import product

import pytest

from trytond.modules.shop_invoicing.lettering import lettering_file_layout
from trytond.modules.shop_invoicing.lettering.lettering_file import (
    HEADER, Line, read, write)
from trytond.modules.shop_invoicing.lettering.lettering_file_layout import (
    LETTERING_NAMES, MB, NUMBER_NAMES, LetteringFileError)

pytestmark = pytest.mark.once

NEWLINES = ['\r\n', '\n', '\r']
MARK = '\N{REPLACEMENT CHARACTER}'


def refuse(data, **limits):
    "Return the error that the file as a whole is refused with"
    with pytest.raises(LetteringFileError) as info:
        next(read(data, **limits))
    assert str(info.value).startswith(info.value.reason)
    return info.value


def test_examples_of_the_documentation():
    failed, tested = doctest.testmod(lettering_file_layout)
    assert tested and not failed


@pytest.mark.parametrize('number, lettering', [
        *product(NUMBER_NAMES, LETTERING_NAMES[:1]),
        *product(NUMBER_NAMES[:1], LETTERING_NAMES)])
def test_read_each_name_of_a_header(number, lettering):
    data = f'x;{lettering.upper()};{number.title()}\n;A;1\n'.encode('utf-16')
    assert list(read(data)) == [Line(2, '1', 'A')]


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
