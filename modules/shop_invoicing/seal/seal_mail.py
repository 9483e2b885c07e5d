# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Mail the last seal out, so that others than the server know it."""
from email.message import EmailMessage
from email.utils import getaddresses

import trytond.config as config
from trytond.i18n import gettext
from trytond.model import ModelSQL, fields
from trytond.modules.company.model import CompanyValueMixin
from trytond.pool import Pool, PoolMeta
from trytond.sendmail import send_message_transactional
from trytond.tools.email_ import set_from_header
from trytond.transaction import Transaction, without_check_access

from .seal_chain import format_mark


class Configuration(metaclass=PoolMeta):
    __name__ = 'account.configuration'

    seal_recipients = fields.MultiValue(fields.Char(
            "Recipients of the Last Seal",
            help="The e-mail addresses that get the last seal every day, "
            "separated by commas.\n"
            "Choose somebody who has no access to the server."))

    @classmethod
    def multivalue_model(cls, field):
        if field == 'seal_recipients':
            return Pool().get('account.configuration.seal_mail')
        return super().multivalue_model(field)


class ConfigurationSealMail(ModelSQL, CompanyValueMixin):
    __name__ = 'account.configuration.seal_mail'

    seal_recipients = fields.Char("Recipients of the Last Seal")


class Seal(metaclass=PoolMeta):
    __name__ = 'account.invoice.seal'

    @classmethod
    @without_check_access
    def mail_last(cls):
        "Mail the last seal of each company that has chosen recipients"
        pool = Pool()
        Company = pool.get('company.company')
        Configuration = pool.get('account.configuration')
        configuration = Configuration(1)
        for company in Company.search([]):
            recipients = configuration.get_multivalue(
                'seal_recipients', company=company.id)
            position, seal = cls.read_last(company)
            if recipients and position:
                send_message_transactional(
                    cls._write_mail(company, recipients, position, seal))

    @classmethod
    def _write_mail(cls, company, recipients, position, seal):
        party = company.party
        with Transaction().set_context(
                company=company.id,
                language=party.lang.code if party.lang else None):
            message = EmailMessage()
            sender = config.get('email', 'from')
            set_from_header(message, sender, sender)
            message['To'] = ', '.join(
                address for _, address in getaddresses([recipients]))
            message['Subject'] = gettext(
                'shop_invoicing.msg_seal_mail_subject',
                company=' '.join(party.rec_name.split()),
                mark=format_mark(position, seal))
            message.set_content(gettext(
                    'shop_invoicing.msg_seal_mail_body',
                    company=party.rec_name, position=position, seal=seal,
                    mark=format_mark(position, seal)))
        return message
