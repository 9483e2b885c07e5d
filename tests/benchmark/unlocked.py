# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Number with sequences of PostgreSQL, without turn.

It is the most that the machine can do: nobody waits, and what is rolled back
leaves a hole.
"""
INVOICES, MOVES = 'benchmark_invoice', 'benchmark_move'


def create():
    "Create the sequences in the database of the transaction"
    from trytond.transaction import Transaction
    cursor = Transaction().connection.cursor()
    for name in [INVOICES, MOVES]:
        cursor.execute(f'CREATE SEQUENCE {name}')


def install():
    "Let this process draw from the sequences"
    from trytond.modules.shop_invoicing.numbering import posting_turn
    from trytond.modules.shop_invoicing.numbering.number_range_drawing import (
        Drawing)
    from trytond.modules.shop_invoicing.numbering.sequence import (
        SequenceStrict)
    posting_turn.take = lambda *companies: None
    Drawing.number = number
    SequenceStrict._get_many_in_turn = lambda sequence, n: map(
        str, draw(MOVES, n))


def number(drawing, invoices):
    "Number the invoices as Drawing does"
    from trytond.pool import Pool
    Range = Pool().get('account.invoice.number_range')
    first = invoices[0]
    range_ = Range.get_range(
        first.company, first.invoice_date.year, first.document_type)
    format_ = range_.parsed_format
    for invoice, i in zip(invoices, draw(INVOICES, len(invoices))):
        invoice.number_range = range_
        invoice.range_number = i
        invoice.number = format_.print_number(invoice.invoice_date, i=i)


def draw(name, n):
    "Return the n next values of the sequence"
    from trytond.transaction import Transaction
    cursor = Transaction().connection.cursor()
    cursor.execute(
        'SELECT nextval(%s) FROM generate_series(1, %s)', (name, n))
    return [value for value, in cursor.fetchall()]
