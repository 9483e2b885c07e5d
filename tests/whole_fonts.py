# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Let documents carry their fonts whole.

To leave out what is not printed takes a second for each document, more than
all else of it, without the library HarfBuzz-Subset.
"""
from unittest.mock import patch


def with_whole_fonts():
    "Return the context manager in which documents carry their fonts whole"
    from weasyprint.pdf.fonts import Font
    return patch.object(Font, 'subset', lambda *args: None)
