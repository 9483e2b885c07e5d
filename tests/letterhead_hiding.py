# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"Hiding something behind what a letterhead draws"
import io
import zlib

import pikepdf
from pikepdf import Array, Dictionary, Name
from PIL import Image

SECRET = b'SECRET'


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


def make_profile(pdf):
    return pdf.make_indirect(Array([
                Name.ICCBased, pdf.make_stream(
                    bytes(128), N=3, Metadata=pdf.make_stream(SECRET))]))


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
    add(pdf, '/ColorSpace', make_profile(pdf), '{} cs 0 0 1 sc 0 0 9 9 re f')


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
    name = pdf.pages[0].add_resource(make_profile(pdf), Name.ColorSpace)
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
