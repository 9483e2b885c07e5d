# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Try to set each read-only field of each model in every way from outside."""
import datetime as dt
import traceback
from contextlib import contextmanager
from decimal import Decimal
from unittest.mock import patch

YEAR = dt.date.today().year
PACKAGE = 'trytond.modules.shop_invoicing'
SAMPLES = {
    'char': "Forged",
    'text': "Forged",
    'integer': 77,
    'float': 77.0,
    'numeric': Decimal('77.00'),
    'date': dt.date(2001, 2, 3),
    'datetime': dt.datetime(2001, 2, 3, 4, 5, 6),
    'binary': b'%PDF-forged',
    'reference': 'account.invoice,1',
    }
USER = 1


def populate(config=None):
    "Make records of each of the models"
    from proteus import Model

    from tests.tools import (
        call, create_customer, create_customer_invoice, create_packed_sale,
        create_prepaid_sale, create_product, create_sale, mark_as_paid, post,
        set_up_prepayment)
    Party = Model.get('party.party')
    Sale = Model.get('sale.sale')
    customer, = Party.find([('name', '=', "Customer")])
    other = create_customer("Other")
    insider = create_customer("Insider")
    insider.internal_orders = True
    insider.save()
    goods = create_product("Goods", type='goods')
    method = set_up_prepayment()

    sent, unsent = create_customer_invoice(customer), create_customer_invoice(
        customer)
    post(sent, unsent)
    sent.lettering = "L-1"
    sent.save()
    call('account.invoice', 'note_as_sent', [sent], 'post', dt.datetime.now())
    create_customer_invoice(customer)
    create_customer_invoice(insider)

    printed = create_sale(customer, goods)
    call('sale.line', 'upload_print_data', printed.lines, b'%PDF', "cards.pdf")
    create_packed_sale(customer, goods)
    create_prepaid_sale(customer, goods, method)
    create_prepaid_sale(other, goods, method)
    paid = create_prepaid_sale(customer, goods, method)
    mark_as_paid(paid)
    returned = create_sale(customer, goods, quantity=-1)
    returned.click('quote')
    returned.click('confirm')
    internal = Sale(party=insider, order_type='internal')
    internal.lines.new(product=goods).quantity = 1
    internal.save()
    _populate_logs()


def _populate_logs():
    from trytond.pool import Pool
    from trytond.tests.test_tryton import DB_NAME
    from trytond.transaction import Transaction
    with Transaction().start(DB_NAME, 0):
        pool = Pool()
        Batch = pool.get('account.invoice.lettering.batch')
        Change = pool.get('account.invoice.number_range.change')
        Line = pool.get('account.invoice.lettering.batch.line')
        Range = pool.get('account.invoice.number_range')
        range_, = Range.search([('document_type', '=', 'invoice')], limit=1)
        Change.log_number_next(range_, 1, 2)
        batch = Batch(company=range_.company, name='letterings.csv')
        batch.save()
        Line(batch=batch, line=1, number='1', outcome='unknown').save()
        Audit = pool.get('account.invoice.seal.audit')
        Fault = pool.get('account.invoice.seal.fault')
        audit = Audit.check_seals(range_.company)
        Fault(audit=audit, company=range_.company, kind='missing').save()
        Revision = pool.get('account.invoice.report.revision')
        Revision(
            invoice=find('account.invoice', state='draft'),
            invoice_report_format='pdf').save()


@contextmanager
def outside(user=USER):
    "A call from outside by a user with every right, which is rolled back"
    from trytond.pool import Pool
    from trytond.tests.test_tryton import DB_NAME
    from trytond.transaction import Transaction, check_access
    with Transaction().start(DB_NAME, user) as transaction:
        pool = Pool()
        context = pool.get('res.user').get_preferences(context_only=True)
        with transaction.set_context(context), check_access(), \
                patch.object(pool.get('ir.model.access'), 'check'), \
                patch.object(pool.get('ir.model.field.access'), 'check'):
            try:
                yield pool
            finally:
                transaction.rollback()


def iter_ours(pool):
    """Yield the models that are ours or that we extend.

    Not those of Tryton that have one record or that show what a query finds.
    """
    from trytond.model import ModelSingleton, ModelStorage
    for name, Model in pool.iterobject():
        if not issubclass(Model, ModelStorage):
            continue
        *_, first = (
            c for c in Model.__mro__ if name == vars(c).get('__name__'))
        if first.__module__.startswith(PACKAGE) or (
                any(c.__module__.startswith(PACKAGE) for c in Model.__mro__)
                and not issubclass(Model, ModelSingleton)
                and not callable(getattr(Model, 'table_query', None))):
            yield Model


def find(model, /, **values):
    "Return the first of the records with the values"
    from trytond.pool import Pool
    return Pool().get(model).search(
        [(n, '=', v) for n, v in values.items()], order=[('id', 'ASC')])[0]


