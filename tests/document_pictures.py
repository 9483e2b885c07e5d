# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Take the pictures of the three kinds of documents for the documentation.

python -m tests.document_pictures

It prints facts with the template in each language, without a database, so
that the pictures show what the template is now.
"""
import ast
import datetime as dt
from decimal import Decimal as D
from xml.etree import ElementTree

import polib
from PIL import ImageOps

import trytond
from trytond.ir.lang import Lang
from trytond.modules.shop_invoicing.document import facts, typst_pdf
from trytond.modules.shop_invoicing.document.facts_print import (
    print_facts, print_label)

from .facts import MARGINS, TEMPLATE
from .pdf import render
from .source import FOLDER, ROOT

IMAGES = ROOT / 'doc' / 'images'
LANGUAGES = ['en', 'fr', 'de']
KINDS = ['invoice', 'credit_note', 'cancellation']
SETTINGS = [
    'date', 'grouping', 'decimal_point', 'thousands_sep', 'mon_grouping',
    'mon_decimal_point', 'mon_thousands_sep', 'p_sign_posn', 'n_sign_posn',
    'positive_sign', 'negative_sign', 'p_cs_precedes', 'n_cs_precedes',
    'p_sep_by_space', 'n_sep_by_space']
DAY = dt.date(2026, 3, 31)
SHOP = facts.Party(
    "Demo Print Shop", address=["12 Printers' Lane", "67000 STRASBOURG"],
    identifiers=[facts.Identifier("SIREN", "732 829 320")])
TEXTS = {
    'en': {
        'buyer': "Green & Sons Ltd", 'street': "3 Mill Road",
        'city': "CAMBRIDGE CB1 2AZ", 'vat': "VAT",
        'lines': ["Business Cards (250)", "Flyers A5 (1000)", "Book Printing"],
        'detail': "Printed on both sides, 350 g/m²",
        'payment': "Transfer", 'mark': "Seal",
        'reasons': ["Two boxes were damaged.", "Wrong invoice address"],
        'footer': "No discount for early payment. Interest on late payment: "
        "12% a year, and a fixed compensation of €40.",
        },
    'fr': {
        'buyer': "Librairie du Canal", 'street': "8 quai de la Bruche",
        'city': "67000 STRASBOURG", 'vat': "TVA",
        'lines': [
            "Cartes de visite (250)", "Flyers A5 (1000)",
            "Impression de livres"],
        'detail': "Recto verso, 350 g/m²",
        'payment': "Virement", 'mark': "Sceau",
        'reasons': [
            "Deux boîtes étaient abîmées.", "Adresse de facturation erronée"],
        'footer': "Pas d'escompte pour paiement anticipé. Pénalités de "
        "retard : 12 % par an, et une indemnité forfaitaire de 40 €.",
        },
    'de': {
        'buyer': "Buchhandlung Sonnenschein", 'street': "Kaiserstraße 14",
        'city': "79098 FREIBURG", 'vat': "USt",
        'lines': ["Visitenkarten (250)", "Flyer A5 (1000)", "Buchdruck"],
        'detail': "Beidseitig bedruckt, 350 g/m²",
        'payment': "Überweisung", 'mark': "Siegel",
        'reasons': [
            "Zwei Kartons waren beschädigt.", "Falsche Rechnungsadresse"],
        'footer': "Kein Skonto. Verzugszinsen: 12 % im Jahr, dazu eine "
        "Pauschale von 40 €.",
        },
    }


class PrintLang:
    "A language with the settings that Tryton brings, without a database"
    format = Lang.format
    format_number = Lang.format_number
    currency = Lang.currency
    _group = Lang._group

    def __init__(self, code):
        self.code = code
        for name in SETTINGS:
            setattr(self, name, getattr(Lang, f'default_{name}')())
        # English is not in the file
        self.grouping = self.mon_grouping = '[3, 3, 0]'
        tree = ElementTree.parse(f'{trytond.__path__[0]}/ir/lang.xml')
        for field in tree.iterfind(f".//record[@id='lang_{code}']/field"):
            value = field.get('eval')
            setattr(
                self, field.get('name'),
                ast.literal_eval(value) if value else field.text or '')

    def strftime(self, date):
        return date.strftime(self.date)


def main():
    for kind in KINDS:
        for code in LANGUAGES:
            pdf = print_document(make_facts(kind, code))
            save(pdf, IMAGES / f'invoice_document_{kind}_{code}.png')


def make_facts(kind, code):
    "Return an invoice, or what gives all of it or a part of it back"
    texts = TEXTS[code]
    lines = make_lines(kind, texts)
    taxes = facts.add_up_taxes(
        facts.TaxTotal(t, line.amount, round(line.amount * t.rate / 100, 2))
        for line in lines for t in line.taxes)
    untaxed = sum(line.amount for line in lines)
    tax = sum(total.amount for total in taxes)
    return facts.Facts(
        kind=kind, language=code, date=DAY,
        currency=facts.Currency('EUR', '€'), seller=SHOP,
        buyer=facts.Party(
            texts['buyer'], code='10017',
            address=[texts['buyer'], texts['street'], texts['city']]),
        lines=lines, taxes=taxes,
        totals=facts.Totals(untaxed, tax, untaxed + tax),
        orders=[facts.Reference('1042', DAY - dt.timedelta(6))],
        references=["PO-17"], delivery=facts.Delivery(
            DAY - dt.timedelta(2), DAY),
        marks=[facts.Mark(texts['mark'], '42-0f1e2d3c')],
        **describe(kind, texts, untaxed + tax))


def describe(kind, texts, total):
    "Return what only documents of the kind state"
    number = '2026-00042'
    if kind == 'invoice':
        return {
            'number': number, 'footer': texts['footer'],
            'payment': make_payment(texts, total)}
    partial, full = texts['reasons']
    end, reason = {
        'credit_note': ('-1', partial), 'cancellation': ('-S1', full)}[kind]
    return {
        'number': number + end, 'reason': reason,
        'corrected': facts.Reference(number, DAY)}


def make_lines(kind, texts):
    standard, reduced = (
        facts.Tax(f"{texts['vat']} {rate}", 'S', D(rate), None, texts['vat'])
        for rate in ['20', '5.5'])
    cards, flyers, books = texts['lines']
    if kind == 'credit_note':
        return [make_line(flyers, -2, '80.10', standard, gross='89')]
    sign = 1 if kind == 'invoice' else -1
    return [
        make_line(cards, sign * 4, '39', standard, texts['detail']),
        make_line(flyers, sign * 12, '80.10', standard, gross='89'),
        make_line(books, sign * 250, '4.85', reduced)]


def make_line(name, quantity, price, tax, description='', gross=None):
    return facts.Line(
        name=name, quantity=D(quantity), price=D(price),
        amount=round(quantity * D(price), 2), unit='C62',
        unit_digits=0, taxes=[tax], description=description,
        gross_price=D(gross) if gross else None,
        discount=D(10) if gross else None)


def make_payment(texts, amount):
    return facts.Payment(
        texts['payment'], iban='FR7630006000011234567890189',
        bic='AGRIFRPP', reference='RF18 5390 0754 7034',
        maturities=[facts.Maturity(amount, DAY + dt.timedelta(30))])


def print_document(document):
    "Return the PDF of the facts, in their language"
    labels = read_labels(document.language)
    return typst_pdf.write_pdf(TEMPLATE, {
            **print_facts(document, PrintLang(document.language)),
            'labels': {
                label: print_label(labels.get(label, label), document.language)
                for label in typst_pdf.find_labels(TEMPLATE)},
            'has_letterhead': False,
            'margins': {'first': MARGINS, 'following': MARGINS},
            })


def read_labels(language):
    "Return the labels of the template, which are English in the source"
    if language == 'en':
        return {}
    catalogue = polib.pofile(str(FOLDER / 'locale' / f'{language}.po'))
    return {
        e.msgid: e.msgstr for e in catalogue
        if e.msgctxt == 'report:account.invoice:'}


def save(pdf, path):
    page = ImageOps.expand(render(pdf, 0, scale=1.5), 1, 'silver')
    page.convert('L').quantize(16).save(path, optimize=True)


if __name__ == '__main__':
    main()
