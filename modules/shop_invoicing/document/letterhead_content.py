# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""The instructions of a page, without those that draw nothing.

It knows nothing of Tryton.
"""
import hashlib
import re
from collections import Counter

import pikepdf

from .letterhead_filter import get_filters
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
    The ``pictures`` among the instructions are named by such a pair, so that
    they are cleaned like those of the resources.
    """

    def __init__(self, data, budget):
        budget.add_tokens(sum(1 for _ in _TOKEN.finditer(data)))
        self.used, self.layers, self.budget = Counter(), [], budget
        self.pictures, self.opened, self.font = {}, 0, None
        with pikepdf.new() as pdf:
            kept = [
                self._name_picture(instruction)
                for instruction in pikepdf.parse_content_stream(
                    pdf.make_stream(data)) if self._keep(instruction)]
            self.cost = len(kept)
            self.data = (
                pikepdf.unparse_content_stream(kept) + b'\nQ' * self.opened)

    def _keep(self, instruction):
        "Whether the instruction draws something, and note what it uses"
        if isinstance(instruction, pikepdf.ContentStreamInlineImage):
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

    def _name_picture(self, instruction):
        "Return what draws the picture by a name if it has none"
        if not isinstance(instruction, pikepdf.ContentStreamInlineImage):
            return instruction
        picture = InlinePicture(instruction.iimage)
        key = '/XObject', f'/Inline-{picture.digest}'
        self.pictures[key] = picture
        self.used[key] += 1
        return pikepdf.ContentStreamInstruction(
            [pikepdf.Name(key[1])], pikepdf.Operator('Do'))


class InlinePicture:
    "A picture among the instructions, which is read as a stream is"

    def __init__(self, image):
        # The only way to its data as they are in the file
        self._data = image._data._inline_image_raw_bytes()
        if odd := {*image.obj.keys()} - INLINE_KEYS:
            raise LetterheadError('unknown', sorted(odd)[0])
        self._values = {
            '/Type': pikepdf.Name.XObject, '/Subtype': pikepdf.Name.Image,
            **dict(image.obj.items())}
        self.digest = hashlib.sha256(
            image.obj.unparse(resolved=True) + b' ' + self._data).hexdigest()

    def name_color(self, spaces):
        "Take the color space from the resources if it is only named"
        space = self._values.get('/ColorSpace')
        if isinstance(space, pikepdf.Name) and str(space) in spaces:
            self._values['/ColorSpace'] = spaces[str(space)]

    def __contains__(self, key):
        return key in self._values

    def get(self, key, default=None):
        return self._values.get(key, default)

    def read_raw_bytes(self):
        return self._data

    def read_bytes(self, level):
        with pikepdf.new() as pdf:
            stream = pdf.make_stream(b'')
            names, parameters = zip(*get_filters(self))
            stream.write(
                self._data,
                filter=pikepdf.Array(map(pikepdf.Name, names)),
                decode_parms=pikepdf.Array([
                        pikepdf.Dictionary(p) for p in parameters]))
            return stream.read_bytes(level)


def _count_letters(operands):
    "Return how many bytes of text are shown"
    count = 0
    for operand in operands:
        for value in (
                operand if isinstance(operand, pikepdf.Array) else [operand]):
            if isinstance(value, pikepdf.String):
                count += len(bytes(value))
    return count
