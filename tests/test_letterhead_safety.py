# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Nothing of a letterhead but what is drawn comes into an invoice.

Each letterhead is a real PDF with something behind its drawing.
"""
import io
import tracemalloc
import zlib

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name

from tests.letterhead_hiding import (
    HIDING, SECRET, add, make_form, make_image, make_jpeg, write)
from tests.pdf import change_pdf, make_mark, make_pdf, render
from trytond.modules.shop_invoicing.document import letterhead_filter
from trytond.modules.shop_invoicing.document.letterhead_limits import (
    MAX_DEPTH, MAX_INFLATED, MB)
from trytond.modules.shop_invoicing.document.letterhead_pdf import (
    LetterheadError, check, clean, lay_over)

pytestmark = pytest.mark.once

LETTERHEAD = make_pdf(make_mark('red') + 'Shop', 'two')
DOCUMENT = make_pdf('Invoice', pdf_variant='pdf/a-3b')


# What stays behind

def expand(data):
    "Return the PDF with all its streams inflated"
    return change_pdf(
        data, lambda pdf: None, compress_streams=False,
        object_stream_mode=pikepdf.ObjectStreamMode.disable,
        stream_decode_level=pikepdf.StreamDecodeLevel.generalized)


@pytest.mark.parametrize('hide', HIDING)
def test_what_is_not_drawn_stays_behind(hide):
    letterhead = change_pdf(LETTERHEAD, hide)
    assert SECRET in letterhead + expand(letterhead)
    check(letterhead)
    for data in [clean(letterhead), lay_over(DOCUMENT, letterhead)]:
        assert SECRET not in data + expand(data)
    assert (
        render(clean(letterhead), 0).tobytes()
        == render(letterhead, 0).tobytes())


def test_a_clean_letterhead_stays_as_it_is():
    assert clean(clean(LETTERHEAD)) == clean(LETTERHEAD)


def test_only_two_pages_are_kept():
    letterhead = make_pdf('one', 'two', 'three')
    with pikepdf.open(io.BytesIO(clean(letterhead))) as pdf:
        assert len(pdf.pages) == 2


# What is refused

def add_external(pdf):
    add(pdf, '/XObject', make_image(pdf, F=b'https://example.com/a.png'))


def add_postscript(pdf):
    add(pdf, '/XObject', pdf.make_stream(
            b'showpage', Type=Name.XObject, Subtype=Name.PS))


def add_old_postscript(pdf):
    add(pdf, '/XObject', make_form(pdf, Subtype2=Name.PS))


def add_calculator(pdf):
    add(pdf, '/Shading', Dictionary(
            ShadingType=2, ColorSpace=Name.DeviceGray,
            Coords=Array([0, 0, 9, 9]), Function=pdf.make_stream(
                b'{ (%stdin) run }', FunctionType=4,
                Domain=Array([0, 1]), Range=Array([0, 1]))), '{} sh')


def add_depth(pdf, depth):
    form = make_form(pdf)
    for _ in range(depth - 1):
        form = make_form(
            pdf, b'/F Do', Resources=Dictionary(XObject=Dictionary(F=form)))
    add(pdf, '/XObject', form)


def add_60_forms(pdf):
    add_depth(pdf, 60)


def add_cycle(pdf):
    form = make_form(pdf, b'/F Do')
    form.Resources = Dictionary(XObject=Dictionary(F=form))
    add(pdf, '/XObject', form)


def add_laughs(pdf):
    form = make_form(pdf)
    for _ in range(8):
        form = make_form(
            pdf, b'/F Do ' * 100,
            Resources=Dictionary(XObject=Dictionary(F=form)))
    add(pdf, '/XObject', form)


def add_tiles(pdf):
    add(pdf, '/Pattern', pdf.make_stream(
            b'0 0 9 9 re f', Type=Name.Pattern, PatternType=1, PaintType=1,
            TilingType=1, BBox=Array([0, 0, 9, 9]), XStep=0.001, YStep=0.001,
            Resources=Dictionary()),
        '/Pattern cs {} scn 0 0 99 99 re f')


def add_bomb(pdf):
    compressor = zlib.compressobj(9)
    data = b''.join(
        compressor.compress(bytes(MB)) for _ in range(2 * MAX_INFLATED // MB))
    image = make_image(
        pdf, Width=7000, Height=7000, ColorSpace=Name.DeviceRGB)
    add(pdf, '/XObject', write(
            image, data + compressor.flush(), Name.FlateDecode))


def add_double_bomb(pdf):
    data = zlib.compress(zlib.compress(bytes(100 * MB), 1), 9)
    pdf.pages[0].obj.Contents = write(
        pdf.make_stream(b''), data,
        Array([Name.FlateDecode, Name.FlateDecode]))


def add_long_content(pdf):
    pdf.pages[0].contents_add(b' ' * 9 * MB)


def add_many_operators(pdf):
    pdf.pages[0].contents_add(b'n ' * 500_001)


def add_many_pixels(pdf):
    add(pdf, '/XObject', make_image(pdf, Width=30_000, Height=30_000))


def add_many_pixels_in_jpeg(pdf):
    data = bytearray(make_jpeg())
    place = data.index(b'\xff\xc0') + 5
    data[place:place + 4] = b'\xff\xff' * 2
    add(pdf, '/XObject', write(
            make_image(pdf, ColorSpace=Name.DeviceRGB), bytes(data),
            Name.DCTDecode))


def add_unknown_filter(pdf):
    add(pdf, '/XObject', write(make_image(pdf), b'x', Name.Unheard))


def add_unknown_function(pdf):
    add(pdf, '/Shading', Dictionary(
            ShadingType=2, ColorSpace=Name.DeviceGray,
            Coords=Array([0, 0, 9, 9]), Function=Dictionary(
                FunctionType=9, Domain=Array([0, 1]))), '{} sh')


def add_layer_of_conditions(pdf):
    group = pdf.make_indirect(Dictionary(Type=Name.OCG, Name="a"))
    add(pdf, '/XObject', make_form(pdf, OC=Dictionary(
                Type=Name.OCMD, OCGs=group, P=Name.AllOff)))


def add_layer_not_printed(pdf):
    group = pdf.make_indirect(Dictionary(
            Type=Name.OCG, Name="a", Usage=Dictionary(
                Print=Dictionary(PrintState=Name.OFF))))
    pdf.Root.OCProperties = Dictionary(
        OCGs=Array([group]), D=Dictionary(AS=Array([Dictionary(
                        Event=Name.Print, Category=Array([Name.Print]),
                        OCGs=Array([group]))])))


REFUSED = {
    add_external: 'external', add_postscript: 'postscript',
    add_old_postscript: 'postscript', add_calculator: 'postscript',
    add_60_forms: 'nested', add_cycle: 'cycle', add_laughs: 'complex',
    add_tiles: 'complex', add_bomb: 'inflated', add_double_bomb: 'content',
    add_long_content: 'content', add_many_operators: 'complex',
    add_many_pixels: 'picture', add_many_pixels_in_jpeg: 'picture',
    add_unknown_filter: 'unknown', add_unknown_function: 'unknown',
    add_layer_of_conditions: 'hidden_layers',
    add_layer_not_printed: 'hidden_layers',
    }


@pytest.mark.parametrize('change, reason', REFUSED.items())
def test_what_is_hostile_or_unknown_is_refused(change, reason):
    letterhead = change_pdf(
        LETTERHEAD, change, compress_streams=True,
        stream_decode_level=pikepdf.StreamDecodeLevel.none)
    assert len(letterhead) < MB
    with pytest.raises(LetterheadError) as refusal:
        check(letterhead)
    assert refusal.value.reason == reason
    if reason not in {'inflated', 'hidden_layers', 'content'}:
        assert refusal.value.page == 1


@pytest.mark.parametrize('change', [add_bomb, add_double_bomb])
def test_what_explodes_is_not_inflated_in_memory(change):
    letterhead = change_pdf(
        LETTERHEAD, change,
        stream_decode_level=pikepdf.StreamDecodeLevel.none)
    tracemalloc.start()
    try:
        with pytest.raises(LetterheadError):
            check(letterhead)
        assert tracemalloc.get_traced_memory()[1] < 20 * MB
    finally:
        tracemalloc.stop()


def test_forms_may_be_nested_a_little():
    check(change_pdf(LETTERHEAD, lambda pdf: add_depth(pdf, MAX_DEPTH)))
    with pytest.raises(LetterheadError) as refusal:
        check(change_pdf(
                LETTERHEAD, lambda pdf: add_depth(pdf, MAX_DEPTH + 1)))
    assert refusal.value.limit == MAX_DEPTH


def test_a_list_of_objects_that_explodes_is_refused(monkeypatch):
    monkeypatch.setattr(letterhead_filter, 'MAX_FILE_INFLATED', 9 * MB)
    data = zlib.compress(b'5 0 <</A 1>>' + b' ' * 9 * MB)
    data = change_pdf(LETTERHEAD, lambda pdf: None) + (
        b'9 0 obj <</Type /Obj#53tm /N 1 /First 4 /Filter /FlateDecode>>'
        b'stream\n' + data + b'\nendstream endobj')
    with pytest.raises(LetterheadError) as refusal:
        check(data)
    assert refusal.value.reason == 'inflated'
    assert refusal.value.limit == 9


@pytest.mark.parametrize('filter_', [
        b'/LZWDecode', b'[/ASCII85Decode /FlateDecode]', b'7 0 R'])
def test_a_list_of_objects_that_cannot_be_measured_is_refused(filter_):
    data = change_pdf(LETTERHEAD, lambda pdf: None) + (
        b'9 0 obj <</Type /XRef /Filter %s>>stream\nendstream' % filter_)
    with pytest.raises(LetterheadError) as refusal:
        check(data)
    assert refusal.value.reason == 'unknown'