class Walk:
    "All ways to all read-only fields"

    def __init__(self):
        with outside() as pool:
            self.fields = sorted(self._find_fields(pool))
            self.models = {name for name, _ in self.fields}
            self.unprotected = {
                name for name in self.models
                if not hasattr(pool.get(name), '_protected_names')}
            self.records = {
                name: found[0].id for name in self.models
                if (found := pool.get(name).search(
                        [], order=[('id', 'ASC')], limit=1))}
            self.parents = dict(self._find_parents(pool))

    def _find_fields(self, pool):
        from trytond.model import ModelSQL
        for name, Model in pool.iterobject():
            if issubclass(Model, ModelSQL) and not callable(
                    getattr(Model, 'table_query', None)):
                ours = {
                    n for c in Model.__mro__
                    if c.__module__.startswith(PACKAGE) for n in vars(c)}
                for field_name, field in Model._fields.items():
                    if (field.readonly and is_kept(field)
                            and field_name in ours
                            or field_name in getattr(
                                Model, '_protected_names', ())):
                        yield name, field_name

    def _find_parents(self, pool):
        "Yield for each model how a record of it is reached by a parent"
        from trytond.model import ModelSQL, fields
        for _, Model in pool.iterobject():
            if not issubclass(Model, ModelSQL):
                continue
            for name, field in Model._fields.items():
                if not isinstance(field, fields.One2Many):
                    continue
                target = field.get_target().__name__
                if target in self.records and field.field:
                    record = pool.get(target)(self.records[target])
                    parent = getattr(record, field.field)
                    if parent and parent.__name__ == Model.__name__:
                        yield target, (Model.__name__, parent.id, name)

    def attempts(self):
        for model, field in self.fields:
            for way in ['write', 'create', 'copy', 'nested', 'import']:
                if (way == 'nested' and model not in self.parents
                        or way == 'import' and not _is_imported(model, field)):
                    continue
                yield Attempt(self, model, field, way)


class Attempt:
    "An attempt to set a field of a record in a way"

    def __init__(self, walk, model, field, way):
        self.walk = walk
        self.model = model
        self.field = field
        self.way = way

    def __repr__(self):
        return f'{self.way} {self.model}.{self.field}'

    def is_refused(self, is_changed=False):
        "Whether the module refuses it, or else whether nothing has changed"
        from trytond.exceptions import UserError
        with outside() as pool:
            Model = pool.get(self.model)
            record = Model(self.walk.records[self.model])
            before = _read(record, self.field)
            value = self._choose_value(record)
            try:
                getattr(self, '_' + self.way)(pool, record, value)
            except UserError as error:
                # The parent may be closed already
                return is_changed or self.way == 'nested' or _is_ours(error)
            return is_changed and _read(
                Model(record.id), self.field) == before

    def _choose_value(self, record):
        "Return a value that the record, or else a new one, does not have"
        name, field = self.field, record._fields[self.field]
        if self.way in {'create', 'copy'}:
            known = record.default_get([name], with_rec_name=False).get(name)
        else:
            known = _read(record, name)
        if field._type in {'one2many', 'many2many'}:
            return [('add', [_find_other(field, known)])]
        elif field._type == 'many2one':
            return _find_other(field, [known])
        elif field._type == 'boolean':
            return not known
        elif field._type == 'selection':
            return next(
                key for key, _ in _get_selection(record, field)
                if key and key != known)
        return SAMPLES[field._type]

    def _write(self, pool, record, value):
        record.__class__.write([record], {self.field: value})

    def _create(self, pool, record, value):
        record.__class__.create([{self.field: value}])

    def _copy(self, pool, record, value):
        record.__class__.copy([record], {self.field: value})

    def _nested(self, pool, record, value):
        name, id_, field = self.walk.parents[self.model]
        Parent = pool.get(name)
        Parent.write([Parent(id_)], {
                field: [('write', [record.id], {self.field: value})],
                })

    def _import(self, pool, record, value):
        Model = record.__class__
        field = Model._fields[self.field]
        if field._type == 'many2one':
            Target = field.get_target()
            found = Target.search([('id', '=', value)])
            name = found[0].rec_name if found else None
            if found and Target.search([('rec_name', '=', name)]) == found:
                value = name
            else:
                # There is nothing that a file could name
                return self._write(pool, record, value)
        elif field._type == 'datetime':
            value = value.strftime('%Y-%m-%d %H:%M:%S')
        Model.import_data(['id', self.field], [[record.id, str(value)]])


def is_kept(field):
    "Whether what the field is set to is kept somewhere"
    from trytond.model import fields
    return not isinstance(field, fields.Function) or field.setter


def _is_imported(model, name):
    from trytond.pool import Pool
    from trytond.tests.test_tryton import DB_NAME
    field = Pool(DB_NAME).get(model)._fields[name]
    return field._type not in {
        'one2many', 'many2many', 'reference', 'binary'}


def _read(record, name):
    value = getattr(record, name)
    if isinstance(value, tuple):
        return [r.id for r in value]
    return getattr(value, 'id', value)


def _find_other(field, known):
    "Return the id of another record than those known, if need be of none"
    Target = field.get_target()
    known = [id_ for id_ in known or [] if id_]
    others = Target.search(
        [('id', 'not in', known)], order=[('id', 'ASC')], limit=1)
    return others[0].id if others else max(known, default=0) + 1


def _get_selection(record, field):
    if isinstance(field.selection, str):
        return getattr(record.__class__, field.selection)()
    return field.selection


def _is_ours(error):
    "Whether the module has raised the error"
    from trytond.model.exceptions import AccessError
    *_, last = traceback.extract_tb(error.__traceback__)
    return isinstance(error, AccessError) and 'shop_invoicing' in last.filename
