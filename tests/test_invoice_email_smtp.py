# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"What a real SMTP server answers, and what it means"
import asyncio
import smtplib
from email.message import EmailMessage

import pytest

from tests.mail_server import Greeting, MailServer, use
from trytond.modules.shop_invoicing.sending.invoice_email_carrier import (
    Carrier)
from trytond.modules.shop_invoicing.sending.invoice_email_smtp import (
    Connection, ServerUnavailableError, delay)

pytestmark = pytest.mark.once

SHOP = 'shop@example.com'
ANN, BEN, CID = 'ann@example.com', 'ben@example.com', 'cid@example.com'


def test_a_carrier_has_to_hand_over():
    with Carrier() as carrier, pytest.raises(NotImplementedError):
        carrier.deliver(SHOP, [ANN], compose())


@pytest.fixture
def server():
    with MailServer() as server:
        yield server


@pytest.fixture
def connection(server):
    with Connection(lambda: connect(server.port)) as connection:
        yield connection


def connect(port):
    return smtplib.SMTP('localhost', port, timeout=1)


def compose(text="Hello\n"):
    message = EmailMessage()
    message['Message-ID'] = '<1@example.com>'
    message['Subject'] = "Invoice"
    message.set_content(text)
    return message


def test_a_message_is_taken(server, connection):
    outcome = connection.deliver(SHOP, [ANN, BEN], compose())
    assert outcome.state == 'sent'
    assert outcome.words.startswith('250')
    assert outcome.accepted == [ANN, BEN]
    envelope, = server.envelopes
    assert (envelope.mail_from, envelope.rcpt_tos) == (SHOP, [ANN, BEN])


def test_lines_that_start_with_a_dot_arrive(server, connection):
    text = ".\n..\n.end\nlast\n"
    connection.deliver(SHOP, [ANN], compose(text))
    message, = server.messages
    assert message.get_content().splitlines() == text.splitlines()


def test_one_connection_serves_many_messages(server, connection):
    for _ in range(3):
        assert connection.deliver(SHOP, [ANN], compose()).state == 'sent'
    assert len({e.mail_from for e in server.envelopes}) == 1
    assert len(server.envelopes) == 3


@pytest.mark.parametrize('reply, state', [
        ('451 Try later', 'refused_for_now'),
        ('421 Closing', 'refused_for_now'),
        ('550 No', 'refused'),
        ('554 Spam', 'refused'),
        ('close', 'unknown'),
        ('hang', 'unknown'),
        ])
def test_the_answer_to_a_message_decides(server, connection, reply, state):
    server.reply = reply
    outcome = connection.deliver(SHOP, [ANN], compose())
    assert outcome.state == state
    assert outcome.words
    if reply[0].isdigit():
        assert outcome.words == reply
    assert not outcome.accepted


def test_the_next_message_goes_on_after_each_trouble(server, connection):
    for reply in ['451 Try later', '421 Closing', '550 No', 'close', 'hang']:
        server.reply = reply
        connection.deliver(SHOP, [ANN], compose())
        server.reply = '250 OK'
        assert connection.deliver(SHOP, [ANN], compose()).state == 'sent'
    assert len(server.envelopes) == 5


def test_recipients_are_refused_one_by_one(server, connection):
    server.answers = {BEN: '550 Unknown user', CID: '451 Greylisted'}
    outcome = connection.deliver(SHOP, [ANN, BEN, CID], compose())
    assert outcome.state == 'sent'
    assert outcome.accepted == [ANN]
    assert outcome.refused == {BEN: '550 Unknown user'}
    assert outcome.refused_for_now == {CID: '451 Greylisted'}


@pytest.mark.parametrize('answers, state', [
        ({ANN: '550 Unknown', BEN: '550 Unknown'}, 'refused'),
        ({ANN: '550 Unknown', BEN: '451 Greylisted'}, 'refused_for_now'),
        ({ANN: '421 Closing'}, 'refused_for_now'),
        ({ANN: 'break'}, 'refused_for_now'),
        ])
def test_nobody_gets_what_all_are_refused(server, connection, answers, state):
    server.answers = answers
    outcome = connection.deliver(SHOP, [ANN, BEN], compose())
    assert outcome.state == state
    assert not outcome.accepted
    assert not server.seen


