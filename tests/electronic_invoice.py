# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"Reading the electronic invoice in a PDF"
import io

import facturx
import pikepdf
from lxml import etree


def get_xml(pdf):
    "Return the XML that the PDF carries, None without one"
    with pikepdf.open(io.BytesIO(pdf)) as document:
        if not document.attachments:
            return
    name, xml = facturx.get_xml_from_pdf(pdf, check_xsd=False)
    assert name == 'factur-x.xml'
    return xml


def read(xml, path):
    "Return the text of the one element at the path of names"
    steps = ''.join(f"/*[local-name()='{name}']" for name in path.split('/'))
    element, = etree.fromstring(xml).xpath(f'/{steps}')
    return element.text


def is_pdfa(pdf):
    "Whether the PDF claims to be a PDF/A-3"
    with pikepdf.open(io.BytesIO(pdf)) as document:
        metadata = etree.fromstring(document.Root.Metadata.read_bytes())
    return metadata.xpath(
        '//pdfa:part/text() | //pdfa:conformance/text() | //@pdfa:*',
        namespaces={'pdfa': 'http://www.aiim.org/pdfa/ns/id/'}) == ['3', 'A']
