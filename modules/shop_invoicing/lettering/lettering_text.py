# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""The text of a lettering, without Tryton.

>>> clean('  FA 2025/17 ')
'FA 2025/17'
>>> clean(' ') is None
True
"""
import unicodedata

MAX_LENGTH = 64


class LetteringTextError(ValueError):
    """A text that cannot be a lettering.

    reason is 'length' (values: length, max) or 'character' (values: character
    as it can be shown, position from 1 in the text without the blanks around).
    """

    def __init__(self, reason, **values):
        super().__init__('%s: %s' % (
                reason, ', '.join(f'{k}={v}' for k, v in values.items())))
        self.reason = reason
        self.values = values


def clean(text):
    """Return the lettering as it is stored, None if there is none.

    Raise LetteringTextError if it is too long or not printable.
    """
    # The same text composed in two ways would be two letterings in the
    # database
    text = unicodedata.normalize('NFC', text or '').strip()
    if len(text) > MAX_LENGTH:
        raise LetteringTextError('length', length=len(text), max=MAX_LENGTH)
    for position, character in enumerate(text, 1):
        if not character.isprintable():
            raise LetteringTextError(
                'character', character=f'U+{ord(character):04X}',
                position=position)
    return text or None
