# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""What PDF/A-3 asks of each kind of object, without Tryton.

Each rule gets the object and the walk and yields the name of a reason and
what the reason is about. The clauses are those of ISO 19005-3.
"""
import re

import pikepdf

from .letterhead_objects import BLEND_MODES, INTENTS

_FILTERS = {
    '/ASCIIHexDecode', '/ASCII85Decode', '/FlateDecode', '/RunLengthDecode',
    '/CCITTFaxDecode', '/JBIG2Decode', '/DCTDecode', '/JPXDecode'}
_FONT_FILES = {'/FontFile', '/FontFile2', '/FontFile3'}
_MIME = re.compile(r'/[-\w+.]+/[-\w+.]+$')
_CLASSES = {b'prtr', b'mntr', b'scnr', b'spac'}
_SPACES = {b'RGB ': 3, b'CMYK': 4, b'GRAY': 1, b'Lab ': 3}
_ENCODINGS = {'/MacRomanEncoding', '/WinAnsiEncoding'}
_SYMBOLIC = 4
_RELATIONS = {
    '/Source', '/Data', '/Alternative', '/Supplement', '/Unspecified'}
# 12.5.3 of ISO 32000-1: printed, and neither hidden nor switched by viewers
_FLAGS, _PRINTED = 0b100100111, 0b100
_MAX_INTEGER, _MAX_STRING, _MAX_NAME = 2147483647, 32767, 127
_MIN_PAGE, _MAX_PAGE = 3, 14400


def find_in_filters(stream):
    "Yield ways to compress that are not allowed (6.1.7.2)"
    names = stream.get('/Filter', [])
    for name in [names] if isinstance(names, pikepdf.Name) else names:
        if name == '/LZWDecode':
            yield 'lzw', ''
        elif str(name) not in _FILTERS:
            yield 'object', f'{str(name)[1:]} (6.1.7.2)'


def _find_in_scalar(value, walk):
    # 6.1.13
    if isinstance(value, pikepdf.String):
        if len(bytes(value)) > _MAX_STRING:
            yield 'object', 'String (6.1.13)'
    elif isinstance(value, pikepdf.Name):
        if len(str(value)) > _MAX_NAME + 1:
            yield 'object', 'Name (6.1.13)'
    elif abs(value) > _MAX_INTEGER:
        yield 'object', 'Integer (6.1.13)'


def _find_in_numbers(values, walk):
    for value in values:
        if isinstance(value, pikepdf.Array):
            yield from _find_in_numbers(value, walk)
        elif not isinstance(value, bool):
            yield from _find_in_scalar(value, walk)


def _find_in_intent(value, walk):
    if str(value) not in INTENTS:
        yield 'object', f'{str(value)[1:]} (6.2.6)'


def _find_in_blend(value, walk):
    if str(value) not in BLEND_MODES:
        yield 'object', 'BM (6.2.10)'


def _find_in_gstate(value, walk):
    if '/TR' in value:
        yield 'object', 'TR (6.2.5)'
    if value.get('/TR2', '/Default') != '/Default':
        yield 'object', 'TR2 (6.2.5)'


def _find_in_image(value, walk):
    if value.get('/Interpolate', False):
        yield 'interpolated', ''
    bits = value.get('/BitsPerComponent')
    if bits not in {None, 1, 2, 4, 8, 16} or (
            value.get('/ImageMask') and bits not in {None, 1}):
        yield 'object', 'BitsPerComponent (6.2.8)'
    if '/JPXDecode' in str(value.get('/Filter', '')):
        yield from _find_in_jpx(value.read_raw_bytes())


def _find_in_jpx(data):
    "Yield what JPEG 2000 has that is not allowed (6.2.8.3)"
    head = data.find(b'ihdr')
    spaces = [m.end() for m in re.finditer(b'colr', data[:1000])]
    if head < 0 or b'bpcc' in data[:1000] or len(spaces) != 1:
        yield 'object', 'JPXDecode (6.2.8.3)'
        return
    count = int.from_bytes(data[head + 12:head + 14], 'big')
    method, number = data[spaces[0]], data[spaces[0] + 3:spaces[0] + 7]
    if count not in {1, 3, 4} or data[head + 14] & 0x7f > 37 or (
            method not in {1, 2}) or (
            method == 1 and number not in {
                b'\0\0\0\x10', b'\0\0\0\x11', b'\0\0\0\x0c'}):
        yield 'object', 'JPXDecode (6.2.8.3)'
    elif count == 4:
        yield 'cmyk', ''


def _find_in_profile(value, walk):
    # 6.2.4.2
    head = value.read_bytes()[:40]
    if head[12:16] not in _CLASSES or head[8:9] >= b'\5' or (
            _SPACES.get(head[16:20]) != value.get('/N')):
        yield 'object', 'ICCBased (6.2.4.2)'


def _find_in_output_profile(value, walk):
    # 6.2.3
    head = value.read_bytes()[:20]
    if head[12:16] not in {b'prtr', b'mntr'} or head[16:20] == b'Lab ':
        yield 'object', 'DestOutputProfile (6.2.3)'
    yield from _find_in_profile(value, walk)


def _find_in_output_intent(value, walk):
    if value.get('/S') != '/GTS_PDFA1' or '/DestOutputProfile' not in value:
        yield 'object', 'OutputIntent (6.2.3)'


def _find_in_catalog(value, walk):
    # 6.2.3: others would have to have the same profile
    if len(value.get('/OutputIntents', [])) > 1:
        yield 'object', 'OutputIntents (6.2.3)'


def _find_in_separation(value, walk):
    # 6.2.4.4: the same ink looks the same everywhere
    _, name, space, tint = list(value)[:4]
    look = (
        space.unparse(resolved=True), tint.objgen if tint.objgen[0]
        else tint.unparse(resolved=True))
    if walk.inks.setdefault(str(name), look) != look:
        yield 'object', f'{str(name)[1:]} (6.2.4.4)'


def _find_in_device_n(value, walk):
    # 6.2.4.4 and 6.1.13
    known = set()
    if len(value) > 4:
        known |= set(value[4].get('/Colorants', {}).keys())
        known |= {
            str(n) for n in value[4].get('/Process', {}).get(
                '/Components', [])}
    names = {str(n) for n in value[1]} - {'/None'}
    if names - known or len(names) > 32:
        yield 'object', 'DeviceN (6.2.4.4)'


def _find_in_descriptor(value, walk):
    files = _FONT_FILES & set(value.keys())
    if not files:
        yield 'font', str(value.get('/FontName', ''))[1:]


def _find_in_simple(value, walk):
    # 6.2.11.2, 6.2.11.4.1 and 6.2.11.6
    name = str(value.get('/BaseFont', ''))[1:]
    descriptor = value.get('/FontDescriptor')
    if descriptor is None:
        yield 'font', name
        return
    if len(value.get('/Widths', [])) != (
            value.get('/LastChar', -1) - value.get('/FirstChar', 0) + 1):
        yield 'object', 'Widths (6.2.11.2)'
    if value.get('/Subtype') == '/TrueType':
        encoding = value.get('/Encoding')
        if descriptor.get('/Flags', 0) & _SYMBOLIC:
            if encoding is not None:
                yield 'object', 'Encoding (6.2.11.6)'
        elif isinstance(encoding, pikepdf.Dictionary):
            if '/Differences' in encoding or (
                    str(encoding.get('/BaseEncoding')) not in _ENCODINGS):
                yield 'object', 'Encoding (6.2.11.6)'
        elif str(encoding) not in _ENCODINGS:
            yield 'object', 'Encoding (6.2.11.6)'


def _find_in_type0(value, walk):
    # 6.2.11.3: others would have to be compared with the font
    if str(value.get('/Encoding')) not in {'/Identity-H', '/Identity-V'}:
        yield 'object', 'Encoding (6.2.11.3)'


def _find_in_type3(value, walk):
    # 6.2.2
    if '/Resources' not in value:
        yield 'object', 'Resources (6.2.2)'


def _find_in_cidfont(value, walk):
    if '/FontDescriptor' not in value:
        yield 'font', str(value.get('/BaseFont', ''))[1:]
        return
    table = value.get('/CIDToGIDMap')
    if value.get('/Subtype') == '/CIDFontType2' and not (
            isinstance(table, pikepdf.Stream) or table == '/Identity'):
        yield 'object', 'CIDToGIDMap (6.2.11.3.2)'


def _find_in_page(value, walk):
    # 6.1.13
    for key in ['/MediaBox', '/CropBox', '/BleedBox', '/TrimBox', '/ArtBox']:
        if key in value:
            left, bottom, right, top = value[key]
            for size in [abs(right - left), abs(top - bottom)]:
                if not _MIN_PAGE <= size <= _MAX_PAGE:
                    yield 'object', f'{key[1:]} (6.1.13)'


def _find_in_annotation(value, walk):
    # 6.3.1 and 6.3.2
    if value.get('/Subtype') != '/Link':
        yield 'object', f"{str(value.get('/Subtype'))[1:]} (6.3.1)"
    if value.get('/F', 0) & _FLAGS != _PRINTED:
        yield 'object', 'F (6.3.2)'


def _find_in_action(value, walk):
    # 6.5.1
    if value.get('/S') == '/JavaScript':
        yield 'active', 'JavaScript'
    elif value.get('/S') not in {'/GoTo', '/URI'}:
        yield 'object', f"{str(value.get('/S'))[1:]} (6.5.1)"


def _find_in_filespec(value, walk):
    # 6.8
    if not {'/F', '/UF', '/EF'} <= set(value.keys()) or (
            str(value.get('/AFRelationship')) not in _RELATIONS):
        yield 'object', 'Filespec (6.8)'
    if not any(value.objgen == file.objgen for file in walk.files):
        yield 'object', 'AF (6.8)'


def _find_in_file(value, walk):
    if not _MIME.match(str(value.get('/Subtype', ''))):
        yield 'object', 'Subtype (6.8)'


RULES = {
    'number': _find_in_scalar, 'name': _find_in_scalar,
    'string': _find_in_scalar, 'numbers': _find_in_numbers,
    'dash': _find_in_numbers, 'codes': _find_in_numbers,
    'names': _find_in_numbers, 'intent': _find_in_intent,
    'blend': _find_in_blend, 'gstate': _find_in_gstate,
    'image': _find_in_image, 'profile': _find_in_profile,
    'outputprofile': _find_in_output_profile,
    'outputintent': _find_in_output_intent, 'catalog': _find_in_catalog,
    '/Separation': _find_in_separation,
    '/DeviceN': _find_in_device_n, 'descriptor': _find_in_descriptor,
    'simple': _find_in_simple, 'type0': _find_in_type0,
    'type3': _find_in_type3, 'cidfont': _find_in_cidfont,
    'page': _find_in_page, 'annotation': _find_in_annotation,
    'action': _find_in_action, 'filespec': _find_in_filespec,
    'file': _find_in_file,
    }
