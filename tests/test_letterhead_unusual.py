# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"What is unusual in a letterhead looks the same, or is refused with a reason"
import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name

from tests.pdf import change_pdf, render
from tests.test_letterhead_safety import (
    LETTERHEAD, add, expand, make_form, make_image, make_jpeg, write)
from trytond.modules.shop_invoicing.document.letterhead_pdf import (
    LetterheadError, check, clean)

pytestmark = pytest.mark.once


def add_group(pdf):
    pdf.pages[0].obj.Group = Dictionary(S=Name.Transparency)


def add_device_n(pdf):
    function = Dictionary(
        FunctionType=2, Domain=Array([0, 1]), Range=Array([0, 1]), N=1)
    add(pdf, '/XObject', make_image(pdf, ColorSpace=Array([
                    Name.DeviceN, Array([Name.HKS]), Name.DeviceGray,
                    function])), 'q 9 0 0 9 0 0 cm {} Do Q')


def add_mask(pdf):
    image = make_image(pdf, ImageMask=True, BitsPerComponent=1)
    del image.ColorSpace
    add(pdf, '/XObject', image, 'q 9 0 0 9 0 0 cm {} Do Q')


def add_profile_picture(pdf):
    add(pdf, '/XObject', make_image(pdf, ColorSpace=Array([
                    Name.ICCBased, pdf.make_stream(
                        bytes(128), N=1, Alternate=Name.DeviceGray)])),
        'q 9 0 0 9 0 0 cm {} Do Q')


def add_notes(pdf):
    form = make_form(pdf, b'1 0 0 rg 0 0 99 99 re f')
    rest = {'Type': Name.Annot, 'Subtype': Name.Stamp,
        'Rect': Array([9, 9, 99, 99])}
    pdf.pages[0].obj.Resources.XObject = Dictionary(Note0=form)
    pdf.pages[0].obj.Annots = pdf.make_indirect(Array([
                7, Dictionary(**rest, F=2, AP=Dictionary(N=form)),
                Dictionary(**rest, F=4),
                Dictionary(**rest, F=4, AS=Name.On, AP=Dictionary(
                        N=Dictionary(On=form))),
                Dictionary(**rest, F=4, AP=Dictionary(N=form)),
                Dictionary(**rest, F=4, AP=Dictionary(N=Dictionary(
                            On=form))),
                Dictionary(**rest, F=4, AP=Dictionary(N=pdf.make_stream(
                            b'', Type=Name.XObject, Subtype=Name.Form,
                            BBox=Array([9, 0, 9, 9])))),
                ]))


def add_odd_instructions(pdf):
    pdf.pages[0].contents_add(
        b'/Best ri Q Q q 0 0 9 9 re f Q /L BMC EMC (a) Tf /None gs')


@pytest.mark.parametrize('change', [
        add_group, add_device_n, add_mask, add_profile_picture,
        add_notes, add_odd_instructions])
def test_what_is_unusual_looks_the_same(change):
    letterhead = change_pdf(LETTERHEAD, change)
    check(letterhead)
    assert (
        render(clean(letterhead), 0).tobytes()
        == render(letterhead, 0).tobytes())


def add_picture_with_tables(pdf):
    add(pdf, '/XObject', write(
            make_image(pdf), b'x', Name.JBIG2Decode,
            JBIG2Globals=pdf.make_stream(b'tables')))


def test_the_tables_of_a_picture_are_kept():
    cleaned = clean(change_pdf(
            LETTERHEAD, add_picture_with_tables,
            stream_decode_level=pikepdf.StreamDecodeLevel.none))
    assert b'tables' in expand(cleaned)


def add_plain_picture(pdf, **values):
    add(pdf, '/XObject', make_image(pdf, **values))


def add_jpeg_without_colors(pdf):
    image = write(make_image(pdf), make_jpeg(), Name.DCTDecode)
    del image.ColorSpace
    add(pdf, '/XObject', image)


def add_picture_without_colors(pdf):
    add_plain_picture(pdf, ColorSpace=Array([
                Name.ICCBased, pdf.make_stream(bytes(128), N=0)]))


def add_color_that_nobody_knows(pdf):
    add_plain_picture(pdf, ColorSpace=Array([Name.Unheard, 1]))


def add_function_of_many_samples(pdf):
    add(pdf, '/Shading', Dictionary(
            ShadingType=2, ColorSpace=Name.DeviceGray,
            Coords=Array([0, 0, 9, 9]), Function=pdf.make_stream(
                b'', FunctionType=0, Domain=Array([0, 1]),
                Range=Array([0, 1]), Size=Array([10 ** 5, 10 ** 5]),
                BitsPerSample=8)), '{} sh')


def add_letter_that_is_no_drawing(pdf):
    add(pdf, '/Font', Dictionary(
            Type=Name.Font, Subtype=Name.Type3, CharProcs=Dictionary(a=1)),
        'BT {} 9 Tf (a) Tj ET')


def add_tile_without_step(pdf):
    add(pdf, '/Pattern', pdf.make_stream(
            b'0 0 9 9 re f', PatternType=1, PaintType=1, TilingType=1,
            BBox=Array([0, 0, 9, 9]), XStep=0, YStep=9,
            Resources=Dictionary()),
        '/Pattern cs {} scn 0 0 99 99 re f')


def add_layer_among_the_instructions(pdf):
    pdf.pages[0].obj.Resources.Properties = Dictionary(
        L=Dictionary(Type=Name.OCMD, P=Name.AnyOff))
    pdf.pages[0].contents_add(b'/OC /L BDC 0 0 9 9 re f EMC')


def add_odd_inline_picture(pdf):
    pdf.pages[0].contents_add(
        b'BI /W 1 /H 1 /BPC 8 /CS /G /Secret 1 ID a EI')


def add_content_in_a_file(pdf):
    pdf.pages[0].obj.Contents = pdf.make_stream(b'', F=b'a.txt')


def add_picture_as_content(pdf):
    pdf.pages[0].obj.Contents = write(
        pdf.make_stream(b''), make_jpeg(), Name.DCTDecode)


def add_picture_in_a_picture(pdf):
    add(pdf, '/XObject', write(
            make_image(pdf), b'x', Array([Name.DCTDecode, Name.DCTDecode])))


def turn_page_askew(pdf):
    pdf.pages[0].obj.Rotate = 45


def trim_page_away(pdf):
    pdf.pages[0].obj.TrimBox = Array([900, 900, 990, 990])


@pytest.mark.parametrize('change, reason', {
    add_jpeg_without_colors: 'unknown', add_picture_without_colors: 'unknown',
    add_color_that_nobody_knows: 'unknown',
    add_function_of_many_samples: 'picture',
    add_letter_that_is_no_drawing: 'unknown',
    add_tile_without_step: 'damaged',
    add_layer_among_the_instructions: 'hidden_layers',
    add_odd_inline_picture: 'unknown', add_content_in_a_file: 'external',
    add_picture_as_content: 'unknown', add_picture_in_a_picture: 'unknown',
    turn_page_askew: 'damaged', trim_page_away: 'damaged',
    }.items())
def test_what_is_damaged_or_unknown_is_refused(change, reason):
    letterhead = change_pdf(
        LETTERHEAD, change,
        stream_decode_level=pikepdf.StreamDecodeLevel.none)
    with pytest.raises(LetterheadError) as refusal:
        check(letterhead)
    assert refusal.value.reason == reason
