# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
import datetime as dt

from trytond.i18n import gettext
from trytond.pool import Pool, PoolMeta

from ..exceptions import (
    NumberFormatValidationError, NumberFormatYearWarning,
    NumberRangeValidationError)
from .number_format import (
    DEFAULT_FORMAT, MAX_LENGTH, NumberFormat, NumberFormatError,
    find_collision, list_date_tokens)

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


class Range(metaclass=PoolMeta):
    """What the format of the range must be.

    The format of an invoice's range is entered, and the formats of the other
    ranges of the year follow it.
    """
    __name__ = 'account.invoice.number_range'

    @classmethod
    def preprocess_values(cls, mode, values):
        values = super().preprocess_values(mode, values)
        if mode == 'create' and not values.get('format'):
            values['format'] = cls._get_first_format(values)
        if values.get('format'):
            try:
                values['format'] = str(NumberFormat.parse(values['format']))
            except NumberFormatError:
                # The validation says what is wrong with it
                pass
        return values

    @classmethod
    def _get_first_format(cls, values):
        "Return the format of a new range without one"
        Company = Pool().get('company.company')
        company = values.get('company', cls.default_company())
        year = cls._get_year(values)
        return (cls._get_previous_format(Company(company), year)
            if company and year else DEFAULT_FORMAT)

    @classmethod
    def validate_fields(cls, ranges, field_names):
        super().validate_fields(ranges, field_names)
        cls.check_format(ranges, field_names)

    @classmethod
    def check_format(cls, ranges, field_names):
        "Raise if a format is none, collides or differs from the invoice's"
        if field_names and 'format' not in field_names:
            return
        for range_ in ranges:
            if range_.document_type == 'invoice':
                range_._check_invoice_format()
            else:
                range_._check_derived_format()

    def _check_invoice_format(self):
        Warning = Pool().get('res.user.warning')
        format_ = parse_format(self.format, self.start_date)
        if format_.has_year:
            return
        # The record has no lasting id when it is created
        key = '.'.join(map(str, [
                    'number_format_year', self.company.id, self.year,
                    self.format]))
        if Warning.check(key):
            raise NumberFormatYearWarning(key, gettext(
                    'shop_invoicing.msg_number_format_year',
                    format=self.format, year=self.year))

    def _check_derived_format(self):
        invoice = self.get_range(self.company, self.year)
        if not invoice:
            raise NumberRangeValidationError(gettext(
                    'shop_invoicing.msg_number_range_invoice_first',
                    range=self.rec_name))
        if self.format != invoice.derive_format(self.document_type):
            raise NumberRangeValidationError(gettext(
                    'shop_invoicing.msg_number_range_format_derived',
                    range=self.rec_name, invoice_range=invoice.rec_name))

    @property
    def parsed_format(self):
        "The format of the range as it was accepted"
        return NumberFormat.parse(self.format, self.document_type)

    def derive_format(self, document_type):
        "Return the format of the document type that follows from the invoice"
        return str(self.parsed_format.derive(document_type))

    @classmethod
    def on_write(cls, ranges, values):
        Change = Pool().get('account.invoice.number_range.change')
        callbacks = super().on_write(ranges, values)
        if 'format' in values:
            old_formats = {range_.id: range_.format for range_ in ranges}

            def log():
                for range_ in cls.browse(list(old_formats)):
                    if range_.format != old_formats[range_.id]:
                        Change.log_format(range_, old_formats[range_.id])
            callbacks.append(log)
        return callbacks

    @classmethod
    def on_modification(cls, mode, ranges, field_names=None):
        super().on_modification(mode, ranges, field_names=field_names)
        if mode == 'create':
            for range_ in ranges:
                range_._create_derived()
        elif mode == 'write' and 'format' in field_names:
            for range_ in ranges:
                range_._write_derived()

    def _create_derived(self):
        if self.document_type == 'invoice':
            self.__class__.create([{
                        'company': self.company.id,
                        'year': self.year,
                        'document_type': document_type,
                        'format': self.derive_format(document_type),
                        }
                    for document_type in ['cancellation', 'credit_note']])

    def _write_derived(self):
        for range_ in self.get_derived_ranges():
            self.write([range_], {
                    'format': self.derive_format(range_.document_type),
                    })


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
            'tokens': list_date_tokens(),
            }
        if error.code == 'counter':
            first, second, number = find_collision(text, date)
            variables.update(first=first, second=second, number=number)
        raise NumberFormatValidationError(
            gettext(_MESSAGES[error.code], **variables)) from error
