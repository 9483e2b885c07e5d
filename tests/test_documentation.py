# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
import ast
import datetime as dt
import re
from configparser import ConfigParser
from pathlib import Path
from xml.etree import ElementTree

import pytest

import trytond
from tests import scaling_out, source
from trytond.modules.shop_invoicing.numbering.number_format import DATE_TOKENS

pytestmark = pytest.mark.once

HOOKS_OF_TRYTON = {'on_modification'}

ROOT = Path(__file__).parent.parent
MODULE = ROOT / 'modules' / 'shop_invoicing'
MESSAGES = (ROOT / 'doc' / 'messages.rst').read_text()
SETUP = (ROOT / 'doc' / 'setup.rst').read_text()


def messages():
    for record in ElementTree.parse(MODULE / 'message.xml').iter('record'):
        yield record.get('id'), record.find('field').text


def entries():
    "Return the texts of the messages on their page by their labels"
    return {
        id_: re.sub(r'\s+', ' ', text).strip()
        for id_, text in re.findall(
            r'\.\. _(msg_\w+):\n.*?:Text:(.*?)\n:', MESSAGES, re.DOTALL)}


def test_the_catalogue_has_every_message_and_no_other():
    assert entries().keys() == dict(messages()).keys()


@pytest.mark.parametrize('id_, text', list(messages()))
def test_the_catalogue_quotes_the_message(id_, text):
    assert text in entries()[id_].replace('``', '')


def test_the_tokens_of_a_format_are_explained():
    page = (ROOT / 'doc' / 'usage' / 'number_range.rst').read_text()
    explained = re.findall(
        r'\* - ``({\w+})``\n     - (.+)\n     - ``(.+)``\n', page)
    date = dt.date(2017, 6, 28)
    assert explained == [
        (str(token), token.meaning.capitalize(), token.print_part(date, {}))
        for token in DATE_TOKENS.values()]
    assert [len(example) for _, _, example in explained] == [
        token.width for token in DATE_TOKENS.values()]


@pytest.mark.parametrize('command', ['demo', 'tox'])
def test_the_readme_has_the_command(command):
    readme = (ROOT / 'README.md').read_text()
    assert re.search(
        rf'python3 -m venv \.venv && .*{command}.*', readme)


def commands():
    "Return the commands of the README"
    return [
        line for block in re.findall(
            r'```sh\n(.*?)```', (ROOT / 'README.md').read_text(), re.DOTALL)
        for line in block.splitlines()]


def test_the_tests_run_by_the_command_of_the_readme():
    *_, run = (ROOT / '.ci' / 'run').read_text().splitlines()
    assert [c for c in commands() if c.endswith('tox')] == [run]


def test_the_readme_installs_exact_versions():
    installing = [c for c in commands() if 'pip install' in c]
    assert len(installing) == 3
    for command in installing:
        assert 'pip install --quiet -c tests/constraints.txt ' in command


def read_options():
    "Yield section and option of each option that Tryton or the module reads"
    tryton = Path(trytond.__file__).parent
    paths = [
        *(p for p in tryton.rglob('*.py')
            if not {'modules', 'tests'} & set(p.relative_to(tryton).parts)),
        *MODULE.glob('**/*.py')]
    for path in paths:
        yield from re.findall(
            r"(?:config\.get\w*|self\.set)\(\s*'(\w+)',\s*'(\w+)'",
            path.read_text())


def scaling_options():
    "Return section and option of each option that the page names"
    parser = ConfigParser()
    parser.read_string(scaling_out.sample('trytond.conf'))
    page = scaling_out.PAGE.read_text()
    return {
        *((s, option) for s in parser.sections() for option in parser[s]),
        *re.findall(r'``\[(\w+)\] (\w+)', page)}


def test_the_options_for_scaling_out_exist():
    options = scaling_options()
    assert ('database', 'maxconn') in options
    assert options <= set(read_options())


def modules():
    "Return the modules of Tryton that are needed or used, except the kernel"
    section = source.read_tryton_cfg()['tryton']
    return sorted({
            *section['depends'].split(), *section['extras_depend'].split(),
            } - {'ir', 'res'})


@pytest.mark.parametrize('module', modules())
def test_the_setup_names_the_module(module):
    assert f'``{module}``' in SETUP


