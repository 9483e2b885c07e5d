# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"Pictures are copied without their notes, and those that are damaged refused"
import io

import pytest
from PIL import Image

from trytond.modules.shop_invoicing.document.letterhead_limits import (
    LetterheadError)
from trytond.modules.shop_invoicing.document.letterhead_picture import (
    clean_jpeg, clean_jpx)

pytestmark = pytest.mark.once

SECRET = b'SECRET'


def make(format_, **options):
    output = io.BytesIO()
    Image.new('RGB', (8, 6), 'blue').save(output, format_, **options)
    return output.getvalue()


def box(kind, content, long=False):
    size = len(content) + 8
    if long:
        return b'\0\0\0\1' + kind + (size + 8).to_bytes(8, 'big') + content
    return size.to_bytes(4, 'big') + kind + content


def show(data):
    return Image.open(io.BytesIO(data)).convert('RGB').tobytes()


JPEG = make('JPEG')
JPX = make('JPEG2000')
CODE = JPX[JPX.index(b'\xff\x4f\xff\x51'):]


@pytest.mark.parametrize('data', [
        JPEG,
        make('JPEG', comment=SECRET),
        make('JPEG', progressive=True),
        # A marker that stands alone, and a scan without an end
        JPEG[:2] + b'\xff\x01' + JPEG[2:],
        JPEG[:-2],
        JPEG + SECRET,
        # The mark of JFIF with a thumbnail
        JPEG[:2] + b'\xff\xe0\0\x16JFIF\0\1\1\0\0\1\0\1\1\1' + SECRET
        + JPEG[20:],
        ])
def test_a_jpeg_looks_the_same(data):
    cleaned, size = clean_jpeg(data)
    assert size == (8, 6, 24)
    assert SECRET not in cleaned
    assert show(cleaned) == show(JPEG)


@pytest.mark.parametrize('data', [
        b'', SECRET, b'\xff\xd8', JPEG[:2] + b'\xff\xe0\0\1',
        JPEG[:2] + b'\xff\xe0\xff\xff', JPEG[:2] + SECRET,
        # No frame, no scan, too many scans
        JPEG[:2] + JPEG[JPEG.index(b'\xff\xda'):],
        JPEG[:JPEG.index(b'\xff\xda')] + b'\xff\xd9',
        JPEG[:-2] + b'\xff\xda\0\x02a' * 1000,
        ])
def test_a_damaged_jpeg_is_refused(data):
    with pytest.raises(LetterheadError) as refusal:
        clean_jpeg(data)
    assert (refusal.value.reason, refusal.value.detail) == (
        'damaged', '/DCTDecode')


@pytest.mark.parametrize('data', [
        JPX,
        CODE,
        JPX + box(b'xml ', SECRET),
        box(b'jP  ', b'\r\n\x87\n') + box(b'free', SECRET, long=True)
        + JPX[12:],
        ])
def test_a_jpeg_2000_looks_the_same(data):
    cleaned, size = clean_jpx(data)
    assert size == (8, 6, 24)
    assert SECRET not in cleaned
    assert show(cleaned) == show(JPX)


@pytest.mark.parametrize('data', [
        b'', box(b'jP  ', b''), JPX[:20], box(b'xml ', SECRET),
        b'\0\0\0\1jP  ' + bytes(8), b'\xff\x4f\xff\x51',
        CODE[:2] + b'\xff\x90',
        box(b'jp2c', CODE[:2] + b'\xff\x90'),
        ])
def test_a_damaged_jpeg_2000_is_refused(data):
    with pytest.raises(LetterheadError) as refusal:
        clean_jpx(data)
    assert (refusal.value.reason, refusal.value.detail) == (
        'damaged', '/JPXDecode')
