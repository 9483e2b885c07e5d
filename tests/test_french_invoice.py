# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"Documents of a company in France follow its rules, or what is missing is told"
import datetime as dt
from decimal import Decimal as D
from itertools import product

import pytest

from tests.electronic_document import (
    EXEMPT, EXPORT, NORMAL, REDUCED, REVERSE, SUPPLY, ZERO, make_buyer,
    make_correction, make_document, make_line, make_seller)
from tests.schematron import find_french_violations, find_violations
from trytond.modules.shop_invoicing.document import electronic_invoice_terms
from trytond.modules.shop_invoicing.document.electronic_invoice_xml import (
    make_xml)
from trytond.modules.shop_invoicing.document.facts import (
    Currency, Note, Payment, Reference, Tax)
from trytond.modules.shop_invoicing.france.french_invoice_rules import (
    TEXTS, find_missing, find_unsaid, get_process)

pytestmark = pytest.mark.once

SIREN = '732829320'
IDENTIFIED = {
    'legal_number': SIREN, 'legal_scheme': '0002',
    'electronic_address': SIREN, 'electronic_scheme': '0225'}
EURO, DOLLAR = Currency('EUR'), Currency('USD')


def complete(facts, **values):
    "Return the document with what a French seller states in it"
    facts.notes = values.pop('notes', [
            Note(f"Text {subject}", subject) for subject in TEXTS])
    for line in facts.lines:
        line.nature = line.nature or 'goods'
    facts.process = get_process(facts)
    for name, value in values.items():
        setattr(facts, name, value)
    return facts


def make_french_seller(**values):
    return make_seller(**IDENTIFIED | values)


def make_french_buyer(**values):
    return make_buyer(**{
            'country': 'FR', 'vat_number': 'FR83404833048', **IDENTIFIED,
            **values})


def make_german_buyer(**values):
    return make_buyer(**{
            'electronic_address': 'DE122265872', 'electronic_scheme': '9930',
            **values})


def invoice(*lines, **values):
    values.setdefault('seller', make_french_seller())
    values.setdefault('buyer', make_french_buyer())
    return make_document(*lines, **values)


def correction(*lines, **values):
    values.setdefault('seller', make_french_seller())
    values.setdefault('buyer', make_french_buyer())
    return make_correction(*lines, **values)


ROWS = [
    [make_line()],
    [make_line(quantity='0.333', price='1000')],
    [make_line(quantity=1200, price='0.0333'), make_line(REDUCED)],
    [make_line(), make_line(price='-3')],
    [make_line(gross_price=D('12.5'), price='10.1234')],
    [make_line(nature='service')],
    [make_line(nature='service'), make_line(REDUCED)],
    [make_line(), make_line(nature='accessory')],
    [make_line(EXEMPT)],
    [make_line(ZERO), make_line(EXEMPT), make_line()],
    [make_line(taxes=[], price='45')],
    [make_line(Tax("VAT 2.1 %", 'S', D('2.1')))],
    ]
DOCUMENTS = [
    build(*lines, **values)
    for build, lines, values in product(
        [invoice, correction], ROWS, [
            {}, {
                'buyer': make_german_buyer(), 'due_date': None,
                'deliver_to': make_german_buyer(name="Depot")}])
    ] + [
    invoice(make_line(SUPPLY), buyer=make_german_buyer()),
    invoice(make_line(REVERSE), buyer=make_german_buyer()),
    invoice(make_line(EXPORT), buyer=make_german_buyer(country='CH')),
    invoice(paid=D(24), payment=Payment(paid_on=dt.date(2026, 2, 1))),
    invoice(make_line(taxes=[NORMAL]), tax_point='5'),
    invoice(currency=DOLLAR, accounting_tax=D(3), accounting_currency=EURO),
    invoice(seller=make_french_seller(vat_number=None, tax_number=SIREN),
        lines=[make_line(EXEMPT)]),
    ]


@pytest.mark.parametrize('facts', DOCUMENTS)
def test_all_rules_are_followed(facts):
    complete(facts)
    assert list(electronic_invoice_terms.find_missing(facts)) == []
    assert list(find_missing(facts)) == []
    xml = make_xml(facts)
    assert find_violations(xml) == []
    assert find_french_violations(xml) == []


def test_they_are_as_many_as_promised():
    assert len(DOCUMENTS) >= 40


@pytest.mark.parametrize('reason, rule, facts', [
        ('siren', 'BR-FR-10', complete(invoice(
                    seller=make_french_seller(
                        legal_number=None, legal_scheme=None)))),
        ('siren', 'BR-FR-12', complete(invoice(
                    buyer=make_french_buyer(
                        legal_number=None, legal_scheme=None,
                        electronic_address=None, electronic_scheme=None)))),
        ('electronic_address', 'BR-FR-12', complete(invoice(
                    buyer=make_buyer()))),
        ('penalty', 'BR-FR-05', complete(invoice(), notes=[
                    Note("a", 'PMT'), Note("b", 'AAB')])),
        ('recovery_fee', 'BR-FR-05', complete(invoice(), notes=[
                    Note("a", 'PMD'), Note("b", 'AAB')])),
        ('discount', 'BR-FR-05', complete(invoice(), notes=[
                    Note("a", 'PMT'), Note("b", 'PMD')])),
        ('rate', 'BR-FR-16', complete(invoice(
                    make_line(Tax("VAT 19 %", 'S', D(19)))))),
        ('digits', 'BR-FR-DEC-02', complete(invoice(
                    make_line(quantity='0.33333')))),
        ('digits', 'BR-FR-DEC-03', complete(invoice(
                    make_line(price='0.3333333')))),
        ('number', 'BR-FR-02', complete(invoice(number='2026 1'))),
        ('number', 'BR-FR-01', complete(invoice(number='2' * 36))),
        ('original', 'BR-FR-CO-05', complete(
                correction(), corrected=Reference('2026-00001'))),
        ('due_date', 'BR-FR-CO-07', complete(invoice(
                    due_date=dt.date(2026, 3, 30)))),
        ('currency', 'BR-FR-CO-12', complete(invoice(currency=DOLLAR))),
        ])
def test_what_is_missing_is_told(reason, rule, facts):
    assert [name for name, _ in find_missing(facts)] == [reason]
    assert rule in find_french_violations(make_xml(facts))


def test_a_missing_delivery_date_is_told():
    facts = complete(invoice(delivery_date=None))
    assert list(find_missing(facts)) == []
    assert list(find_unsaid(facts)) == [('delivery_date', None)]


def test_a_private_customer_needs_no_number():
    buyer = make_french_buyer(
        legal_number=None, legal_scheme=None, electronic_address=None,
        electronic_scheme=None, vat_number=None, is_private=True)
    assert list(find_missing(complete(invoice(buyer=buyer)))) == []


@pytest.mark.parametrize('natures, process', [
        (['goods'], 'B1'), (['service'], 'S1'), (['goods', 'service'], 'M1'),
        (['goods', 'accessory'], 'B1'), (['service', None], 'S1'),
        ([None], 'S1')])
def test_the_process_follows_from_the_lines(natures, process):
    facts = invoice(*(make_line(nature=n) for n in natures))
    assert get_process(facts) == process
    facts.totals.paid = facts.totals.total
    assert get_process(facts) == process[0] + '2'
