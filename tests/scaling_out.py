# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"The servers, workers and users of doc/scaling.rst, for real."
import base64
import http.client
import json
import os
import re
import shlex
import signal
import subprocess
import sys
import textwrap
import urllib.error
import urllib.request
from configparser import ConfigParser
from importlib.metadata import entry_points
from pathlib import Path

from tests.browser.server import environment

PAGE = Path(__file__).parent.parent / 'doc' / 'scaling.rst'
SAMPLE = re.compile(
    r'^\.\. code-block:: \w+\n   :caption: (.+)\n\n((?:   .*\n|\n)+)', re.M)
# What a user sees when the server is gone
BROKEN = (urllib.error.URLError, ConnectionError, http.client.HTTPException)


def sample(name):
    "Return the code block of the page that has the file name in its caption"
    samples = {
        Path(caption).name: textwrap.dedent(text)
        for caption, text in SAMPLE.findall(PAGE.read_text())}
    return samples[name]


def write_configuration(folder, uri):
    "Write the configuration of the page for this PostgreSQL server"
    text = sample('trytond.conf')
    for option, value in [
            ('uri', uri),
            # A slow machine is no failure
            ('posting_timeout', 300)]:
        text, count = re.subn(
            f'(?m)^{option} = .*$', f'{option} = {value}', text)
        assert count == 1
    path = folder / 'trytond.conf'
    path.write_text(text)
    return path


class Service:
    "A unit of the page, started as systemd starts it"

    def __init__(self, unit, instance, database, configuration):
        text = sample(unit)
        for there, here in [
                ('%i', instance), ('webshop', database),
                ('/etc/tryton/trytond.conf', configuration)]:
            text = text.replace(there, str(here))
        parser = ConfigParser(interpolation=None)
        parser.optionxform = str
        parser.read_string(text)
        service = parser['Service']
        variables = dict(
            variable.split('=', 1)
            for variable in shlex.split(service['Environment']))
        self.name = variables['TRYTOND_APPNAME']
        self.log = open(configuration.with_name(f'{self.name}.log'), 'ab')
        self.process = subprocess.Popen(
            _command(service['ExecStart']), env=environment(**variables),
            stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log,
            # A process group is what a unit is for systemd
            start_new_session=True)

    def kill(self):
        "Kill all processes of the unit, as when the machine is gone"
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.log.close()


def _command(text):
    "Return the command with the interpreter of the tests"
    program, *arguments = shlex.split(text)
    module, = {
        script.module for script in entry_points(
            group='console_scripts', name=Path(program).name)}
    return [sys.executable, '-m', module, *arguments]


class User:
    "One who works through a proxy that knows several servers"

    def __init__(self, servers, database, login, password):
        self._servers = list(servers)
        self._database = database
        self._authorization = None
        id_, session, _ = self.call(
            'common.db.login', login, {'password': password})
        token = base64.b64encode(f'{login}:{id_}:{session}'.encode()).decode()
        self._authorization = f'Session {token}'

    def call(self, method, *params):
        """Call the method on the next server.

        As behind the proxy of the page, a server that cannot be reached is
        passed over, and what has been sent is not sent again.
        """
        for _ in self._servers:
            self._servers.append(self._servers.pop(0))
            try:
                return self._send(self._servers[0], method, params)
            except urllib.error.URLError as error:
                if not isinstance(error.reason, ConnectionRefusedError):
                    raise
        raise ConnectionRefusedError("No server is left")

    def _send(self, server, method, params):
        headers = {
            'Content-Type': 'application/json',
            'X-Forwarded-For': '203.0.113.7',
            'X-Forwarded-Proto': 'https',
            'X-Forwarded-Host': 'tryton.example.com',
            }
        if self._authorization:
            headers['Authorization'] = self._authorization
        request = urllib.request.Request(
            f'{server}/{self._database}/rpc/', headers=headers,
            data=json.dumps(
                {'id': 1, 'method': method, 'params': params}).encode())
        with urllib.request.urlopen(request, timeout=300) as response:
            answer = json.load(response)
        if 'error' in answer:
            raise RefusedError(answer['error'])
        return answer['result']

    def post(self, invoice):
        "Post the invoice; when nobody answers, look and try again"
        while True:
            try:
                self.call('model.account.invoice.post', [invoice], {})
                return
            except urllib.error.HTTPError:
                raise
            except (*BROKEN, RefusedError) as error:
                if self.is_posted(invoice):
                    return
                if isinstance(error, RefusedError):
                    raise

    def is_posted(self, invoice):
        record, = self.call(
            'model.account.invoice.read', [invoice], ['state'], {})
        return record['state'] == 'posted'


class RefusedError(Exception):
    "What the server has answered instead of a result"


def answers(server):
    "Whether the web server at the address answers"
    request = urllib.request.Request(
        f'{server}/rpc/', headers={'Content-Type': 'application/json'},
        data=json.dumps({
                'id': 1, 'method': 'common.server.version', 'params': [],
                }).encode())
    try:
        with urllib.request.urlopen(request, timeout=10):
            return True
    except BROKEN:
        return False
