# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"A real worker of Tryton's queue."
import os
import signal
import subprocess
import sys
from contextlib import contextmanager

from tests.browser.server import environment

CONFIGURATION = """\
[database]
uri = {uri}
[email]
uri = {mail}
from = invoicing@shop.example
[queue]
worker = True
"""


@contextmanager
def worker(folder, server):
    "Start a real worker, which is a process group of its own"
    from trytond.tests.test_tryton import DB_NAME
    configuration = folder / 'worker.conf'
    configuration.write_text(CONFIGURATION.format(
            uri=os.environ['TRYTOND_DATABASE_URI'], mail=server.uri))
    with open(folder / 'worker.log', 'ab') as log:
        process = subprocess.Popen(
            [sys.executable, '-W', 'ignore', '-m', 'trytond.cli.worker',
                '-c', configuration, '-d', DB_NAME, '-n', '2', '-v'],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            env=environment(), start_new_session=True)
        try:
            yield process
        finally:
            kill(process)


@contextmanager
def leave_tasks():
    "Let this process leave the tasks to workers"
    from trytond import config
    config.set('queue', 'worker', 'True')
    try:
        yield
    finally:
        config.set('queue', 'worker', 'False')


def kill(process):
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    process.wait()
