# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
import datetime as dt

from trytond.i18n import gettext

from ..exceptions import NumberFormatValidationError
from .number_format import (
    MAX_LENGTH, NumberFormat, NumberFormatError, find_collision)

_MESSAGES = {
    'empty': 'shop_invoicing.msg_number_format_empty',
    'long': 'shop_invoicing.msg_number_format_long',
    'blank': 'shop_invoicing.msg_number_format_blank',
    'invisible': 'shop_invoicing.msg_number_format_invisible',
    'digit': 'shop_invoicing.msg_number_format_digit',
    'ascii': 'shop_invoicing.msg_number_format_ascii',
    'unclosed': 'shop_invoicing.msg_number_format_unclosed',
    'unopened': 'shop_invoicing.msg_number_format_unopened',
    'token': 'shop_invoicing.msg_number_format_token',
    'digits': 'shop_invoicing.msg_number_format_digits',
    'foreign': 'shop_invoicing.msg_number_format_foreign',
    'repeated': 'shop_invoicing.msg_number_format_repeated',
    'counter': 'shop_invoicing.msg_number_format_counter',
    }


def parse_format(text, date=dt.date.min):
    """Return the number format of the invoices that the text describes.

    Raise NumberFormatValidationError with the reason in the user's language,
    where documents that would collide are shown as if they were of the date.
    """
    try:
        return NumberFormat.parse(text)
    except NumberFormatError as error:
        variables = {
            'format': text or '',
            'position': error.position,
            'token': error.token,
            'max': MAX_LENGTH,
            }
        if error.code == 'counter':
            first, second, number = find_collision(text, date)
            variables.update(first=first, second=second, number=number)
        raise NumberFormatValidationError(
            gettext(_MESSAGES[error.code], **variables)) from error
