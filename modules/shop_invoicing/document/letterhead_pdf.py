# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Laying the pages of a document over a letterhead.

It uses pikepdf and knows nothing of Tryton.
"""
import io
from contextlib import contextmanager

import pikepdf

MAX_SIZE = 10 * 1024 * 1024
_START = 1024


class LetterheadError(ValueError):
    """A letterhead that cannot be printed on.

    The reason is 'size', 'not_pdf', 'encrypted', 'damaged', 'no_page' or
    'hidden_layers', and the detail what the PDF library says.
    """

    def __init__(self, reason, detail=''):
        super().__init__(reason, detail)
        self.reason = reason
        self.detail = detail


def check(data):
    "Raise a LetterheadError unless documents can be laid over the PDF"
    with _open(data) as letterhead, _refusing_damage():
        # Before the syntax: some versions call the lack of pages damage
        _check_pages(letterhead)
        for problem in letterhead.check_pdf_syntax():
            raise LetterheadError('damaged', _shorten(problem))
        _get_sheets(letterhead)


def lay_over(document, letterhead):
    """Return the document as PDF with the letterhead under its pages.

    The first page of the letterhead stands under the first page and the
    second one under the following ones. A letterhead of one page stands
    under each page. Further pages of the letterhead are not used.
    """
    with _open(letterhead) as background, \
            pikepdf.open(io.BytesIO(document)) as target:
        with _refusing_damage():
            sheets = [
                target.copy_foreign(sheet)
                for sheet in _get_sheets(background)]
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
    if len(data) > MAX_SIZE:
        raise LetterheadError('size')
    # Readers accept some bytes before the header
    if b'%PDF-' not in data[:_START]:
        raise LetterheadError('not_pdf')
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
    except (pikepdf.PdfError, AttributeError, KeyError, TypeError,
            ValueError, RuntimeError) as error:
        raise LetterheadError('damaged', _shorten(error)) from error


def _check_pages(pdf):
    if not len(pdf.pages):
        raise LetterheadError('no_page')


def _get_sheets(pdf):
    """Return the first two pages of the PDF as form XObjects.

    What a form field or an annotation shows in print becomes part of the
    page. Links, scripts and attached files stay behind, because they belong
    to the document and not to what a page shows.
    """
    _check_pages(pdf)
    if _has_hidden_layers(pdf):
        raise LetterheadError('hidden_layers')
    _keep_appearances(pdf)
    pdf.generate_appearance_streams()
    pdf.flatten_annotations('print')
    return [_get_sheet(page) for page in pdf.pages[:2]]


def _get_sheet(page):
    """Return the page as form XObject.

    It is cut to what a viewer shows and, inside of that, to the finished
    size, without the bleed of a printer.
    """
    box = (
        pikepdf.Rectangle(page.cropbox) & pikepdf.Rectangle(page.trimbox))
    if box.width <= 0 or box.height <= 0:
        raise LetterheadError('damaged')
    page.trimbox = box.as_array()
    return page.as_form_xobject()


def _keep_appearances(pdf):
    "Take the fields of a form as they look if each one tells its look"
    widgets = [
        annotation for page in pdf.pages[:2]
        for annotation in page.get('/Annots', [])
        if annotation.get('/Subtype') == '/Widget']
    if widgets and all('/AP' in widget for widget in widgets):
        pdf.Root.AcroForm.NeedAppearances = False


def _shorten(error):
    "Return what the PDF library says without the address of the data"
    return str(error).rpartition('>: ')[2]


def _has_hidden_layers(pdf):
    """Whether the PDF has layers that are not shown.

    They would appear, because a page cannot take along which layers are
    shown.
    """
    layers = pdf.Root.get('/OCProperties', {}).get('/D', {})
    return (
        layers.get('/BaseState') == '/OFF'
        or len(layers.get('/OFF', [])) > 0)
