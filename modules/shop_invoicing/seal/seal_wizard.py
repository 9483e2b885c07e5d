# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from trytond.i18n import gettext
from trytond.model import ModelView, fields
from trytond.model.exceptions import AccessError
from trytond.pool import Pool
from trytond.pyson import Eval
from trytond.transaction import Transaction, check_access
from trytond.wizard import Button, StateAction, StateTransition, StateView

from ..exceptions import SealMarkError
from ..invoice.checked_form import CheckedForm
from ..invoice.checked_wizard import CheckedWizard
from .seal_chain import parse_mark


class CheckStart(CheckedForm, ModelView):
    __name__ = 'account.invoice.seal.check.start'

    mark = fields.Char(
        "Seal", required=True,
        help="As it is printed, such as 42-0f1e2d3c.")


class CheckResult(CheckedForm, ModelView):
    __name__ = 'account.invoice.seal.check.result'

    stands = fields.Boolean("Stands", readonly=True)
    text = fields.Text("Result", readonly=True)
    seal = fields.Many2One(
        'account.invoice.seal', "Seal", readonly=True,
        states={
            'invisible': ~Eval('seal'),
            })


class Check(CheckedWizard):
    __name__ = 'account.invoice.seal.check'

    start = StateView(
        'account.invoice.seal.check.start',
        'shop_invoicing.seal_check_start_view_form', [
            Button("Cancel", 'end', 'tryton-cancel'),
            Button("Check", 'check', 'tryton-ok', default=True),
            ])
    check = StateTransition()
    result = StateView(
        'account.invoice.seal.check.result',
        'shop_invoicing.seal_check_result_view_form', [
            Button("Close", 'end', 'tryton-close', default=True),
            ])

    def transition_check(self):
        Seal = Pool().get('account.invoice.seal')
        company = Transaction().context.get('company')
        try:
            position, beginning = parse_mark(self.start.mark)
        except ValueError as error:
            raise SealMarkError(gettext(
                    'shop_invoicing.msg_seal_mark',
                    mark=self.start.mark)) from error
        # Wizards are executed without access check
        with check_access():
            seal = Seal.find_mark(company, position, beginning)
        self.result.seal = seal
        self.result.stands = bool(seal) and seal.stands()
        return 'result'

    def default_result(self, fields):
        seal, stands = self.result.seal, self.result.stands
        if not seal:
            text = gettext(
                'shop_invoicing.msg_seal_check_none', mark=self.start.mark)
        elif stands:
            text = gettext(
                'shop_invoicing.msg_seal_check_stands',
                mark=seal.mark, kind=seal.kind_string, name=seal.name or '')
        else:
            text = gettext(
                'shop_invoicing.msg_seal_check_broken',
                mark=seal.mark, kind=seal.kind_string, name=seal.name or '')
        return {
            'seal': seal.id if seal else None,
            'stands': stands,
            'text': text,
            }


class CheckAllStart(CheckedForm, ModelView):
    __name__ = 'account.invoice.seal.check_all.start'

    documents = fields.Boolean(
        "Stored Documents",
        help="Read the stored documents, too, which takes longer.")

    @classmethod
    def default_documents(cls):
        return True


class CheckAll(CheckedWizard):
    __name__ = 'account.invoice.seal.check_all'

    start = StateView(
        'account.invoice.seal.check_all.start',
        'shop_invoicing.seal_check_all_start_view_form', [
            Button("Cancel", 'end', 'tryton-cancel'),
            Button("Check", 'check', 'tryton-ok', default=True),
            ])
    check = StateAction('shop_invoicing.act_seal_audit_form')

    def do_check(self, action):
        Audit = Pool().get('account.invoice.seal.audit')
        audit = Audit.check_seals(
            _get_company(), documents=bool(self.start.documents))
        action['views'].reverse()
        return action, {'res_id': audit.id}


class ExistingStart(CheckedForm, ModelView):
    __name__ = 'account.invoice.seal.existing.start'


class Existing(CheckedWizard):
    __name__ = 'account.invoice.seal.existing'

    start = StateView(
        'account.invoice.seal.existing.start',
        'shop_invoicing.seal_existing_start_view_form', [
            Button("Cancel", 'end', 'tryton-cancel'),
            Button("Seal", 'seal', 'tryton-ok', default=True),
            ])
    seal = StateTransition()

    def transition_seal(self):
        Company = Pool().get('company.company')
        Company.__queue__.seal_existing([_get_company()])
        return 'end'


def _get_company():
    "Return the company of the user, who must be allowed to read its seals"
    pool = Pool()
    Company = pool.get('company.company')
    ModelAccess = pool.get('ir.model.access')
    User = pool.get('res.user')
    with check_access():
        ModelAccess.check('account.invoice.seal', 'read')
    company = Transaction().context.get('company')
    if company not in User.get_companies():
        raise AccessError(gettext('shop_invoicing.msg_seal_company'))
    return Company(company)