def test_a_sender_is_refused(server, connection):
    async def handle_MAIL(server, session, envelope, address, options):
        return '550 Not you'
    server.handle_MAIL = handle_MAIL
    outcome = connection.deliver(SHOP, [ANN], compose())
    assert (outcome.state, outcome.words) == ('refused', '550 Not you')


def test_a_server_refuses_and_hangs_up(server, connection):
    async def handle_MAIL(server, session, envelope, address, options):
        asyncio.get_running_loop().call_soon(server.transport.close)
        return '550 Not you'
    server.handle_MAIL = handle_MAIL
    assert connection.deliver(SHOP, [ANN], compose()).state == 'refused'
    del server.handle_MAIL
    server.stop()
    server.start()
    assert connection.deliver(SHOP, [ANN], compose()).state == 'sent'


def test_a_server_takes_recipients_but_no_message(server, connection):
    async def handle_RCPT(server, session, envelope, address, options):
        return '250 OK'
    server.handle_RCPT = handle_RCPT
    outcome = connection.deliver(SHOP, [ANN], compose())
    assert (outcome.state, outcome.words) == (
        'refused', '503 Error: need RCPT command')
    assert not outcome.accepted


def test_a_server_that_says_too_much_may_have_taken_it(server, connection):
    server.reply = '250 ' + 'OK' * 5000
    outcome = connection.deliver(SHOP, [ANN], compose())
    assert (outcome.state, outcome.words) == (
        'unknown', '500 Line too long.')


def test_a_server_has_enough_of_a_connection(server, connection):
    async def handle_NOOP(server, session, envelope, argument):
        return '421 Idle for too long'
    connection.deliver(SHOP, [ANN], compose())
    server.handle_NOOP = handle_NOOP
    assert connection.deliver(SHOP, [BEN], compose()).state == 'sent'
    assert server.recipients == [[ANN], [BEN]]


@pytest.mark.parametrize('query, seconds', [
        ('', 60),
        ('?timeout=5', 5),
        ('?local_hostname=shop.example', 60),
        ])
def test_no_connection_hangs_for_ever(server, query, seconds):
    from trytond import config
    from trytond.modules.shop_invoicing.sending import invoice_email_sending
    use(server)
    config.set('email', 'uri', server.uri + query)
    with invoice_email_sending.connect() as connection:
        assert connection.timeout == seconds


def test_a_message_need_not_end_with_a_line(server, connection):
    message = compose()
    message.set_payload("no end")
    assert connection.deliver(SHOP, [ANN], message).state == 'sent'
    message, = server.messages
    assert message.get_payload().strip() == "no end"


def test_a_server_that_is_down_comes_back(server, connection):
    server.stop()
    outcome = connection.deliver(SHOP, [ANN], compose())
    assert outcome.state == 'refused_for_now'
    assert 'refused' in outcome.words
    server.start()
    # What belongs together waits together
    assert connection.deliver(SHOP, [BEN], compose()) == outcome
    with Connection(lambda: connect(server.port)) as another:
        assert another.deliver(SHOP, [ANN], compose()).state == 'sent'


def test_a_wrong_setting_is_no_refusal():
    with Connection(lambda: int('mail')) as connection:
        outcome = connection.deliver(SHOP, [ANN], compose())
    assert outcome.state == 'refused_for_now'
    assert 'mail' in outcome.words


def test_a_server_restarts_between_two_messages(server, connection):
    connection.deliver(SHOP, [ANN], compose())
    server.stop()
    server.start()
    assert connection.deliver(SHOP, [ANN], compose()).state == 'sent'


@pytest.mark.parametrize('greeting', ['554 No service', '421 Busy', None])
def test_a_server_that_does_not_greet_is_not_there(greeting):
    with Greeting(greeting) as server:
        with Connection(lambda: connect(server.port)) as connection:
            with pytest.raises(ServerUnavailableError, match=greeting):
                connection.open()


def test_the_delays_double_up_to_a_limit():
    assert [delay(n, 60, 3600) for n in range(1, 9)] == [
        60, 120, 240, 480, 960, 1920, 3600, 3600]
    assert delay(10 ** 6, 60, 3600) == 3600
