# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
import re
from configparser import ConfigParser
from pathlib import Path
from xml.etree import ElementTree

import pytest

import trytond
from tests import scaling_out

pytestmark = pytest.mark.once

ROOT = Path(__file__).parent.parent
MODULE = ROOT / 'modules' / 'shop_invoicing'
MESSAGES = (ROOT / 'doc' / 'messages.rst').read_text()


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
