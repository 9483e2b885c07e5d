# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""A PDF that carries its electronic invoice, without Tryton.

Here is found out whether the PDF may be called PDF/A-3.
"""
import io

import pikepdf
from lxml import etree

from .electronic_invoice_attachment import attach
from .electronic_invoice_pdfa import find_obstacles

_PDFA = 'http://www.aiim.org/pdfa/ns/id/'
_CLAIMS = [f'{{{_PDFA}}}{name}' for name in ['part', 'conformance']]


def embed(pdf, xml, title, author, lang=None):
    """Return the PDF with the XML, and what keeps it from being a PDF/A-3.

    The title is used if the PDF has none. It is looked at when it is
    finished, with the XML in it.
    """
    pdf = attach(pdf, xml, title=title, author=author, lang=lang)
    obstacles = set(find_obstacles(pdf))
    if not _claims(pdf):
        # What nobody has promised is not told one by one
        obstacles = {o for o in obstacles if o[0] != 'object'}
        obstacles.add(('no_pdfa', ''))
    if obstacles:
        pdf = _withdraw_claim(pdf)
    return pdf, sorted(obstacles)


def _claims(data):
    "Whether the PDF says that it is a PDF/A-3"
    with pikepdf.open(io.BytesIO(data)) as pdf:
        return _get_parts(pdf) == ['3']


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
