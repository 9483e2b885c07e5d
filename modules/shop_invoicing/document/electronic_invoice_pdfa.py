# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Whether a PDF may be called PDF/A-3, without Tryton.

Each object that can be reached is looked at, and each of its keys has to be
known. What is not known counts against the PDF, so that nothing spoils it
from a place that nobody has thought of. The clauses are those of ISO 19005-3.
"""
import io

import pikepdf

from .electronic_invoice_pdfa_content import find_in_content
from .electronic_invoice_pdfa_rules import RULES, find_in_filters
from .letterhead_copy import choose, fits
from .letterhead_limits import LetterheadError
from .letterhead_objects import CHOICES, CONTENTS, KINDS, SPACES, STREAMS

_BOXES = dict.fromkeys([
        '/MediaBox', '/CropBox', '/BleedBox', '/TrimBox', '/ArtBox'],
    'numbers')
# What a document has beside that which draws
_DOCUMENT = {
    'catalog': {
        '/Type': 'name', '/Version': 'name', '/Pages': 'pages',
        '/Metadata': 'metadata', '/OutputIntents': '[outputintent',
        '/Lang': 'string', '/MarkInfo': 'any', '/StructTreeRoot': 'any',
        '/Names': 'names of files', '/AF': '[filespec', '/PageMode': 'name',
        '/PageLayout': 'name', '/ViewerPreferences': 'any',
        '/PageLabels': 'any', '/Outlines': 'outline', '/Dests': 'any',
        },
    'names of files': {'/EmbeddedFiles': 'tree', '/Dests': 'any'},
    'tree': {
        '/Names': 'named files', '/Kids': '[tree', '/Limits': 'any'},
    'pages': {
        '/Type': 'name', '/Parent': 'pages', '/Kids': '[node',
        '/Count': 'number', '/Resources': 'resources', '/Rotate': 'number',
        **_BOXES},
    'page': {
        '/Type': 'name', '/Parent': 'pages', '/Resources': 'resources',
        '/Contents': 'text|[text', '/Rotate': 'number', '/Group': 'group',
        '/Annots': '[annotation', '/StructParents': 'number',
        '/Tabs': 'name', '/LastModified': 'string', '/UserUnit': 'number',
        **_BOXES},
    'text': {},
    'metadata': {'/Type': 'name', '/Subtype': 'name'},
    'outputintent': {
        '/Type': 'name', '/S': 'name', '/OutputCondition': 'string',
        '/OutputConditionIdentifier': 'string', '/RegistryName': 'string',
        '/Info': 'string', '/DestOutputProfile': 'outputprofile'},
    'outputprofile': {**KINDS['profile'], '/Alternate': 'name'},
    'annotation': {
        '/Type': 'name', '/Subtype': 'name', '/Rect': 'numbers',
        '/Contents': 'string', '/P': 'page', '/NM': 'string',
        '/F': 'number', '/Border': 'any', '/BS': 'any', '/H': 'name',
        '/C': 'numbers', '/A': 'action', '/Dest': 'any',
        '/StructParent': 'number', '/QuadPoints': 'numbers', '/M': 'string'},
    'action': {
        '/Type': 'name', '/S': 'name', '/URI': 'string', '/D': 'any',
        '/IsMap': 'bool', '/SD': 'any'},
    'filespec': {
        '/Type': 'name', '/F': 'string', '/UF': 'string', '/Desc': 'string',
        '/AFRelationship': 'name', '/EF': 'files'},
    'files': {'/F': 'file', '/UF': 'file'},
    'file': {'/Type': 'name', '/Subtype': 'name', '/Params': 'any'},
    'outline': {
        '/Type': 'name', '/Title': 'string', '/Parent': 'outline',
        '/Prev': 'outline', '/Next': 'outline', '/First': 'outline',
        '/Last': 'outline', '/Count': 'number', '/Dest': 'any',
        '/A': 'action', '/C': 'numbers', '/F': 'number', '/SE': 'any'},
    }
_KINDS = KINDS | _DOCUMENT
_STREAMS = STREAMS | {'text', 'metadata', 'outputprofile', 'file'}
_STREAM_KEYS = {'/Length', '/Filter', '/DecodeParms', '/DL'}
# What names things for people or marks the structure is no harm here
_HARMLESS = {
    'resources': {'/ProcSet', '/Properties'},
    'form': {'/Name', '/StructParent', '/StructParents', '/LastModified'},
    'image': {'/Name', '/StructParent'},
    'simple': {'/Name'}, 'type3': {'/Name', '/Resources'},
    'descriptor': {'/CharSet', '/CIDSet', '/Style', '/Lang'},
    'tiling': {'/Resources'},
    }
_ACTIVE = {'/JavaScript', '/OpenAction', '/AA', '/PS', '/JS'}


def find_obstacles(data):
    """Yield what PDF/A-3 does not allow in the finished PDF.

    It is the name of the reason and what the reason is about.
    """
    try:
        with pikepdf.open(io.BytesIO(data)) as pdf:
            yield from _Walk(pdf).find()
    except (pikepdf.PdfError, ArithmeticError, AttributeError, LookupError,
            RuntimeError, TypeError, ValueError) as error:
        # It is not understood, so nothing is claimed
        yield 'object', type(error).__name__


class _Walk:
    "Visits each object once for each kind that it is taken for"

    def __init__(self, pdf):
        self.pdf = pdf
        self.seen = set()
        self.waiting = []
        # What the rules compare between objects
        self.inks = {}
        self.profile = None
        self.files = list(pdf.Root.get('/AF', []))

    def find(self):
        root = self.pdf.Root
        if self.pdf.is_encrypted:
            yield 'encrypted', ''
        if '/ID' not in self.pdf.trailer:
            yield 'object', 'ID (6.1.3)'
        if not root.get('/OutputIntents'):
            yield 'no_output_intent', ''
        else:
            self.profile = _read_space(root.OutputIntents[0])
        self.waiting.append((root, 'catalog', '/Root'))
        while self.waiting:
            yield from self._visit(*self.waiting.pop())

    def _visit(self, value, kinds, key):
        kind = next((k for k in kinds.split('|') if _fits(value, k)), None)
        if not kind:
            yield 'object', key
            return
        number = getattr(value, 'objgen', (0, 0))[0]
        if number:
            if (number, kind) in self.seen:
                return
            self.seen.add((number, kind))
        if kind in CHOICES or kind == 'node':
            try:
                kind = _choose(value, kind)
            except LetterheadError as error:
                yield _name_key(error.detail or key)
                return
        if kind.startswith('['):
            self.waiting += [(v, kind[1:], key) for v in value]
        elif kind.startswith('*'):
            yield from self.find_in_names(value.keys())
            self.waiting += [(v, kind[1:], key) for v in value.values()]
        elif kind == 'colorspace':
            yield from self._visit_space(value, key)
        elif kind == 'named files':
            self.waiting += [(v, 'filespec', key) for v in value[1::2]]
        elif kind in _KINDS:
            yield from self._visit_keys(value, kind)
        elif kind == 'any':
            yield from self._visit_any(value, key)
        elif rule := RULES.get(kind):
            yield from rule(value, self)
        elif kind in {'fontsize', 'transfers'}:
            self.waiting += [
                (v, 'font|function', key) for v in value
                if isinstance(v, (pikepdf.Dictionary, pikepdf.Stream))]

    def _visit_keys(self, value, kind):
        known = _KINDS[kind]
        harmless = _HARMLESS.get(kind, set())
        if kind in _STREAMS:
            harmless = harmless | _STREAM_KEYS
            yield from find_in_filters(value)
        for key in value.keys():
            if key in known:
                self.waiting.append((value[key], known[key], key))
            elif key not in harmless and not (
                    kind in CONTENTS and key == '/Resources'):
                yield _name_key(key)
        if kind in CONTENTS | {'type3'} and '/Resources' in value:
            self.waiting.append((value.Resources, 'resources', '/Resources'))
        if rule := RULES.get(kind):
            yield from rule(value, self)
        if kind in CONTENTS | {'page'}:
            yield from find_in_content(value, self)

    def _visit_space(self, value, key):
        if isinstance(value, pikepdf.Name):
            yield from self.find_in_device(str(value))
            return
        name, *rest = value
        yield from self.find_in_device(str(name))
        if str(name) not in SPACES:
            yield 'object', str(name)
            return
        self.waiting += [
            (v, k, str(name)) for v, k in zip(rest, SPACES[str(name)])]
        if rule := RULES.get(str(name)):
            yield from rule(value, self)

    def find_in_names(self, names):
        "Yield a name that is too long"
        if any(len(name) > 128 for name in names):
            yield 'object', 'Name (6.1.13)'

    def find_in_device(self, name):
        "Yield a color of a device other than that of the output intent"
        # 6.2.4.3
        if name == '/DeviceCMYK' and self.profile != 'CMYK':
            yield 'cmyk', ''
        if name == '/DeviceRGB' and self.profile not in {'RGB', None}:
            yield 'object', 'DeviceRGB (6.2.4.3)'

    def _visit_any(self, value, key):
        "Look for what acts and for files among what marks the structure"
        if isinstance(value, pikepdf.Array):
            self.waiting += [(v, 'any', key) for v in value]
        elif isinstance(value, pikepdf.Stream):
            yield 'object', key
        elif isinstance(value, pikepdf.Dictionary):
            type_ = value.get('/Type')
            if type_ == '/Page':
                self.waiting.append((value, 'page', key))
            elif type_ == '/Annot':
                self.waiting.append((value, 'annotation', key))
            else:
                for name in value.keys():
                    if name in _ACTIVE | {'/EF', '/AF', '/F'}:
                        yield _name_key(name)
                    self.waiting.append((value[name], 'any', name))


def _fits(value, kind):
    if kind == 'any':
        return True
    if kind in _STREAMS:
        return isinstance(value, pikepdf.Stream)
    if kind == 'named files':
        return isinstance(value, pikepdf.Array)
    return fits(value, kind)


def _choose(value, kind):
    if kind == 'node':
        return 'page' if value.get('/Type') == '/Page' else 'pages'
    return choose(value, kind)


def _name_key(key):
    "Return the finding about a key that is not known"
    if key in _ACTIVE:
        return 'active', {'/PS': 'PostScript'}.get(key, key[1:])
    return 'object', key.lstrip('/')


def _read_space(intent):
    "Return the name of the colors of the output intent, '' if it has none"
    profile = intent.get('/DestOutputProfile')
    return profile.read_bytes()[16:20].decode('ascii').strip() if (
        profile is not None) else ''
