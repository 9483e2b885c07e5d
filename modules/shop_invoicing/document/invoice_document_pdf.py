# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Make a PDF of HTML with WeasyPrint, in this process and without Tryton.

WeasyPrint is loaded when it is first needed, because it loads the system
library pango.
"""
# Images may stand in the template itself
_PROTOCOLS = {'http', 'https', 'data'}


class LibraryError(Exception):
    "WeasyPrint or a library that it needs cannot be loaded"


class FontError(Exception):
    "There is no font on the machine"


def write_pdf(html):
    "Return the PDF of the text in HTML"
    weasyprint = _load()
    # Pango ends the process where it finds no font
    if not _has_font():
        raise FontError()
    return weasyprint.HTML(
        string=html,
        url_fetcher=weasyprint.URLFetcher(allowed_protocols=_PROTOCOLS),
        ).write_pdf(pdf_variant='pdf/a-3b')


def _load():
    try:
        import weasyprint
    except (ImportError, OSError) as error:
        raise LibraryError(str(error)) from error
    return weasyprint


def _has_font():
    from weasyprint.text.ffi import ffi, fontconfig
    config = ffi.gc(
        fontconfig.FcInitLoadConfigAndFonts(), fontconfig.FcConfigDestroy)
    return fontconfig.FcConfigGetFonts(
        config, fontconfig.FcSetSystem).nfont > 0
