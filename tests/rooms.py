# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""How the folders of a module use one another, read from their source.

A folder may use what is registered before it: by import, by the name of a
model or of a member, by the id of an XML record, by a field in a view.
"""
import ast
import functools
import re
from pathlib import Path
from xml.etree import ElementTree

import trytond
from tests.source import MODULE, find_model_name, parse, read_config

PACKAGE = f'trytond.modules.{MODULE}'

# The folders of the module that are no rooms
OTHERS = {'demo', 'icons', 'locale', 'view'}
# The attributes of XML elements that name a record or some of them
REFERENCES = {'ref', 'parent', 'action', 'groups', 'view_ids'}
PATH = re.compile(r'[\w.]+')
QUOTED = re.compile(r"'([\w.]+)'|\"([\w.]+)\"")
MEMBER_IN_TEMPLATE = re.compile(r'\.([a-z_]\w*)')
TEMPLATES = {'.html', '.fodt', '.typ'}


class House:
    "A module that is divided into folders"

    def __init__(self, folder, stock=frozenset()):
        self.folder = Path(folder)
        self.stock = stock
        self.rooms = self.read_cfg()['tryton']['include_dirs'].split()

    def read_cfg(self, room=''):
        return read_config(self.folder / room / 'tryton.cfg')

    def find(self, room, *suffixes):
        return sorted(
            p for p in (self.folder / room).iterdir() if p.suffix in suffixes)

    def find_views(self, room):
        return sorted((self.folder / 'view' / room).glob('*.xml'))

    def find_arrows(self):
        "Return the uses of what a later folder defines as (user, used, what)"
        arrows = set()
        for room in self.rooms:
            for path in self.find(room, '.py'):
                arrows |= self._check(room, path, PythonUses(self, path))
            for path in self.find(room, '.xml') + self.find_views(room):
                arrows |= self._check(room, path, XmlUses(self, path))
            for path in self.find(room, *TEMPLATES):
                arrows |= self._check(room, path, TemplateUses(self, path))
        return arrows

    def _check(self, room, path, uses):
        return {
            (f'{room}/{path.name}', used, what) for used, what in uses
            if self.is_later(used, room)}

    def is_later(self, one, other):
        return self.rooms.index(one) > self.rooms.index(other)

    # What the folders define

    @functools.cached_property
    def _classes(self):
        "Return room, model name or None, and node of each class"
        return [
            (room, find_model_name(node), node)
            for room in self.rooms for path in self.find(room, '.py')
            for node in ast.walk(parse(path))
            if isinstance(node, ast.ClassDef)]

    @functools.cached_property
    def models(self):
        "The room of each model of the module"
        return {
            name: room for room, name, node in self._classes
            if name and not is_extension(node)}

    @functools.cached_property
    def members(self):
        """The room of each member that is added to a model of another module.

        It is the first one that defines anything of the name.
        """
        defined, added = {}, set()
        for room, name, node in self._classes:
            names = find_members(node)
            for member in names:
                defined.setdefault(member, room)
            if name and is_extension(node):
                added |= names
        return {
            name: room for name, room in defined.items()
            if name in added - self.stock and not name.startswith('__')}

    @functools.cached_property
    def ids(self):
        "The room of each XML record"
        return {
            element.get('id'): room
            for room in self.rooms for path in self.find(room, '.xml')
            for element in ElementTree.parse(path).iter()
            if element.tag in {'record', 'menuitem'}}


class _Uses:
    "The rooms that a file uses, with what it uses of them"

    def __init__(self, house, path):
        self.house = house
        self.path = path

    def find_members(self, text):
        "Yield what the words of a path such as party.lines are members of"
        for word in text.split('.'):
            if room := self.house.members.get(word):
                yield room, word

    def find_model(self, text):
        if room := self.house.models.get(text):
            yield room, text

    def find_ids(self, text):
        "Yield the records whose ids are in the text, separated by commas"
        for id_ in text.split(','):
            id_ = id_.strip().removeprefix(f'{MODULE}.')
            if room := self.house.ids.get(id_):
                yield room, id_

    def find_names(self, text):
        yield from self.find_members(text)
        yield from self.find_model(text)


class PythonUses(_Uses):

    def __iter__(self):
        for node in ast.walk(parse(self.path)):
            if isinstance(node, (ast.Import, ast.ImportFrom)):
                yield from self.find_imports(node)
            elif isinstance(node, ast.Attribute):
                yield from self.find_members(node.attr)
            elif isinstance(node, ast.keyword) and node.arg:
                yield from self.find_members(node.arg)
            elif isinstance(node, ast.Constant):
                yield from self.find_in_constant(node.value)

    def find_imports(self, node):
        for name in find_imported(node, self.path, self.house.folder):
            room = name.split('.')[0]
            if room in self.house.rooms:
                yield room, name

    def find_in_constant(self, value):
        if isinstance(value, str) and PATH.fullmatch(value):
            yield from self.find_names(value)
            if value.startswith(f'{MODULE}.'):
                yield from self.find_ids(value)


class XmlUses(_Uses):

    def __iter__(self):
        for element in ElementTree.parse(self.path).iter():
            for name, value in element.items():
                yield from self.find_in_attribute(element, name, value)
            yield from self.find_in_text(element.text or '')

    def find_in_attribute(self, element, name, value):
        if name in REFERENCES:
            yield from self.find_ids(value)
        elif name == 'name':
            yield from self.find_members(value)
        elif name == 'model':
            yield from self.find_model(value)
        elif name != 'id':
            yield from self.find_in_text(value)

    def find_in_text(self, text):
        "Yield what a text names as a whole, or in quotes"
        # Such as in a reference to all records of a model
        text = text.strip().removesuffix(',-1')
        if PATH.fullmatch(text):
            yield from self.find_names(text)
        for quoted in QUOTED.findall(text):
            yield from self.find_names(''.join(quoted))


class TemplateUses(_Uses):

    def __iter__(self):
        text = self.path.read_text(encoding='utf-8')
        for name in MEMBER_IN_TEMPLATE.findall(text):
            yield from self.find_members(name)


def is_extension(node):
    return any('PoolMeta' in ast.unparse(k.value) for k in node.keywords)


def find_members(node):
    "Return the names that a class gives its members"
    names = set()
    for line in node.body:
        if isinstance(line, (ast.FunctionDef, ast.ClassDef)):
            names.add(line.name)
        elif isinstance(line, (ast.Assign, ast.AnnAssign)):
            for target in getattr(line, 'targets', None) or [line.target]:
                names |= {
                    n.id for n in ast.walk(target) if isinstance(n, ast.Name)}
    return names | find_assigned(node)


def find_assigned(tree):
    "Return the names of the attributes that are assigned anywhere"
    return {
        node.attr for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store)}


@functools.cache
def read_stock():
    "Return the names that Tryton and its other modules define"
    names = set()
    folder = Path(trytond.__file__).parent
    for path in folder.rglob('*.py'):
        if not {'tests', MODULE} & set(path.relative_to(folder).parts):
            tree = ast.parse(path.read_text(encoding='utf-8'))
            names |= find_assigned(tree) | {
                node.name for node in tree.body
                if isinstance(node, (ast.FunctionDef, ast.ClassDef))}
            for node in ast.walk(tree):
                if isinstance(node, ast.ClassDef):
                    names |= find_members(node)
    return names


def is_pure(path):
    "Whether the file imports nothing of Tryton"
    return not any(
        name.split('.')[0] == 'trytond' for node in ast.walk(parse(path))
        for name in (
            [a.name for a in node.names] if isinstance(node, ast.Import)
            else [node.module or ''] if isinstance(node, ast.ImportFrom)
            else []))


def find_imported(node, path, folder):
    """Return what the line imports from the module.

    Such as room.file.name, or room.file if the file itself is imported.
    """
    if isinstance(node, ast.Import):
        names = [alias.name for alias in node.names]
    else:
        base = [node.module] if node.module else []
        if node.level:
            package = path.relative_to(folder).parent.parts
            base = [
                PACKAGE, *package[:len(package) - node.level + 1], *base]
        names = ['.'.join([*base, alias.name]) for alias in node.names]
    return [
        name.removeprefix(f'{PACKAGE}.') for name in names
        if name.startswith(f'{PACKAGE}.')]
