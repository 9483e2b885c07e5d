# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"Collecting the facts of invoices"
from collections import defaultdict

from trytond.pool import Pool, PoolMeta
from trytond.transaction import Transaction

from ..invoice.company_date import get_today
from . import electronic_invoice_terms as terms
from . import facts
from .facts_party import get_party, is_legal


class Invoice(metaclass=PoolMeta):
    __name__ = 'account.invoice'

    @classmethod
    def collect_facts(cls, invoices):
        """Return the facts of each invoice, in the language of its customer.

        They are read together, and nothing is written.
        """
        by_language = defaultdict(list)
        for invoice in invoices:
            by_language[invoice.party_lang].append(invoice.id)
        found = {}
        for language, ids in by_language.items():
            with Transaction().set_context(
                    language=language, address_with_party=True):
                for invoice in cls.browse(ids):
                    found[invoice.id] = invoice._collect_facts()
        return [found[invoice.id] for invoice in invoices]

    def _collect_facts(self):
        "Return the facts of the invoice, which is in the language of them"
        party = self.company.party
        return facts.Facts(
            kind=self.document_kind,
            language=self.party_lang,
            is_draft=self.type == 'out' and not self.is_issued,
            number=self.number,
            date=self.invoice_date or get_today(self.company),
            currency=_get_currency(self.currency),
            seller=get_party(
                party, party.address_get('invoice'),
                self.document_seller_identifiers,
                self.tax_identifier or self.get_tax_identifier(),
                self.document_seller[1:]),
            buyer=get_party(
                self.party, self.invoice_address,
                self._get_buyer_identifiers(),
                self.document_buyer_identifier),
            corrected=_get_reference(self.corrected_invoice),
            also_corrected=[_get_reference(i) for i in self.originals[1:]],
            replaced=_get_reference(self.document_replaced),
            orders=[
                facts.Reference(order.number, order.sale_date)
                for order in self.document_orders],
            references=self.document_references,
            subject=self.description or None,
            delivery=self._collect_delivery(),
            lines=[line._collect_facts() for line in self.lines],
            taxes=self._collect_taxes(),
            totals=self._collect_totals(),
            payment=self._collect_payment(),
            **self._collect_texts())

    def _get_buyer_identifiers(self):
        identifiers = [self.document_buyer_identifier]
        identifiers += filter(is_legal, self.party.identifiers)
        return list(dict.fromkeys(filter(None, identifiers)))

    def _collect_delivery(self):
        places = {
            (sale.shipment_party or sale.party, sale.shipment_address)
            for sale in self.sales if sale.shipment_address}
        first, last = self.document_delivery or (None, None)
        return facts.Delivery(
            first, last,
            get_party(*places.pop()) if len(places) == 1 else None)

    def _collect_taxes(self):
        "Return what is charged of each tax, of which some have parts"
        bases = facts.add_up_taxes(
            facts.TaxTotal(tax, line.amount, line.amount * 0)
            for line in self.lines if line.type == 'line'
            for tax in line._collect_taxes())
        known = {total.tax for total in bases}
        charged = [
            (tax._collect_facts(), tax) for tax in self.taxes]
        return facts.add_up_taxes(bases + [
                facts.TaxTotal(
                    tax, line.base * (0 if tax in known else 1), line.amount)
                for tax, line in charged])

    def _collect_totals(self):
        tax = self.document_company_tax
        is_foreign = self.currency != self.company.currency
        return facts.Totals(
            untaxed=self.untaxed_amount,
            tax=self.tax_amount,
            total=self.total_amount,
            paid=self.total_amount * bool(self.document_is_paid),
            accounting_tax=(
                tax or self.tax_amount * 0) if is_foreign else None,
            accounting_currency=(
                _get_currency(self.company.currency) if is_foreign else None))

    def _collect_payment(self):
        "Return how and when is paid, also by an account of the instructions"
        method, payment = self.payment_method, facts.Payment()
        if method:
            payment.name, payment.means = method.name, method.unece_means
            payment.instructions = method.instructions or None
            payment.iban = terms.find_iban(method.instructions)
        for mean in self.payment_means:
            account = mean.instrument
            if account and account.__name__ == 'bank.account' and account.iban:
                payment.iban = account.iban_compact
                payment.bic = account.bank and account.bank.bic
            else:
                payment.accounts.append(mean.rec_name)
        payment.reference = self.customer_payment_reference
        if self.payment_term:
            payment.terms = self.payment_term.description or None
        payment.maturities = list(self._collect_maturities())
        return payment

    def _collect_maturities(self):
        lang = Pool().get('ir.lang').get()
        for date, amount in self.document_maturities:
            text = lang.currency(amount, self.currency, grouping=True)
            yield facts.Maturity(
                amount, date, f'{lang.strftime(date)}: {text}'
                if date else None)

    def _collect_texts(self):
        out, gives_back = self.type == 'out', self.total_amount < 0
        footer = self.document_footer if out and not gives_back else None
        return {
            'notices': self.document_notices,
            'notes': [facts.Note(self.comment)] if self.comment else [],
            'header': self.company.header_used or None,
            'footer': footer or None,
            'imprint': self.company.footer_used or None,
            }


class InvoiceLine(metaclass=PoolMeta):
    __name__ = 'account.invoice.line'

    def _collect_facts(self):
        "Return what the document states in the line"
        if self.type == 'line':
            return self._collect_charge()
        return facts.Line(
            type=self.type,
            description=self.description or None,
            amount=self.amount if self.type == 'subtotal' else None)

    def _collect_charge(self):
        product, unit = self.product, self.unit
        name = product.name if product else self.description
        return facts.Line(
            name=name or self.account.name,
            description=(self.description or None) if product else None,
            code=(product.code or None) if product else None,
            quantity=terms.to_decimal(self.quantity),
            unit=unit.unece_code if unit else facts.ONE,
            unit_name=unit.name if unit else None,
            unit_symbol=unit.symbol if unit else None,
            unit_digits=unit.digits if unit else None,
            price=self.unit_price,
            gross_price=self.document_price,
            discount=self._get_discount(),
            amount=self.amount,
            taxes=self._collect_taxes())

    def _get_discount(self):
        "Return what was taken off in percent, None without discount"
        if self.document_discount:
            return self.origin.discount_rate * 100

    def _collect_taxes(self):
        return list(dict.fromkeys(tax._collect_facts() for tax in self.taxes))


class InvoiceTax(metaclass=PoolMeta):
    __name__ = 'account.invoice.tax'

    def _collect_facts(self):
        "Return the tax, which may have been entered by hand"
        if self.tax:
            return self.tax._collect_facts()
        return facts.Tax(name=self.description, label=self.description)


class Tax(metaclass=PoolMeta):
    __name__ = 'account.tax'

    def _collect_facts(self):
        "Return the tax, which for a part is the tax that has the parts"
        if self.parent:
            return self.parent._collect_facts()
        rate = self._get_percentage()
        return facts.Tax(
            name=self.name,
            category=terms.get_category(
                self.unece_category_code, rate, self.legal_notice),
            rate=rate,
            notice=self.legal_notice or None,
            label=self.description)

    def _get_percentage(self):
        "Return the rate in percent, None where it is none"
        if self.type == 'percentage':
            return self.rate * 100
        if self.type == 'none' and self.childs:
            rates = [child._get_percentage() for child in self.childs]
            return None if None in rates else sum(rates)


def _get_currency(currency):
    return facts.Currency(currency.code, currency.symbol, currency.digits)


def _get_reference(invoice):
    if invoice:
        return facts.Reference(invoice.number, invoice.invoice_date)
