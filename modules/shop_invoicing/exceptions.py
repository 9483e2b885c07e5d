# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from trytond.exceptions import UserError, UserWarning
from trytond.model.exceptions import AccessError, ValidationError
from trytond.modules.account_invoice.exceptions import InvoiceNumberError
from trytond.modules.sale.exceptions import SaleQuotationError


class ProtectionError(AccessError):
    pass


class SearchError(UserError):
    pass


class FieldNameError(UserError):
    pass


class CheckedWizardError(UserError):
    pass


class NumberFormatValidationError(ValidationError):
    pass


class NumberFormatYearWarning(UserWarning):
    pass


class NumberRangeValidationError(ValidationError):
    pass


class NumberRangeNextError(ValidationError):
    pass


class NumberRangeJumpWarning(UserWarning):
    pass


class PostingTurnError(UserError):
    pass


class InvoiceEmptyError(InvoiceNumberError):
    pass


class InvoiceFutureError(InvoiceNumberError):
    pass


class InvoiceDateOrderError(InvoiceNumberError):
    pass


class InvoiceNumberTakenError(InvoiceNumberError):
    pass


class LetteringValidationError(ValidationError):
    pass


class LetteringTakenError(LetteringValidationError):
    pass


class LetteringFileError(UserError):
    pass


class LetteringBatchError(UserError):
    pass


class PaymentMethodError(ValidationError):
    pass


class PaymentMethodRequiredError(SaleQuotationError):
    pass


class ReleaseError(UserError):
    pass


class PrepaymentError(ReleaseError):
    pass


class PaymentRegisterError(UserError):
    pass


class PaymentRegisterWarning(UserWarning):
    pass


class InternalOrderError(ValidationError):
    pass


class InternalOrderInvoiceError(ValidationError):
    pass


class PrintDataError(ReleaseError):
    pass


class PrintDataFileError(UserError):
    pass


class InvoiceByHandError(UserError):
    pass


class CancellationFeeError(UserError):
    pass


class CancellationFeeWarning(UserWarning):
    pass


class InvoiceCreditError(UserError):
    pass


class InvoiceCreditAmountError(InvoiceCreditError):
    pass


class InvoiceDocumentError(UserError):
    pass


class InvoiceDocumentWarning(UserWarning):
    pass


class InvoiceDocumentFrozenError(AccessError):
    pass


class LetterheadValidationError(ValidationError):
    pass


class LetterheadMarginError(ValidationError):
    pass


class ElectronicAddressValidationError(ValidationError):
    pass


class FrenchInvoiceWarning(UserWarning):
    pass


class BillingContactError(ValidationError):
    pass


class InvoiceEmailError(UserError):
    pass


class InvoiceEmailRecipientError(InvoiceEmailError):
    pass


class InvoiceEmailWarning(UserWarning):
    pass


class InvoiceCancellationError(UserError):
    pass


class InvoiceCancellationWarning(UserWarning):
    pass


class InvoiceReplacementError(UserError):
    pass


class CostSpreadError(UserError):
    pass


class SealMarkError(UserError):
    pass
