# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from trytond.i18n import gettext
from trytond.model import ModelView, fields
from trytond.pool import PoolMeta
from trytond.pyson import Bool, Eval
from trytond.report import Report

from ..exceptions import LetterheadMarginError, LetterheadValidationError
from . import letterhead_pdf
from .typst_report import TypstReport

PAGE_WIDTH, PAGE_HEIGHT = 210, 297
MIN_SPACE = 100
_SIDES = ['top', 'bottom', 'left', 'right']
_FIRST = {side: f'letterhead_margin_{side}' for side in _SIDES}
_FOLLOWING = {side: f'letterhead_following_margin_{side}' for side in _SIDES}
_MARGINS = {*_FIRST.values(), *_FOLLOWING.values()}
_REFUSALS = {
    'size': 'shop_invoicing.msg_letterhead_size',
    'not_pdf': 'shop_invoicing.msg_letterhead_not_pdf',
    'encrypted': 'shop_invoicing.msg_letterhead_encrypted',
    'damaged': 'shop_invoicing.msg_letterhead_damaged',
    'no_page': 'shop_invoicing.msg_letterhead_no_page',
    'hidden_layers': 'shop_invoicing.msg_letterhead_hidden_layers',
    'inflated': 'shop_invoicing.msg_letterhead_inflated',
    'content': 'shop_invoicing.msg_letterhead_content',
    'complex': 'shop_invoicing.msg_letterhead_complex',
    'nested': 'shop_invoicing.msg_letterhead_nested',
    'cycle': 'shop_invoicing.msg_letterhead_cycle',
    'picture': 'shop_invoicing.msg_letterhead_picture',
    'external': 'shop_invoicing.msg_letterhead_external',
    'postscript': 'shop_invoicing.msg_letterhead_postscript',
    'unknown': 'shop_invoicing.msg_letterhead_unknown',
    }


