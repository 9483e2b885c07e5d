# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"Compare the catalogues in locale/ with what Tryton exports for the module"
import re

import polib
import pytest

from tests.source import EXTRAS, FOLDER, MODULE

pytestmark = pytest.mark.once

LANGUAGES = ['de', 'fr']
QUOTES = {'de': '„“', 'fr': '«»'}


@pytest.fixture(scope='module')
def exported():
    "Return the context and the source of each text Tryton would export"
    from proteus import Wizard

    from trytond.pool import Pool
    from trytond.tests.test_tryton import DB_NAME, drop_db
    from trytond.tests.tools import activate_modules
    from trytond.transaction import Transaction
    activate_modules([MODULE, *EXTRAS])
    Wizard('ir.translation.set').execute('set_')
    with Transaction().start(DB_NAME, 0, readonly=True):
        Translation = Pool().get('ir.translation')
        content = Translation.translation_export('en', MODULE)
    drop_db()
    catalogue = polib.pofile((content or b'').decode())
    return {(e.msgctxt, e.msgid) for e in catalogue}


@pytest.fixture(scope='module', params=LANGUAGES)
def catalogue(request):
    path = FOLDER / 'locale' / f'{request.param}.po'
    if not path.exists():
        return polib.POFile()
    return polib.pofile(str(path), encoding='utf-8')


def test_only_known_languages():
    assert {p.name for p in (FOLDER / 'locale').iterdir()} <= {
        f'{language}.po' for language in LANGUAGES}


def test_catalogue_is_complete(catalogue, exported):
    existing = {(e.msgctxt, e.msgid) for e in catalogue}
    assert sorted(exported - existing) == [], "to translate"
    assert sorted(existing - exported) == [], "to remove"


def test_everything_is_translated(catalogue):
    assert not [e.msgctxt for e in catalogue if not all(translations(e))]
    assert not [e.msgctxt for e in catalogue if e.fuzzy or e.obsolete]


def test_placeholders_agree(catalogue):
    for entry in catalogue:
        for text in translations(entry):
            assert placeholders(text) == placeholders(entry.msgid), text


def test_punctuation_agrees(catalogue):
    "A sentence stays a sentence"
    for entry in messages(catalogue):
        end = re.search(r'[.?:]?$', entry.msgid)[0]
        for text in translations(entry):
            assert re.search(r'[.?:]?$', text)[0] == end, text


def test_quotes_are_those_of_the_language(catalogue, request):
    language = request.node.callspec.params['catalogue']
    for entry in messages(catalogue):
        if '"' not in entry.msgid:
            continue
        for text in translations(entry):
            assert set(QUOTES[language]) <= set(text), text
            assert '"' not in text, text


def messages(catalogue):
    return [
        e for e in catalogue if e.msgctxt.startswith('model:ir.message,')]


def translations(entry):
    if entry.msgid_plural:
        return entry.msgstr_plural.values()
    return [entry.msgstr]


def placeholders(text):
    return set(re.findall(r'%\(\w+\)s|\{[^}]*\}', text))
