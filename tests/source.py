# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"Read the source of the module without importing it"
import ast
import configparser
import functools
import re
import textwrap
from pathlib import Path
from xml.etree import ElementTree

MODULE = 'shop_invoicing'
ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / 'modules' / MODULE
EXTENDING = ROOT / 'doc' / 'extending.rst'


def find_files(*patterns):
    "Return the files of the repository, without what tools put beside them"
    return sorted(
        path for pattern in patterns for path in ROOT.glob(pattern)
        if not {'node_modules', '__pycache__'} & set(path.parts))


def name(path):
    return str(path.relative_to(ROOT))


MODULE_PYTHON = find_files(f'modules/{MODULE}/**/*.py')
TRYTON_PYTHON = [
    p for p in MODULE_PYTHON if p.parent.name != 'demo']
ALL_PYTHON = find_files('modules/**/*.py', 'tests/**/*.py', 'doc/**/*.py')
VIEW_XML = find_files(f'modules/{MODULE}/view/**/*.xml')
DATA_XML = [
    p for p in find_files(f'modules/{MODULE}/**/*.xml')
    if p not in VIEW_XML]
# The words that name concepts
WORDS = {p.stem for p in TRYTON_PYTHON} - {'__init__', 'exceptions', 'ir'}


@functools.cache
def parse(path):
    return ast.parse(path.read_text(encoding='utf-8'))


def read_config(path):
    config = configparser.ConfigParser(interpolation=None)
    config.optionxform = str
    config.read(path, encoding='utf-8')
    return config


def read_tryton_cfg(folder=''):
    return read_config(FOLDER / folder / 'tryton.cfg')


def read_folders():
    "Return the folders in the order in which Tryton includes them"
    return read_tryton_cfg()['tryton']['include_dirs'].split()


def read_example(caption):
    "Return the code that has the caption on the page Extending"
    code = re.search(
        rf':caption: {re.escape(caption)}\n\n((?:   .*\n|\n)+)',
        EXTENDING.read_text())
    return textwrap.dedent(code.group(1))


# The optional modules to which the module adds fields and views
EXTRAS = ['sale_supply_drop_shipment']


class Record:
    "A record of an XML file with its fields as text"

    def __init__(self, element, path):
        self.id = element.get('id')
        self.model = element.get('model', element.tag)
        self.path = path
        self.attributes = element.attrib
        self._fields = {f.get('name'): f for f in element.iter('field')}

    def __contains__(self, name):
        return name in self._fields

    def get(self, name):
        "Return the reference, the expression or the text of the field"
        field = self._fields.get(name)
        if field is not None:
            return field.get('ref') or field.get('eval') or field.text or ''

    def get_attribute(self, name, attribute):
        "Return the attribute of the field"
        return self._fields[name].get(attribute)

    def __str__(self):
        return f'{self.path.name}:{self.id}'


def find_records(*models):
    return [r for r in RECORDS if r.model in models]


def _read_records():
    for path in DATA_XML:
        for data in ElementTree.parse(path).getroot().iter('data'):
            for element in data:
                if element.tag in {'record', 'menuitem'}:
                    yield Record(element, path)


class Model:
    "A class that names a model"

    def __init__(self, node, name, path):
        self.name = name
        self.node = node
        self.path = path
        self.bases = {ast.unparse(b).split('.')[-1] for b in node.bases}
        self.register_name = '.'.join([
                *path.relative_to(FOLDER).with_suffix('').parts, node.name])

    @property
    def is_own_table(self):
        "Whether it is neither an extension nor the value of a multi-value"
        return 'ModelSQL' in self.bases and not any(
            b.endswith('ValueMixin') for b in self.bases)

    @property
    def has_company(self):
        return any(is_assignment(line, 'company') for line in self.node.body)

    @property
    def is_accessed_by_parent(self):
        return '__access__' in ast.unparse(self.node)

    @property
    def buttons(self):
        "Return the names of the buttons added by __setup__"
        return [
            ast.literal_eval(key)
            for call in find_calls(self.node, 'update')
            if ast.unparse(call.func) == 'cls._buttons.update'
            for key in call.args[0].keys]

    def __str__(self):
        return f'{self.path.name}:{self.node.name}'


def _read_models():
    for path in TRYTON_PYTHON:
        for node in parse(path).body:
            if not isinstance(node, ast.ClassDef):
                continue
            if name := find_model_name(node):
                yield Model(node, name, path)


def find_model_name(node):
    "Return the name of the model that the class is or extends, or None"
    for line in node.body:
        if is_assignment(line, '__name__'):
            return ast.literal_eval(line.value)


def is_assignment(node, name):
    return (
        isinstance(node, ast.Assign)
        and getattr(node.targets[0], 'id', None) == name)


def find_calls(tree, *names):
    "Return the calls of functions or methods of the names"
    return [
        node for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and getattr(node.func, 'id', getattr(node.func, 'attr', None))
        in names]


RECORDS = list(_read_records())
MODELS = list(_read_models())
MESSAGES = {r.id: r for r in find_records('ir.message')}
