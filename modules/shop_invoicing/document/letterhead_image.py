# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Copying a picture of a letterhead: its pixels and nothing behind them.

It knows nothing of Tryton.
"""
import zlib

import pikepdf

from .letterhead_filter import (
    PICTURES, check_predictor, get_filters, inflate, read, read_bounded)
from .letterhead_limits import MAX_INFLATED, LetterheadError
from .letterhead_picture import clean_jpeg, clean_jpx

_COMPONENTS = {
    '/DeviceGray': 1, '/DeviceRGB': 3, '/DeviceCMYK': 4, '/CalGray': 1,
    '/CalRGB': 3, '/Lab': 3, '/Indexed': 1, '/Separation': 1}
_CLEANERS = {'/DCTDecode': clean_jpeg, '/JPXDecode': clean_jpx}
# ISO 32000-1, 7.4.4.3 and 7.4.6
_PARAMETERS = {
    '/Predictor', '/Colors', '/BitsPerComponent', '/Columns', '/K',
    '/EndOfLine', '/EncodedByteAlign', '/Rows', '/EndOfBlock', '/BlackIs1',
    '/DamagedRowsBeforeError', '/ColorTransform'}
_CHUNK = 64 * 1024


def copy_image(image, copier):
    "Return the picture in the PDF of the copier"
    values = copier.copy_keys(image, 'image')
    filters = get_filters(image)
    if filters and filters[-1][0] in PICTURES:
        return _copy_encoded(image, values, filters, copier)
    bits = _count_bits(values)
    row = (values['/Width'] * bits + 7) // 8
    copier.budget.add_picture(values['/Width'], values['/Height'], bits)
    if [name for name, _ in filters] == ['/FlateDecode']:
        (name, parameters), = filters
        data = image.read_raw_bytes()
        odd = parameters.get('/Predictor', 1) >= 10
        length = _measure_alone(data)
        if length is not None and length <= (row + odd) * values['/Height']:
            check_predictor(parameters, length)
            return _write(copier, data, values, name, parameters)
    data = read_bounded(image, filters, MAX_INFLATED)
    return copier.target.make_stream(
        data[:row * values['/Height']], values)


def _copy_encoded(image, values, filters, copier):
    "Copy a picture that is coded as such"
    name, parameters = filters.pop()
    data = b''.join(inflate(
            image.read_raw_bytes(), filters, copier.budget.rest))
    width, height = values.get('/Width', 0), values.get('/Height', 0)
    if name in _CLEANERS:
        data, size = _CLEANERS[name](data)
        if '/ColorSpace' not in values and '/ImageMask' not in values and (
                name == '/DCTDecode'):
            raise LetterheadError('unknown', '/ColorSpace')
        copier.budget.add_picture(*size)
    width = max(width, parameters.get('/Columns', 0))
    height = max(height, parameters.get('/Rows', 0))
    copier.budget.add_picture(width, height, 1)
    stream = _write(copier, data, values, name, parameters)
    if name == '/JBIG2Decode' and '/JBIG2Globals' in parameters:
        stream.DecodeParms = pikepdf.Dictionary(
            JBIG2Globals=copier.target.make_stream(
                read(parameters.JBIG2Globals, copier.budget)))
    return stream


def _write(copier, data, values, name, parameters):
    "Return a stream of data that is compressed already"
    stream = copier.target.make_stream(b'', values)
    parameters = {
        key: value for key, value in parameters.items()
        if key in _PARAMETERS and isinstance(value, (bool, int))}
    stream.write(
        data, filter=pikepdf.Name(name),
        decode_parms=pikepdf.Dictionary(parameters) if parameters else None)
    return stream


def _count_bits(values):
    "Return how many bits a pixel has"
    if values.get('/ImageMask'):
        return 1
    count = count_components(values.get('/ColorSpace'))
    bits = count * values.get('/BitsPerComponent', 0)
    if not 0 < bits <= 32 * 16:
        raise LetterheadError('unknown', '/ColorSpace')
    return bits


def count_components(space):
    "Return how many values a color of the space has, 0 if it is unknown"
    name = str(space[0]) if isinstance(space, pikepdf.Array) else str(space)
    if name == '/ICCBased':
        return space[1].get('/N', 0)
    if name == '/DeviceN':
        return len(space[1])
    return _COMPONENTS.get(name, 0)


def _measure_alone(data):
    "Return the inflated length, None where something stands behind it"
    decoder, length = zlib.decompressobj(), 0
    try:
        while data and length <= MAX_INFLATED:
            length += len(decoder.decompress(data, _CHUNK))
            if decoder.eof:
                behind = decoder.unused_data.strip()
                return None if behind else length
            data = decoder.unconsumed_tail
    except zlib.error:
        pass
    return None
