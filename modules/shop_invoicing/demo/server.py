# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"The server of the demo: Tryton's own application at a local port."
import errno
import logging
import os
import signal
import socket
import threading

from .exceptions import DemoError

HOST = 'localhost'


def check_port(port):
    "Raise if somebody else listens at the port."
    with socket.socket() as probe:
        if os.name == 'posix':
            # As the server does: a connection just closed is no hindrance
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as exception:
            if exception.errno == errno.EADDRINUSE:
                raise DemoError(
                    f"Port {port} is taken by another program; stop it or "
                    f"choose another port with --port.") from exception
            raise DemoError(
                f"Port {port} cannot be used: {exception.strerror}. "
                f"Choose another port with --port.") from exception


def serve(configuration, name, port, ready):
    "Serve the database until the process is told to stop."
    import trytond.config as config
    config.update_etc(str(configuration))

    from werkzeug.serving import make_server

    from trytond.application import app
    from trytond.pool import Pool

    logging.getLogger('werkzeug').setLevel(logging.ERROR)
    Pool(name).init()
    server = make_server(HOST, port, app, threaded=True)
    stop_on_signals(server)
    ready(f'http://{HOST}:{port}/')
    server.serve_forever()
    server.server_close()


def stop_on_signals(server):
    "Let Ctrl-C and SIGTERM end the server."
    def stop(signum, frame):
        # The server waits for the end of its loop, which is in this thread
        threading.Thread(target=server.shutdown).start()
    for name in [signal.SIGINT, signal.SIGTERM]:
        signal.signal(name, stop)