class Company(metaclass=PoolMeta):
    __name__ = 'company.company'

    letterhead = fields.Binary(
        "Letterhead", filename='letterhead_filename',
        help="The PDF on which the customer invoices are printed.\n"
        "Its first page is used for the first page of an invoice, "
        "and its second page, if it has one, for the following pages.")
    letterhead_filename = fields.Char(
        "Letterhead Filename",
        states={
            'invisible': ~Bool(Eval('letterhead')),
            })
    letterhead_margin_top = fields.Integer(
        "Top", required=True,
        help="What the first page leaves free at the top, in millimeters.")
    letterhead_margin_bottom = fields.Integer(
        "Bottom", required=True,
        help="What the first page leaves free at the bottom, in millimeters.")
    letterhead_margin_left = fields.Integer(
        "Left", required=True,
        help="What the first page leaves free on the left, in millimeters.")
    letterhead_margin_right = fields.Integer(
        "Right", required=True,
        help="What the first page leaves free on the right, in millimeters.")
    letterhead_following_margin_top = fields.Integer(
        "Top", required=True,
        help="What the following pages leave free at the top, "
        "in millimeters.")
    letterhead_following_margin_bottom = fields.Integer(
        "Bottom", required=True,
        help="What the following pages leave free at the bottom, "
        "in millimeters.")
    letterhead_following_margin_left = fields.Integer(
        "Left", required=True,
        help="What the following pages leave free on the left, "
        "in millimeters.")
    letterhead_following_margin_right = fields.Integer(
        "Right", required=True,
        help="What the following pages leave free on the right, "
        "in millimeters.")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._buttons.update({
                'download_sample_letterhead': {
                    'icon': 'tryton-download',
                    },
                })

    @classmethod
    def default_letterhead_margin_top(cls):
        return 45

    @classmethod
    def default_letterhead_margin_bottom(cls):
        return 30

    @classmethod
    def default_letterhead_margin_left(cls):
        return 25

    @classmethod
    def default_letterhead_margin_right(cls):
        return 20

    @classmethod
    def default_letterhead_following_margin_top(cls):
        return 30

    @classmethod
    def default_letterhead_following_margin_bottom(cls):
        return 30

    @classmethod
    def default_letterhead_following_margin_left(cls):
        return 25

    @classmethod
    def default_letterhead_following_margin_right(cls):
        return 20

    @property
    def letterhead_margins(self):
        "The margins of the first and of the following pages in mm"
        return {
            'first': {s: getattr(self, n) for s, n in _FIRST.items()},
            'following': {s: getattr(self, n) for s, n in _FOLLOWING.items()},
            }

    def _get_document_margins(self):
        """Return the margins of a document on the letterhead, in mm.

        A letterhead of one page stands under each page, so the following ones
        keep clear of what is on it as well.
        """
        margins = self.letterhead_margins
        if self.letterhead and (
                self._use_letterhead(letterhead_pdf.count_pages) == 1):
            for side, margin in margins['first'].items():
                margins['following'][side] = max(
                    margins['following'][side], margin)
        return margins

    @classmethod
    def preprocess_values(cls, mode, values):
        values = super().preprocess_values(mode, values)
        if values.get('letterhead'):
            letterhead = fields.Binary.cast(values['letterhead'])
            try:
                values['letterhead'] = letterhead_pdf.clean(letterhead)
            except letterhead_pdf.LetterheadError:
                # The validation refuses it with the name of the company
                pass
        return values

    @classmethod
    def validate_fields(cls, companies, field_names):
        super().validate_fields(companies, field_names)
        cls.check_letterhead(companies, field_names)
        cls.check_letterhead_margins(companies, field_names)

    @classmethod
    def check_letterhead(cls, companies, field_names=None):
        "Refuse a letterhead that cannot be printed on"
        if field_names and 'letterhead' not in field_names:
            return
        for company in companies:
            if company.letterhead:
                company._use_letterhead(letterhead_pdf.check)

    def _use_letterhead(self, function, *args):
        "Call the function with the letterhead and tell why it is refused"
        try:
            return function(*args, self.letterhead)
        except letterhead_pdf.LetterheadError as error:
            raise LetterheadValidationError(gettext(
                    _REFUSALS[error.reason],
                    company=self.rec_name,
                    size=error.limit,
                    limit=error.limit,
                    page=error.page,
                    number=error.number,
                    detail=error.detail)) from error

    @classmethod
    def check_letterhead_margins(cls, companies, field_names=None):
        "Refuse margins that leave too little space for an invoice"
        if field_names and not {*_MARGINS, 'letterhead'} & {*field_names}:
            return
        for company in companies:
            for margins in company._get_document_margins().values():
                if not company._has_space(**margins):
                    raise LetterheadMarginError(gettext(
                            'shop_invoicing.msg_letterhead_margin',
                            company=company.rec_name,
                            space=MIN_SPACE))

    @staticmethod
    def _has_space(top, bottom, left, right):
        "Whether something can be printed between the margins"
        return (
            min(top, bottom, left, right) >= 0
            and PAGE_WIDTH - left - right >= MIN_SPACE
            and PAGE_HEIGHT - top - bottom >= MIN_SPACE)

    @classmethod
    @ModelView.button_action('shop_invoicing.report_letterhead_sample')
    def download_sample_letterhead(cls, companies):
        pass


class Invoice(metaclass=PoolMeta):
    __name__ = 'account.invoice'

    @property
    def document_has_letterhead(self):
        return super().document_has_letterhead or (
            self.type == 'out' and bool(self.company.letterhead))

    def _document_margins(self):
        if self.document_has_letterhead:
            return self.company._get_document_margins()
        return super()._document_margins()

    def _finish_document(self, pdf, preview=False):
        pdf = super()._finish_document(pdf, preview=preview)
        if self.document_has_letterhead:
            pdf = self.company._use_letterhead(letterhead_pdf.lay_over, pdf)
        return pdf


class Sample(TypstReport, Report):
    __name__ = 'company.letterhead.sample'

    @classmethod
    def _get_typst_data(cls, context):
        return {
            **super()._get_typst_data(context),
            'companies': [
                cls._get_sheets(company) for company in context['records']],
            }

    @staticmethod
    def _get_sheets(company):
        "Return what stands on the sheets of the company"
        party = company.party
        address, number = party.address_get(), party.tax_identifier
        foot = [
            party.name, party.phone, party.email, party.website,
            number.code if number else None]
        return {
            'name': party.name,
            'address': address.full_address.splitlines() if address else [],
            'foot': ' · '.join(filter(None, foot)),
            'margins': company.letterhead_margins,
            }
