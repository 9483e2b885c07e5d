# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"Build the wheel from a clean copy and look into it"
import email
import shutil
import subprocess
import sys
import zipfile
from pathlib import PurePosixPath

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.source import MODULE, ROOT, read_config, read_tryton_cfg

pytestmark = pytest.mark.once

PYTHONS = ['3.10', '3.11', '3.12', '3.13', '3.14']
SUFFIXES = {
    '.cfg', '.fodt', '.html', '.json', '.po', '.py', '.svg', '.typ', '.xml'}


@pytest.fixture(scope='module')
def repository():
    "Return the files of the repository that are not ignored"
    listed = subprocess.run(
        ['git', 'ls-files', '--cached', '--others', '--exclude-standard'],
        cwd=ROOT, check=True, capture_output=True, text=True)
    return [f for f in listed.stdout.splitlines() if (ROOT / f).exists()]


@pytest.fixture(scope='module')
def wheel(repository, tmp_path_factory):
    copy = tmp_path_factory.mktemp('copy')
    for file in repository:
        (copy / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / file, copy / file)
    folder = tmp_path_factory.mktemp('wheel')
    built = subprocess.run(
        [sys.executable, '-m', 'pip', 'wheel', '--quiet', '--no-deps',
            '--no-build-isolation', '--wheel-dir', folder, copy],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert not built.returncode, built.stdout
    path, = folder.iterdir()
    with zipfile.ZipFile(path) as archive:
        yield archive


@pytest.fixture(scope='module')
def metadata(wheel):
    return email.message_from_string(read(wheel, 'METADATA'))


def read(wheel, name):
    path, = [
        n for n in wheel.namelist() if n.endswith(f'.dist-info/{name}')]
    return wheel.read(path).decode()


def test_the_wheel_has_the_module_and_nothing_else(wheel, repository):
    names = {n for n in wheel.namelist() if '.dist-info/' not in n}
    module = {
        f'trytond/{f}' for f in repository
        if f.startswith(f'modules/{MODULE}/')}
    assert sorted(module - names) == [], "missing in package_data"
    assert sorted(names - module) == [], "too much"


def test_the_module_has_only_what_it_needs(wheel):
    for name in wheel.namelist():
        if '.dist-info/' not in name:
            path = PurePosixPath(name)
            assert path.suffix in SUFFIXES
            assert 'tests' not in path.parts


def test_entry_points(wheel, tmp_path):
    path = tmp_path / 'entry_points.cfg'
    path.write_text(read(wheel, 'entry_points.txt'))
    entry_points = read_config(path)
    assert {s: dict(entry_points[s]) for s in entry_points.sections()} == {
        'trytond.modules': {MODULE: f'trytond.modules.{MODULE}'},
        'console_scripts': {
            'shop-invoicing-demo':
            f'trytond.modules.{MODULE}.demo.__main__:main',
            },
        }


def test_metadata(metadata):
    assert metadata['Name'] == f'trytond_{MODULE}'
    assert metadata['Version'] == read_tryton_cfg()['tryton']['version']
    assert metadata['Requires-Python'] == '>=3.10'
    assert metadata['License'] == 'GPL-3.0-or-later'
    assert set(metadata.get_all('License-File')) == {'COPYRIGHT', 'LICENSE'}
    assert set(metadata.get_all('Provides-Extra')) == {'demo', 'test'}
    assert 'Framework :: Tryton' in metadata.get_all('Classifier')
    assert metadata['Summary']


def test_description_is_the_readme(metadata):
    readme = (ROOT / 'README.md').read_text(encoding='utf-8')
    assert metadata['Description-Content-Type'] == 'text/markdown'
    assert metadata.get_payload().strip() == readme.strip()


def read_constraints():
    lines = (ROOT / 'tests' / 'constraints.txt').read_text().splitlines()
    return [Requirement(line) for line in lines if not line.startswith('#')]


def read_requirements():
    "Return what setup.cfg requires and what runs the tests"
    config = read_config(ROOT / 'setup.cfg')
    lines = [
        config['options']['install_requires'],
        *config['options.extras_require'].values(), 'tox']
    return [
        Requirement(line) for line in '\n'.join(lines).splitlines() if line]


@pytest.mark.parametrize('python', PYTHONS)
def test_what_is_required_has_an_exact_version(python):
    environment = {
        'python_version': python, 'python_full_version': f'{python}.0'}
    versions = {}
    for constraint in read_constraints():
        marker = constraint.marker
        if not marker or marker.evaluate(environment):
            exact, = constraint.specifier
            assert exact.operator == '=='
            assert constraint.name not in versions
            versions[constraint.name] = exact.version
    for requirement in read_requirements():
        assert requirement.specifier.contains(
            versions[canonicalize_name(requirement.name)])
