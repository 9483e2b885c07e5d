# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"What is printed, as a reader sees it."
import pypdfium2
from proteus import Report


def print_invoice(invoice):
    "Return the PDF of the invoice"
    format_, pdf, _, _ = Report('account.invoice').execute([invoice])
    assert format_ == 'pdf'
    return pdf


def read_pages(pdf):
    "Return the text of each page"
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [
            page.get_textpage().get_text_bounded().replace('\r\n', '\n')
            .replace('\u00a0', ' ').replace('\u202f', ' ')
            for page in document]
    finally:
        document.close()


def read_lines(invoice):
    "Return the lines of all pages of the invoice"
    pages = read_pages(print_invoice(invoice))
    return [line.strip() for page in pages for line in page.splitlines()]


def get_sizes(pdf):
    "Return width and height of each page in millimetres"
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [
            tuple(round(side / 72 * 25.4) for side in page.get_size())
            for page in document]
    finally:
        document.close()
