# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""The pages of a document stand on those of the letterhead.

Each letterhead is a real PDF, and the pages are rendered to see its marks.
"""
import io
import zlib

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.pages import read_pages
from tests.pdf import MM, change_pdf, get_colors, make_mark, make_pdf, render
from trytond.modules.shop_invoicing.document import letterhead_pdf
from trytond.modules.shop_invoicing.document.letterhead_pdf import (
    LetterheadError, check, lay_over)


def make_text(text):
    "Return the HTML of the text where no test looks at a color"
    # Which pixels its letters touch depends on the fonts of the machine
    return (
        f'<div style="position: absolute; left: 120mm; top: 200mm">{text}'
        '</div>')


LETTERHEAD = make_pdf(make_mark('red'), pdf_variant='pdf/a-3b')
DOCUMENT = make_pdf(
    make_mark('blue', 100, 100) + make_text('one'),
    make_text('two'), make_text('three'), pdf_variant='pdf/a-3b')


def get_refusal(data):
    "Return why the letterhead is refused"
    with pytest.raises(LetterheadError) as refusal:
        check(data)
    assert refusal.value.detail.count('0x') == 0
    return refusal.value.reason


def test_the_document_stands_on_the_letterhead():
    output = lay_over(DOCUMENT, LETTERHEAD)
    assert get_colors(output, 0, (5, 5), (105, 105), (50, 50)) == [
        'red', 'blue', 'white']
    assert 'one' in read_pages(output)[0]


def test_the_document_stands_in_front():
    letterhead = make_pdf(make_mark('red', 0, 0, 210, 297))
    output = lay_over(DOCUMENT, letterhead)
    assert get_colors(output, 0, (5, 50), (105, 105)) == ['red', 'blue']


def test_one_page_stands_under_each_page():
    output = lay_over(DOCUMENT, LETTERHEAD)
    assert [get_colors(output, i, (5, 5)) for i in range(3)] == [['red']] * 3


def test_the_second_page_stands_under_the_following_pages():
    letterhead = make_pdf(
        make_mark('red'), make_mark('blue'), make_mark('green'))
    check(letterhead)
    output = lay_over(DOCUMENT, letterhead)
    assert [get_colors(output, i, (5, 5)) for i in range(3)] == [
        ['red'], ['blue'], ['blue']]


def test_the_letterhead_is_stored_once():
    noise = zlib.compress(bytes(range(256)) * 400, 0)[:100_000]

    def add_image(pdf):
        image = pdf.make_stream(
            noise, Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image,
            Width=100, Height=1000, BitsPerComponent=8,
            ColorSpace=pikepdf.Name.DeviceGray)
        name = pdf.pages[0].add_resource(image, pikepdf.Name.XObject)
        pdf.pages[0].contents_add(b'q 9 0 0 9 0 0 cm %s Do Q' % (
            str(name).encode()))
    letterhead = change_pdf(LETTERHEAD, add_image)
    document = make_pdf(*['page'] * 50)
    size = len(lay_over(document, letterhead))
    assert size < len(letterhead) + 2 * len(document)


@pytest.mark.parametrize('version', ['1.4', '1.5', '1.6', '1.7', '2.0'])
def test_versions(version):
    letterhead = change_pdf(
        LETTERHEAD, lambda pdf: None,
        force_version=version, object_stream_mode=(
            pikepdf.ObjectStreamMode.disable if version == '1.4'
            else pikepdf.ObjectStreamMode.generate))
    assert letterhead.startswith(f'%PDF-{version}'.encode())
    check(letterhead)
    assert get_colors(lay_over(DOCUMENT, letterhead), 0, (5, 5)) == ['red']


@pytest.mark.parametrize('size, scale', [
        ('A3', 0.5), ('A5', 2), ('148mm 210mm', 1.414), ('105mm 148mm', 2),
        ('594mm 841mm', 0.35)])
def test_other_sizes_are_scaled_to_the_page(size, scale):
    letterhead = make_pdf(
        make_mark('red', width=20, height=20), size=size)
    output = lay_over(DOCUMENT, letterhead)
    image = render(output, 0)
    assert image.size == render(DOCUMENT, 0).size
    assert get_colors(output, 0, (4, 4), (60, 60)) == ['red', 'white']


def test_us_letter_is_centered():
    letterhead = make_pdf(
        make_mark('red', width=215.9, height=279.4), size='letter')
    output = lay_over(DOCUMENT, letterhead)
    assert get_colors(
        output, 0, (1, 150), (209, 150), (50, 14), (50, 283),
        (50, 10), (50, 287)) == ['red'] * 4 + ['white'] * 2


@pytest.mark.parametrize('angle, place', [
        (90, (205, 5)), (180, (205, 292)), (270, (5, 292))])
def test_a_rotated_page_is_taken_as_it_is_shown(angle, place):
    def rotate(pdf):
        pdf.pages[0].Rotate = angle
    size = 'A4 landscape' if angle % 180 else 'A4'
    letterhead = change_pdf(make_pdf(make_mark('red'), size=size), rotate)
    output = lay_over(DOCUMENT, letterhead)
    assert get_colors(output, 0, place) == ['red']
    assert get_colors(output, 0, (105, 105)) == ['blue']


def test_what_is_cut_off_is_not_shown():
    def crop(pdf):
        pdf.pages[0].CropBox = pikepdf.Array([
                20 * MM, 20 * MM, 230 * MM, 317 * MM])
    marks = make_mark('red', 0, 0, 250, 337) + make_mark(
        'green', 20, 20)
    letterhead = change_pdf(make_pdf(marks, size='250mm 337mm'), crop)
    output = lay_over(DOCUMENT, letterhead)
    assert get_colors(output, 0, (5, 5), (15, 15), (5, 290)) == [
        'green', 'red', 'red']


def test_the_bleed_of_a_printer_is_cut_off():
    def trim(pdf):
        pdf.pages[0].TrimBox = pikepdf.Array([
                3 * MM, 3 * MM, 213 * MM, 300 * MM])
    marks = make_mark('blue', 0, 0, 216, 303) + make_mark(
        'red', 3, 3, 210, 297)
    letterhead = change_pdf(make_pdf(marks, size='216mm 303mm'), trim)
    output = lay_over(DOCUMENT, letterhead)
    assert get_colors(output, 0, (1, 1), (208, 295)) == ['red', 'red']


@pytest.mark.parametrize('appearance', [True, False])
def test_fields_of_a_form_become_part_of_the_page(appearance):
    letterhead = change_pdf(
        LETTERHEAD, lambda pdf: add_field(pdf, appearance))
    check(letterhead)
    output = lay_over(DOCUMENT, letterhead)
    with pikepdf.open(io.BytesIO(output)) as pdf:
        assert '/AcroForm' not in pdf.Root
        assert not any('/Annots' in page for page in pdf.pages)
    assert 'Rue de la Loi' in read_pages(output)[0]


def add_field(pdf, appearance):
    "Add a field of a form, with what it looks like or with its value only"
    font = pdf.make_indirect(pikepdf.Dictionary(
            Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1,
            BaseFont=pikepdf.Name.Helvetica,
            Encoding=pikepdf.Name.WinAnsiEncoding))
    resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(Helv=font))
    field = pdf.make_indirect(pikepdf.Dictionary(
            Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Widget,
            FT=pikepdf.Name.Tx, T="street", V="Rue de la Loi", F=4,
            DA="/Helv 12 Tf 0 g",
            Rect=pikepdf.Array([100, 700, 300, 720])))
    if appearance:
        stream = pdf.make_stream(
            b'BT /Helv 12 Tf 2 5 Td (Rue de la Loi) Tj ET',
            Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Form,
            BBox=pikepdf.Array([0, 0, 200, 20]), Resources=resources)
        field.AP = pikepdf.Dictionary(N=stream)
    pdf.pages[0].Annots = pikepdf.Array([field])
    pdf.Root.AcroForm = pikepdf.Dictionary(
        Fields=pikepdf.Array([field]), DR=resources, NeedAppearances=True)


def test_links_scripts_and_files_stay_behind():
    def add_ballast(pdf):
        pdf.attachments['virus.exe'] = b'MZ'
        pdf.Root.OpenAction = pikepdf.Dictionary(
            S=pikepdf.Name.JavaScript, JS='app.alert(1)')
        pdf.pages[0].AA = pikepdf.Dictionary(O=pdf.Root.OpenAction)
    letterhead = change_pdf(
        make_pdf('<a href="https://example.com">shop</a>'), add_ballast)
    check(letterhead)
    output = lay_over(DOCUMENT, letterhead)
    with pikepdf.open(io.BytesIO(output)) as pdf:
        assert not pdf.attachments
        assert not {'/OpenAction', '/Names', '/AA'} & set(pdf.Root.keys())
        assert not any('/Annots' in page for page in pdf.pages)
    assert b'JavaScript' not in output
    assert 'shop' in read_pages(output)[0]


def test_a_content_that_leaves_a_change_behind():
    def leave(pdf):
        pdf.pages[0].contents_add(b' q 0.1 0 0 0.1 0 0 cm 1 0 0 rg ')
    letterhead = change_pdf(LETTERHEAD, leave)
    check(letterhead)
    assert get_colors(
        lay_over(DOCUMENT, letterhead), 0, (5, 5), (105, 105)) == [
        'red', 'blue']


@pytest.mark.parametrize('name', ['OFF', 'BaseState'])
def test_hidden_layers_are_refused(name):
    def hide(pdf):
        layer = pdf.make_indirect(pikepdf.Dictionary(
                Type=pikepdf.Name.OCG, Name="Guides"))
        default = pikepdf.Dictionary()
        default['/' + name] = (
            pikepdf.Array([layer]) if name == 'OFF' else pikepdf.Name.OFF)
        pdf.Root.OCProperties = pikepdf.Dictionary(
            OCGs=pikepdf.Array([layer]), D=default)
    assert get_refusal(change_pdf(LETTERHEAD, hide)) == 'hidden_layers'


def test_a_page_without_area_is_refused():
    def squeeze(pdf):
        pdf.pages[0].TrimBox = pikepdf.Array([9, 9, 9, 99])
    assert get_refusal(change_pdf(LETTERHEAD, squeeze)) == 'damaged'


@pytest.mark.parametrize('user', ['', 'secret'])
def test_an_encrypted_file_is_refused(user):
    data = change_pdf(
        LETTERHEAD, lambda pdf: None,
        encryption=pikepdf.Encryption(owner='owner', user=user))
    assert get_refusal(data) == 'encrypted'


@pytest.mark.parametrize('data', [
        b'', b'PK\x03\x04', b'<html></html>', b'\x89PNG\r\n', bytes(5000)])
def test_what_is_no_pdf_is_refused(data):
    assert get_refusal(data) == 'not_pdf'


@pytest.mark.parametrize('length', [8, 100, 3000])
def test_a_part_of_a_file_is_refused(length):
    assert get_refusal(LETTERHEAD[:length]) == 'damaged'


def test_a_file_without_pages_is_refused():
    with pikepdf.new() as pdf:
        output = io.BytesIO()
        pdf.save(output)
    assert get_refusal(output.getvalue()) == 'no_page'


def test_a_huge_file_is_refused(monkeypatch):
    assert get_refusal(
        LETTERHEAD + bytes(letterhead_pdf.MAX_SIZE)) == 'size'
    monkeypatch.setattr(letterhead_pdf, 'MAX_SIZE', len(LETTERHEAD))
    check(LETTERHEAD)


@settings(max_examples=settings().max_examples * 3 // 2)
@given(st.lists(
        st.tuples(
            st.integers(0, len(LETTERHEAD) - 1), st.integers(0, 255)),
        min_size=1, max_size=8))
def test_a_damaged_file_is_refused_or_can_be_used(changes):
    data = bytearray(LETTERHEAD)
    for place, value in changes:
        data[place] = value
    try:
        check(bytes(data))
    except LetterheadError:
        return
    assert render(lay_over(DOCUMENT, bytes(data)), 2)
