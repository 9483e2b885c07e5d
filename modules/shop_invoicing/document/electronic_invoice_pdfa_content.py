# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""What PDF/A-3 asks of the instructions of a page, without Tryton.

The clauses are those of ISO 19005-3.
"""
import pikepdf

from .letterhead_objects import INLINE_KEYS, INTENTS, MARKS, OPERATORS

_DEVICES = {
    'k': '/DeviceCMYK', 'K': '/DeviceCMYK', 'rg': '/DeviceRGB',
    'RG': '/DeviceRGB'}
_RESOURCES = {
    'Do': '/XObject', 'Tf': '/Font', 'gs': '/ExtGState', 'cs': '/ColorSpace',
    'CS': '/ColorSpace', 'sh': '/Shading', 'scn': '/Pattern',
    'SCN': '/Pattern'}
_BUILT_IN = {
    '/DeviceGray', '/DeviceRGB', '/DeviceCMYK', '/Pattern'}
_FILTERS = {
    '/ASCIIHexDecode', '/ASCII85Decode', '/FlateDecode', '/RunLengthDecode',
    '/CCITTFaxDecode', '/DCTDecode'}
_MAX_NESTING = 28


def find_in_content(value, walk):
    "Yield what the instructions of a page, form, pattern or letter may not do"
    resources = value.get('/Resources', {})
    nesting = 0
    for instruction in pikepdf.parse_content_stream(
            pikepdf.Page(value) if value.get('/Type') == '/Page' else value):
        if isinstance(instruction, pikepdf.ContentStreamInlineImage):
            yield from _find_in_inline(instruction.iimage.obj, walk)
            continue
        operator, operands = str(instruction.operator), instruction.operands
        if operator in _DEVICES:
            yield from walk.find_in_device(_DEVICES[operator])
        elif operator in _RESOURCES:
            yield from _find_in_name(operator, operands, resources, walk)
        elif operator == 'q':
            nesting += 1
            if nesting > _MAX_NESTING:
                yield 'object', 'q (6.1.13)'
        elif operator == 'Q':
            nesting -= 1
        elif operator == 'ri' and str(operands[0]) not in INTENTS:
            yield 'object', f'{str(operands[0])[1:]} (6.2.6)'
        elif operator not in OPERATORS and operator not in MARKS:
            yield 'object', f'{operator} (6.2.2)'


def _find_in_name(operator, operands, resources, walk):
    "Yield a name that the resources do not have (6.2.2)"
    name = operands[0 if operator == 'Tf' else -1] if operands else None
    if not isinstance(name, pikepdf.Name):
        return
    category = _RESOURCES[operator]
    if category == '/ColorSpace' and str(name) in _BUILT_IN:
        yield from walk.find_in_device(str(name))
    elif str(name) not in resources.get(category, {}):
        yield 'object', f'{str(name)[1:]} (6.2.2)'


def _find_in_inline(values, walk):
    for key in values.keys():
        if key not in INLINE_KEYS:
            yield 'object', key[1:]
    space = values.get('/ColorSpace')
    for name in space if isinstance(space, pikepdf.Array) else [space]:
        if isinstance(name, pikepdf.Name):
            yield from walk.find_in_device(str(name))
    names = values.get('/Filter', [])
    for name in [names] if isinstance(names, pikepdf.Name) else names:
        if name == '/LZWDecode':
            yield 'lzw', ''
        elif str(name) not in _FILTERS:
            yield 'object', f'{str(name)[1:]} (6.1.10)'
    if values.get('/Interpolate', False):
        yield 'interpolated', ''
    if str(values.get('/Intent', '/Perceptual')) not in INTENTS:
        yield 'object', 'Intent (6.2.6)'
