# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"What makes one kind of payment method different from others, without Tryton."
from dataclasses import dataclass


@dataclass(frozen=True)
class PaymentKind:
    """A kind of payment method and the answers to what is asked about it.

    is_paid_first: the goods are sent after the payment only
    has_instructions: while it is not paid, the customer is told how to pay
    has_journal: its payments have a journal
    needs_journal: it cannot be active without one
    needs_registered_customer: a guest cannot use it
    is_for_selected: a new method is ticked for each customer who may use it
    unece_means: the means of payment (UNTDID 4461) on electronic invoices,
        None for a transfer to the account that is known, if one is
    """
    label: str
    is_paid_first: bool = False
    has_instructions: bool = False
    has_journal: bool = True
    needs_journal: bool = False
    needs_registered_customer: bool = False
    is_for_selected: bool = False
    unece_means: str = None
