# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Take the pictures of the documentation from a running demo.

python -m tests.browser.pictures http://localhost:8000/#demo

It posts an invoice and rehearses a file: let the demo start with --fresh.
"""
import sys
from pathlib import Path

from PIL import ImageOps
from playwright.sync_api import sync_playwright

from tests.pdf import render

from . import chromium
from .client import Client

IMAGES = Path(__file__).parent.parent.parent / 'doc' / 'images'
SIZE = {'width': 1400, 'height': 700}
# What the row of the document shows
DOCUMENTS = {
    'invoice_credit_page': ["Buchhandlung Sonnenschein", "Credit Note"],
    'invoice_cancellation_page': ["Atelier Papillon", "Cancellation"],
    'invoice_replacement_page': ["Atelier Papillon", "Invoice", "Paid"],
    }


def main(address):
    with sync_playwright() as playwright:
        browser = chromium.launch(playwright)
        client = Client(browser.new_page(viewport=SIZE), address)
        client.login('oscar', 'demo-oscar')
        picture_ranges(client)
        picture_findings(client)
        picture_invoice(client)
        picture_letterings(client)
        picture_methods(client)
        picture_prepayment(client)
        picture_internal_order(client)
        picture_dispatch(client)
        picture_documents(client)
        picture_credit(client)
        browser.close()


def picture_ranges(client):
    client.open_menu("Financial", "Configuration", "Invoice Number Ranges")
    client.choose_tab("All")
    client.screenshot(IMAGES / 'number_range_list.png')
    client.select(client.row("Invoice"))
    client.click_button("Rehearse Format")
    client.set_field('format', 'WEB{yyyy}-{i,3}')
    client.screenshot(IMAGES / 'number_range_rehearse.png')
    client.click_button("Close")
    invoice = client.row("Invoice")
    jump = int(client.cell(invoice, "Last Number")) + 5
    client.edit_cell(invoice, "Next Number", jump)
    client.save()


def picture_invoice(client):
    client.open_menu("Financial", "Invoices", "Customer Invoices")
    client.choose_tab("All")
    client.open(client.row("Credit Note"))
    client.choose_page("Other Info")
    client.screenshot(IMAGES / 'invoice_number_range.png')


def picture_findings(client):
    client.open_menu("Financial", "Invoices", "Customer Invoices")
    client.choose_tab("Draft")
    client.open(client.row("Green & Sons Ltd"))
    client.click_button("Post")
    client.confirm()
    client.open_menu("Financial", "Reporting", "Number Range Findings")
    client.choose_tab("All")
    client.screenshot(IMAGES / 'number_range_finding.png')


def picture_letterings(client):
    client.open_menu("Financial", "Invoices", "Invoices to Letter")
    number = client.cell(client.row(), "Number")
    client.screenshot(IMAGES / 'lettering_list.png')
    client.choose_tab("Lettered")
    rows = client.rows()
    client.open(client.row())
    client.screenshot(IMAGES / 'invoice_lettering.png')
    picture_rehearsal(client, number, rows)


def picture_rehearsal(client, number, lettered):
    first, second, third, *_ = lettered
    client.open_menu(
        "Financial", "Invoices", "Invoices to Letter", "Import Letterings")
    client.choose_file('accounting.csv', '\n'.join([
                "Number;Lettering",
                f'{number};VE-0311',
                f'{first["Number"]};{first["Lettering"]}',
                f'{second["Number"]};{third["Lettering"]}',
                f'{third["Number"]}0;VE-0350',
                ]).encode())
    client.click_button("Rehearse")
    # For the buttons below the lists
    client.page.set_viewport_size(SIZE | {'height': 800})
    client.screenshot(IMAGES / 'lettering_rehearsal.png')
    client.page.set_viewport_size(SIZE)


def picture_methods(client):
    client.open_menu("Sales", "Configuration", "Payment Methods")
    client.choose_tab("All")
    client.screenshot(IMAGES / 'payment_method_list.png')
    client.open(client.row("Prepayment"))
    client.screenshot(IMAGES / 'payment_method_form.png')
    client.open_menu("Parties", "Parties")
    client.open(client.row("Librairie du Canal"))
    client.choose_page("Sale")
    client.screenshot(IMAGES / 'payment_method_party.png')
    client.open_menu("Sales", "Sales")
    client.choose_tab("Quotation")
    client.open(client.row("Unpaid"))
    client.screenshot(IMAGES / 'payment_method_sale.png')


def picture_prepayment(client):
    client.open_menu("Sales", "Sales")
    client.choose_tab("Awaiting Payment")
    client.screenshot(IMAGES / 'prepayment_list.png')
    client.open(client.row("Unpaid"))
    client.click_button("Mark as Paid")
    client.screenshot(IMAGES / 'prepayment_register.png')
    client.refuse()


def picture_internal_order(client):
    client.open_menu("Sales", "Sales")
    client.choose_tab("All")
    client.open(client.row("Demo Print Shop"))
    client.screenshot(IMAGES / 'internal_order_form.png')


def picture_dispatch(client):
    client.open_menu("Financial", "Invoices", "Dispatch Invoices to Finish")
    client.screenshot(IMAGES / 'dispatch_invoice_list.png')
    client.open_menu("Sales", "Sales")
    client.choose_tab("All")
    client.open(client.row("Librairie du Canal"))
    client.click_button("Invoice Lines")
    client.screenshot(IMAGES / 'invoice_by_hand.png')
    client.click_button("Cancel")
    client.launch("Charge Cancellation Fee")
    client.screenshot(IMAGES / 'cancellation_fee.png')
    client.click_button("Cancel")


def picture_documents(client):
    for name, texts in DOCUMENTS.items():
        client.open_menu("Financial", "Invoices", "Customer Invoices")
        client.choose_tab("All")
        client.open(client.row(*texts))
        _, pdf = client.receive(lambda: client.launch("Invoice", 'print'))
        page = ImageOps.expand(render(pdf, 0, scale=1.25), 1, 'silver')
        page.quantize(64).save(IMAGES / f'{name}.png', optimize=True)
        client.close_tab()


def picture_credit(client):
    client.open_menu("Financial", "Invoices", "Customer Invoices")
    client.choose_tab("Posted")
    client.open(client.row("Buchhandlung Sonnenschein", "Invoice"))
    client.click_button("New Credit")
    client.set_field('net_amount', '10')
    client.screenshot(IMAGES / 'invoice_credit_wizard.png')
    client.finish("Credit")
    client.close_tab()
    client.choose_page("Corrections")
    client.reload()
    client.screenshot(IMAGES / 'invoice_credit_corrections.png')


if __name__ == '__main__':
    main(*sys.argv[1:])
