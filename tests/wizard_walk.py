# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"Run wizards with whatever a client may send"
import copy
import datetime as dt
from decimal import Decimal
from functools import cache

from tests import logins
from trytond.exceptions import UserError, UserWarning

OURS = 'trytond.modules.shop_invoicing.'
TRYTON = ['builtins', 'trytond.pool', 'trytond.url', 'trytond.wizard.']
FUTURE = dt.date(2099, 1, 1)
NUMBERS = [-1, 10 ** 30, 'NaN']

# Who may use which wizard, with what is ours
MAY = {
    'account.invoice.add_order_lines': ['accounting'],
    'account.invoice.cancel_invoice': ['accounting'],
    'account.invoice.credit_amount': ['accounting'],
    'account.invoice.email.mark': ['accounting'],
    # Some need none of our records
    'account.invoice.lettering.export': ['accounting', 'other'],
    'account.invoice.lettering.import': ['accounting', 'other'],
    'account.invoice.number_range.prepare_next_year': ['accounting', 'other'],
    'account.invoice.number_range.rehearse': ['accounting'],
    'account.invoice.replace_invoice': ['accounting'],
    'account.invoice.seal.check': ['accounting', 'other'],
    'account.invoice.seal.check_all': ['accounting', 'other'],
    'account.invoice.seal.existing': ['accounting', 'other'],
    'account.invoice.spread_cost': ['accounting'],
    'sale.charge_cancellation_fee': ['sales', 'accounting'],
    'sale.invoice_lines': ['sales', 'accounting'],
    'sale.line.print_data.upload': ['sales'],
    'sale.payment.register': ['sales', 'payment'],
    }
# What the wizard is run on, as model and reference
RECORDS = {
    'account.invoice.add_order_lines': ('account.invoice', 'draft'),
    'account.invoice.cancel_invoice': ('account.invoice', 'sent'),
    'account.invoice.credit_amount': ('account.invoice', 'sent'),
    'account.invoice.email.mark': ('account.invoice', 'issued'),
    'account.invoice.number_range.rehearse':
    ('account.invoice.number_range', None),
    'account.invoice.replace_invoice': ('account.invoice', 'sent'),
    'account.invoice.spread_cost': ('account.invoice', 'supplied'),
    'sale.charge_cancellation_fee': ('sale.sale', 'released'),
    'sale.invoice_lines': ('sale.sale', 'released'),
    'sale.line.print_data.upload': ('sale.sale', 'released'),
    'sale.payment.register': ('sale.sale', 'due'),
    }
# A draft may wait for its day, and what is planned for it is delivered later
PLANNED = {
    ('sale.invoice_lines.choice', 'invoice_date'),
    ('sale.invoice_lines.choice', 'delivery_date'),
    }
# How the company is found of what is not shared by the companies
COMPANIES = {
    'account.account': 'company',
    'account.invoice': 'company',
    'account.invoice.line': 'company',
    'account.invoice.number_range': 'company',
    'account.payment.journal': 'company',
    'sale.line': 'sale.company',
    'sale.sale': 'company',
    }


def get_wizards():
    "Return the wizards that no other module defines, by name"
    from trytond.pool import Pool
    from trytond.tests.test_tryton import DB_NAME
    wizards = dict(Pool(DB_NAME).iterobject(type='wizard'))
    return {
        name: wizard for name, wizard in wizards.items()
        if any(c.__module__.startswith(OURS) for c in wizard.__mro__)
        and all(
            c.__module__.startswith((OURS, *TRYTON)) for c in wizard.__mro__)}


def get_forms(wizard):
    "Return the model of each form of the wizard by state"
    return {
        name: logins.get_class(state.model_name)
        for name, state in wizard._get_views().items()}


def get_lines(form):
    "Yield the name and model of the lines in the form that are no records"
    from trytond.model import ModelStorage
    for name, field in form._fields.items():
        if field._type == 'one2many':
            Target = logins.get_target(field)
            if not issubclass(Target, ModelStorage):
                yield name, Target


def get_buttons(wizard):
    "Yield the states that a client runs, each with the form it sends"
    views = wizard._get_views()
    if wizard.start_state not in views:
        yield None, wizard.start_state
    for name, view in views.items():
        for button in view.buttons:
            if button.state != wizard.end_state:
                yield name, button.state


def get_records(name, company='Second'):
    "Return the context of records of the company on which the wizard is run"
    if name not in RECORDS:
        return {}
    model, reference = RECORDS[name]
    domain = [('company.party.name', '=', company)]
    if reference and company == 'Second':
        domain.append(('reference', '=', reference))
    id_ = logins.find(model, *domain)[0]
    return {'active_model': model, 'active_id': id_, 'active_ids': [id_]}


def execute(
        login, name, data, state, context, session_of=None, statement=None):
    "Run the state as the login in a new session, after the SQL statement"
    from trytond.pool import Pool
    from trytond.transaction import Transaction
    user = logins.get_user(session_of or login)

    def create_session():
        if statement:
            Transaction().connection.cursor().execute(statement)
        with Transaction().set_user(user):
            session, = Pool().get('ir.session.wizard').create([{}])
        return [session.id]
    return logins.call(
        login, 'wizard', name, 'execute', copy.deepcopy(data), state,
        context=context, before=create_session)


def is_refused(
        *args, errors=(UserError, UserWarning), usual=None, **kwargs):
    "Whether running the state is refused, or does nothing or the usual thing"
    try:
        _, before, after = execute(*args, **kwargs)
    except errors:
        return True
    return after in [before, usual]


