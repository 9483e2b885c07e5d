# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"The text of a message for those who read no HTML"
from unittest.mock import patch

import pytest

pytestmark = pytest.mark.once
MODULE = 'trytond.modules.shop_invoicing.sending.invoice_email_message'


@pytest.mark.parametrize('body, text', [
        ("<p>Dear Ann,</p><p>bye<br/>Shop</p>", "Dear Ann,\n\nbye\nShop\n"),
        ("<div>Dear Ann,</div><div><br/></div><div>bye</div>",
            "Dear Ann,\n\nbye\n"),
        ("<ul><li>one</li><li>two</li></ul>", "one\ntwo\n"),
        ("Müller &amp; Söhne", "Müller & Söhne\n"),
        ("", "\n"),
        ])
def test_paragraphs_become_lines(body, text):
    from trytond.modules.shop_invoicing.sending.invoice_email_message import (
        to_text)
    with patch(f'{MODULE}.html_to_text', return_value=None):
        assert to_text(body) == text


def test_the_library_of_tryton_is_preferred():
    from trytond.modules.shop_invoicing.sending.invoice_email_message import (
        to_text)
    with patch(f'{MODULE}.html_to_text', return_value="from the library"):
        assert to_text("<p>text</p>") == "from the library"
