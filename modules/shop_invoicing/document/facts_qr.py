# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""The code by which a bank fills in the transfer of an invoice.

It is that of the European Payments Council (EPC069-12), in which the library
segno writes it.
"""
import io
from decimal import Decimal

import segno
from segno.helpers import make_epc_qr

_MAXIMUM = Decimal('999999999.99')
_NAME, _TEXT = 70, 140


def make_payment_code(facts):
    """Return the code as a picture in SVG, None where nothing is transferred.

    That is so in another currency than the euro, without an account, and if
    nothing or more than one amount is to be paid.
    """
    payment = facts.payment
    if (facts.currency.code != 'EUR' or not payment.iban or facts.is_draft
            or not facts.asks_for_payment or len(payment.maturities) != 1):
        return
    maturity, = payment.maturities
    if not 0 < maturity.amount <= _MAXIMUM:
        return
    text = payment.reference or facts.number or ''
    try:
        code = make_epc_qr(
            name=facts.seller.name[:_NAME], iban=payment.iban,
            amount=maturity.amount, text=text[:_TEXT], bic=payment.bic,
            encoding='utf-8')
    except (ValueError, segno.DataOverflowError):
        # What does not keep the rules is no code
        return
    output = io.BytesIO()
    code.save(output, kind='svg', xmldecl=False, border=0)
    return output.getvalue().decode()
