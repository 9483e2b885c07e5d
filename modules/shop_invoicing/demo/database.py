# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"The database of the demo: made once, brought up to date, kept."
import hashlib
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

from .exceptions import DemoError
from .logins import ADMIN, LANGUAGES

NAME = 'demo'
MODULE = Path(__file__).parent.parent
SOURCES = [
    '**/*.py', '**/*.xml', '**/*.html', '**/*.fodt', '**/*.typ',
    '**/tryton.cfg',
    'locale/*.po']
CONFIGURATION = """\
[database]
uri = sqlite://
path = {directory}
[web]
root = {root}
[email]
# No mail leaves this machine.  To read what is sent, start a server that
# prints it: python -m aiosmtpd --nosetuid
uri = smtp://localhost:8025
from = invoicing@demo-print-shop.example
"""


class Database:
    "The SQLite database of a demo in its directory."

    def __init__(self, directory):
        self.directory = Path(directory)
        self.configuration = self.directory / 'trytond.conf'
        self.stamp = self.directory / 'module.sha256'
        self.log = self.directory / 'creation.log'

    def write_configuration(self, root, directory=None):
        "Write the configuration file of the server."
        self.configuration.write_text(CONFIGURATION.format(
                directory=directory or self.directory, root=root),
            encoding='utf-8')

    def prepare(self, root, fresh=False, report=print):
        "Make sure that the whole database is there and up to date."
        if fresh or not self.file(self.directory).exists():
            self.create(root, report)
        self.write_configuration(root)
        if not self.is_current():
            report("Updating the database to the module ...")
            self.log.write_bytes(b'')
            self.update()
            self.write_stamp()

    def create(self, root, report=print):
        "Create the database aside; it takes its place when it is whole."
        building = self.directory / 'building'
        building.mkdir(exist_ok=True)
        self.remove(building)
        self.log.write_bytes(b'')
        self.write_configuration(root, building)
        report("Creating the database (this takes a minute or two) ...")
        self.file(building).touch()
        self.update('--email', ADMIN.email)
        self.run('-m', f'{__package__}.trade', self.configuration, NAME)
        self.close(building)
        self.remove(self.directory)
        self.file(building).replace(self.file(self.directory))
        self.remove(building)
        building.rmdir()
        self.write_stamp()

    def update(self, *options):
        "Activate or update the module in the database."
        password = self.directory / 'password'
        password.write_text(ADMIN.password, encoding='utf-8')
        try:
            self.run('-m', 'trytond.cli.admin', '-c', self.configuration,
                '-d', NAME, '-u', 'shop_invoicing',
                '--activate-dependencies', '-l', *LANGUAGES, *options,
                TRYTONPASSFILE=str(password))
        finally:
            password.unlink()

    def run(self, *arguments, **environment):
        "Run Python with the arguments; what it complains about is logged."
        with open(self.log, 'ab') as log:
            process = subprocess.Popen(
                [sys.executable, *map(str, arguments)],
                env=os.environ | environment, stdin=subprocess.DEVNULL,
                stderr=log, start_new_session=True)
            try:
                failed = process.wait()
            finally:
                process.kill()
                process.wait()
        if failed:
            raise DemoError(
                "The database could not be made: "
                f"{self.last_complaint()} (see {self.log}).")

    def last_complaint(self):
        "Return the last line of the log."
        lines = self.log.read_text(
            encoding='utf-8', errors='replace').split('\n')
        return next((x.strip() for x in reversed(lines) if x.strip()), "?")

    def is_current(self):
        "Tell whether the module is as it was at the last update."
        try:
            return self.stamp.read_text(encoding='ascii') == fingerprint()
        except FileNotFoundError:
            return False

    def write_stamp(self):
        "Remember the module of the last update."
        self.stamp.write_text(fingerprint(), encoding='ascii')

    @staticmethod
    def file(directory):
        "Return the file of the database in the directory."
        return directory / f'{NAME}.sqlite'

    @classmethod
    def close(cls, directory):
        "Gather the database in one file."
        connection = sqlite3.connect(cls.file(directory))
        try:
            connection.execute('PRAGMA journal_mode = DELETE')
        finally:
            connection.close()

    @classmethod
    def remove(cls, directory):
        "Remove the database in the directory, if there is one."
        for suffix in ['', '-wal', '-shm']:
            file = cls.file(directory)
            file.with_name(file.name + suffix).unlink(missing_ok=True)


def fingerprint():
    "Return what changes with the module's code and data."
    digest = hashlib.sha256()
    for pattern in SOURCES:
        for path in sorted(MODULE.glob(pattern)):
            digest.update(path.relative_to(MODULE).as_posix().encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()
