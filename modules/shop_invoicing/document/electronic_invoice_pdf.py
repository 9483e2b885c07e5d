# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""A PDF that carries its electronic invoice, without Tryton.

Here is found out whether the PDF may be called PDF/A-3.
"""
import io

import pikepdf
from lxml import etree

from .electronic_invoice_attachment import attach

_FONT_FILES = {'/FontFile', '/FontFile2', '/FontFile3'}
_ACTIVE = {'/JavaScript', '/OpenAction', '/AA'}
_CMYK_OPERATORS = {'k', 'K'}
_PDFA = 'http://www.aiim.org/pdfa/ns/id/'
_CLAIMS = [f'{{{_PDFA}}}{name}' for name in ['part', 'conformance']]


def embed(pdf, xml, title, author, lang=None):
    """Return the PDF with the XML, and what keeps it from being a PDF/A-3.

    The title is used if the PDF has none.
    """
    obstacles = sorted(set(find_obstacles(pdf)))
    pdf = attach(pdf, xml, title=title, author=author, lang=lang)
    if obstacles:
        pdf = _withdraw_claim(pdf)
    return pdf, obstacles


def find_obstacles(data):
    """Yield what PDF/A-3 does not allow in the PDF and can be seen.

    It is the name of the reason and what the reason is about.
    """
    with pikepdf.open(io.BytesIO(data)) as pdf:
        if _get_parts(pdf) != ['3']:
            yield 'no_pdfa', ''
        if not pdf.Root.get('/OutputIntents'):
            yield 'no_output_intent', ''
        if pdf.is_encrypted:
            yield 'encrypted', ''
        for name in _ACTIVE & {*pdf.Root, *pdf.Root.get('/Names', {})}:
            yield 'active', name[1:]
        for item in pdf.objects:
            if isinstance(item, (pikepdf.Dictionary, pikepdf.Stream)):
                yield from _find_obstacles_of_object(item)
        for page in pdf.pages:
            if _has_cmyk_operators(page.obj):
                yield 'cmyk', ''


def _get_parts(pdf):
    """Return the parts of the standard for PDF/A that the PDF claims to keep.

    The metadata are read as XML, because some versions of pikepdf do not see
    what factur-x has written.
    """
    if '/Metadata' not in pdf.Root:
        return []
    metadata = etree.fromstring(pdf.Root.Metadata.read_bytes())
    return metadata.xpath(
        '//@pdfa:part | //pdfa:part/text()', namespaces={'pdfa': _PDFA})


def _find_obstacles_of_object(item):
    type_ = item.get('/Type')
    if type_ == '/Font' and not _is_embedded(item):
        yield 'font', str(item.get('/BaseFont', ''))[1:]
    if isinstance(item, pikepdf.Stream):
        if '/LZWDecode' in _as_list(item.get('/Filter')):
            yield 'lzw', ''
        if item.get('/Interpolate', False):
            yield 'interpolated', ''
        if item.get('/Subtype') == '/PS':
            yield 'active', 'PostScript'
        if item.get('/Subtype') == '/Form' and _has_cmyk_operators(item):
            yield 'cmyk', ''
        if item.get('/Subtype') == '/Image' and (
                '/DeviceCMYK' in _as_list(item.get('/ColorSpace'))):
            yield 'cmyk', ''
    for space in item.get('/Resources', {}).get('/ColorSpace', {}).values():
        if '/DeviceCMYK' in _as_list(space):
            yield 'cmyk', ''


def _is_embedded(font):
    "Whether the shapes of the letters are in the PDF"
    if font.get('/Subtype') in {'/Type0', '/Type3'}:
        # The descendant of the former is a font of its own
        return True
    return bool(
        _FONT_FILES & set(font.get('/FontDescriptor', {}).keys()))


def _has_cmyk_operators(content):
    "Whether the content chooses a color of four inks"
    return any(
        str(instruction.operator) in _CMYK_OPERATORS
        or '/DeviceCMYK' in [str(o) for o in instruction.operands]
        for instruction in pikepdf.parse_content_stream(
            content, operators='k K cs CS'))


def _as_list(value):
    "Return the names in a value, which may be a list of them"
    if isinstance(value, pikepdf.Array):
        return [str(v) for v in value if isinstance(v, pikepdf.Name)]
    return [] if value is None else [str(value)]


def _withdraw_claim(data):
    "Return the PDF without the claim to be a PDF/A"
    with pikepdf.open(io.BytesIO(data)) as pdf:
        metadata = etree.fromstring(pdf.Root.Metadata.read_bytes())
        etree.strip_attributes(metadata, *_CLAIMS)
        etree.strip_elements(metadata, *_CLAIMS, with_tail=False)
        pdf.Root.Metadata.write(
            etree.tostring(metadata.getroottree(), encoding='UTF-8'))
        output = io.BytesIO()
        pdf.save(output, fix_metadata_version=False)
        return output.getvalue()
