# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from trytond.pool import Pool
from trytond.transaction import Transaction
from trytond.wizard import StateAction

from ..invoice.checked_wizard import CheckedWizard
from ..invoice.company_date import get_today


class PrepareNextYear(CheckedWizard):
    "Prepare the next year from where there is no range to click on"
    __name__ = 'account.invoice.number_range.prepare_next_year'

    start_state = 'open_'
    open_ = StateAction('shop_invoicing.act_number_range_next_year')

    def do_open_(self, action):
        pool = Pool()
        Company = pool.get('company.company')
        Range = pool.get('account.invoice.number_range')
        User = pool.get('res.user')
        company = Transaction().context.get('company')
        # No rule is asked where the ranges are made
        if company not in User.get_companies():
            self._refuse()
        action.update(Range.prepare_to_open([
                    (Company(company), get_today().year + 1)]))
        return action, {}
