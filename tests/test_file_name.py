# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
import re
import zipfile
from io import BytesIO

import pytest

from tests.source import FOLDER
from trytond.modules.shop_invoicing.document.file_name import (
    MAX_LENGTH, clean_file_name, make_file_name, rename_files)
from trytond.modules.shop_invoicing.document.invoice_document_name import (
    TITLES)
from trytond.tools import slugify

pytestmark = pytest.mark.once

KINDS = [
    "Invoice", "Facture d'annulation", "Rechnungskorrektur", "Счёт", "請求書",
    "", "../Invoice", "Cancellation / Invoice: " * 20]
NUMBERS = {
    '2026-00001': '2026-00001',
    'RE/2026/1': 'RE-2026-1',
    r'RE\2026\1': 'RE-2026-1',
    '2026:1': '2026-1',
    '../../1': '1',
    '.1': '1',
    '1.exe': '1-exe',
    '1. ': '1',
    ' 2026  1 ': '2026-1',
    '1\x00\n\r\t\x1b2': '1-2',
    '<1>|"2"?*': '1-2',
    '2026_1': '2026_1',
    '1\u202efdp.exe': '1fdp-exe',
    '1／2': '1-2',
    'É1': 'E1',
    '9' * 200: '9' * (MAX_LENGTH - len('Invoice-')),
    '///': '',
    '': '',
    None: '',
    }


@pytest.mark.parametrize('number, name', NUMBERS.items())
def test_nothing_is_left_that_a_file_system_refuses(number, name):
    assert make_file_name("Invoice", number) == (
        f'Invoice-{name}' if name else 'Invoice')


@pytest.mark.parametrize('kind', KINDS)
@pytest.mark.parametrize('number', NUMBERS)
def test_every_name_is_one_for_every_file_system(kind, number, tmp_path):
    name = make_file_name(kind, number)
    assert re.fullmatch(r'\w+(-\w+)*', name)
    assert len(name) <= MAX_LENGTH
    assert clean_file_name(name) == name
    # As Tryton does when it sends the report by e-mail
    assert clean_file_name(slugify(name)) == name
    path = tmp_path / f'123456-{name}.pdf'
    path.write_bytes(b'')
    assert [p.name for p in tmp_path.iterdir()] == [path.name]


def test_the_end_of_a_long_number_is_kept():
    first, second = (
        make_file_name("Invoice", '0' * 200 + end) for end in ['1', '2'])
    assert first != second
    assert len(first) == len(second) == MAX_LENGTH


def test_the_files_of_a_zip_file_get_their_names_in_their_order():
    content = BytesIO()
    with zipfile.ZipFile(content, 'w') as archive:
        for i in range(10):
            archive.writestr(f'{i}.pdf', f"PDF {i}")
    names = [f'Invoice-{i // 2}' for i in range(10)]
    with zipfile.ZipFile(BytesIO(
                rename_files(content.getvalue(), names))) as archive:
        found = archive.namelist()
        assert [found[0], found[1], found[9]] == [
            '01-Invoice-0.pdf', '02-Invoice-0.pdf', '10-Invoice-4.pdf']
        assert [archive.read(name) for name in found] == [
            f"PDF {i}".encode() for i in range(10)]


def test_the_titles_are_those_of_the_template():
    template = (FOLDER / 'document' / 'invoice_document.typ').read_text()
    block, = re.findall(r'#let titles = \((.*?)\n\)', template, re.DOTALL)
    assert dict(re.findall(r'(\w+): t\("(.+)"\)', block)) == TITLES
    assert 't("Draft")' in template
