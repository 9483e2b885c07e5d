# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
import pytest

pytestmark = pytest.mark.once


def open_sale(client, customer):
    client.open_menu("Sales", "Sales")
    client.choose_tab("All")
    client.open(client.row(customer, "Pending"))


def choose(client, label):
    "Click the button of the wizard"
    client.scope.get_by_role('button', name=label).last.click()
    client.page.locator('.modal.in:visible').wait_for(state='detached')
    client.settle()


@pytest.fixture
def client(log_in):
    return log_in('oscar')


def test_ship_and_see_the_posted_invoice(log_in):
    client = log_in('admin')
    client.open_menu(
        "Inventory & Stock", "Shipments", "Customer Shipments")
    client.choose_tab("Waiting")
    client.open(client.row("Librairie du Canal"))
    client.click_button("Assign")
    for label in ["Pick", "Pack", "Ship"]:
        client.click_button(label)
    client.close_tab()
