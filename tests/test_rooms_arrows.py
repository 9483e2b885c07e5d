# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Each way to use a later folder is found.

The tests build a house of two folders, of which the upper one may use the
lower one.
"""
import pytest

from tests.rooms import PACKAGE, House, is_pure
from tests.source import MODULE

pytestmark = pytest.mark.once

LOWER = """\
from trytond.pool import PoolMeta

class Sale(metaclass=PoolMeta):
    __name__ = 'sale.sale'
    deposit = fields.Boolean("Deposit")
    def copy(self):
        pass
"""
UPPER = """\
from trytond.pool import PoolMeta

class Sale(metaclass=PoolMeta):
    __name__ = 'sale.sale'
    parcel = fields.Many2One('house.box', "Parcel")
    parcels: list = None
    origin = deposit = None
    def pack(self):
        self.packed_at = None
    def copy(self):
        pass

class Box(ModelSQL):
    __name__ = 'house.box'
    weight = fields.Float("Weight")

def wrap():
    pass
"""
UPPER_XML = """\
<tryton><data>
    <record model="ir.ui.view" id="parcel_view_form"/>
    <menuitem id="menu_parcel"/>
</data></tryton>
"""
PYTHON = {
    "from ..upper.parcel import wrap": 'upper.parcel.wrap',
    "from ..upper import parcel as p": 'upper.parcel',
    "def f():\n    from ..upper.parcel import wrap": 'upper.parcel.wrap',
    f"import {PACKAGE}.upper.parcel": 'upper.parcel',
    f"from {PACKAGE}.upper import parcel as p": 'upper.parcel',
    "sale.parcel.save()": 'parcel',
    "sale.pack()": 'pack',
    "sale.packed_at = now": 'packed_at',
    "Sale(parcels=[])": 'parcels',
    "@fields.depends('parcel')\ndef f(): pass": 'parcel',
    "domain = [('moves.parcel.id', '=', 1)]": 'parcel',
    "states = {'invisible': ~Eval('parcel')}": 'parcel',
    "pool.get('house.box')": 'house.box',
    f"view = '{MODULE}.parcel_view_form'": 'parcel_view_form',
    }
DATA = {
    '<field name="view" ref="parcel_view_form"/>': 'parcel_view_form',
    f'<field name="view" ref="{MODULE}.menu_parcel"/>': 'menu_parcel',
    '<menuitem parent="menu_parcel" id="menu_other"/>': 'menu_parcel',
    '<menuitem action="parcel_view_form" id="menu_it"/>': 'parcel_view_form',
    '<record model="house.box" id="parcel1"/>': 'house.box',
    '<field name="model">house.box</field>': 'house.box',
    '<field name="model">house.box,-1</field>': 'house.box',
    '<field name="name">pack</field>': 'pack',
    '<field name="parcel" eval="1"/>': 'parcel',
    '<field name="domain" eval="[(\'parcel\', \'=\', 1)]"/>': 'parcel',
    '<field name="domain">[["parcel", "=", 1]]</field>': 'parcel',
    }
VIEW = {
    '<field name="parcel"/>': 'parcel',
    '<button name="pack"/>': 'pack',
    '<label name="parcel"/>': 'parcel',
    '<xpath expr="//page/field[@name=\'parcel\']"/>': 'parcel',
    f'<field name="x" view_ids="sale.x,{MODULE}.parcel_view_form"/>':
    'parcel_view_form',
    '<field name="x" visual="If(Eval(\'parcel\'), \'danger\', \'\')"/>':
    'parcel',
    }
TEMPLATE = {
    '<p py:if="sale.parcel">${sale.number}</p>': 'parcel',
    }
HARMLESS = {
    # Tryton or the lower folder has a member of the name
    'own.py': "sale.origin; sale.copy(); sale.deposit; Sale(deposit=1)",
    # It is a member of a model of the upper folder, which must be named first
    'weight.py': "box.weight",
    'text.py': "'The parcel of the sale.'",
    'data.xml': '<tryton><record id="x" model="sale.sale"/></tryton>',
    'page.html': "<p>parcel</p>",
    }


@pytest.fixture
def house(tmp_path):
    write(tmp_path, 'tryton.cfg', (
            "[tryton]\nxml:\n    message.xml\n"
            "include_dirs:\n    lower\n    upper\n"))
    write(tmp_path, 'lower/deposit.py', LOWER)
    write(tmp_path, 'upper/parcel.py', UPPER)
    write(tmp_path, 'upper/parcel.xml', UPPER_XML)
    return House(tmp_path, stock={'origin'})


def write(folder, name, text):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def check_found(house, name, text, what):
    write(house.folder, name, text)
    folder = 'lower/' + name.rpartition('/')[2]
    assert house.find_arrows() == {(folder, 'upper', what)}


@pytest.mark.parametrize('text, what', PYTHON.items())
def test_in_python(house, text, what):
    check_found(house, 'lower/user.py', text, what)


@pytest.mark.parametrize('text, what', DATA.items())
def test_in_data(house, text, what):
    check_found(
        house, 'lower/user.xml', f'<tryton><data>{text}</data></tryton>', what)


@pytest.mark.parametrize('text, what', VIEW.items())
def test_in_a_view(house, text, what):
    check_found(
        house, 'view/lower/sale_form.xml', f'<data>{text}</data>', what)


@pytest.mark.parametrize('suffix', ['html', 'fodt'])
@pytest.mark.parametrize('text, what', TEMPLATE.items())
def test_in_a_template(house, suffix, text, what):
    check_found(house, f'lower/page.{suffix}', text, what)


@pytest.mark.parametrize('name, text', HARMLESS.items())
def test_what_is_no_arrow(house, name, text):
    write(house.folder, f'lower/{name}', text)
    assert house.find_arrows() == set()


def test_the_upper_folder_may_use_the_lower_one(house):
    write(
        house.folder, 'upper/user.py',
        "from ..lower.deposit import Sale\nsale.deposit")
    write(
        house.folder, 'view/upper/sale_form.xml',
        '<data><field name="deposit"/></data>')
    assert house.find_arrows() == set()


@pytest.mark.parametrize('text, pure', [
        ("import re\nfrom ..lower.text import clean", True),
        ("import trytond", False),
        ("from trytond.pool import Pool", False),
        ("def f():\n    from trytond import config", False),
        ("def f():\n    import trytond.config", False),
        ])
def test_what_is_without_tryton(tmp_path, text, pure):
    write(tmp_path, 'file.py', text)
    assert is_pure(tmp_path / 'file.py') is pure
