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
from PIL import Image

from tests.pdf import change_pdf, make_mark, make_pdf, render
from trytond.modules.shop_invoicing.document import letterhead_filter
from trytond.modules.shop_invoicing.document.letterhead_limits import (
    MAX_DEPTH, MAX_INFLATED, MB)
from trytond.modules.shop_invoicing.document.letterhead_pdf import (
    LetterheadError, check, clean, lay_over)

pytestmark = pytest.mark.once

SECRET = b'SECRET'
LETTERHEAD = make_pdf(make_mark('red') + 'Shop', 'two')
DOCUMENT = make_pdf('Invoice', pdf_variant='pdf/a-3b')


def add(pdf, category, value, operator='{} Do'):
    "Draw the resource on the first page"
    page = pdf.pages[0]
    name = page.add_resource(value, Name(category))
    page.contents_add(f'q {operator.format(name)} Q'.encode())


def make_form(pdf, data=b'0 0 9 9 re f', **values):
    return pdf.make_stream(
        data, Type=Name.XObject, Subtype=Name.Form,
        BBox=Array([0, 0, 99, 99]), **values)


def make_image(pdf, data=bytes(9), **values):
    return pdf.make_stream(data, **{
            'Type': Name.XObject, 'Subtype': Name.Image, 'Width': 3,
            'Height': 3, 'BitsPerComponent': 8,
            'ColorSpace': Name.DeviceGray, **values})


def make_jpeg(format_='JPEG', **options):
    image, output = Image.new('RGB', (8, 8), 'blue'), io.BytesIO()
    image.save(output, format_, **options)
    return output.getvalue()


def make_notes():
    exif = Image.Exif()
    exif[0x10e] = SECRET.decode()
    return make_jpeg(exif=exif, comment=SECRET) + SECRET


def write(stream, data, filter_, **parameters):
    stream.write(
        data, filter=filter_,
        decode_parms=Dictionary(**parameters) if parameters else None)
    return stream


# What stays behind

def hide_in_document(pdf):
    pdf.attachments['a.txt'] = SECRET
    script = Dictionary(S=Name.JavaScript, JS=SECRET)
    pdf.Root.OpenAction = script
    pdf.Root.PieceInfo = Dictionary(App=Dictionary(Private=SECRET))
    pdf.Root.Metadata = pdf.make_stream(SECRET)
    pdf.docinfo['/Title'] = SECRET.decode()
    pdf.Root.StructTreeRoot = Dictionary(
        K=Dictionary(S=Name.P, ActualText=SECRET))


def hide_in_page(pdf):
    page = pdf.pages[0]
    page.obj.PieceInfo = Dictionary(App=Dictionary(Private=SECRET))
    page.obj.Metadata = pdf.make_stream(SECRET)
    page.obj.AA = Dictionary(O=Dictionary(S=Name.JavaScript, JS=SECRET))
    page.obj.Thumb = make_image(pdf, SECRET)
    page.obj.AF = Array([Dictionary(Type=Name.Filespec, F=SECRET)])
    page.obj.Annots = Array([Dictionary(
                Type=Name.Annot, Subtype=Name.Link,
                Rect=Array([0, 0, 9, 9]),
                A=Dictionary(S=Name.URI, URI=SECRET))])
    page.add_resource(make_image(pdf, SECRET + b'xyz'), Name.XObject)
    page.contents_add(
        b'% SECRET\n/Span << /ActualText (SECRET) >> BDC EMC '
        b'BX (SECRET) unheardof EX')


def hide_in_form(pdf):
    add(pdf, '/XObject', make_form(
            pdf, PieceInfo=Dictionary(App=Dictionary(Private=SECRET)),
            Metadata=pdf.make_stream(SECRET), Name=Name('/SECRET'),
            OPI=Dictionary(F=SECRET), AF=Array([Dictionary(F=SECRET)]),
            Ref=Dictionary(F=SECRET, Page=0)))


