# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"The reason to hold an order until there is what is printed on its goods"
from sql import Literal
from sql.conditionals import Case
from sql.operators import Exists

from trytond.i18n import gettext
from trytond.model import fields
from trytond.pool import Pool, PoolMeta
from trytond.pyson import Eval
from trytond.transaction import without_check_access

from ..exceptions import PrintDataError
from ..invoice.checked_search import checked_search
from ..invoice.sale_state import RUNNING
from ..release.release import Hold

_STATES = [
    ('none', "Not Required"),
    ('missing', "Missing"),
    ('complete', "Complete"),
    ]


class Template(metaclass=PoolMeta):
    __name__ = 'product.template'

    needs_print_data = fields.Boolean(
        "Print Data Required",
        help="Whether an order is held until there is print data for each of "
        "its lines with the product.")

    @classmethod
    def on_modification(cls, mode, templates, field_names=None):
        Sale = Pool().get('sale.sale')
        super().on_modification(mode, templates, field_names=field_names)
        if mode == 'write' and 'needs_print_data' in field_names:
            Sale.go_on_without_print_data([
                    t for t in templates if not t.needs_print_data])


class Line(metaclass=PoolMeta):
    __name__ = 'sale.line'

    print_data_state = fields.Function(
        fields.Selection(_STATES, "Print Data", sort=False),
        'get_print_data_state')

    def get_print_data_state(self, name):
        if not self.needs_print_data:
            return 'none'
        return 'complete' if self.has_print_data else 'missing'

    @property
    def needs_print_data(self):
        "Whether nothing can be made of the line without print data"
        return bool(
            self.type == 'line' and self.product
            and self.product.template.needs_print_data
            and (self.quantity or 0) > 0)

    @property
    def has_print_data(self):
        "Whether there is print data that is neither replaced nor withdrawn"
        return any(f.state == 'current' for f in self.print_data)

    @property
    def awaits_print_data(self):
        "Whether the order must wait for the print data of the line"
        return (
            self.needs_print_data and not self.has_print_data
            and not self.is_made)

    @property
    def is_made(self):
        "Whether the goods are ordered, made or gone, so that it is too late"
        moves = [m for m in self.moves if m.state != 'cancelled']
        return bool(moves) and all(
            m.state == 'done' or m.is_shipped for m in moves)


class Line_SaleSupply(metaclass=PoolMeta):
    __name__ = 'sale.line'

    @property
    def is_made(self):
        line = self.purchase_request and self.purchase_request.purchase_line
        return (
            super().is_made
            # A production that runs, or a purchase that is processed
            or self.supply_state == 'supplied'
            or bool(line) and line.purchase.state == 'confirmed')


class Sale(metaclass=PoolMeta):
    __name__ = 'sale.sale'

    print_data_state = fields.Function(
        fields.Selection(
            _STATES, "Print Data", sort=False,
            states={
                'invisible': Eval('print_data_state') == 'none',
                },
            help="Whether there is the print data of each line that needs "
            "it."),
        'get_print_data_state', searcher='search_print_data_state')

    def get_print_data_state(self, name):
        states = {line.get_print_data_state(name) for line in self.lines}
        for state in ['missing', 'complete']:
            if state in states:
                return state
        return 'none'

    @classmethod
    @checked_search
    def search_print_data_state(cls, name, clause):
        _, operator, value = clause
        if operator in {'in', 'not in'}:
            # None of the states is empty
            value = [v for v in value if v is not None] or ['']
        sale = cls.__table__()
        needing = cls._query_needing_lines(sale)
        missing = cls._query_needing_lines(sale, missing=True)
        state = Case(
            (Exists(missing), 'missing'), (Exists(needing), 'complete'),
            else_='none')
        compare = fields.SQL_OPERATORS[operator]
        return [('id', 'in', sale.select(
                    sale.id, where=compare(state, value)))]

    @classmethod
    def _query_needing_lines(cls, sale, missing=False):
        "Return a query of the lines of the sale that need print data"
        pool = Pool()
        line = pool.get('sale.line').__table__()
        product = pool.get('product.product').__table__()
        template = pool.get('product.template').__table__()
        print_data = pool.get('sale.line.print_data').__table__()
        where = (
            (line.sale == sale.id) & (line.type == 'line')
            & (line.quantity > 0)
            & (template.needs_print_data == Literal(True)))
        if missing:
            where &= ~Exists(print_data.select(
                    Literal(1),
                    where=(print_data.line == line.id)
                    & (print_data.state == 'current')))
        return (line
            .join(product, condition=line.product == product.id)
            .join(template, condition=product.template == template.id)
            .select(Literal(1), where=where))

    def get_holds(self):
        holds = super().get_holds()
        if names := self._get_lines_without_print_data():
            lines = ', '.join(names)
            holds.append(Hold(
                    'print_data',
                    gettext('shop_invoicing.msg_print_data_hold', lines=lines),
                    PrintDataError(gettext(
                            'shop_invoicing.msg_print_data_missing',
                            sale=self.rec_name,
                            lines=lines))))
        return holds

    def _get_lines_without_print_data(self):
        "Return the names of the lines, with their positions in the order"
        return [
            f"{position}. {line.product.rec_name}"
            for position, line in enumerate(self.lines, 1)
            if line.awaits_print_data]

    @classmethod
    @without_check_access
    def go_on_without_print_data(cls, templates):
        "Go on with the sales that wait only for data of these products"
        if templates:
            cls.go_on_when_released(cls.search([
                        ('state', 'in', ['quotation', *RUNNING]),
                        ('lines.product.template', 'in',
                            [t.id for t in templates]),
                        ]))
