# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""What the document of an invoice states beside the fields of the invoice.

The template asks for it by these names, so that it need not compute.
"""
import datetime as dt

from trytond.pool import Pool, PoolMeta
from trytond.transaction import Transaction

from ..invoice.company_date import get_today


class Invoice(metaclass=PoolMeta):
    __name__ = 'account.invoice'

    @property
    def document_kind(self):
        "The document type, or 'supplier' for what a supplier has issued"
        if self.type == 'in':
            return 'supplier'
        return self.expected_document_type

    @property
    def document_seller(self):
        "The lines of the address of the company, of which the first names it"
        party = self.company.party
        address = party.address_get('invoice')
        lines = address.full_address.splitlines() if address else []
        return [party.full_name] + [
            line for line in lines if line and line != party.full_name]

    @property
    def document_seller_identifiers(self):
        "The identifiers of the company, with which it is registered"
        identifiers = [self.tax_identifier or self.get_tax_identifier()]
        identifiers += self.company.party.identifiers
        return [
            i for n, i in enumerate(identifiers)
            if i and i not in identifiers[:n]]

    @property
    def document_buyer_identifier(self):
        return self.party_tax_identifier or self.party.tax_identifier

    @property
    def document_delivery(self):
        """The first and the last day of the supply, None if they are unknown.

        A correction without own ones is about the supply that it corrects.
        """
        dates = [self.delivery_date] if self.delivery_date else [
            move.effective_date for line in self.lines
            for move in line.stock_moves if move.effective_date]
        if dates:
            return min(dates), max(dates)
        if self.corrected_invoice:
            return self.corrected_invoice.document_delivery

    @property
    def document_orders(self):
        return sorted(
            self.sales, key=lambda s: (s.sale_date or dt.date.max, s.id))

    @property
    def document_references(self):
        "How the customer calls the orders and the invoice"
        references = [s.reference for s in self.document_orders]
        references.append(self.reference)
        return list(dict.fromkeys(filter(None, references)))

    @property
    def document_is_paid(self):
        "Whether there is nothing left to pay"
        sales = self.sales
        return self.total_amount > 0 and (
            bool(self.reconciled) or bool(sales) and all(
                s.is_paid_first and s.payment_state == 'paid' for s in sales))

    @property
    def document_maturities(self):
        "The dates and amounts that are to be paid, those of a draft foreseen"
        if self.document_is_paid or self.total_amount <= 0:
            return []
        if self.move:
            return [
                (line.maturity_date,
                    line.amount_second_currency or line.debit - line.credit)
                for line in self.lines_to_pay if not line.reconciliation]
        if not self.payment_term:
            return []
        return self.payment_term.compute(
            self.total_amount, self.currency,
            self.payment_term_date or self.invoice_date
            or get_today(self.company))

    @property
    def document_replaced(self):
        "The invoice in whose place this one is, or None"

    @property
    def document_company_tax(self):
        "The tax in the currency of the company if that of the invoice differs"
        Currency = Pool().get('currency.currency')
        if self.currency == self.company.currency or not self.tax_amount:
            return
        with Transaction().set_context(date=self.currency_date):
            return Currency.compute(
                self.currency, self.tax_amount, self.company.currency)

    @property
    def document_notices(self):
        "The legal notices of the taxes, each once"
        return list(dict.fromkeys(
                t.legal_notice for t in self.taxes if t.legal_notice))

    @property
    def document_footer(self):
        Configuration = Pool().get('account.configuration')
        return Configuration(1).get_multivalue(
            'invoice_document_footer', company=self.company.id)


class InvoiceLine(metaclass=PoolMeta):
    __name__ = 'account.invoice.line'

    @property
    def document_discount(self):
        "The discount of the order as a text, None without one"
        SaleLine = Pool().get('sale.line')
        origin = self.origin
        if (self.type == 'line' and isinstance(origin, SaleLine)
                and origin.unit == self.unit
                and origin.unit_price == self.unit_price
                and (origin.discount_rate or 0) > 0):
            return origin.discount

    @property
    def document_price(self):
        "The unit price before the discount"
        if self.document_discount:
            return self.origin.base_price
        return self.unit_price
