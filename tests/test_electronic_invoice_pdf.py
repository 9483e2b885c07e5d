# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"A PDF carries its electronic invoice and claims no more than it is"
import io

import facturx
import pikepdf
import pytest

from tests.pages import read_pages
from tests.pdf import change_pdf, make_mark, make_pdf
from trytond.modules.shop_invoicing.document.electronic_invoice_pdf import (
    embed, find_obstacles)
from trytond.modules.shop_invoicing.document.letterhead_pdf import lay_over

pytestmark = pytest.mark.once

PDF = make_pdf(make_mark('red') + 'Invoice', 'two', pdf_variant='pdf/a-3b')
XML = b'''<?xml version="1.0" encoding="UTF-8"?>
<rsm:CrossIndustryInvoice
    xmlns:rsm="urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"/>
'''


def call_embed(pdf=PDF):
    return embed(
        pdf, XML, title="2026-00001", author="Print Shop", lang='fr')


def get_metadata(pdf):
    with pikepdf.open(io.BytesIO(pdf)) as pdf:
        return pdf.Root.Metadata.read_bytes()


def test_the_xml_is_attached():
    pdf, obstacles = call_embed()
    assert obstacles == []
    assert facturx.get_xml_from_pdf(pdf, check_xsd=False) == (
        'factur-x.xml', XML)
    assert 'Invoice' in read_pages(pdf)[0]


def test_the_result_looks_like_a_pdfa():
    pdf, _ = call_embed()
    assert list(find_obstacles(pdf)) == []
    metadata = get_metadata(pdf)
    for text in [
            b'pdfaid:part="3"', b'pdfaid:conformance="B"',
            b'<fx:ConformanceLevel>EN 16931<', b'<fx:DocumentType>INVOICE<',
            b'<fx:DocumentFileName>factur-x.xml<', b'pdfaExtension:schemas']:
        assert text in metadata
    with pikepdf.open(io.BytesIO(pdf)) as pdf:
        assert '/ID' in pdf.trailer
        assert pdf.Root.Lang == 'fr'
        file, = pdf.Root.AF
        assert file.AFRelationship == '/Alternative'
        assert file.EF.F.Subtype == '/text/xml'
        assert {'/F', '/UF', '/Desc'} <= set(file.keys())
        assert '/Filter' not in pdf.Root.Metadata


def test_a_pdf_that_does_not_claim_it_makes_no_claim():
    pdf, obstacles = call_embed(make_pdf('Invoice'))
    assert {reason for reason, _ in obstacles} == {
        'no_pdfa', 'no_output_intent'}
    metadata = get_metadata(pdf)
    assert b'<pdfaid:' not in metadata
    assert metadata.startswith(b'<?xpacket begin=')
    assert metadata.endswith(b'<?xpacket end="w"?>')
    assert b'EN 16931' in metadata
    assert facturx.get_xml_from_pdf(pdf, check_xsd=False)[1] == XML


def add_font(pdf):
    page = pdf.pages[0]
    font = pikepdf.Dictionary(
        Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1,
        BaseFont=pikepdf.Name.Helvetica)
    name = page.add_resource(pdf.make_indirect(font), pikepdf.Name.Font)
    page.contents_add(f'BT {name} 9 Tf 9 9 Td (Shop) Tj ET'.encode())


def add_cmyk(pdf):
    pdf.pages[0].contents_add(b'q 0 1 1 0 k 0 0 9 9 re f Q')


def add_cmyk_space(pdf):
    space = pikepdf.Array([
            pikepdf.Name.Separation, pikepdf.Name('/HKS'),
            pikepdf.Name.DeviceCMYK, pikepdf.Dictionary(
                FunctionType=2, Domain=pikepdf.Array([0, 1]), N=1,
                C0=pikepdf.Array([0, 0, 0, 0]),
                C1=pikepdf.Array([1, 0, 0, 0]))])
    name = pdf.pages[0].add_resource(space, pikepdf.Name.ColorSpace)
    pdf.pages[0].contents_add(f'{name} cs 1 sc'.encode())


def add_image(pdf, **values):
    image = pdf.make_stream(
        bytes(4), Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image,
        Width=1, Height=1, BitsPerComponent=8, **values)
    name = pdf.pages[0].add_resource(image, pikepdf.Name.XObject)
    pdf.pages[0].contents_add(f'q 9 0 0 9 0 0 cm {name} Do Q'.encode())


def add_cmyk_image(pdf):
    add_image(pdf, ColorSpace=pikepdf.Name.DeviceCMYK)


def add_interpolated_image(pdf):
    add_image(pdf, ColorSpace=pikepdf.Name.DeviceGray, Interpolate=True)


def add_postscript(pdf):
    program = pdf.make_stream(
        b'showpage', Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.PS)
    name = pdf.pages[0].add_resource(program, pikepdf.Name.XObject)
    pdf.pages[0].contents_add(f'{name} Do'.encode())


def add_lzw(pdf):
    # Clear, the byte 0, end: in codes of 9 bits
    stream = pdf.make_stream(bytes([0x80, 0x00, 0x20, 0x20]))
    stream.Filter = pikepdf.Name.LZWDecode
    name = pdf.pages[0].add_resource(stream, pikepdf.Name.XObject)
    stream.Type, stream.Subtype = pikepdf.Name.XObject, pikepdf.Name.Form
    stream.BBox = pikepdf.Array([0, 0, 1, 1])
    pdf.pages[0].contents_add(f'{name} Do'.encode())


@pytest.mark.parametrize('change, obstacle', [
        (add_font, ('font', 'Helvetica')),
        (add_cmyk, ('cmyk', '')),
        (add_cmyk_space, ('cmyk', '')),
        (add_cmyk_image, ('cmyk', '')),
        (add_interpolated_image, ('interpolated', '')),
        ])
def test_a_letterhead_can_be_an_obstacle(change, obstacle):
    letterhead = change_pdf(make_pdf(make_mark('red')), change)
    pdf, obstacles = call_embed(lay_over(PDF, letterhead))
    assert obstacles == [obstacle]
    assert b'pdfaid:part' not in get_metadata(pdf)


def test_any_letterhead_with_fonts_is_good_enough():
    letterhead = make_pdf("Print Shop" + make_mark('#80000080'))
    pdf, obstacles = call_embed(lay_over(PDF, letterhead))
    assert obstacles == []
    assert b'pdfaid:part' in get_metadata(pdf)


def test_an_obstacle_of_the_document_itself():
    assert list(find_obstacles(change_pdf(PDF, add_cmyk))) == [('cmyk', '')]
    assert list(find_obstacles(change_pdf(PDF, add_postscript))) == [
        ('active', 'PostScript')]


def test_scripts_encryption_and_old_compression():
    def add_script(pdf):
        pdf.Root.OpenAction = pikepdf.Dictionary(
            S=pikepdf.Name.JavaScript, JS='app.alert(1)')
    assert list(find_obstacles(change_pdf(PDF, add_script))) == [
        ('active', 'OpenAction')]
    assert ('encrypted', '') in list(find_obstacles(change_pdf(
                PDF, lambda pdf: None,
                encryption=pikepdf.Encryption(owner="owner"))))
    assert ('lzw', '') in list(find_obstacles(change_pdf(
                PDF, add_lzw, compress_streams=False,
                stream_decode_level=pikepdf.StreamDecodeLevel.none)))
