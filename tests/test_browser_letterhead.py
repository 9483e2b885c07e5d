# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
import pytest

from tests.pages import read_pages

pytestmark = pytest.mark.once


@pytest.fixture
def client(log_in):
    return log_in('admin')


def open_letterhead(client):
    client.open_menu("Companies", "Companies")
    client.open(client.row("Demo Print Shop"))
    client.choose_page("Letterhead")


def test_download_the_sample_and_upload_it(client):
    open_letterhead(client)
    _, sample = client.receive(
        lambda: client.click_button("Download Sample Letterhead"))
    assert "Demo Print Shop" in read_pages(sample)[0]
    assert "45 mm" in read_pages(sample)[2]

    client.files.get_by_title("Clear").click()
    client.save()
    client.choose_file('sample.pdf', sample)
    client.save()
    assert "saved" in client.complaint()

    client.files.get_by_title("Clear").click()
    client.choose_file('sample.docx', b'PK\x03\x04')
    client.save()
    assert "is not a PDF" in client.dialog_text()
