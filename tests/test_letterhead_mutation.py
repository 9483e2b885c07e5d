# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""A letterhead with something of each kind is drawn.

Whatever is changed in it, it is refused with a reason or can be used.
"""
import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pikepdf import Array, Dictionary, Name

from tests.letterhead_hiding import add, make_form, make_image
from tests.pdf import change_pdf, render
from tests.test_letterhead_safety import DOCUMENT, LETTERHEAD, add_depth
from trytond.modules.shop_invoicing.document.letterhead_pdf import (
    LetterheadError, check, clean, lay_over)

pytestmark = pytest.mark.once


def add_all(pdf):
    "Draw with something of each kind"
    pdf.pages[0].contents_add(
        b'q 9 0 0 9 0 0 cm BI /W 1 /H 1 /BPC 8 /CS /G ID a EI Q')
    image = make_image(pdf)
    image.SMask = make_image(pdf)
    add(pdf, '/XObject', image)
    add_depth(pdf, 3)
    function = pdf.make_indirect(Dictionary(
            FunctionType=2, Domain=Array([0, 1]), N=1))
    space = pdf.make_indirect(Array([
                Name.Separation, Name.HKS, Name.DeviceGray, function]))
    add(pdf, '/ColorSpace', space, '{} cs 1 sc 0 0 9 9 re f')
    shading = pdf.make_indirect(Dictionary(
            ShadingType=2, ColorSpace=space, Coords=Array([0, 0, 9, 9]),
            Function=function))
    add(pdf, '/Shading', shading, '{} sh')
    add(pdf, '/Pattern', pdf.make_indirect(
            Dictionary(PatternType=2, Shading=shading)),
        '/Pattern cs {} scn 0 0 9 9 re f')
    add(pdf, '/ExtGState', pdf.make_indirect(Dictionary(
                CA=0.5, BM=Name.Multiply, RI=Name.Perceptual,
                SMask=Dictionary(S=Name.Alpha, G=make_form(pdf)))), '{} gs')
    add(pdf, '/Font', pdf.make_indirect(Dictionary(
                Type=Name.Font, Subtype=Name.Type3,
                FontBBox=Array([0, 0, 9, 9]),
                FontMatrix=Array([1, 0, 0, 1, 0, 0]), FirstChar=97,
                LastChar=97, Widths=Array([9]), Resources=Dictionary(),
                Encoding=Dictionary(Differences=Array([97, Name.a])),
                CharProcs=Dictionary(a=pdf.make_stream(
                        b'9 0 0 0 9 9 d1 0 0 9 9 re f')))),
        'BT {} 9 Tf (a) Tj ET')
    pdf.pages[0].obj.Annots = Array([pdf.make_indirect(Dictionary(
                    Type=Name.Annot, Subtype=Name.Stamp, F=4,
                    Rect=Array([9, 9, 20, 20]),
                    AP=Dictionary(N=make_form(pdf))))])


EVERYTHING = change_pdf(LETTERHEAD, add_all)
VALUES = [
    None, 0, -1, 3, 10 ** 9, 0.5, True,
    Name('/None'), Name.DeviceCMYK, Name.Type3, Name.Form,
    Name('/' + 'x' * 200), b'(', Array([]),
    Array([Name.Indexed, Name.Indexed, 255, b'']), Array([1] * 9),
    Dictionary(), Dictionary(FunctionType=3)]


def test_everything_is_drawn():
    check(EVERYTHING)
    assert (
        render(clean(EVERYTHING), 0).tobytes()
        == render(EVERYTHING, 0).tobytes())


@given(st.lists(st.tuples(
            st.integers(0, 200), st.integers(0, 30), st.integers(0, 60)),
        min_size=1, max_size=3))
def test_a_changed_object_is_refused_or_can_be_used(changes):
    def change(pdf):
        objects = [
            o for o in pdf.objects
            if isinstance(o, (pikepdf.Dictionary, pikepdf.Stream, Array))]
        for place, key, value in changes:
            target = objects[place % len(objects)]
            value = (
                VALUES[value] if value < len(VALUES)
                else objects[value % len(objects)])
            put(target, key, value)
    try:
        data = change_pdf(EVERYTHING, change)
    except (pikepdf.PdfError, RuntimeError, ValueError, TypeError):
        # The library does not write it
        return
    try:
        check(data)
    except LetterheadError:
        return
    assert render(lay_over(DOCUMENT, data), 0)


def put(target, key, value):
    "Change one of the values in the object"
    if isinstance(target, Array):
        if len(target):
            target[key % len(target)] = value
        return
    keys = [k for k in target.keys() if k not in {'/Length', '/Root'}]
    if keys:
        name = sorted(keys)[key % len(keys)]
        if value is None:
            del target[name]
        else:
            target[name] = value
