# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"The day at the place of a company"
import datetime as dt

from trytond.pool import Pool
from trytond.tools.timezone import UTC, get_tzinfo
from trytond.transaction import Transaction


def get_today(company=None):
    """Return the date of today at the place of the company.

    Without one it is the company for which the user works.
    """
    Date = Pool().get('ir.date')
    context = {'company': company.id} if company else {}
    with Transaction().set_context(context):
        return Date.today()


def to_local(moment, company):
    "Return the moment, which the server keeps in UTC, as the company has it"
    return moment.replace(tzinfo=UTC).astimezone(_get_timezone(company))


def get_start(date, company):
    "Return when the day begins at the place of the company, in UTC"
    start = dt.datetime.combine(date, dt.time(), _get_timezone(company))
    return start.astimezone(UTC).replace(tzinfo=None)


def _get_timezone(company):
    return get_tzinfo(company.timezone or 'UTC')