@cache
def get_data(login, name, state):
    "Return what a client sends after the form was filled in"
    if not state:
        return {}
    result, _, _ = execute(login, name, {}, state, get_records(name))
    values = _clean(result['view']['defaults'])
    for field, value in _get_missing(name).items():
        values[field] = value
    return {state: values}


@cache
def get_outcome(login, name, view, state):
    "Return what there is when the form was sent as it was filled in"
    data = get_data(login, name, view)
    return execute(login, name, data, state, get_records(name))[2]


def _clean(values):
    return {
        # Records that are chosen are ids
        name: [_clean(v) if isinstance(v, dict) else v for v in value]
        if name == 'lines' and value else value
        for name, value in values.items() if not name.endswith('.')}


def _get_missing(name):
    "Return what the user enters"
    if name.endswith(('cancel_invoice', 'replace_invoice')):
        return {'reason': "Wrong address"}
    elif name.endswith('lettering.import'):
        return {'file': b'1;A\n', 'name': 'a.csv'}
    elif name.endswith('print_data.upload'):
        sale, = logins.find('sale.sale', ('reference', '=', 'released'))
        return {
            'lines': logins.find('sale.line', ('sale', '=', sale)),
            'file': b'%PDF', 'name': 'cards.pdf'}
    elif name.endswith('seal.check'):
        return {'mark': '1-01234567'}
    elif name.endswith('rehearse'):
        return {'format': 'X{yyyy}-{i;5}'}
    elif name.endswith('spread_cost'):
        return {'amount': Decimal(1)}
    elif name.endswith('credit_amount'):
        return {'net_amount': Decimal(1)}
    elif name.endswith('add_order_lines'):
        sale, = logins.find('sale.sale', ('reference', '=', 'released'))
        line, = logins.find('sale.line', ('sale', '=', sale))
        return {'sale': sale, 'lines': [{'line': line, 'quantity': 1}]}
    return {}


@cache
def get_foreign(login, Target):
    "Return the id of a record that the login must not read, or None"
    from trytond.model import ModelStorage
    if not issubclass(Target, ModelStorage):
        return
    company = 'Second' if login == 'other' else 'Dunder Mifflin'
    path = COMPANIES.get(Target.__name__)
    if path:
        return logins.find(
            Target.__name__, (f'{path}.party.name', '=', company))[0]


def forge(login, form, values):
    "Yield what was forged, and the values"
    for name, field in form._fields.items():
        if name == 'id' or name not in values and not field.required:
            continue
        if form._is_computed(name) or field.readonly:
            continue
        if field.required:
            yield f'{name} is missing', {**values, name: None}
        for value in get_bad_values(login, form, name, field):
            yield f'{name} is {value}', {**values, name: value}
    for name, Line in get_lines(form):
        for line in values.get(name) or []:
            for what, bad in forge(login, Line, line):
                yield f'{name}: {what}', {**values, name: [bad]}


def get_bad_values(login, form, name, field):
    if field._type == 'date' and (form.__name__, name) not in PLANNED:
        yield FUTURE
    elif field._type == 'numeric':
        yield from map(Decimal, NUMBERS)
    elif field._type in {'integer', 'float'}:
        yield from map(float, NUMBERS)
    elif field._type == 'selection':
        yield 'forged'
    elif field._type in {'many2one', 'many2many'}:
        foreign = get_foreign(login, logins.get_target(field))
        if foreign is not None:
            many = field._type == 'many2many'
            yield [foreign] if many else foreign
            yield [{'id': foreign}] if many else {'id': foreign}


def find_accepted(name, login, **options):
    "Return what is forged in the forms of the wizard and done all the same"
    wizard = logins.get_class(name, 'wizard')
    context = get_records(name)
    accepted = []
    for view, state in get_buttons(wizard):
        data = get_data(login, name, view)
        if view:
            form = get_forms(wizard)[view]
            # What is read-only becomes what it is usually
            usual = get_outcome(login, name, view, state)
            accepted += [
                what for what, values in forge(login, form, data[view])
                if not is_refused(
                    login, name, {view: values}, state, context, usual=usual,
                    **options)]
    return accepted


def find_told(login):
    "Return the methods of forms that take what the login must not read"
    told = []
    models = {
        form for wizard in get_wizards().values()
        for form in get_forms(wizard).values()}
    models |= {line for form in models for _, line in get_lines(form)}
    for form in sorted(models, key=lambda m: m.__name__):
        for name, field in form._fields.items():
            if field._type not in {'many2one', 'many2many'}:
                continue
            foreign = get_foreign(login, logins.get_target(field))
            if foreign is None:
                continue
            value = [foreign] if field._type == 'many2many' else foreign
            told += [
                (form.__name__, name, method)
                for method in form.__rpc__
                if tells(login, form, method, name, value)]
    return told


def tells(login, form, method, name, value):
    rpc = form.__rpc__[method]
    context = {}
    if method == 'default_get':
        args, context = [[name]], {f'default_{name}': value}
    elif rpc.instantiate is not None:
        args = [{name: value}]
        if method in {'on_change', 'on_change_with'}:
            args.append([])
        elif method == 'on_scan_code':
            args.append('')
    else:
        return False
    try:
        logins.call(
            login, 'model', form.__name__, method, *args, context=context)
    except (UserError, UserWarning):
        return False
    return True
