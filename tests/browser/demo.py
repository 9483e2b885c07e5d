# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"The demo as somebody starts it at a terminal."
import os
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

from . import server

COMMAND = [sys.executable, '-m', 'trytond.modules.shop_invoicing.demo']


class Demo:
    "A running demo, its address and what it printed."

    def __init__(self, process, output):
        self.process = process
        self.output = output
        self.address = None

    def printed(self):
        "Return what was printed so far."
        return Path(self.output.name).read_text(encoding='utf-8')

    def wait_for_address(self, seconds=1800):
        "Wait until the demo prints its address and answers there."
        deadline = time.monotonic() + seconds
        while 'ready at' not in self.printed():
            if (self.process.poll() is not None
                    or time.monotonic() > deadline):
                raise RuntimeError(self.printed())
            time.sleep(.1)
        _, _, rest = self.printed().partition('ready at ')
        self.address = server.wait_for(rest.split()[0], self.process)

    def stop(self, signum=signal.SIGINT):
        "End the demo by the signal and return its exit code."
        self.process.send_signal(signum)
        return self.process.wait(30)


@contextmanager
def running(directory, web_client, *arguments):
    "Start the demo at a free port; end it if it still runs."
    with tempfile.NamedTemporaryFile() as output:
        process = subprocess.Popen(
            command(directory, web_client, *arguments),
            stdin=subprocess.DEVNULL, stdout=output, stderr=output,
            env=server.environment())
        demo = Demo(process, output)
        try:
            yield demo
        finally:
            if process.poll() is None:
                demo.stop()


def run(directory, web_client, *arguments, **values):
    "Run the demo that is expected to fail and return the result."
    return subprocess.run(
        command(directory, web_client, *arguments), capture_output=True,
        encoding='utf-8', env=server.environment(**values), timeout=120)


def command(directory, web_client, *arguments):
    "Return the command at a free port, if the arguments tell none."
    if '--port' not in arguments:
        arguments = ['--port', str(server.free_port()), *arguments]
    return [
        *COMMAND, '--directory', os.fspath(directory),
        '--web-client', os.fspath(web_client), *arguments]
