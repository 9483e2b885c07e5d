# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"What the documents of a company in France state"
from trytond.i18n import gettext
from trytond.model import ModelView, Workflow
from trytond.pool import Pool, PoolMeta
from trytond.transaction import without_check_access

from ..document.electronic_address_scheme import FRANCE
from ..document.facts import Note
from ..document.facts_party import SIREN_SCHEME
from ..exceptions import FrenchInvoiceWarning
from . import french_invoice_rules as rules

_NATURES = {
    'B': 'shop_invoicing.msg_french_invoice_goods',
    'S': 'shop_invoicing.msg_french_invoice_services',
    'M': 'shop_invoicing.msg_french_invoice_goods_and_services',
    }
_REASONS = {
    'siren': 'shop_invoicing.msg_french_invoice_siren',
    'electronic_address': 'shop_invoicing.msg_french_invoice_address',
    'penalty': 'shop_invoicing.msg_french_invoice_penalty',
    'recovery_fee': 'shop_invoicing.msg_french_invoice_recovery_fee',
    'discount': 'shop_invoicing.msg_french_invoice_discount',
    'rate': 'shop_invoicing.msg_french_invoice_rate',
    'digits': 'shop_invoicing.msg_french_invoice_digits',
    'number': 'shop_invoicing.msg_french_invoice_number',
    'original': 'shop_invoicing.msg_french_invoice_original',
    'due_date': 'shop_invoicing.msg_french_invoice_due_date',
    'currency': 'shop_invoicing.msg_french_invoice_currency',
    'delivery_date': 'shop_invoicing.msg_french_invoice_delivery_date',
    }


def tell_missing(reasons, name=None):
    """Return a sentence for each reason of french_invoice_rules.

    The name is that of the document, for the reasons that are about it.
    """
    return [
        gettext(_REASONS[reason], name=about or name)
        for reason, about in dict.fromkeys(reasons)]


class Invoice(metaclass=PoolMeta):
    __name__ = 'account.invoice'

    def _collect_facts(self):
        facts = super()._collect_facts()
        if self._is_french():
            self._complete_french_facts(facts)
        return facts

    def _is_french(self):
        "Whether the seller of the document is in France"
        address = self.company.party.address_get('invoice')
        return (
            self.type == 'out' and bool(address and address.country)
            and address.country.code in rules.TERRITORIES)

    def _complete_french_facts(self, facts):
        for facts_party, party in [
                (facts.seller, self.company.party), (facts.buyer, self.party)]:
            _set_electronic_address(facts_party, party)
        if not (facts.seller.vat_number or facts.seller.tax_number):
            # Who charges no VAT (article 293 B of the CGI) has no other one
            facts.seller.tax_number = facts.seller.legal_number
        facts.process = rules.get_process(facts)
        if facts.totals.is_paid:
            facts.payment.paid_on = self._get_paid_on()
        facts.notices.append(gettext(_NATURES[facts.process[0]]))
        if self._get_french_setting('french_tax_on_debits'):
            facts.tax_point = rules.ON_DEBITS
            facts.notices.append(gettext(
                    'shop_invoicing.msg_french_invoice_tax_on_debits'))
        facts.notes += self._collect_french_notes(facts)

    def _collect_french_notes(self, facts):
        "Return the texts of the law, printed where something is to be paid"
        place = 'footer' if facts.totals.total > 0 else None
        for subject, name in rules.TEXTS.items():
            if text := self._get_french_setting(f'french_{name}'):
                yield Note(text, subject, place)

    def _get_french_setting(self, name):
        Configuration = Pool().get('account.configuration')
        return Configuration(1).get_multivalue(name, company=self.company.id)

    def _get_paid_on(self):
        "Return the day of the last payment, else that of the invoice"
        dates = [
            payment.date for sale in self.sales for payment in sale.payments
            if payment.state == 'succeeded']
        return self.reconciled or max(dates, default=self.invoice_date)

    def _tell_electronic_gaps(self, facts):
        texts = super()._tell_electronic_gaps(facts)
        if self._is_french():
            reasons = [*rules.find_missing(facts), *rules.find_unsaid(facts)]
            texts += tell_missing(reasons, self.rec_name)
        return texts

    @classmethod
    @ModelView.button
    @Workflow.transition('posted')
    def post(cls, invoices):
        cls.check_french_rules(invoices)
        super().post(invoices)

    @classmethod
    @without_check_access
    def check_french_rules(cls, invoices):
        "Warn about what French electronic invoices miss"
        # Facts take longer than a look at the country
        drafts = [
            i for i in cls._get_seen_drafts(invoices) if i._is_french()]
        texts = [
            text for invoice, facts in zip(drafts, cls.collect_facts(drafts))
            for text in tell_missing(
                rules.find_missing(facts), invoice.rec_name)]
        if texts:
            cls._warn_of_french_rules(drafts, texts)

    @classmethod
    def _warn_of_french_rules(cls, invoices, texts):
        Warning = Pool().get('res.user.warning')
        key = Warning.format('french_invoice', invoices)
        if Warning.check(key):
            raise FrenchInvoiceWarning(key, gettext(
                    'shop_invoicing.msg_french_invoice_missing',
                    texts=' '.join(dict.fromkeys(texts))))


def _set_electronic_address(facts_party, party):
    "The directory of France knows companies by their SIREN"
    if party.electronic_address or not rules.is_french(facts_party):
        return
    has_siren = facts_party.legal_scheme == SIREN_SCHEME
    facts_party.electronic_scheme = FRANCE if has_siren else None
    facts_party.electronic_address = (
        facts_party.legal_number if has_siren else None)
