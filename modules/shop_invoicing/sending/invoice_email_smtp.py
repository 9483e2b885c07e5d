# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Hand one message to an SMTP server and tell what became of it.

trytond.sendmail and smtplib.SMTP.sendmail do not tell a connection that broke
before the message was complete, which may be tried again, from one that broke
while the server's last answer was awaited, which may not: RFC 5321, 4.5.4.1
and 6.1.
"""
import re
import smtplib
import socket
from email.policy import SMTP

from .invoice_email_carrier import (
    REFUSED, REFUSED_FOR_NOW, SENT, UNKNOWN, Carrier, Outcome,
    ServerUnavailableError)

_OK = {250, 251}


class Connection(Carrier):
    """A connection that is made for the first message and kept for the next.

    If it cannot be made, it is not tried for the next ones.
    """

    def __init__(self, connect):
        self._connect = connect
        self._server = None
        self._unavailable = None

    def open(self):
        if self._server:
            try:
                if self._server.noop()[0] in _OK:
                    return
            except (OSError, smtplib.SMTPException):
                pass
            self.close()
        if self._unavailable:
            raise self._unavailable
        try:
            self._server = self._connect()
            self._server.ehlo_or_helo_if_needed()
            # The end of a message shall not wait for its acknowledgement
            self._server.sock.setsockopt(
                socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except Exception as error:
            # Also a wrong setting says nothing about the message
            self._drop()
            self._unavailable = ServerUnavailableError(describe(error))
            raise self._unavailable from error

    def close(self):
        if self._server:
            try:
                self._server.quit()
            except (OSError, smtplib.SMTPException):
                pass
            self._drop()

    def hand_over(self, sender, recipients, message):
        data = message.as_bytes(policy=SMTP)
        try:
            outcome = self._announce(sender, recipients)
            if not outcome:
                outcome = self._transmit(data)
        except (OSError, smtplib.SMTPException) as error:
            # The server has not got the end of the message
            self._drop()
            return Outcome(REFUSED_FOR_NOW, describe(error))
        outcome.refused_for_now.update(self._refused_for_now)
        outcome.refused.update(self._refused)
        if outcome.state == SENT:
            outcome.accepted = [
                r for r in recipients
                if r not in self._refused | self._refused_for_now]
        return outcome

    def _announce(self, sender, recipients):
        "Return the outcome if the server does not want the message"
        self._refused, self._refused_for_now = {}, {}
        code, words = self._server.mail(sender)
        if code not in _OK:
            return self._give_up(code, words)
        for recipient in recipients:
            code, words = self._server.rcpt(recipient)
            if code == 421:
                return self._give_up(code, words)
            if code not in _OK:
                refused = (
                    self._refused if code >= 500 else self._refused_for_now)
                refused[recipient] = say(code, words)
        if len(self._refused | self._refused_for_now) == len(recipients):
            words = '\n'.join(
                f'{address}: {words}' for address, words in (
                    self._refused | self._refused_for_now).items())
            self._reset()
            return Outcome(
                REFUSED_FOR_NOW if self._refused_for_now else REFUSED, words)
        code, words = self._server.docmd('DATA')
        if code != 354:
            return self._give_up(code, words)

    def _transmit(self, data):
        data = re.sub(rb'(?m)^\.', b'..', data)
        if not data.endswith(b'\r\n'):
            data += b'\r\n'
        self._server.send(data)
        try:
            self._server.send(b'.\r\n')
            code, words = self._server.getreply()
        except (OSError, smtplib.SMTPException) as error:
            # The server may have taken it
            self._drop()
            return Outcome(UNKNOWN, describe(error))
        if code in _OK:
            return Outcome(SENT, say(code, words))
        return self._give_up(code, words)

    def _give_up(self, code, words):
        if code == 421:
            self._drop()
        else:
            self._reset()
        return Outcome(
            REFUSED if code >= 500 else REFUSED_FOR_NOW, say(code, words))

    def _reset(self):
        "Forget the message, of which the outcome is known"
        try:
            self._server.rset()
        except (OSError, smtplib.SMTPException):
            self._drop()

    def _drop(self):
        if self._server:
            self._server.close()
            self._server = None


def describe(error):
    "Return the words of the server if the error has any"
    if isinstance(error, smtplib.SMTPResponseException):
        return say(error.smtp_code, error.smtp_error)
    return str(error) or type(error).__name__


def say(code, words):
    if isinstance(words, bytes):
        words = words.decode('utf-8', 'replace')
    return f'{code} {words}'


def delay(tries, first, longest):
    "Return the seconds to wait after so many tries"
    return min(first * 2 ** min(tries - 1, 32), longest)
