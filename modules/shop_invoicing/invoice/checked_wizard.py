# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""A wizard of which nothing is believed that a client sends.

Tryton runs wizards without access rights, and lets the client choose the
state, the session and the action, and set whatever attribute it names.
"""
from functools import partial

from trytond.i18n import gettext
from trytond.model.exceptions import AccessError
from trytond.model.modelstorage import _record_eval_pyson
from trytond.pool import Pool
from trytond.transaction import Transaction, without_check_access
from trytond.wizard import StateView, Wizard

from ..exceptions import CheckedWizardError


class CheckedWizard(Wizard):
    """A wizard whose states run only with forms that are checked.

    Its forms are checked forms.
    """
    # The models on whose records it works, none if it needs no record
    active_models = ()
    has_single_record = False
    _is_checked = False

    @classmethod
    def check_access(cls):
        ActionWizard = Pool().get('ir.action.wizard')
        action = Transaction().context.get('action_id')
        # Tryton asks for no group with an action of something else
        with without_check_access():
            is_own = action and ActionWizard.search([
                    ('id', '=', action),
                    ('wiz_name', '=', cls.__name__),
                    ])
        with Transaction().set_context(action_id=action if is_own else None):
            super().check_access()

    @classmethod
    def execute(cls, session_id, data, state_name):
        cls._check_session(session_id)
        cls._check_call(data, state_name)
        cls._check_records()
        # Who leaves the form leaves what is in it
        data = data if state_name != cls.end_state else {}
        return super().execute(session_id, data, state_name)

    @classmethod
    def delete(cls, session_id):
        cls._check_session(session_id)
        return super().delete(session_id)

    @classmethod
    @without_check_access
    def _check_session(cls, session_id):
        "Raise if the session is that of somebody else"
        Session = Pool().get('ir.session.wizard')
        user = Transaction().user
        if user and not Session.search([
                    ('id', '=', session_id),
                    ('create_uid', '=', user),
                    ]):
            cls._refuse()

    @classmethod
    def _check_call(cls, data, state_name):
        "Raise if no client would call the state, or with such forms"
        views = cls._get_views()
        buttons = {b.state for v in views.values() for b in v.buttons}
        if state_name not in buttons | {cls.start_state, cls.end_state}:
            cls._refuse()
        if state_name == cls.end_state:
            return
        for name, values in data.items():
            if (name not in views
                    or state_name not in {b.state for b in views[name].buttons}
                    or not cls._is_form(views[name].model_name, values)):
                cls._refuse()

    @classmethod
    def _is_form(cls, model_name, values):
        "Whether the values are those of a form"
        Form = Pool().get(model_name)
        if values.keys() - Form._fields.keys():
            return False
        try:
            Form(**{n: v for n, v in values.items() if n != 'id'})
        except (
                ArithmeticError, AssertionError, AttributeError, LookupError,
                TypeError, ValueError):
            return False
        return True

    @classmethod
    def _check_records(cls):
        "Raise if the wizard is not called on records on which it works"
        context = Transaction().context
        model = context.get('active_model')
        ids = {*(context.get('active_ids') or []), context.get('active_id')}
        ids.discard(None)
        if ids and not model or cls.active_models and (
                not ids or model not in cls.active_models):
            cls._refuse()
        if cls.has_single_record and len(ids) > 1:
            raise CheckedWizardError(gettext(
                    'shop_invoicing.msg_checked_wizard_record',
                    wizard=cls._get_name()))

    @classmethod
    def _refuse(cls):
        raise AccessError(gettext(
                'shop_invoicing.msg_checked_wizard_call',
                wizard=cls._get_name()))

    @classmethod
    @without_check_access
    def _get_name(cls):
        ActionWizard = Pool().get('ir.action.wizard')
        return ActionWizard.get_name(
            cls.__name__, Transaction().context.get('active_model'))

    @classmethod
    def _get_views(cls):
        return {
            name: state for name, state in cls.states.items()
            if isinstance(state, StateView)}

    def _execute(self, state_name):
        # One state runs the next one, and the client chooses the first
        if not self._is_checked and state_name != self.end_state:
            self._is_checked = True
            self._check_forms(state_name)
        return super()._execute(state_name)

    def _check_forms(self, state_name):
        "Check each form from which a button leads to the state"
        for name, view in self._get_views().items():
            for button in view.buttons:
                if button.state == state_name:
                    form = getattr(self, name)
                    form.check_form(partial(self._get_proposal, name))
                    self._check_button(form, button)

    def _check_button(self, form, button):
        "Raise if the button cannot be clicked"
        for state in ['invisible', 'readonly']:
            if _record_eval_pyson(form, button.states.get(state, False)):
                self._refuse()

    def _get_proposal(self, name):
        "Return what the server proposes for the form"
        transaction = Transaction()
        # What the client would put in its place
        context = {
            key: value for key, value in transaction.context.items()
            if not key.startswith('default_')}
        view = self.states[name]
        names = list(Pool().get(view.model_name)._fields)
        with transaction.reset_context(), transaction.set_context(context):
            return view.get_defaults(self, name, names)
