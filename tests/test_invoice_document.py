# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"The pages of long invoices, and machines that cannot make a PDF"
import datetime as dt
import re
import sys
from decimal import Decimal
from functools import partial
from unittest.mock import patch

import pytest

from tests.source import FOLDER
from trytond.modules.shop_invoicing.document import typst_pdf

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
    totals, = [p for p in pages if "Total excl. VAT" in p]
    assert totals in with_lines
    assert re.search(r"^Total \$", totals, re.M)


def test_no_line_is_lost(invoice):
    text = '\n'.join(print_pages(invoice, 200))
    found = re.findall(r"^Line (\d+)", text, re.M)
    assert found == [str(i) for i in range(LINES)]


TEXT = ' '.join(f"Word{i}" for i in range(500))
HIGH = '\n'.join(f"Row{i}" for i in range(80))
COMMENTS = [('comment', f"Comment {i}") for i in range(60)]


@pytest.mark.parametrize('lines', [
        COMMENTS, [('line', "Line"), *COMMENTS],
        [*COMMENTS, ('line', "Line")], [('title', HIGH), ('line', "Line")],
        [('line', HIGH)], [('line', TEXT)], [('line', HIGH), ('line', TEXT)],
        [('line', "Line"), ('comment', HIGH), ('subtotal', TEXT)],
        [('title', f"Title {i}") for i in range(60)], [], [('line', "Line")]],
    ids=str)
def test_what_is_higher_than_a_page_is_divided(invoice, lines):
    from proteus import Model

    from tests.pages import print_invoice, read_pages
    draft = Model.get('account.invoice')(type='out', party=invoice.party)
    for type_, description in lines:
        line = draft.lines.new(type=type_)
        line.description = description
        if type_ == 'line':
            line.account = invoice.lines[0].account
            line.quantity = 1
            line.unit_price = Decimal(7)
    draft.comment = '\n'.join(f"Comment{i}" for i in range(90))
    draft.save()
    pages = read_pages(print_invoice(draft))
    read = ' '.join(' '.join(pages).split())
    for _, description in [*lines, (None, draft.comment)]:
        for word in description.split():
            assert word in read
    assert "Total" in read
    total = 7 * sum(type_ == 'line' for type_, _ in lines)
    assert f"${total}.00" in read


def test_error_without_the_library(invoice):
    from tests.pages import print_invoice
    from trytond.modules.shop_invoicing.exceptions import InvoiceDocumentError
    typst_pdf._load.cache_clear()
    with patch.dict(sys.modules, {'typst': None}):
        with pytest.raises(InvoiceDocumentError, match="library typst"):
            print_invoice(invoice)


def use_template(content):
    "Upload the template as an administrator does"
    from proteus import Model
    Report = Model.get('ir.action.report')
    report, = Report.find([('report_name', '=', 'account.invoice')])
    report.report_content_custom = content
    report.save()


@pytest.fixture
def template(invoice):
    yield use_template
    use_template(None)


def test_a_template_of_ones_own(invoice, template):
    from tests.pages import print_invoice, read_pages
    source = (FOLDER / 'document' / 'invoice_document.typ').read_bytes()
    template(source.replace(b't("Invoice")', b'"Our Invoice"'))
    assert "Our Invoice" in read_pages(print_invoice(invoice))[0]


def test_a_wrong_template_names_its_line(invoice, template):
    from tests.pages import print_invoice
    from trytond.modules.shop_invoicing.exceptions import InvoiceDocumentError
    template(b'#let x = 1\n#x.name')
    with pytest.raises(InvoiceDocumentError, match='"Invoice" .* line 2'):
        print_invoice(invoice)


def test_a_template_in_html_is_printed_the_way_of_tryton(invoice, template):
    from tests.pages import print_invoice, read_pages
    template(
        b'<html xmlns:py="http://genshi.edgewall.org/"><body>'
        b'Of ${facts.buyer.name}: ${invoice.total_amount}</body></html>')
    assert "Of Customer:" in read_pages(print_invoice(invoice))[0]


def test_what_no_font_has_is_told_before_and_printed_as_its_code(invoice):
    from tests.pages import print_invoice, read_pages
    from tests.tools import confirm, create_customer_invoice
    draft = create_customer_invoice(invoice.party)
    draft.lines[0].description = "Seal \U0001f9ad"
    draft.save()
    assert confirm(draft.click, 'post') == ['InvoiceDocumentWarning']
    draft.reload()
    assert draft.state == 'posted'
    pdf = print_invoice(draft)
    assert "Seal [U+1F9AD]" in read_pages(pdf)[0]
    draft.reload()
    assert "\U0001f9ad" in draft.electronic_invoice_missing