def libraries():
    options = source.read_config(ROOT / 'setup.cfg')['options']
    names = {
        re.match(r'[\w-]+', line).group()
        for line in options['install_requires'].strip().splitlines()}
    return sorted(n for n in names if not n.startswith('trytond'))


@pytest.mark.parametrize('library', libraries())
def test_the_setup_names_the_library(library):
    assert library in SETUP.lower()


class Method:
    "A method or property on the page Extending"

    def __init__(self, model, kind, signature, is_hook):
        self.model = model
        self.kind = kind
        self.name = signature.partition('(')[0]
        self.signature = signature
        self.is_hook = is_hook

    def __str__(self):
        return f'{self.model}.{self.name}'

    @property
    def arguments(self):
        tree = ast.parse(f'def {self.signature}: pass')
        return ast.unparse(tree.body[0].args)

    def find(self):
        "Return the functions of that name in the classes of the model"
        return [
            node for model in source.MODELS if model.name == self.model
            for node in model.node.body
            if isinstance(node, ast.FunctionDef) and node.name == self.name]


def methods():
    page = source.EXTENDING.read_text()
    hooks = page.index('.. _Methods to extend:')
    model = None
    for match in re.finditer(
            r'\.\. py:(class|classmethod|method|property):: (.+)', page):
        kind, text = match.groups()
        if kind == 'class':
            model = text
        else:
            yield Method(model, kind, text, match.start() > hooks)


METHODS = list(methods())


def get_arguments(function):
    "Return the arguments as they are given to a record or a model"
    arguments = function.args
    return ast.unparse(ast.arguments(
            posonlyargs=[], args=arguments.args[1:], vararg=arguments.vararg,
            kwonlyargs=arguments.kwonlyargs, kw_defaults=arguments.kw_defaults,
            kwarg=arguments.kwarg, defaults=arguments.defaults))


def get_kind(function):
    "Return whether it is a property, or of the model or of a record"
    decorators = map(ast.unparse, function.decorator_list)
    return next(
        (d for d in decorators if d in {'property', 'classmethod'}), 'method')


@pytest.mark.parametrize('method', METHODS, ids=str)
def test_the_method_to_call_or_extend_exists(method):
    functions = method.find()
    assert set(map(get_kind, functions)) == {method.kind}
    if method.kind != 'property':
        assert method.arguments in map(get_arguments, functions)


@pytest.mark.parametrize('method', METHODS, ids=str)
def test_the_method_to_call_or_extend_has_a_docstring(method):
    # A button says what it does on its form
    assert any(ast.get_docstring(f) or is_button(f) for f in method.find())


def is_button(function):
    return any(
        ast.unparse(d) == 'ModelView.button' for d in function.decorator_list)


def captions():
    page = source.EXTENDING.read_text()
    return re.findall(r':caption: (\w+\.py)\n', page)


@pytest.mark.parametrize('caption', captions())
def test_the_example_extends_methods_of_the_page(caption):
    names = {str(m) for m in METHODS if m.is_hook}
    for class_ in ast.parse(source.read_example(caption)).body:
        if isinstance(class_, ast.ClassDef):
            model, = [
                ast.literal_eval(line.value) for line in class_.body
                if source.is_assignment(line, '__name__')]
            assert names >= {
                f'{model}.{line.name}' for line in class_.body
                if isinstance(line, ast.FunctionDef)
                and line.name not in HOOKS_OF_TRYTON}


def imports():
    "Return the names to import that the page tells, with their files"
    page = source.EXTENDING.read_text()
    names = page[page.index('.. _Names to import:'):]
    return re.findall(r'^``([\w.]+)\.(\w+)``$', names, re.MULTILINE)


@pytest.mark.parametrize('module, name', imports())
def test_the_name_to_import_exists(module, name):
    path = (source.FOLDER / module.replace('.', '/')).with_suffix('.py')
    node, = [
        n for n in source.parse(path).body
        if isinstance(n, (ast.ClassDef, ast.FunctionDef)) and n.name == name]
    assert ast.get_docstring(node)


def test_the_page_has_every_folder_in_its_order():
    page = source.EXTENDING.read_text()
    assert re.findall(r'   \* - ``(\w+)``\n', page) == source.read_folders()