def hide_in_image(pdf):
    add(pdf, '/XObject', make_image(
            pdf, bytes(9) + SECRET, Metadata=pdf.make_stream(SECRET),
            OPI=Dictionary(F=SECRET), ID=SECRET,
            AF=Array([Dictionary(F=SECRET)]),
            Alternates=Array([Dictionary(
                        Image=make_image(pdf, SECRET + b'xyz'))])))


def hide_behind_image(pdf):
    add(pdf, '/XObject', write(
            make_image(pdf), zlib.compress(bytes(9)) + SECRET,
            Name.FlateDecode))


def hide_in_jpeg(pdf):
    assert make_notes().count(SECRET) == 3
    add(pdf, '/XObject', write(
            make_image(pdf, Width=8, Height=8, ColorSpace=Name.DeviceRGB),
            make_notes(), Name.DCTDecode))


def hide_in_jpx(pdf):
    box = b'\0\0\0\x0exml ' + SECRET
    add(pdf, '/XObject', write(
            make_image(pdf, Width=8, Height=8, ColorSpace=Name.DeviceRGB),
            make_jpeg('JPEG2000') + box, Name.JPXDecode))


def hide_in_profile(pdf):
    space = pdf.make_indirect(Array([
                Name.ICCBased, pdf.make_stream(
                    bytes(128), N=3, Metadata=pdf.make_stream(SECRET))]))
    add(pdf, '/ColorSpace', space, '{} cs 0 0 1 sc 0 0 9 9 re f')


def hide_among_instructions(pdf):
    "Hide it behind pictures whose data stand among the instructions"
    palette = (bytes(3) + SECRET).hex().encode()
    jpeg = b'/W 8 /H 8 /BPC 8 /CS /RGB /F /DCT /L %d' % len(make_notes())
    for values, data in [
            (b'/W 3 /H 3 /BPC 8 /CS /G', bytes(9) + SECRET),
            (b'/W 3 /H 3 /BPC 8 /CS /G /F /Fl',
                zlib.compress(bytes(9) + SECRET)),
            (b'/W 3 /H 3 /BPC 8 /CS [/I /RGB 0 <%s>]' % palette, bytes(9)),
            (jpeg, make_notes())]:
        pdf.pages[0].contents_add(
            b'q 9 0 0 9 20 20 cm BI %s ID %s\nEI Q' % (values, data))


def hide_in_inline_color(pdf):
    space = pdf.make_indirect(Array([
                Name.ICCBased, pdf.make_stream(
                    bytes(128), N=3, Metadata=pdf.make_stream(SECRET))]))
    name = pdf.pages[0].add_resource(space, Name.ColorSpace)
    pdf.pages[0].contents_add(
        b'q 9 0 0 9 20 20 cm BI /W 1 /H 1 /BPC 8 /CS %s ID abc%s\nEI Q' % (
            str(name).encode(), SECRET))


def hide_in_palette(pdf):
    for colors in [bytes(3) + SECRET, pdf.make_stream(bytes(3) + SECRET)]:
        add(pdf, '/ColorSpace', Array([
                    Name.Indexed, Name.DeviceRGB, 0,
                    pikepdf.String(colors) if isinstance(colors, bytes)
                    else colors]), '{} cs 0 sc 0 0 9 9 re f')


def hide_in_samples(pdf):
    add(pdf, '/Shading', Dictionary(
            ShadingType=2, ColorSpace=Name.DeviceGray,
            Coords=Array([0, 0, 9, 9]), Function=pdf.make_stream(
                b'\0\xff' + SECRET, FunctionType=0, Size=Array([2]),
                BitsPerSample=8, Domain=Array([0, 1]),
                Range=Array([0, 1]))), '0 0 9 9 re W n {} sh')


HIDING = [
    hide_in_document, hide_in_page, hide_in_form, hide_in_image,
    hide_behind_image, hide_in_jpeg, hide_in_jpx, hide_in_profile,
    hide_among_instructions, hide_in_inline_color, hide_in_palette,
    hide_in_samples]


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
