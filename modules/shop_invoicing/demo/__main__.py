# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"Show shop_invoicing at work: a shop with its data in the web client."
import argparse
import os
import re
import signal
import sys
from importlib.util import find_spec
from pathlib import Path

from . import server, web_client
from .database import NAME, Database
from .exceptions import DemoError
from .logins import LOGINS

SETTINGS = {
    'DB_NAME', 'TRYTOND_CONFIG', 'TRYTOND_COROUTINE', 'TRYTOND_DATABASE_NAMES',
    'TRYTOND_DATABASE_URI', 'TRYTOND_LOGGING_CONFIG'}


def main(arguments=None):
    "Run the demo; return the exit code."
    arguments = sys.argv[1:] if arguments is None else arguments
    options = parse(arguments)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        leave_other_configurations(arguments)
        start(options)
    except DemoError as exception:
        return complain(exception)
    except OSError as exception:
        return complain(
            f"{exception.filename or options.directory} cannot be used: "
            f"{exception.strerror or exception}. "
            f"Choose another folder with --directory.")
    except KeyboardInterrupt:
        print("\nStopped before the demo was ready.")
        return 130
    return 0


def parse(arguments):
    "Return the options of the command line."
    parser = argparse.ArgumentParser(
        prog='shop-invoicing-demo', description=__doc__)
    parser.add_argument('--port', type=port, default=8000,
        help="the port of the web client (default: %(default)s)")
    parser.add_argument('--directory', type=Path, default=data_directory(),
        help="the folder of the demo's data (default: %(default)s)")
    parser.add_argument('--web-client', type=Path, metavar='DIRECTORY',
        help="the folder of the web client (default: inside the data)")
    parser.add_argument('--fresh', action='store_true',
        help="throw the demo's data away and start anew")
    return parser.parse_args(arguments)


def port(text):
    "Return the text as the number of a port."
    number = int(text)
    if not 1 <= number <= 65535:
        raise ValueError(text)
    return number


def data_directory():
    "Return the folder for the data of this user's programs."
    if os.name == 'nt':
        base = os.environ.get('LOCALAPPDATA') or Path.home()
    else:
        base = (os.environ.get('XDG_DATA_HOME')
            or Path.home() / '.local' / 'share')
    return Path(base) / 'shop-invoicing-demo'


def leave_other_configurations(arguments):
    "Start again without the settings of another Tryton server."
    foreign = [
        name for name in os.environ
        if name in SETTINGS or re.match('TRYTOND_.+__', name)]
    if foreign:
        for name in foreign:
            del os.environ[name]
        os.execv(
            sys.executable, [sys.executable, '-m', __package__, *arguments])


def start(options):
    "Prepare everything and serve it."
    if not find_spec('proteus'):
        raise DemoError(
            "The demo needs proteus; install the module with its demo: "
            "pip install 'trytond_shop_invoicing[demo]'.")
    server.check_port(options.port)
    directory = options.directory.absolute()
    directory.mkdir(parents=True, exist_ok=True)
    root = web_client.install(
        (options.web_client or directory / 'web_client').absolute(),
        report=report)
    database = Database(directory)
    database.prepare(root, fresh=options.fresh, report=report)
    report("Starting the server ...")
    server.serve(database.configuration, NAME, options.port, welcome)
    report("The demo has stopped.")


def report(text):
    "Print a line at once."
    print(text, flush=True)


def welcome(address):
    "Print where the demo is and who can log in."
    report(f"\nThe demo is ready at {address}\n")
    for login in LOGINS:
        report(f"  user {login.login:<8} password {login.password:<13} "
            f"{login.role}")
    report("\nPress Ctrl-C to stop.")


def complain(text):
    "Print the sentence as an error and return the exit code."
    print(f"shop-invoicing-demo: {text}", file=sys.stderr)
    return 1


if __name__ == '__main__':
    sys.exit(main())
