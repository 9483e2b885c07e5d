# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""The instructions of a page, without those that draw nothing.

It knows nothing of Tryton.
"""
import re
from collections import Counter

import pikepdf

from .letterhead_filter import PICTURES, get_filters, inflate
from .letterhead_limits import LetterheadError
from .letterhead_objects import INLINE_KEYS, INTENTS, MARKS, OPERATORS

_TOKEN = re.compile(rb'[^\s()<>\[\]{}/%]+|[(<\[/]')
_RESOURCES = {
    'Do': '/XObject', 'Tf': '/Font', 'gs': '/ExtGState', 'cs': '/ColorSpace',
    'CS': '/ColorSpace', 'sh': '/Shading', 'scn': '/Pattern',
    'SCN': '/Pattern'}
_SHOWING = {'Tj', 'TJ', "'", '"'}


class Content:
    """The cleaned instructions.

    It has them as ``data``, ``used`` with the number of times that each pair
    of category and name of a resource is used, the ``layers`` that parts of
    it belong to, and the number of its instructions as ``cost``.
    """

    def __init__(self, data, budget):
        budget.add_tokens(sum(1 for _ in _TOKEN.finditer(data)))
        self.used, self.layers, self.budget = Counter(), [], budget
        self.opened, self.font = 0, None
        with pikepdf.new() as pdf:
            kept = [
                instruction for instruction in pikepdf.parse_content_stream(
                    pdf.make_stream(data)) if self._keep(instruction)]
            self.cost = len(kept)
            self.data = (
                pikepdf.unparse_content_stream(kept) + b'\nQ' * self.opened)

    def _keep(self, instruction):
        "Whether the instruction draws something, and note what it uses"
        if isinstance(instruction, pikepdf.ContentStreamInlineImage):
            self._check_inline(instruction.iimage)
            return True
        operator = str(instruction.operator)
        operands = instruction.operands
        if operator in MARKS:
            if (operator == 'BDC' and len(operands) == 2
                    and operands[0] == '/OC'):
                self.layers.append(operands[1])
            return False
        if operator not in OPERATORS or (
                operator == 'ri' and str(operands[0]) not in INTENTS):
            return False
        if operator in 'qQ':
            self.opened += 1 if operator == 'q' else -1
            if self.opened < 0:
                self.opened = 0
                return False
        elif operator in _RESOURCES:
            self._use(operator, operands)
        elif operator in _SHOWING and self.font:
            self.used['/Font', self.font] += _count_letters(operands)
        return True

    def _use(self, operator, operands):
        name = operands[0 if operator == 'Tf' else -1] if operands else None
        if isinstance(name, pikepdf.Name):
            self.used[_RESOURCES[operator], str(name)] += 1
            if operator == 'Tf':
                self.font = str(name)

    def _check_inline(self, image):
        "Refuse a picture among the instructions that is not only a picture"
        values = image.obj
        if odd := {*values.keys()} - INLINE_KEYS:
            raise LetterheadError('unknown', sorted(odd)[0])
        self.budget.add_picture(
            values.get('/Width', 0), values.get('/Height', 0), 32)
        filters = get_filters(values)
        for _ in inflate(
                image._data._inline_image_raw_bytes(),
                [f for f in filters if f[0] not in PICTURES],
                self.budget.rest):
            pass
        if isinstance(space := values.get('/ColorSpace'), pikepdf.Name):
            self.used['/ColorSpace', str(space)] += 1


def _count_letters(operands):
    "Return how many bytes of text are shown"
    count = 0
    for operand in operands:
        for value in (
                operand if isinstance(operand, pikepdf.Array) else [operand]):
            if isinstance(value, pikepdf.String):
                count += len(bytes(value))
    return count
