# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""The data of a picture without what its camera or program has added.

It knows nothing of Tryton.
"""
import re

from .letterhead_limits import MAX_SCANS, LetterheadError

# The next marker in a scan: what is no data byte and no restart
_MARKER = re.compile(rb'\xff+(?![\x00\xd0-\xd7\xff])')
_FRAMES = {*range(0xc0, 0xd0)} - {0xc4, 0xc8, 0xcc}
_STANDALONE = {0x01, *range(0xd0, 0xd8)}
_NOTES = {*range(0xe0, 0xf0), 0xfe}
_BOXES = {b'jP  ', b'ftyp', b'jp2c'}
_HEADER_BOXES = {
    b'ihdr', b'bpcc', b'colr', b'pclr', b'cmap', b'cdef', b'res '}


def clean_jpeg(data):
    """Return the JPEG without its notes, and width, height and bits.

    Kept are what a decoder needs: the frames, the tables and the scans, the
    mark of JFIF without its thumbnail, and that of Adobe, which tells how the
    colors are coded. The bits are those of a pixel.
    """
    if data[:2] != b'\xff\xd8':
        raise LetterheadError('damaged', '/DCTDecode')
    parts, size, scans, i = [b'\xff\xd8'], None, 0, 2
    while found := _MARKER.match(data, i):
        i = found.end()
        code = data[i]
        if code == 0xd9:
            break
        if code in _STANDALONE:
            i += 1
            continue
        segment = _read_segment(data, i)
        i += len(segment) - 1
        if code in _FRAMES:
            size = _read_frame(segment)
        segment = _clean_segment(code, segment)
        parts.append(segment)
        if code == 0xda:
            scans += 1
            end = _MARKER.search(data, i)
            parts.append(data[i:end.start() if end else len(data)])
            i = end.start() if end else len(data)
    if not size or not 0 < scans <= MAX_SCANS:
        raise LetterheadError('damaged', '/DCTDecode')
    return b''.join(parts) + b'\xff\xd9', size


def _read_segment(data, i):
    "Return the segment whose code is at the place"
    length = int.from_bytes(data[i + 1:i + 3], 'big')
    segment = b'\xff' + data[i:i + 1 + length]
    if length < 2 or len(segment) != length + 2:
        raise LetterheadError('damaged', '/DCTDecode')
    return segment


def _read_frame(segment):
    height = int.from_bytes(segment[5:7], 'big')
    width = int.from_bytes(segment[7:9], 'big')
    return width, height, segment[4] * segment[9]


def _clean_segment(code, segment):
    if code not in _NOTES or (
            code == 0xee and segment[4:9] == b'Adobe'):
        return segment
    if code == 0xe0 and segment[4:9] == b'JFIF\0' and len(segment) >= 16:
        return b'\xff\xe0\x00\x10' + segment[4:16] + b'\0\0'
    return b''


def clean_jpx(data):
    "Return the JPEG 2000 without its notes, and width, height and bits"
    if data[:4] == b'\xff\x4f\xff\x51':
        return _clean_codestream(data)
    parts, size = [], None
    for kind, head, content in _read_boxes(data):
        if kind == b'jp2h':
            content = b''.join(
                h + c for k, h, c in _read_boxes(content)
                if k in _HEADER_BOXES)
        elif kind == b'jp2c':
            content, size = _clean_codestream(content)
        elif kind not in _BOXES:
            continue
        parts.append(
            (len(content) + 8).to_bytes(4, 'big') + kind + content)
    if not size:
        raise LetterheadError('damaged', '/JPXDecode')
    return b''.join(parts), size


def _read_boxes(data):
    "Yield kind, head and content of each box"
    i = 0
    while i + 8 <= len(data):
        length, kind = int.from_bytes(data[i:i + 4], 'big'), data[i + 4:i + 8]
        start = i + 8
        if length == 1:
            length = int.from_bytes(data[start:start + 8], 'big')
            start += 8
        end = i + length if length else len(data)
        if not start <= end <= len(data):
            raise LetterheadError('damaged', '/JPXDecode')
        yield kind, data[i:start], data[start:end]
        i = end


def _clean_codestream(data):
    "Return the code without the comments of its head, and its size"
    parts, size, i = [data[:2]], None, 2
    while data[i:i + 2] not in {b'\xff\x90', b''}:
        length = 2 + int.from_bytes(data[i + 2:i + 4], 'big')
        segment = data[i:i + length]
        if segment[:2] == b'\xff\x51':
            size = _read_size(segment)
        if segment[:2] != b'\xff\x64':
            parts.append(segment)
        i += length
    if not size or not all(size):
        raise LetterheadError('damaged', '/JPXDecode')
    return b''.join(parts) + data[i:], size


def _read_size(segment):
    x, y, left, top = (
        int.from_bytes(segment[6 + 4 * k:10 + 4 * k], 'big')
        for k in range(4))
    count = int.from_bytes(segment[38:40], 'big')
    bits = sum((segment[40 + 3 * k] & 0x7f) + 1 for k in range(count))
    return x - left, y - top, bits
