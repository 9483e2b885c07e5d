# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"Streams are inflated as the PDF library does it, but never further than asked"
import base64
import io
import zlib

import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from trytond.modules.shop_invoicing.document.letterhead_filter import (
    get_filters, inflate, read)
from trytond.modules.shop_invoicing.document.letterhead_limits import (
    Budget, LetterheadError)

pytestmark = pytest.mark.once


def encode_lzw(data):
    "Return the data as TIFF compresses it, which is the same way"
    output = io.BytesIO()
    Image.frombytes('L', (len(data), 1), data).save(
        output, 'TIFF', compression='tiff_lzw')
    with Image.open(output) as image:
        start, = image.tag_v2[273]
        length, = image.tag_v2[279]
    return output.getvalue()[start:start + length]


def encode_run_length(data):
    parts = [b'\x81' + data[:1]] if data[:1] * 128 == data[:128] else []
    rest = data[128:] if parts else data
    parts += [
        bytes([len(part) - 1]) + part
        for part in (rest[i:i + 100] for i in range(0, len(rest), 100))]
    return b''.join(parts) + b'\x80'


ENCODERS = {
    '/FlateDecode': zlib.compress,
    '/LZWDecode': encode_lzw,
    '/RunLengthDecode': encode_run_length,
    '/ASCII85Decode': lambda d: base64.a85encode(d, wrapcol=70) + b'~>',
    '/ASCIIHexDecode': lambda d: d.hex(' ', 30).encode() + b'>',
    }


@given(
    st.binary(min_size=1) | st.binary(min_size=1).map(lambda b: b * 300),
    st.lists(st.sampled_from(sorted(ENCODERS)), max_size=3))
def test_the_data_is_what_the_library_reads(data, names):
    coded = data
    for name in reversed(names):
        coded = ENCODERS[name](coded)
    with pikepdf.new() as pdf:
        stream = pdf.make_stream(b'')
        stream.write(coded, filter=pikepdf.Array(map(pikepdf.Name, names)))
        assert read(stream, Budget()) == data
        assert data == stream.read_bytes(
            pikepdf.StreamDecodeLevel.specialized)
        if names:
            with pytest.raises(LetterheadError) as refusal:
                list(inflate(coded, get_filters(stream), len(data) - 1))
            assert refusal.value.reason == 'inflated'


def test_rows_of_a_picture():
    with pikepdf.new() as pdf:
        stream = pdf.make_stream(b'')
        stream.write(
            zlib.compress(b'\0abc\2\1\1\1'),
            filter=pikepdf.Name.FlateDecode,
            decode_parms=pikepdf.Dictionary(Predictor=15, Columns=3))
        assert read(stream, Budget()) == b'abcbcd'
        stream.DecodeParms.Columns = 10 ** 9
        with pytest.raises(LetterheadError):
            read(stream, Budget())


@given(st.binary(max_size=300), st.sampled_from(sorted(ENCODERS)))
def test_any_data_is_refused_or_read(data, name):
    with pikepdf.new() as pdf:
        stream = pdf.make_stream(b'')
        stream.write(data, filter=pikepdf.Name(name))
        try:
            read(stream, Budget())
        except (LetterheadError, ValueError, TypeError, LookupError,
                zlib.error):
            # The page tells that it is damaged
            pass
