# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Inflating the streams of a PDF bit by bit, so that nothing can explode.

ISO 32000-1, 7.4 describes the filters. It knows nothing of Tryton.
"""
import base64
import re
import zlib

import pikepdf

from .letterhead_limits import (
    MAX_FILE_INFLATED, MAX_INFLATED, MB, LetterheadError)

_SHORT = {
    '/Fl': '/FlateDecode', '/LZW': '/LZWDecode', '/RL': '/RunLengthDecode',
    '/A85': '/ASCII85Decode', '/AHx': '/ASCIIHexDecode',
    '/DCT': '/DCTDecode', '/CCF': '/CCITTFaxDecode',
    }
PICTURES = {'/DCTDecode', '/JPXDecode', '/CCITTFaxDecode', '/JBIG2Decode'}
_CHUNK = 64 * 1024
_SPACE = re.compile(rb'[\0\t\n\f\r ]+')
_STREAM = re.compile(rb'(?<!end)stream\r?\n')
_ESCAPE = re.compile(rb'#([0-9A-Fa-f]{2})')
# What a list of objects or addresses is never compressed with
_ODD_FILTER = re.compile(
    rb'/Filter\s*(\d|\[[^]]*/[^]]*/|\[?\s*/(A[8SH]|LZW|RL|Run|Cry))')


def get_filters(stream):
    "Return the filters of the stream as pairs of name and parameters"
    names = _as_list(stream.get('/Filter', stream.get('/F')))
    parameters = _as_list(stream.get('/DecodeParms', stream.get('/DP')))
    parameters += [None] * (len(names) - len(parameters))
    filters = []
    for name, values in zip(names, parameters):
        name = _SHORT.get(str(name), str(name))
        values = values if isinstance(values, pikepdf.Dictionary) else {}
        if name == '/Crypt' and values.get('/Name') in {None, '/Identity'}:
            continue
        if name not in PICTURES and name not in _DECODERS:
            raise LetterheadError('unknown', name)
        filters.append((name, values))
    if any(name in PICTURES for name, _ in filters[:-1]):
        raise LetterheadError('unknown', '/Filter')
    return filters


def inflate(data, filters, limit):
    """Yield what the filters make of the data, in pieces.

    At no step it becomes longer than the limit.
    """
    chunks = (
        data[i:i + _CHUNK] for i in range(0, len(data), _CHUNK))
    for name, values in filters:
        chunks = _limit(_DECODERS[name](chunks, values), limit)
    return chunks


def read(stream, budget):
    "Return the data of the stream, which has no filter for pictures"
    data = read_bounded(stream, get_filters(stream), budget.rest)
    budget.add_inflated(len(data))
    return data


def read_content(stream, budget):
    "Return the instructions that the stream has"
    if '/F' in stream:
        raise LetterheadError('external', '/F')
    try:
        data = read_bounded(
            stream, get_filters(stream), budget.rest_of_content)
    except LetterheadError as error:
        if error.reason == 'inflated':
            budget.add_content(budget.rest_of_content + 1)
        raise
    budget.add_content(len(data))
    return data


def read_bounded(stream, filters, limit):
    "Return what the filters make of the stream, at most so many bytes"
    if any(name in PICTURES for name, _ in filters):
        raise LetterheadError('unknown', filters[-1][0])
    chunks = inflate(stream.read_raw_bytes(), filters, limit)
    if not any(values.get('/Predictor', 1) > 1 for _, values in filters):
        return b''.join(chunks)
    # Only now its length is known to be harmless
    length = sum(map(len, chunks))
    for _, values in filters:
        check_predictor(values, length)
    return stream.read_bytes(pikepdf.StreamDecodeLevel.specialized)


def check_predictor(values, length):
    "Refuse rows that are longer than all the data"
    row = (
        values.get('/Columns', 1) * values.get('/Colors', 1)
        * values.get('/BitsPerComponent', 8))
    if not 0 < row <= 8 * max(length, 1):
        raise LetterheadError('damaged', '/Predictor')


def check_file(data):
    """Refuse a file that explodes when it is opened.

    The library inflates lists of objects as a whole, wherever the table of
    addresses says that there is one. So each stream is looked at.
    """
    rest, end = MAX_FILE_INFLATED, 0
    has_lists = b'/XRef' in _unescape(data)
    for start in _STREAM.finditer(data):
        head = _unescape(data[end:start.start()])
        end = start.end()
        if (has_lists and (b'/First' in head or b'/XRef' in head)
                and _ODD_FILTER.search(head)):
            raise LetterheadError('unknown', '/ObjStm')
        rest -= _measure(memoryview(data)[end:], rest)
        if rest < 0:
            raise LetterheadError('inflated', limit=MAX_FILE_INFLATED // MB)


def _unescape(data):
    return _ESCAPE.sub(lambda m: bytes([int(m[1], 16)]), data)


def _measure(data, limit):
    "Return how many bytes the Flate data at the start inflate to"
    decoder, length = zlib.decompressobj(), 0
    try:
        for i in range(0, len(data), _CHUNK):
            rest = data[i:i + _CHUNK]
            while len(rest) and not decoder.eof and length <= limit:
                length += len(decoder.decompress(rest, _CHUNK))
                rest = decoder.unconsumed_tail
            if decoder.eof or length > limit:
                break
    except zlib.error:
        # Another filter, which is measured before it is used
        pass
    return length


def _limit(chunks, limit):
    length = 0
    for chunk in chunks:
        length += len(chunk)
        if length > limit:
            raise LetterheadError('inflated', limit=MAX_INFLATED // MB)
        yield chunk


def _as_list(value):
    if isinstance(value, pikepdf.Array):
        return list(value)
    return [] if value is None else [value]


def _decode_flate(chunks, values):
    decoder = zlib.decompressobj()
    for chunk in chunks:
        while chunk and not decoder.eof:
            yield decoder.decompress(chunk, _CHUNK)
            chunk = decoder.unconsumed_tail


def _decode_hex(chunks, values):
    rest = b''
    for chunk in chunks:
        chunk, end, _ = chunk.partition(b'>')
        rest += _SPACE.sub(b'', chunk)
        whole = len(rest) // 2 * 2
        yield bytes.fromhex(rest[:whole].decode('ascii'))
        rest = rest[whole:]
        if end:
            break
    yield bytes.fromhex((rest + b'0' * len(rest)).decode('ascii'))


def _decode_85(chunks, values):
    rest = b''
    for chunk in chunks:
        chunk, end, _ = chunk.partition(b'~')
        rest += _SPACE.sub(b'', chunk).replace(b'z', b'!!!!!')
        whole = len(rest) // 5 * 5
        yield base64.a85decode(rest[:whole])
        rest = rest[whole:]
        if end:
            break
    yield base64.a85decode(rest)


def _decode_run_length(chunks, values):
    rest = b''
    for chunk in chunks:
        rest += chunk
        i = 0
        while i < len(rest) and rest[i] != 128:
            size = rest[i] + 1 if rest[i] < 128 else 1
            if i + size >= len(rest):
                break
            part = rest[i + 1:i + 1 + size]
            yield part if rest[i] < 128 else part * (257 - rest[i])
            i += 1 + size
        rest = rest[i:]
        if rest[:1] == b'\x80':
            return


def _decode_lzw(chunks, values):
    early = values.get('/EarlyChange', 1)
    table, last = [], None
    bits = count = 0
    width = 9
    for byte in (byte for chunk in chunks for byte in chunk):
        bits, count = bits << 8 | byte, count + 8
        if count < width:
            continue
        count -= width
        code, bits = bits >> count, bits & (1 << count) - 1
        if code == 257:
            return
        if code == 256 or not table:
            table, last = [bytes([i]) for i in range(256)] + [b'', b''], None
            width = 9
            if code == 256:
                continue
        part = (
            table[code] if code < len(table) else last + last[:1])
        if last is not None and len(table) < 4096:
            table.append(last + part[:1])
        last = part
        width = max(width, min(12, (len(table) + early).bit_length()))
        yield part


_DECODERS = {
    '/FlateDecode': _decode_flate,
    '/LZWDecode': _decode_lzw,
    '/RunLengthDecode': _decode_run_length,
    '/ASCII85Decode': _decode_85,
    '/ASCIIHexDecode': _decode_hex,
    }
