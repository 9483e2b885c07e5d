# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Laying the pages of a document over a letterhead.

It uses pikepdf and knows nothing of Tryton.
"""
import io
import re
import zlib
from contextlib import contextmanager
from functools import lru_cache

import pikepdf

from .letterhead_copy import Copier
from .letterhead_filter import check_file
from .letterhead_limits import MAX_SIZE, MB, LetterheadError
from .letterhead_page import copy_page, fill_fields

__all__ = ['LetterheadError', 'check', 'clean', 'count_pages', 'lay_over']

_START = 1024
_DATA = re.compile(r'stream <[^>]*>[^:]*: ')


def check(data):
    "Raise a LetterheadError unless documents can be laid over the PDF"
    clean(data)


@lru_cache(maxsize=4)
def clean(data):
    """Return a PDF of the first two pages with only what they draw.

    Scripts, links, files, notes, metadata and private data are in none of the
    objects that it is made of. A LetterheadError is raised if something that
    is drawn cannot be taken along, or if it is too large.
    """
    with _open(data) as source, pikepdf.new() as target:
        with _refusing_damage():
            _check_pages(source)
            if _has_hidden_layers(source):
                raise LetterheadError('hidden_layers')
            fill_fields(source)
            copier = Copier(target)
            for copier.page, page in enumerate(source.pages[:2], 1):
                copy_page(page, copier)
            # The check of the library would unpack all pictures of the file
            for problem in source.get_warnings():
                raise LetterheadError('damaged', _shorten(problem))
            output = io.BytesIO()
            target.save(output, deterministic_id=True)
    if len(output.getvalue()) > MAX_SIZE:
        raise LetterheadError('size', limit=MAX_SIZE // MB)
    return output.getvalue()


@lru_cache(maxsize=4)
def count_pages(data):
    "Return how many pages of the letterhead are used"
    with _open(data) as letterhead, _refusing_damage():
        return min(len(letterhead.pages), 2)


def lay_over(document, letterhead):
    """Return the document as PDF with the letterhead under its pages.

    The first page of the letterhead stands under the first page and the
    second one under the following ones. A letterhead of one page stands
    under each page. Further pages of the letterhead are not used.
    """
    with pikepdf.open(io.BytesIO(clean(letterhead))) as background, \
            pikepdf.open(io.BytesIO(document)) as target:
        with _refusing_damage():
            sheets = [
                target.copy_foreign(page.as_form_xobject())
                for page in background.pages]
        for i, page in enumerate(target.pages):
            name = page.add_underlay(sheets[min(i, len(sheets) - 1)])
            _mark_as_background(page, name)
        output = io.BytesIO()
        target.save(output)
        return output.getvalue()


def _mark_as_background(page, name):
    "Let a screen reader pass by the form, which is drawn first"
    draw = f'{name} Do'.encode()
    page.obj.Contents.write(page.obj.Contents.read_bytes().replace(
            draw, b'/Artifact BMC ' + draw + b' EMC', 1))


def _open(data):
    "Open the PDF and refuse what is none, is encrypted or is damaged"
    if not isinstance(data, bytes):
        raise LetterheadError('not_pdf')
    if len(data) > MAX_SIZE:
        raise LetterheadError('size', limit=MAX_SIZE // MB)
    # Readers accept some bytes before the header
    if b'%PDF-' not in data[:_START]:
        raise LetterheadError('not_pdf')
    check_file(data)
    try:
        pdf = pikepdf.open(io.BytesIO(data), attempt_recovery=False)
    except pikepdf.PasswordError as error:
        raise LetterheadError('encrypted') from error
    except pikepdf.PdfError as error:
        raise LetterheadError('damaged', _shorten(error)) from error
    if pdf.is_encrypted:
        pdf.close()
        raise LetterheadError('encrypted')
    return pdf


@contextmanager
def _refusing_damage():
    "Refuse the letterhead when the PDF library stumbles over it"
    try:
        yield
    except LetterheadError:
        raise
    except (pikepdf.PdfError, zlib.error, ArithmeticError, AttributeError,
            LookupError, TypeError, ValueError, RuntimeError) as error:
        raise LetterheadError('damaged', _shorten(error)) from error


def _check_pages(pdf):
    if not len(pdf.pages):
        raise LetterheadError('no_page')


def _shorten(error):
    "Return what the PDF library says without the address of the data"
    return _DATA.sub('', str(error))


def _has_hidden_layers(pdf):
    """Whether the PDF has layers that are not shown or not printed.

    They would appear, because a page cannot take along which layers are
    shown.
    """
    properties = pdf.Root.get('/OCProperties', {})
    default = properties.get('/D', {})
    return (
        default.get('/BaseState', '/ON') != '/ON'
        or len(default.get('/OFF', [])) > 0
        or len(default.get('/AS', [])) > 0 and any(
            _is_off(layer) for layer in properties.get('/OCGs', [])))


def _is_off(layer):
    "Whether the layer is not shown on a screen or on paper"
    usage = layer.get('/Usage', {})
    return (
        usage.get('/Print', {}).get('/PrintState') == '/OFF'
        or usage.get('/View', {}).get('/ViewState') == '/OFF')
