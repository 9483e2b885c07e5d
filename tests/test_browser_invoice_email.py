# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
import shutil

import pytest

from tests.browser import server
from tests.mail_server import MailServer
from tests.pages import read_pages

pytestmark = pytest.mark.once


@pytest.fixture(scope='module')
def mail_server():
    with MailServer() as mail_server:
        yield mail_server


@pytest.fixture(scope='module')
def demo_address(demo_directory, mail_server, tmp_path_factory):
    "Yield the address of a server that has a mail server"
    folder = tmp_path_factory.mktemp('demo')
    shutil.copy(demo_directory / 'demo.sqlite', folder)
    with server.serve('demo', folder, mail=mail_server.uri) as address:
        yield address


@pytest.fixture
def client(log_in):
    return log_in('oscar')


def open_to_send(client, tab):
    client.open_menu("Financial", "Invoices", "Invoices to Send")
    client.choose_tab(tab)


def test_send_an_invoice_and_see_sent(client, mail_server):
    open_to_send(client, "Not Sent")
    client.open(client.row("Green & Sons Ltd"))
    assert client.field_value('sent_state') == "Not Sent"
    number = client.field_value('number')
    client.click_button("Send")
    assert client.field_value('sent_state') == "Sent"
    assert not client.has_button("Send")
    message = mail_server.messages[-1]
    assert number in message['Subject']
    assert mail_server.recipients[-1] == ['accounts@green-and-sons.example']
    attachment, = message.iter_attachments()
    assert attachment.get_content().startswith(b'%PDF')
    client.choose_page("E-Mails")
    assert client.rows()
    client.close_tab()
    open_to_send(client, "Sent")
    client.row(number)


def test_ship_and_see_the_invoice_sent(client, mail_server):
    client.open_menu("Inventory & Stock", "Shipments", "Customer Shipments")
    client.choose_tab("Packed")
    client.open(client.row("Buchhandlung Sonnenschein"))
    client.click_button("Ship")
    client.confirm()
    client.close_tab()

    open_to_send(client, "Sent")
    client.open(client.row("Buchhandlung Sonnenschein"))
    assert client.field_value('state') == "Posted"
    number = client.field_value('number')
    name, pdf = client.receive(lambda: client.launch("Invoice", menu='print'))
    assert name.endswith('.pdf')
    assert number in read_pages(pdf)[0]
    message = mail_server.messages[-1]
    assert number in message['Subject']
    attachment, = message.iter_attachments()
    assert attachment.get_content() == pdf


def test_retry_what_waits_for_the_mail_server(client, mail_server):
    mail_server.answers = {
        'rechnung@brauerei-hirsch.example': '550 No such user'}
    client.open_menu("Financial", "Invoices", "Invoice E-Mails")
    client.choose_tab("Queued")
    client.open(client.row("Brauerei Hirsch"))
    assert "refused" in client.field_value('error')
    client.click_button("Retry")
    assert client.field_value('state') == "Failed"
    assert "No such user" in client.field_value('error')
    mail_server.answers = {}
    client.click_button("Retry")
    assert client.field_value('state') == "Sent"


def test_mark_several_as_sent_by_post(client):
    open_to_send(client, "Not Sent")
    number = client.cell(client.row("Café Lumière"), "Number")
    client.select(client.row(number))
    client.launch("Mark as Sent")
    client.set_field('note', "Handed over at the fair")
    client.click_button("Mark as Sent")
    client.close_tab()
    open_to_send(client, "Sent")
    client.open(client.row(number))
    assert client.field_value('sent_state') == "Sent"
