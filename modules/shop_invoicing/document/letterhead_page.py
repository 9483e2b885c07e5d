# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Copying a page of a letterhead as it is printed.

What a form field or a note shows in print becomes part of the page.
It knows nothing of Tryton.
"""
from decimal import Decimal

import pikepdf

from .letterhead_content import Content
from .letterhead_copy import check_layer
from .letterhead_filter import read_content
from .letterhead_limits import LetterheadError

# ISO 32000-1, 12.5.3: not hidden, not invisible and printed
_FLAGS, _PRINTED = 0b111, 0b100
# 12.7.4: fields whose look is made of their value
_TYPED = {'/Tx', '/Ch'}


def copy_page(page, copier):
    "Add the copy of the page to the PDF of the copier"
    box = (
        pikepdf.Rectangle(page.cropbox) & pikepdf.Rectangle(page.trimbox))
    if box.width <= 0 or box.height <= 0:
        raise LetterheadError('damaged', '/TrimBox')
    try:
        values = _copy_drawing(page.obj, copier)
    except LetterheadError as error:
        error.page = error.page or copier.page
        error.number = error.number or page.obj.objgen[0]
        raise
    values['/MediaBox'] = box.as_array()
    angle = page.obj.get('/Rotate', 0)
    if angle % 90:
        raise LetterheadError('damaged', '/Rotate')
    if angle % 360:
        values['/Rotate'] = angle % 360
    copier.target.pages.append(
        pikepdf.Page(copier.target.make_indirect(
                pikepdf.Dictionary(Type=pikepdf.Name.Page, **{
                        key[1:]: value for key, value in values.items()}))))


def _copy_drawing(page, copier):
    "Return what the page has for drawing, by its key"
    values = {}
    if '/Group' in page:
        values['/Group'] = copier.copy(page.Group, 'group')
    content = Content(_read_contents(page, copier), copier.budget)
    copier.add_cost(content.cost)
    resources = copier.copy_used(
        page.get('/Resources', pikepdf.Dictionary()), content)
    data = content.data
    for i, (form, matrix) in enumerate(_get_appearances(page)):
        name = _get_free_name(resources, i)
        if '/XObject' not in resources:
            resources.XObject = pikepdf.Dictionary()
        resources.XObject[name] = copier.copy(form, 'form')
        if not i:
            # What the page leaves behind does not move the notes
            data = b'q\n%s\nQ' % data
        data += b'\nq %s cm %s Do Q' % (
            ' '.join(f'{n:f}' for n in matrix).encode(), name.encode())
    values['/Resources'] = resources
    values['/Contents'] = copier.target.make_stream(data)
    return values


def _read_contents(page, copier):
    contents = page.get('/Contents')
    if isinstance(contents, pikepdf.Stream):
        contents = [contents]
    parts = []
    for stream in contents or []:
        copier.budget.add_values()
        parts.append(read_content(stream, copier.budget))
    return b'\n'.join(parts)


def _get_free_name(resources, number):
    name = f'/Note{number}'
    while name in resources.get('/XObject', {}):
        name += 'x'
    return name


def _get_appearances(page):
    "Yield form and matrix of what annotations print"
    for annotation in page.get('/Annots', []):
        if not isinstance(annotation, pikepdf.Dictionary):
            continue
        if annotation.get('/F', 0) & _FLAGS != _PRINTED:
            continue
        form = annotation.get('/AP', {}).get('/N')
        if isinstance(form, pikepdf.Dictionary) and not isinstance(
                form, pikepdf.Stream):
            form = form.get(str(annotation.get('/AS', '/Off')))
        if not isinstance(form, pikepdf.Stream):
            continue
        check_layer(annotation.get('/OC'))
        if matrix := _get_matrix(form, annotation):
            yield form, matrix


def _get_matrix(form, annotation):
    """Return what brings the form into the rectangle of the annotation.

    See algorithm 8.1 in ISO 32000-1, 12.5.5.
    """
    left, bottom, right, top = (Decimal(n) for n in form.BBox)
    a, b, c, d, e, f = (
        Decimal(n) for n in form.get('/Matrix', [1, 0, 0, 1, 0, 0]))
    corners = [
        (a * x + c * y + e, b * x + d * y + f)
        for x in (left, right) for y in (bottom, top)]
    xs, ys = zip(*corners)
    rectangle = [Decimal(n) for n in annotation.Rect]
    if max(xs) == min(xs) or max(ys) == min(ys):
        return None
    x, y = min(rectangle[::2]), min(rectangle[1::2])
    width = (max(rectangle[::2]) - x) / (max(xs) - min(xs))
    height = (max(rectangle[1::2]) - y) / (max(ys) - min(ys))
    return width, 0, 0, height, x - min(xs) * width, y - min(ys) * height


def fill_fields(pdf):
    """Give the fields of a form the look of their values.

    A field that has a look keeps it if all have one. Those that are made here
    are small, so what a field had before cannot explode.
    """
    form = pdf.Root.get('/AcroForm', {})
    widgets = [
        annotation for page in pdf.pages[:2]
        for annotation in page.get('/Annots', [])
        if isinstance(annotation, pikepdf.Dictionary)
        and annotation.get('/Subtype') == '/Widget']
    if not form.get('/NeedAppearances') or all(
            '/AP' in widget for widget in widgets):
        return
    typed = [w for w in widgets if _get_type(w) in _TYPED]
    for widget in typed:
        if '/AP' in widget:
            del widget.AP
    pdf.generate_appearance_streams()
    for widget in typed:
        if '/AP' in widget:
            # The library writes the text when the stream is read
            look = widget.AP.N
            look.write(look.read_bytes())


def _get_type(widget):
    parent = widget.get('/Parent', {})
    return widget.get('/FT', parent.get('/FT'))
