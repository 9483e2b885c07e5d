# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"The house rules for Python, messages and packaging that a machine can check"
import ast
import re

import pytest

from tests import source
from tests.source import (
    ALL_PYTHON, DATA_XML, MESSAGES, MODELS, MODULE, MODULE_PYTHON, ROOT,
    TRYTON_PYTHON, VIEW_XML, WORDS, find_calls, parse)

pytestmark = pytest.mark.once

HEADER = (
    "This file is part of shop_invoicing.  "
    "The COPYRIGHT file at the top level of",
    "this repository contains the full copyright notices and license terms.")
PYTHON_HEADER = '\n'.join(f'# {line}' for line in HEADER)
XML_HEADER = '<?xml version="1.0"?>\n<!-- %s -->' % '\n'.join(HEADER)
MAX_FILE = 400
MAX_FUNCTION = 40
# The messages that stand in the place of a name
LABELS = {
    'msg_cost_spread_description', 'msg_invoice_credit_no_tax',
    'msg_invoice_status_left', 'msg_invoice_status_lettering',
    'msg_invoice_status_sent', 'msg_invoice_status_sent_way'}
PINNED = re.compile(
    r'(proteus|trytond\w*)(\[\w+\])? *>= *8\.0 *, *< *8\.1$')


def each(argument, values):
    return pytest.mark.parametrize(
        argument, values,
        ids=lambda v: source.name(v) if hasattr(v, 'parts') else str(v))


@each('path', ALL_PYTHON)
def test_python_header(path):
    assert path.read_text().startswith(PYTHON_HEADER + '\n')


@each('path', DATA_XML + VIEW_XML)
def test_xml_header(path):
    assert path.read_text().startswith(XML_HEADER + '\n')


@each('path', ALL_PYTHON)
def test_file_is_short(path):
    lines = len(path.read_text().splitlines())
    assert lines <= MAX_FILE, f"split it by operation: {lines} lines"


@each('path', ALL_PYTHON)
def test_functions_are_short(path):
    long = {
        f'{node.name}:{node.lineno}': count_lines(node)
        for node in ast.walk(parse(path))
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        and count_lines(node) > MAX_FUNCTION}
    assert not long, f"more than {MAX_FUNCTION} lines"


def count_lines(function):
    "Count the lines without decorators and docstring"
    count = function.end_lineno - function.lineno + 1
    if ast.get_docstring(function):
        docstring = function.body[0]
        count -= docstring.end_lineno - docstring.lineno + 1
    return count


@each('path', MODULE_PYTHON)
def test_errors_are_typed(path):
    raised = [
        node.lineno for node in ast.walk(parse(path))
        if isinstance(node, ast.Raise) and node.exc
        and re.match(r'([\w.]+\.)?UserError\b', ast.unparse(node.exc))]
    assert not raised, "raise an exception of exceptions.py on these lines"


@each('path', TRYTON_PYTHON)
def test_nothing_is_printed(path):
    assert not [c.lineno for c in find_calls(parse(path), 'print')]


@each('path', ALL_PYTHON)
def test_super_has_no_argument(path):
    assert not [
        c.lineno for c in find_calls(parse(path), 'super') if c.args]


@each('path', TRYTON_PYTHON)
def test_wizards_are_in_files_of_wizards(path):
    wizards = [
        node.name for node in parse(path).body
        if isinstance(node, ast.ClassDef)
        and {'Wizard', 'CheckedWizard'} & set(map(ast.unparse, node.bases))]
    assert bool(wizards) == path.stem.endswith('_wizard')


@each('path', TRYTON_PYTHON)
def test_today_is_the_day_of_a_company(path):
    asks = bool(find_calls(parse(path), 'today'))
    assert asks == (path.name == 'company_date.py'), "ask company_date"


def test_each_model_is_registered():
    registered = []
    for folder in ['', *source.read_folders()]:
        config = source.read_tryton_cfg(folder)
        for section in config.sections():
            if section.split()[0] == 'register':
                for names in config[section].values():
                    registered += [
                        f'{folder}.{n}'.lstrip('.') for n in names.split()]
    assert len(registered) == len(set(registered))
    assert sorted(m.register_name for m in MODELS) == sorted(registered)


