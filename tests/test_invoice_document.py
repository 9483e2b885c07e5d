# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"The pages of long invoices, and machines that cannot make a PDF"
import datetime as dt
import os
import re
import subprocess
import sys
from decimal import Decimal
from functools import partial
from unittest.mock import patch

import pytest

from trytond.modules.shop_invoicing.document import invoice_document_pdf

pytestmark = pytest.mark.once
YEAR = dt.date.today().year
LINES = 45


@pytest.fixture(scope='module')
def invoice():
    "Make a draft with many lines"
    from proteus import Model

    from tests.tools import create_customer_invoice, create_shop
    from trytond.tests.test_tryton import drop_db
    from trytond.tests.tools import activate_modules
    activate_modules('shop_invoicing', partial(create_shop, YEAR, YEAR))
    customer, = Model.get('party.party').find([('name', '=', "Customer")])
    invoice = create_customer_invoice(customer)
    line, = invoice.lines
    line.description = "Line 0"
    for i in range(1, LINES):
        line = invoice.lines.new(account=line.account)
        line.description = f"Line {i}" + " with more" * (i % 3 * 8)
        line.quantity = 1
        line.unit_price = Decimal(1)
    invoice.save()
    yield invoice
    drop_db()


def print_pages(invoice, height):
    "Return the text of the pages, on which is room for the height in mm"
    from tests.pages import print_invoice, read_pages
    from trytond.pool import Pool
    from trytond.tests.test_tryton import DB_NAME
    Invoice = Pool(DB_NAME).get('account.invoice')
    margins = dict(top=20, left=20, right=20, bottom=297 - 20 - 8 - height)
    with patch.object(
            Invoice, '_document_margins',
            lambda self: {'first': margins, 'following': margins}):
        return read_pages(print_invoice(invoice))


@pytest.mark.parametrize('height', range(150, 250, 9))
def test_pages_of_a_long_invoice(invoice, height):
    pages = print_pages(invoice, height)
    assert len(pages) > 1
    for number, page in enumerate(pages, start=1):
        assert f"Page {number} of {len(pages)}" in page
    with_lines = [p for p in pages if re.search(r"^Line \d", p, re.M)]
    for page in with_lines:
        assert "Description Quantity Unit Price Tax Amount" in page
    totals, = [p for p in pages if "Total (excl. taxes)" in p]
    assert totals in with_lines
    assert re.search(r"^Total \$", totals, re.M)


def test_no_line_is_lost(invoice):
    text = '\n'.join(print_pages(invoice, 200))
    found = re.findall(r"^Line (\d+)", text, re.M)
    assert found == [str(i) for i in range(LINES)]


def test_error_without_pango(invoice):
    from tests.pages import print_invoice
    from trytond.modules.shop_invoicing.exceptions import InvoiceDocumentError
    with patch.dict(sys.modules, {'weasyprint': None}):
        with pytest.raises(InvoiceDocumentError, match="pango"):
            print_invoice(invoice)


def test_error_without_fonts(invoice):
    from tests.pages import print_invoice
    from trytond.modules.shop_invoicing.exceptions import InvoiceDocumentError
    with patch.object(invoice_document_pdf, '_has_font', return_value=False):
        with pytest.raises(InvoiceDocumentError, match="font"):
            print_invoice(invoice)


@pytest.mark.skipif(sys.platform != 'linux', reason="fontconfig of Linux")
def test_a_machine_without_fonts(tmp_path):
    config = tmp_path / 'fonts.conf'
    config.write_text(f'<fontconfig><dir>{tmp_path}</dir></fontconfig>')
    process = subprocess.run(
        [sys.executable, '-W', 'ignore', '-c',
            "from trytond.modules.shop_invoicing.document import "
            "invoice_document_pdf; invoice_document_pdf.write_pdf('Text')"],
        env={**os.environ, 'FONTCONFIG_FILE': str(config)},
        capture_output=True, text=True)
    assert 'FontError' in process.stderr


def test_image_in_the_template():
    pixel = (
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAE"
        "hQGAhKmMIQAAAABJRU5ErkJggg==")
    pdf = invoice_document_pdf.write_pdf(
        f'<img src="data:image/png;base64,{pixel}">')
    assert b'/Image' in pdf
