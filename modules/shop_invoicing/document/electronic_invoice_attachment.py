# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Attach the XML of an electronic invoice to its PDF, without Tryton.

What has to be in the PDF is told by Factur-X 1.08, chapter 6.  The PDF stays
as it is otherwise, also what it claims: the library factur-x would write the
whole PDF and its metadata anew.
"""
import datetime as dt
import io

import pikepdf
from lxml import etree
from pikepdf.models.metadata import encode_pdf_date

NAME = 'factur-x.xml'
_RDF = 'http://www.w3.org/1999/02/22-rdf-syntax-ns#'
_URI = 'urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#'
_EXTENSION = 'http://www.aiim.org/pdfa/ns/extension/'
_EMPTY = f'''<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="{_RDF}"/></x:xmpmeta>'''.encode()
_PACKET = (
    b'<?xpacket begin="\xef\xbb\xbf" id="W5M0MpCehiHzreSzNTczkc9d"?>\n',
    b'\n<?xpacket end="w"?>')
_FACTURX = f'''<rdf:Description xmlns:rdf="{_RDF}" rdf:about=""
    xmlns:fx="{_URI}">
    <fx:DocumentType>INVOICE</fx:DocumentType>
    <fx:DocumentFileName>{NAME}</fx:DocumentFileName>
    <fx:Version>1.0</fx:Version>
    <fx:ConformanceLevel>EN 16931</fx:ConformanceLevel>
</rdf:Description>'''
_PROPERTIES = {
    'DocumentFileName': "The name of the embedded XML document",
    'DocumentType': "The type of the hybrid document in capital letters",
    'Version': "The version of the standard of the embedded XML document",
    'ConformanceLevel': "The conformance level of the embedded XML document",
    }
_PROPERTY = '''<rdf:li rdf:parseType="Resource">
    <pdfaProperty:name>{name}</pdfaProperty:name>
    <pdfaProperty:valueType>Text</pdfaProperty:valueType>
    <pdfaProperty:category>external</pdfaProperty:category>
    <pdfaProperty:description>{text}</pdfaProperty:description>
</rdf:li>'''
_LIST = ''.join(
    _PROPERTY.format(name=name, text=text)
    for name, text in _PROPERTIES.items())
_SCHEMA = f'''<rdf:Description xmlns:rdf="{_RDF}" rdf:about=""
    xmlns:pdfaExtension="{_EXTENSION}"
    xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"
    xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
    <pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
        <pdfaSchema:schema>Factur-X PDFA Extension Schema</pdfaSchema:schema>
        <pdfaSchema:namespaceURI>{_URI}</pdfaSchema:namespaceURI>
        <pdfaSchema:prefix>fx</pdfaSchema:prefix>
        <pdfaSchema:property><rdf:Seq>{_LIST}</rdf:Seq></pdfaSchema:property>
    </rdf:li></rdf:Bag></pdfaExtension:schemas>
</rdf:Description>'''


def attach(data, xml, title, author, lang=None):
    """Return the PDF with the XML as its alternative.

    Title, author and language are used where the PDF has none.
    """
    with pikepdf.open(io.BytesIO(data)) as pdf:
        for name, value in [('/Title', title), ('/Author', author)]:
            if name not in pdf.docinfo:
                pdf.docinfo[name] = value
        if lang and '/Lang' not in pdf.Root:
            pdf.Root.Lang = lang
        _attach_file(pdf, xml)
        _extend_metadata(pdf)
        output = io.BytesIO()
        pdf.save(output, fix_metadata_version=False)
        return output.getvalue()


def _attach_file(pdf, xml):
    now = encode_pdf_date(dt.datetime.now(dt.timezone.utc))
    file = pikepdf.AttachedFileSpec(
        pdf, xml, filename=NAME, description="Factur-X",
        mime_type='text/xml', creation_date=now, mod_date=now,
        relationship=pikepdf.Name.Alternative)
    pdf.attachments[NAME] = file
    pdf.Root.AF = pikepdf.Array([pdf.attachments[NAME].obj])
    pdf.Root.PageMode = pikepdf.Name.UseAttachments


def _extend_metadata(pdf):
    "Add to the metadata, of which the other schemas stay"
    metadata = pdf.Root.get('/Metadata')
    root = etree.fromstring(
        _EMPTY if metadata is None else metadata.read_bytes())
    rdf, = root.iter(f'{{{_RDF}}}RDF')
    rdf.append(etree.fromstring(_FACTURX))
    schema = etree.fromstring(_SCHEMA)
    bag = rdf.find(f'.//{{{_EXTENSION}}}schemas/{{{_RDF}}}Bag')
    if bag is None:
        rdf.append(schema)
    else:
        # There is one list of schemas in a PDF
        bag.append(schema.find(f'.//{{{_RDF}}}li'))
    start, end = _PACKET
    content = start + etree.tostring(root, encoding='UTF-8') + end
    pdf.Root.Metadata = pdf.make_stream(
        content.replace(b"<?xml version='1.0' encoding='UTF-8'?>\n", b''),
        Type=pikepdf.Name.Metadata, Subtype=pikepdf.Name.XML)