# Messages


def message_ids(tree):
    "Yield the ids of the messages that the code mentions"
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            if match := re.fullmatch(rf'{MODULE}\.(msg_\w*)', node.value):
                yield match[1]


@each('path', TRYTON_PYTHON)
def test_messages_exist(path):
    assert set(message_ids(parse(path))) <= set(MESSAGES)


@each('path', TRYTON_PYTHON)
def test_messages_get_their_variables(path):
    for call in find_calls(parse(path), 'gettext', 'ngettext'):
        id_ = next(message_ids(call.args[0]), None) if call.args else None
        if not id_:
            continue
        where = f"{id_} on line {call.lineno}"
        given = {k.arg for k in call.keywords}
        variables = find_variables(MESSAGES[id_])
        if None in given:
            assert given - {None} <= variables, where
        else:
            assert given == variables, where


def find_variables(message):
    text = message.get('text') + (message.get('text_plural') or '')
    return set(re.findall(r'%\((\w+)\)s', text))


@each('path', TRYTON_PYTHON)
def test_sql_constraints_have_messages(path):
    for node in ast.walk(parse(path)):
        target = getattr(node, 'target', None)
        if (isinstance(node, ast.AugAssign)
                and ast.unparse(target).endswith('._sql_constraints')):
            for constraint in node.value.elts:
                assert list(message_ids(constraint.elts[2])), (
                    f"line {constraint.lineno}")


@each('message', MESSAGES.values())
def test_message_is_used(message):
    assert any(message.id in message_ids(parse(p)) for p in TRYTON_PYTHON)


@each('message', MESSAGES.values())
def test_message_is_a_sentence(message):
    for name in ['text', 'text_plural']:
        text = message.get(name)
        if text is None:
            continue
        if message.id not in LABELS:
            assert re.search(r'[.?]$', text)
        assert text == text.strip()
        assert not re.sub(r'%\(\w+\)s|%%', '', text).count('%')


@each('message', MESSAGES.values())
def test_message_id_starts_with_its_word(message):
    assert message.path.name == 'message.xml'
    assert any(message.id.startswith(f'msg_{word}_') for word in WORDS), (
        f"msg_<word>_<what> with one of {sorted(WORDS)}")


# Packaging


def test_tryton_cfg():
    config = source.read_tryton_cfg()
    depends = config['tryton']['depends'].split()
    xml = [
        source.FOLDER / folder / name
        for folder in ['', *source.read_folders()]
        for name in source.read_tryton_cfg(folder)['tryton'].get(
            'xml', '').split()]
    assert depends == sorted(depends)
    assert len(xml) == len(set(xml))
    assert set(xml) == set(DATA_XML)


@each('path', DATA_XML)
def test_xml_has_a_python_twin(path):
    assert path.name == 'message.xml' or path.with_suffix('.py').exists()


def read_requirements():
    "Return the required and the optional requirements"
    config = source.read_config(ROOT / 'setup.cfg')
    return (
        config['options']['install_requires'].split('\n')[1:],
        [r for requirements in config['options.extras_require'].values()
            for r in requirements.split('\n')[1:]])


def test_tryton_is_pinned():
    required, optional = read_requirements()
    loose = [
        r for r in required + optional
        if re.match('trytond|proteus', r) and not PINNED.fullmatch(r)]
    assert not loose, "write: >= 8.0, < 8.1"


def test_depends_are_required():
    depends = source.read_tryton_cfg()['tryton']['depends'].split()
    required = {re.match(r'[\w-]+', r)[0] for r in read_requirements()[0]}
    assert required >= {'trytond'} | {
        f'trytond_{d}' for d in depends if d not in {'ir', 'res'}}


def test_versions_agree():
    setup = source.read_config(ROOT / 'setup.cfg')['metadata']['version']
    assert source.read_tryton_cfg()['tryton']['version'] == setup
    assert setup.startswith('8.0.')
