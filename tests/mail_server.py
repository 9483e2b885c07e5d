# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"A real SMTP server on this machine that answers as it is told to."
import asyncio
from email import message_from_bytes
from email.policy import default

from aiosmtpd.controller import Controller

from tests.browser.server import free_port


class MailServer:
    """Takes messages unless told otherwise.

    answers: what to say to a recipient by the address, or 'break'
    reply: what to say to a message, or 'close' or 'hang' when the message is
        complete, preceded by 'taken ' if it was taken nevertheless
    before_reply: what to do before that
    """

    def __init__(self, port=None):
        self.port = port or free_port()
        self.envelopes = []
        self.seen = 0
        self.answers = {}
        self.reply = '250 OK'
        self.before_reply = None
        self._controller = None

    @property
    def uri(self):
        return f'smtp://localhost:{self.port}'

    @property
    def messages(self):
        return [
            message_from_bytes(e.content, policy=default)
            for e in self.envelopes]

    @property
    def recipients(self):
        "The addresses of each message that was taken"
        return [e.rcpt_tos for e in self.envelopes]

    def start(self):
        self._controller = Controller(
            self, hostname='localhost', port=self.port)
        self._controller.start()
        return self

    def stop(self):
        if self._controller:
            self._controller.stop()
            self._controller = None

    def __enter__(self):
        return self.start()

    def __exit__(self, type, value, traceback):
        self.stop()

    async def handle_RCPT(self, server, session, envelope, address, options):
        answer = self.answers.get(address, '250 OK')
        if answer == 'break':
            server.transport.abort()
        if answer.startswith('2'):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server, session, envelope):
        self.seen += 1
        reply = self.reply
        if reply.startswith('2') or reply.startswith('taken'):
            self.envelopes.append(envelope)
        if self.before_reply:
            self.before_reply()
        if reply.endswith('close'):
            server.transport.abort()
        elif reply.endswith('hang'):
            await asyncio.sleep(600)
        return reply


class Greeting:
    "A server that says something else than hello, or nothing at all"

    def __init__(self, words=None):
        self.port = free_port()
        self.words = words
        self._loop = None

    def __enter__(self):
        import socket
        import threading
        self._socket = socket.create_server(('localhost', self.port))
        self._open = []
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def _serve(self):
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self._open.append(connection)
            if self.words:
                connection.sendall(self.words.encode() + b'\r\n')
                connection.close()

    def __exit__(self, type, value, traceback):
        for connection in self._open:
            connection.close()
        self._socket.close()


def use(server, sender='invoicing@shop.example'):
    "Let Tryton in this process send by the server"
    from trytond import config
    config.set('email', 'uri', server.uri)
    config.set('email', 'from', sender)
    return server
