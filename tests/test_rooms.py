# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"The folders of the module use one another in one direction only"
import ast
import re
from pathlib import Path

import pytest
from lxml import etree

import trytond
from tests import source
from tests.rooms import (
    OTHERS, TEMPLATES, House, find_imported, is_pure, read_stock)
from tests.source import (
    DATA_XML, FOLDER, MODULE_PYTHON, ROOT, TRYTON_PYTHON, VIEW_XML,
    find_records, parse)

pytestmark = pytest.mark.once

HOUSE = House(FOLDER)
# The files of the module itself, which each folder may use
ROOT_FILES = {'__init__.py', 'exceptions.py', 'message.xml', 'tryton.cfg'}
# What the demo and the translators need beside them
OTHER_FILES = {'.json', '.po', '.svg'}
# The names that Tryton gives, of which each folder may have a file
SHARED = {'__init__', 'ir', 'party_erase'}
GRAMMAR = Path(trytond.__file__).parent / 'tryton.rng'
README = (ROOT / 'README.md').read_text(encoding='utf-8')


def each(argument, values):
    return pytest.mark.parametrize(
        argument, values,
        ids=lambda v: source.name(v) if hasattr(v, 'parts') else str(v))


def find_folders(folder=FOLDER):
    "Return the folders in which there is anything"
    return {
        path.relative_to(folder).parts[0] for path in folder.rglob('*')
        if path.is_file() and path.parent != folder
        and '__pycache__' not in path.parts}


# Arrows


def test_no_folder_uses_a_later_one():
    house = House(FOLDER, read_stock())
    assert house.members and house.models and house.ids
    assert sorted(house.find_arrows()) == []


@each('path', sorted(FOLDER.glob('*.py')))
def test_root_files_know_no_folder(path):
    imported = [
        name for node in ast.walk(parse(path))
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for name in find_imported(node, path, FOLDER)]
    assert not imported


def test_the_root_registers_nothing():
    config = source.read_tryton_cfg()
    assert config.sections() == ['tryton']
    assert config['tryton']['xml'].split() == ['message.xml']


# Nothing is out of sight


def test_each_folder_is_known():
    assert set(HOUSE.rooms) <= find_folders() <= {*HOUSE.rooms, *OTHERS}
    assert find_folders(FOLDER / 'view') <= set(HOUSE.rooms)
    assert {p.parent.name for p in FOLDER.glob('*/tryton.cfg')} == set(
        HOUSE.rooms)


def test_each_file_is_seen():
    "Each file is where the tests look for its kind"
    seen = {
        *MODULE_PYTHON, *DATA_XML, *VIEW_XML,
        *(FOLDER / room / 'tryton.cfg' for room in ['', *HOUSE.rooms]),
        *(p for room in HOUSE.rooms for p in HOUSE.find(room, *TEMPLATES)),
        *(p for name in OTHERS - {'view'} for p in FOLDER.glob(f'{name}/*')
            if p.suffix in OTHER_FILES)}
    there = {
        path for path in FOLDER.rglob('*') if path.is_file()
        and not {'__pycache__', 'node_modules'} & set(path.parts)}
    assert there == seen


@each('room', HOUSE.rooms)
def test_the_demo_notices_a_changed_file(room):
    from trytond.modules.shop_invoicing.demo.database import SOURCES
    noticed = {p for pattern in SOURCES for p in FOLDER.glob(pattern)}
    assert {p for p in (FOLDER / room).iterdir() if p.is_file()} <= noticed
    assert set(HOUSE.find_views(room)) <= noticed


@each('path', TRYTON_PYTHON + DATA_XML)
def test_a_file_is_in_a_folder(path):
    folder = path.parent
    if folder == FOLDER:
        assert path.name in ROOT_FILES
    else:
        assert folder.parent == FOLDER and folder.name in HOUSE.rooms


def test_a_file_name_is_used_once():
    stems = [p.stem for p in TRYTON_PYTHON if p.stem not in SHARED]
    assert sorted(stems) == sorted(set(stems))
    names = [p.name for p in VIEW_XML]
    assert sorted(names) == sorted(set(names))


@each('room', HOUSE.rooms)
def test_a_folder_configures_only_what_tryton_reads(room):
    "Tryton looks for the dependencies in the root only"
    config = HOUSE.read_cfg(room)
    assert set(config['tryton']) <= {'xml'}
    extras = set(HOUSE.read_cfg()['tryton']['extras_depend'].split())
    for section in config.sections():
        kind, *depends = section.split()
        assert kind in {'tryton', 'register', 'register_mixin'}
        assert set(depends) <= extras
        if kind == 'register':
            assert set(config[section]) <= {'model', 'wizard', 'report'}


@each('room', HOUSE.rooms)
def test_a_mixin_has_its_folder_before_its_name(room):
    "Tryton does not put it there"
    files = {p.stem for p in HOUSE.find(room, '.py')}
    for mixin in dict(HOUSE.read_cfg(room)).get('register_mixin', {}):
        folder, file, _ = mixin.split('.')
        assert folder == room and file in files


@each('view', find_records('ir.ui.view'))
def test_a_view_is_in_the_folder_of_its_record(view):
    assert view.get_attribute('name', 'path') == '1'
    room = view.path.parent.name
    assert FOLDER / 'view' / room / f'{view.get("name")}.xml' in VIEW_XML


def test_each_view_file_has_a_record():
    views = {
        (v.path.parent.name, v.get('name'))
        for v in find_records('ir.ui.view')}
    assert views == {(p.parent.name, p.stem) for p in VIEW_XML}


@each('path', DATA_XML)
def test_xml_follows_the_grammar(path):
    "Tryton's own test looks at the root only"
    etree.RelaxNG(file=GRAMMAR).assertValid(etree.parse(path))


# Pure files


def read_pure():
    "Return the files that the README says to be without Tryton"
    return re.findall(r'`(\w+\.py)` \(without Tryton\)', README)


def test_the_readme_names_the_files_without_tryton():
    assert read_pure()
    assert sorted(read_pure()) == sorted(
        p.name for room in HOUSE.rooms for p in HOUSE.find(room, '.py')
        if is_pure(p) and p.name != '__init__.py')


@each('path', [p for p in TRYTON_PYTHON if p.name in read_pure()])
def test_a_file_without_tryton_uses_no_other_one(path):
    for node in ast.walk(parse(path)):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            for name in find_imported(node, path, FOLDER):
                assert f'{name.split(".")[1]}.py' in read_pure()


# The table of words in the README


def read_words():
    "Return folder and files of each row of the table"
    rows = re.findall(
        r'^\| [^|]+ \| `(\w+)` \| [^|]+ \| ([^|]+) \|$', README, re.M)
    return [
        (folder, re.findall(r'`(\w+\.py)`', files)) for folder, files in rows]


def test_the_readme_has_the_words_in_the_order_of_the_folders():
    folders = [folder for folder, _ in read_words()]
    assert list(dict.fromkeys(folders)) == HOUSE.rooms
    assert folders == sorted(folders, key=HOUSE.rooms.index)


@each('room', HOUSE.rooms)
def test_the_readme_has_each_file(room):
    listed = [
        file for folder, files in read_words() if folder == room
        for file in files]
    assert sorted(listed) == [
        p.name for p in HOUSE.find(room, '.py') if p.stem not in SHARED]
