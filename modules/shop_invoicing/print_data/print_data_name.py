# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"The name of a file that somebody has uploaded, without Tryton."
import re
import unicodedata

# The longest name that usual file systems take, in bytes
LONGEST = 255
# Control characters, and those that change the direction of what follows
_HIDDEN = {'Cc', 'Cf', 'Cs', 'Zl', 'Zp'}


def clean(name):
    """Return the name without its folders and without hidden characters.

    Return None if nothing is left.
    """
    name = unicodedata.normalize('NFC', name or '')
    name = ''.join(c for c in name if unicodedata.category(c) not in _HIDDEN)
    name = re.split(r'[/\\]', name)[-1].strip()
    if not name.strip('. '):
        return None
    return _shorten(name)


def _shorten(name):
    "Return the name, cut in front of its extension where it is too long"
    stem, dot, extension = name.rpartition('.')
    end = dot + extension
    if not stem or len(end.encode()) > LONGEST // 2:
        stem, end = name, ''
    left = LONGEST - len(end.encode())
    return stem.encode()[:left].decode(errors='ignore') + end
