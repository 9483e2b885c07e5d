# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""A copy of what draws a page, made of nothing but known parts.

Each object is made anew with the keys that ``letterhead_objects`` lists for
its kind; what is not listed stays behind. What is needed for drawing and is
not known is refused. It knows nothing of Tryton.
"""
import math
import re
from collections import Counter
from contextlib import contextmanager
from decimal import Decimal

import pikepdf

from . import letterhead_objects as objects
from .letterhead_content import Content, InlinePicture
from .letterhead_filter import read, read_content
from .letterhead_image import copy_image, count_components
from .letterhead_limits import (
    MAX_DEPTH, MAX_DRAWN, MAX_LEVEL, MAX_PIXELS, PAGE_AREA, PIXELS, Budget,
    LetterheadError)

_NUMBER = (int, Decimal, float)
_LISTS = {
    'numbers': 'number|numbers', 'names': 'name', 'bools': 'bool',
    'codes': 'number|name', 'dash': 'number|numbers',
    'fontsize': 'font|number', 'transfers': 'name|function',
    }
_TYPES = {
    'number': _NUMBER,
    'bool': bool,
    'string': pikepdf.String,
    **dict.fromkeys(['name', 'none', 'intent'], pikepdf.Name),
    **dict.fromkeys(['blend', 'colorspace'], (pikepdf.Name, pikepdf.Array)),
    **dict.fromkeys(_LISTS, pikepdf.Array),
    }
_CALCULATION = re.compile(rb'[{}]|[^\s{}]+')
_CONSTANT = re.compile(rb'[-+]?(\d+\.?\d*|\.\d+)$')


class Copier:
    "Copies what is drawn into another PDF"

    def __init__(self, target):
        self.target = target
        self.budget = Budget()
        self.page = 1
        # How much is drawn by what was copied last
        self.cost = 0
        # Copies and costs by number and kind
        self._copies = {}
        self._active, self._drawings = [], 0
        self._resources = {}

    def copy(self, value, kinds, key=''):
        "Return the copy of the value, None if it is left out"
        self.budget.add_values()
        kind = next((k for k in kinds.split('|') if fits(value, k)), None)
        if not kind:
            raise LetterheadError('unknown', key)
        return self._copy_once(value, choose(value, kind))

    def copy_keys(self, value, kind):
        "Return the known keys of an object with the copies of their values"
        if kind in objects.STREAMS and '/F' in value:
            raise LetterheadError('external', '/F')
        if value.get('/Subtype2') == '/PS':
            raise LetterheadError('postscript', '/Subtype2')
        check_layer(value.get('/OC'))
        values = {}
        for key, kinds in objects.KINDS[kind].items():
            found = value.get(key)
            if found is not None:
                copy = self.copy(found, kinds, key)
                if copy is not None:
                    values[key] = copy
        return values

    def copy_used(self, resources, content):
        "Return the resources that the content uses"
        source = (
            resources if isinstance(resources, pikepdf.Dictionary)
            else self._resources)
        before, self._resources = self._resources, source
        marks = source.get('/Properties', {})
        for layer in content.layers:
            check_layer(
                marks.get(str(layer)) if isinstance(layer, pikepdf.Name)
                else layer)
        copies = {}
        used = content.used + Counter({
                ('/ColorSpace', name): 1 for name in objects.DEFAULTS})
        for picture in content.pictures.values():
            picture.name_color(source.get('/ColorSpace', {}))
        for (category, name), count in sorted(used.items()):
            value = content.pictures.get((category, name)) or source.get(
                category, {}).get(name)
            if value is not None:
                copies.setdefault(category, {})[name] = self._copy_used(
                    value, category, count)
        self._resources = before
        return pikepdf.Dictionary({
                category: pikepdf.Dictionary(values)
                for category, values in copies.items()})

    @contextmanager
    def draw(self):
        "Refuse drawings that contain each other too deep"
        if self._drawings >= MAX_DEPTH:
            raise LetterheadError('nested', limit=MAX_DEPTH)
        self._drawings += 1
        yield
        self._drawings -= 1

    def add_cost(self, cost):
        "Count what is drawn"
        self.cost += cost
        if self.cost > MAX_DRAWN:
            raise LetterheadError('complex', limit=MAX_DRAWN)

    def _copy_used(self, value, category, count):
        kind = objects.KINDS['resources'][category][1:]
        before, self.cost = self.cost, 0
        copy = (
            self._copy_once(value, 'image')
            if isinstance(value, InlinePicture)
            else self.copy(value, kind, category))
        cost, self.cost = self.cost * count, before
        self.add_cost(cost)
        return copy

    def _copy_once(self, value, kind):
        "Copy what has a number once, and refuse what contains itself"
        number = getattr(value, 'objgen', (0, 0))[0]
        key = (number, kind) if number else None
        if key in self._copies:
            copy, cost = self._copies[key]
            self.add_cost(cost)
            return copy
        if key and key in self._active:
            raise LetterheadError('cycle', kind, number=number)
        if len(self._active) >= MAX_LEVEL:
            raise LetterheadError('nested', kind, limit=MAX_LEVEL)
        self._active.append(key)
        before, self.cost = self.cost, 0
        try:
            copy = self._copy(value, kind)
        except LetterheadError as error:
            error.page = error.page or self.page
            error.number = error.number or number or ''
            raise
        self._active.pop()
        if key:
            if type(copy) in {pikepdf.Dictionary, pikepdf.Array}:
                copy = self.target.make_indirect(copy)
            self._copies[key] = copy, self.cost
        cost, self.cost = self.cost, before
        self.add_cost(cost)
        return copy

    def _copy(self, value, kind):
        if method := getattr(self, f'_copy_{kind}', None):
            return method(value)
        if kind in _LISTS or kind.startswith('['):
            kinds = _LISTS.get(kind, kind[1:])
            return pikepdf.Array([self.copy(v, kinds, kinds) for v in value])
        if kind.startswith('*'):
            return pikepdf.Dictionary({
                    key: self.copy(v, kind[1:], key)
                    for key, v in value.items()})
        if kind in _TYPES:
            return copy_scalar(value)
        if kind in objects.CONTENTS:
            return self._copy_content(value, kind)
        values = self.copy_keys(value, kind)
        if kind not in objects.DATA:
            return pikepdf.Dictionary(values)
        data = read(value, self.budget)
        if kind == 'calculator':
            _check_calculator(data)
        return self.target.make_stream(data, values)

    def _copy_blend(self, value):
        "Return the first way of blending that every viewer knows"
        names = value if isinstance(value, pikepdf.Array) else [value]
        return next((
                copy_scalar(n) for n in names
                if str(n) in objects.BLEND_MODES), None)

    def _copy_intent(self, value):
        # A viewer takes an unknown one for the usual one
        return copy_scalar(value) if str(value) in objects.INTENTS else None

    def _copy_colorspace(self, value):
        if isinstance(value, pikepdf.Name):
            return copy_scalar(value)
        name, *rest = value
        kinds = objects.SPACES.get(str(name))
        if kinds is None or len(rest) < len(kinds) - (name == '/DeviceN') - (
                name == '/Pattern'):
            raise LetterheadError('unknown', str(name))
        values = [self.copy(v, k, str(name)) for v, k in zip(rest, kinds)]
        if name == '/Indexed':
            values[2] = self._cut_palette(*values)
        return pikepdf.Array([copy_scalar(name), *values])

    def _cut_palette(self, base, last, colors):
        "Return the colors without what stands behind the last one"
        size = (int(last) + 1) * count_components(base)
        if size <= 0:
            raise LetterheadError('unknown', '/Indexed')
        if isinstance(colors, pikepdf.String):
            return pikepdf.String(bytes(colors)[:size])
        return self.target.make_stream(colors.read_bytes()[:size])

    def _copy_sampled(self, value):
        values = self.copy_keys(value, 'sampled')
        count = math.prod(values.get('/Size', [0]))
        if not 0 < count <= MAX_PIXELS:
            raise LetterheadError('picture', '/Size', MAX_PIXELS // 1_000_000)
        bits = (
            count * len(values.get('/Range', [])) // 2
            * values.get('/BitsPerSample', 0))
        data = read(value, self.budget)[:(int(bits) + 7) // 8]
        return self.target.make_stream(data, values)

    def _copy_image(self, value):
        image = copy_image(value, self)
        self.add_cost(1 + image.Width * image.Height // PIXELS)
        return image

    def _copy_content(self, value, kind):
        "Copy a stream of instructions with the resources that it uses"
        with self.draw():
            values = self.copy_keys(value, kind)
            content = Content(
                read_content(value, self.budget), self.budget)
            values['/Resources'] = self.copy_used(
                value.get('/Resources'), content)
        self.add_cost(content.cost)
        if kind == 'tiling':
            self.add_cost(self.cost * _count_tiles(values))
        return self.target.make_stream(content.data, values)

    def _copy_type3(self, value):
        "Copy a font of which each letter is a drawing"
        uses = Content(b'', self.budget)
        glyphs, cost = {}, 0
        for name, glyph in value.get('/CharProcs', {}).items():
            if not isinstance(glyph, pikepdf.Stream):
                raise LetterheadError('unknown', '/CharProcs')
            content = Content(
                read_content(glyph, self.budget), self.budget)
            uses.used |= content.used
            uses.layers += content.layers
            uses.pictures |= content.pictures
            cost = max(cost, content.cost)
            glyphs[name] = self.target.make_stream(content.data)
        with self.draw():
            values = self.copy_keys(value, 'type3')
            values['/Resources'] = self.copy_used(
                value.get('/Resources'), uses)
        values['/CharProcs'] = pikepdf.Dictionary(glyphs)
        self.add_cost(cost)
        return pikepdf.Dictionary(values)


def fits(value, kind):
    "Whether the value can be of the kind"
    if kind in _TYPES:
        return (
            isinstance(value, _TYPES[kind])
            and isinstance(value, bool) == (kind == 'bool')
            and (kind != 'none' or value == '/None'))
    if kind.startswith('['):
        return isinstance(value, pikepdf.Array)
    if kind in objects.STREAMS:
        return isinstance(value, pikepdf.Stream)
    return isinstance(value, (pikepdf.Dictionary, pikepdf.Stream))


def choose(value, kind):
    "Return the kind that the object is"
    if kind not in objects.CHOICES:
        return kind
    key, choices = objects.CHOICES[kind]
    choice = value.get(key)
    if not isinstance(choice, int):
        choice = str(choice)
    if choice == '/PS':
        raise LetterheadError('postscript', '/PS')
    kind = choices.get(choice)
    if not kind or not fits(value, kind):
        raise LetterheadError('unknown', f'{key} {choice}')
    return kind


def copy_scalar(value):
    "Return the value without the PDF that it comes from"
    if isinstance(value, (pikepdf.Name, pikepdf.String)):
        return pikepdf.Object.parse(value.unparse(resolved=True))
    return value


def check_layer(layer):
    "Refuse a layer that is shown where others are not"
    if isinstance(layer, pikepdf.Dictionary) and (
            '/VE' in layer or layer.get('/P') in {'/AllOff', '/AnyOff'}):
        raise LetterheadError('hidden_layers')


def _check_calculator(data):
    "Refuse a program that does more than to calculate"
    for word in _CALCULATION.findall(data):
        if word not in objects.CALCULATOR and not _CONSTANT.match(word):
            raise LetterheadError(
                'postscript', word[:20].decode('ascii', 'replace'))


def _count_tiles(values):
    "Return how often a pattern is repeated on a page"
    a, b, c, d, *_ = values.get('/Matrix', [1, 0, 0, 1])
    area = abs(
        values.get('/XStep', 0) * values.get('/YStep', 0) * (a * d - b * c))
    if not area:
        raise LetterheadError('damaged', '/XStep')
    return int(PAGE_AREA / area)
