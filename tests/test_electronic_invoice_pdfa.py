# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""A PDF that is spoiled at any place makes no claim to be a PDF/A-3.

Each change is one that a letterhead or a template may bring along, and that
ISO 19005-3 does not allow.
"""
import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name

from tests.pdf import change_pdf, make_mark, make_pdf
from tests.test_electronic_invoice_pdf import XML
from trytond.modules.shop_invoicing.document.electronic_invoice_pdf import (
    embed)
from trytond.modules.shop_invoicing.document.electronic_invoice_pdfa import (
    find_obstacles)
from trytond.modules.shop_invoicing.document.letterhead_pdf import lay_over

pytestmark = pytest.mark.once

PDF = make_pdf(
    make_mark('linear-gradient(red, blue)') + '<a href="https://example.com">'
    'Invoice</a>', 'two', pdf_variant='pdf/a-3b')
FUNCTION = Dictionary(FunctionType=2, Domain=Array([0, 1]), N=1)


def add(pdf, category, value, operator):
    page = pdf.pages[0]
    name = page.add_resource(value, Name(category))
    page.contents_add(f'q {operator.format(name)} Q'.encode())


def add_gstate(pdf, **values):
    add(pdf, '/ExtGState', Dictionary(**values), '{} gs')


def add_form(pdf, data=b'', **values):
    add(pdf, '/XObject', pdf.make_stream(data, **{
                'Type': Name.XObject, 'Subtype': Name.Form,
                'BBox': Array([0, 0, 9, 9]), 'Resources': Dictionary(),
                **values}), '{} Do')


def add_image(pdf, data=b'\0', **values):
    add(pdf, '/XObject', pdf.make_stream(data, **{
                'Type': Name.XObject, 'Subtype': Name.Image, 'Width': 1,
                'Height': 1, 'BitsPerComponent': 8,
                'ColorSpace': Name.DeviceGray, **values}), '{} Do')


def add_shading(pdf, **values):
    add(pdf, '/Shading', Dictionary(**{
                'ShadingType': 2, 'Coords': Array([0, 0, 9, 9]),
                'ColorSpace': Name.DeviceGray, 'Function': FUNCTION,
                **values}), '{} sh')


def add_space(pdf, *values):
    add(pdf, '/ColorSpace', Array(values), '{} cs')


def add_font(pdf, **values):
    add(pdf, '/Font', pdf.make_indirect(Dictionary(
                Type=Name.Font, **values)), 'BT {} 9 Tf ET')


def add_content(pdf, data):
    pdf.pages[0].contents_add(data)


def set_page(pdf, **values):
    for key, value in values.items():
        pdf.pages[0].obj['/' + key] = value


def set_root(pdf, **values):
    for key, value in values.items():
        pdf.Root['/' + key] = value


def make_group():
    return Dictionary(S=Name.Transparency, CS=Name.DeviceCMYK)


def find(change):
    return set(find_obstacles(change_pdf(
                PDF, change, compress_streams=False,
                stream_decode_level=pikepdf.StreamDecodeLevel.none)))


def test_the_document_itself_is_fine():
    assert find(lambda pdf: None) == set()


@pytest.mark.parametrize('change', [
        lambda pdf: set_page(pdf, Group=make_group()),
        lambda pdf: add_form(pdf, Group=make_group()),
        lambda pdf: add_form(pdf, b'0 0 0 1 k'),
        lambda pdf: add_shading(pdf, ColorSpace=Name.DeviceCMYK),
        lambda pdf: add_content(
            pdf, b'q BI /W 1 /H 1 /BPC 8 /CS /CMYK ID aaaa EI Q'),
        lambda pdf: add_content(pdf, b'q /DeviceCMYK cs Q'),
        lambda pdf: add_image(pdf, bytes(4), ColorSpace=Name.DeviceCMYK),
        lambda pdf: add_image(pdf, ColorSpace=Array([
                    Name.Indexed, Name.DeviceCMYK, 0, b'aaaa'])),
        lambda pdf: add_image(pdf, SMask=pdf.make_stream(
                bytes(4), Type=Name.XObject, Subtype=Name.Image, Width=1,
                Height=1, BitsPerComponent=8, ColorSpace=Name.DeviceCMYK)),
        lambda pdf: add_space(
            pdf, Name.Separation, Name.HKS, Name.DeviceCMYK, FUNCTION),
        lambda pdf: add_space(pdf, Name.Pattern, Name.DeviceCMYK),
        lambda pdf: add(pdf, '/Pattern', pdf.make_stream(
                b'0 0 0 1 k', PatternType=1, PaintType=1, TilingType=1,
                BBox=Array([0, 0, 9, 9]), XStep=9, YStep=9,
                Resources=Dictionary()), '/Pattern cs {} scn'),
        lambda pdf: add_gstate(pdf, SMask=Dictionary(
                S=Name.Alpha, G=pdf.make_stream(
                    b'0 0 0 1 k', Subtype=Name.Form,
                    BBox=Array([0, 0, 9, 9]), Resources=Dictionary()))),
        lambda pdf: add_font(
            pdf, Subtype=Name.Type3, FontBBox=Array([0, 0, 9, 9]),
            FontMatrix=Array([1, 0, 0, 1, 0, 0]), FirstChar=97, LastChar=97,
            Widths=Array([9]), Resources=Dictionary(),
            Encoding=Dictionary(Differences=Array([97, Name.a])),
            CharProcs=Dictionary(a=pdf.make_stream(b'0 0 0 1 k'))),
        ])
def test_colors_for_print(change):
    assert find(change) == {('cmyk', '')}


@pytest.mark.parametrize('name, change', [
        ('TR (6.2.5)', lambda pdf: add_gstate(pdf, TR=Name.Identity)),
        ('TR2 (6.2.5)', lambda pdf: add_gstate(pdf, TR2=Name.Identity)),
        ('HTP', lambda pdf: add_gstate(pdf, HTP=Array([0, 0]))),
        ('HT', lambda pdf: add_gstate(pdf, HT=Dictionary(HalftoneType=6))),
        ('BM (6.2.10)', lambda pdf: add_gstate(pdf, BM=Name.Glow)),
        ('Best (6.2.6)', lambda pdf: add_gstate(pdf, RI=Name.Best)),
        ('Best (6.2.6)', lambda pdf: add_content(pdf, b'/Best ri')),
        ('Best (6.2.6)', lambda pdf: add_image(pdf, Intent=Name.Best)),
        ('BitsPerComponent (6.2.8)', lambda pdf: add_image(
                pdf, BitsPerComponent=3)),
        ('JPXDecode (6.2.8.3)', lambda pdf: add_image(
                pdf, b'ihdr\0\0\0\1\0\0\0\1\0\2\xffcolr\1\0\0\0\0\0\x13',
                Filter=Name.JPXDecode)),
        ('Brotli (6.1.7.2)', lambda pdf: add_image(
                pdf, Filter=Name.Brotli)),
        ('Alternates', lambda pdf: add_image(pdf, Alternates=Array([]))),
        ('OPI', lambda pdf: add_image(pdf, OPI=Dictionary())),
        ('F', lambda pdf: add_image(pdf, F=b'a.png')),
        ('Ref', lambda pdf: add_form(pdf, Ref=Dictionary())),
        ('Subtype2', lambda pdf: add_form(pdf, Subtype2=Name.PS)),
        ('OC', lambda pdf: add_form(pdf, OC=Dictionary())),
        ('DeviceN (6.2.4.4)', lambda pdf: add_space(
                pdf, Name.DeviceN, Array([Name.a, Name.b]), Name.DeviceGray,
                FUNCTION)),
        ('ICCBased (6.2.4.2)', lambda pdf: add_space(
                pdf, Name.ICCBased, pdf.make_stream(bytes(128), N=3))),
        ('Encoding (6.2.11.3)', lambda pdf: add_font(
                pdf, Subtype=Name.Type0, BaseFont=Name.a,
                Encoding=Name('/90ms-RKSJ-H'), DescendantFonts=Array([]))),
        ('unheard (6.2.2)', lambda pdf: add_content(pdf, b'BX unheard EX')),
        ('Nobody (6.2.2)', lambda pdf: add_content(pdf, b'/Nobody Do')),
        ('q (6.1.13)', lambda pdf: add_content(pdf, b'q ' * 30 + b'Q ' * 30)),
        ('MediaBox (6.1.13)', lambda pdf: set_page(
                pdf, MediaBox=Array([0, 0, 2, 15000]))),
        ('PresSteps', lambda pdf: set_page(pdf, PresSteps=Dictionary())),
        ('F (6.3.2)', lambda pdf: pdf.pages[0].obj.Annots[0].__setitem__(
                '/F', 2)),
        ('Launch (6.5.1)', lambda pdf: pdf.pages[0].obj.Annots[0].A
            .__setitem__('/S', Name.Launch)),
        ('OCProperties', lambda pdf: set_root(
                pdf, OCProperties=Dictionary())),
        ('Requirements', lambda pdf: set_root(pdf, Requirements=Array([]))),
        ('Subtype (6.8)', lambda pdf: pdf.attachments.__setitem__('a', b'a')),
        ('/Matrix', lambda pdf: add_form(pdf, Matrix=Name.Wrong)),
        ('/Unheard', lambda pdf: add_space(pdf, Name.Unheard, Name.a)),
        ('Name (6.1.13)', lambda pdf: add_font(
                pdf, Subtype=Name.Type3, FontBBox=Array([0, 0, 9, 9]),
                FontMatrix=Array([1, 0, 0, 1, 0, 0]), Resources=Dictionary(),
                CharProcs=Dictionary({
                        '/' + 'a' * 128: pdf.make_stream(b'')}))),
        ('/ViewerPreferences', lambda pdf: set_root(
                pdf, ViewerPreferences=pdf.make_stream(b''))),
        ('F', lambda pdf: set_root(pdf, PageLabels=Dictionary(
                    Nums=Array([0, Dictionary(F=b'a')])))),
        ('PresSteps', lambda pdf: set_root(pdf, Dests=Dictionary(
                    a=pdf.make_indirect(Dictionary(
                            Type=Name.Page, PresSteps=Dictionary()))))),
        ('Movie (6.3.1)', lambda pdf: set_root(pdf, Dests=Dictionary(
                    a=Dictionary(Type=Name.Annot, Subtype=Name.Movie)))),
        ('DeviceRGB (6.2.4.3)', lambda pdf: (
                set_root(pdf, OutputIntents=Array([Dictionary(
                                S=Name.GTS_PDFA1)])),
                add_content(pdf, b'1 0 0 rg'))),
        ('/Kids', lambda pdf: set_root(
                pdf, Names=Dictionary(EmbeddedFiles=Dictionary(
                        Kids=Dictionary())))),
        ('JBIG2Decode (6.1.10)', lambda pdf: add_content(
                pdf, b'q BI /W 1 /H 1 /BPC 8 /CS /G /F /JBIG2Decode '
                b'ID a EI Q')),
        ('Intent (6.2.6)', lambda pdf: add_content(
                pdf, b'q BI /W 1 /H 1 /BPC 8 /CS /G /Intent /Best '
                b'ID a EI Q')),
        ('OutputIntents (6.2.3)', lambda pdf: pdf.Root.OutputIntents.append(
                pdf.Root.OutputIntents[0])),
        ])
def test_what_is_not_known(name, change):
    assert ('object', name) in find(change)


@pytest.mark.parametrize('obstacle, change', [
        (('font', 'Helvetica'), lambda pdf: add_font(
                pdf, Subtype=Name.Type1, BaseFont=Name.Helvetica)),
        (('font', 'a'), lambda pdf: add_font(
                pdf, Subtype=Name.Type0, BaseFont=Name.a,
                Encoding=Name('/Identity-H'), DescendantFonts=Array([
                        Dictionary(
                            Type=Name.Font, Subtype=Name.CIDFontType2,
                            BaseFont=Name.a)]))),
        (('lzw', ''), lambda pdf: add_content(
                pdf, b'q BI /W 1 /H 1 /BPC 8 /CS /G /F /LZW ID a EI Q')),
        (('interpolated', ''), lambda pdf: add_content(
                pdf, b'q BI /W 1 /H 1 /BPC 8 /CS /G /I true ID a EI Q')),
        (('font', 'Own'), lambda pdf: add_gstate(
                pdf, Font=Array([pdf.make_indirect(Dictionary(
                            Type=Name.Font, Subtype=Name.Type1,
                            BaseFont=Name.Own)), 9]))),
        (('active', 'AA'), lambda pdf: set_page(pdf, AA=Dictionary())),
        (('active', 'JavaScript'), lambda pdf: set_root(
                pdf, Names=Dictionary(JavaScript=Dictionary()))),
        ])
def test_fonts_compression_and_scripts(obstacle, change):
    assert obstacle in find(change)


def test_a_file_without_a_name_of_its_own():
    plain = change_pdf(
        PDF, lambda pdf: None,
        object_stream_mode=pikepdf.ObjectStreamMode.disable)
    assert list(find_obstacles(plain)) == []
    assert list(find_obstacles(plain.replace(b'/ID', b'/XX'))) == [
        ('object', 'ID (6.1.3)')]


def test_what_nobody_can_open_without_a_password():
    encrypted = change_pdf(
        PDF, lambda pdf: None, encryption=pikepdf.Encryption(owner='a'))
    assert ('encrypted', '') in set(find_obstacles(encrypted))
    assert list(find_obstacles(b'%PDF-1.7')) == [('object', 'PdfError')]


def test_a_spoiled_letterhead_takes_the_claim_and_not_the_document():
    letterhead = change_pdf(
        make_pdf(make_mark('red')), lambda pdf: add_gstate(
            pdf, TR=FUNCTION))
    pdf, obstacles = embed(
        lay_over(PDF, letterhead), XML, title='1', author='Print Shop')
    assert obstacles == [('object', 'TR (6.2.5)')]
    assert b'pdfaid:part' not in pdf


def test_what_is_not_drawn_does_not_spoil_it():
    def spoil(pdf):
        add_gstate(pdf, HTP=Array([0, 0]), RI=Name.Best, BM=Name.Glow)
        add_form(pdf, OPI=Dictionary(), Ref=Dictionary())
        add_content(pdf, b'/Best ri BX unheard EX')
        set_page(pdf, AA=Dictionary())
    letterhead = change_pdf(make_pdf(make_mark('red')), spoil)
    assert list(find_obstacles(lay_over(PDF, letterhead))) == []
