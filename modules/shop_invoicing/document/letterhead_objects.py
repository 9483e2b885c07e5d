# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""What a page of a PDF is drawn with: each kind of object and its keys.

The tables follow ISO 32000-1, of which the number stands beside each. A value
is named by what it is: a scalar, a kind of this file, ``[kind`` for a list and
``*kind`` for a dictionary of names; ``|`` stands between alternatives. What
is no drawing, such as names for people, marks of a structure, files, notes
and private data, is in none of the tables.
It knows nothing of PDF libraries and of Tryton.
"""
_FORM = {
    '/Type': 'name', '/Subtype': 'name', '/FormType': 'number',
    '/BBox': 'numbers', '/Matrix': 'numbers', '/Group': 'group',
    }
_IMAGE = {
    '/Type': 'name', '/Subtype': 'name', '/Width': 'number',
    '/Height': 'number', '/ColorSpace': 'colorspace',
    '/BitsPerComponent': 'number', '/Intent': 'intent', '/ImageMask': 'bool',
    '/Mask': 'numbers|image', '/Decode': 'numbers', '/Interpolate': 'bool',
    '/SMask': 'image', '/SMaskInData': 'number', '/Matte': 'numbers',
    }
_GSTATE = {
    '/Type': 'name', '/LW': 'number', '/LC': 'number', '/LJ': 'number',
    '/ML': 'number', '/D': 'dash', '/RI': 'intent', '/OP': 'bool',
    '/op': 'bool', '/OPM': 'number', '/Font': 'fontsize', '/FL': 'number',
    '/SM': 'number', '/SA': 'bool', '/BM': 'blend', '/SMask': 'none|softmask',
    '/CA': 'number', '/ca': 'number', '/AIS': 'bool', '/TK': 'bool',
    '/TR': 'name|function|transfers', '/TR2': 'name|function|transfers',
    }
_SHADING = {
    '/ShadingType': 'number', '/ColorSpace': 'colorspace',
    '/Background': 'numbers', '/BBox': 'numbers', '/AntiAlias': 'bool',
    '/Function': 'function|[function',
    }
_MESH = {
    **_SHADING, '/BitsPerCoordinate': 'number',
    '/BitsPerComponent': 'number', '/BitsPerFlag': 'number',
    '/Decode': 'numbers', '/VerticesPerRow': 'number',
    }
_FUNCTION = {
    '/FunctionType': 'number', '/Domain': 'numbers', '/Range': 'numbers',
    }
_FONT = {
    '/Type': 'name', '/Subtype': 'name', '/BaseFont': 'name',
    '/FirstChar': 'number', '/LastChar': 'number', '/Widths': 'numbers',
    '/FontDescriptor': 'descriptor', '/Encoding': 'name|encoding',
    '/ToUnicode': 'cmap',
    }

KINDS = {
    # 7.8.3; the names that the content does not use stay behind
    'resources': {
        '/ExtGState': '*gstate', '/ColorSpace': '*colorspace',
        '/Pattern': '*pattern', '/Shading': '*shading',
        '/XObject': '*xobject', '/Font': '*font',
        },
    # 8.10, without /Ref, /OPI, /PS, /OC, /Metadata, /PieceInfo, /AF, ...
    'form': _FORM,
    # 11.6.6 and 11.4.7
    'group': {
        '/Type': 'name', '/S': 'name', '/CS': 'colorspace', '/I': 'bool',
        '/K': 'bool',
        },
    # 8.9.5, without /Alternates, /OPI, /OC, /Metadata, /ID, /Name, ...
    'image': _IMAGE,
    # 8.4.5, without what a device does to its inks: /HT, /BG, /UCR, ...
    'gstate': _GSTATE,
    # 11.6.5.2
    'softmask': {
        '/Type': 'name', '/S': 'name', '/G': 'form', '/BC': 'numbers',
        '/TR': 'name|function',
        },
    # 8.7.3 and 8.7.4
    'tiling': {
        '/Type': 'name', '/PatternType': 'number', '/PaintType': 'number',
        '/TilingType': 'number', '/BBox': 'numbers', '/XStep': 'number',
        '/YStep': 'number', '/Matrix': 'numbers',
        },
    'shadingpattern': {
        '/Type': 'name', '/PatternType': 'number', '/Shading': 'shading',
        '/Matrix': 'numbers', '/ExtGState': 'gstate',
        },
    # 8.7.4.5
    'shading1': {**_SHADING, '/Domain': 'numbers', '/Matrix': 'numbers'},
    'shading2': {
        **_SHADING, '/Coords': 'numbers', '/Domain': 'numbers',
        '/Extend': 'bools',
        },
    'mesh': _MESH,
    # 7.10
    'sampled': {
        **_FUNCTION, '/Size': 'numbers', '/BitsPerSample': 'number',
        '/Order': 'number', '/Encode': 'numbers', '/Decode': 'numbers',
        },
    'exponential': {
        **_FUNCTION, '/C0': 'numbers', '/C1': 'numbers', '/N': 'number'},
    'stitching': {
        **_FUNCTION, '/Functions': '[function', '/Bounds': 'numbers',
        '/Encode': 'numbers',
        },
    'calculator': _FUNCTION,
    # 8.6
    'calibrated': {
        '/WhitePoint': 'numbers', '/BlackPoint': 'numbers',
        '/Gamma': 'number|numbers', '/Matrix': 'numbers', '/Range': 'numbers',
        },
    'profile': {
        '/N': 'number', '/Alternate': 'colorspace', '/Range': 'numbers'},
    'table': {},
    'inks': {
        '/Subtype': 'name', '/Colorants': '*colorspace',
        '/Process': 'process',
        },
    'process': {'/ColorSpace': 'colorspace', '/Components': 'names'},
    # 9.6 to 9.9, without /Style, /Lang, /FD and the lists of a subset
    'simple': _FONT,
    'type3': {
        **_FONT, '/FontBBox': 'numbers', '/FontMatrix': 'numbers',
        '/CharProcs': '*glyph',
        },
    'glyph': {},
    'type0': {
        '/Type': 'name', '/Subtype': 'name', '/BaseFont': 'name',
        '/Encoding': 'name|cmap', '/DescendantFonts': '[cidfont',
        '/ToUnicode': 'cmap',
        },
    'cidfont': {
        '/Type': 'name', '/Subtype': 'name', '/BaseFont': 'name',
        '/CIDSystemInfo': 'system', '/FontDescriptor': 'descriptor',
        '/DW': 'number', '/W': 'numbers', '/DW2': 'numbers',
        '/W2': 'numbers', '/CIDToGIDMap': 'name|table',
        },
    'system': {
        '/Registry': 'string', '/Ordering': 'string', '/Supplement': 'number',
        },
    'descriptor': {
        '/Type': 'name', '/FontName': 'name', '/FontFamily': 'string',
        '/FontStretch': 'name', '/FontWeight': 'number', '/Flags': 'number',
        '/FontBBox': 'numbers', '/ItalicAngle': 'number',
        '/Ascent': 'number', '/Descent': 'number', '/Leading': 'number',
        '/CapHeight': 'number', '/XHeight': 'number', '/StemV': 'number',
        '/StemH': 'number', '/AvgWidth': 'number', '/MaxWidth': 'number',
        '/MissingWidth': 'number', '/FontFile': 'fontfile',
        '/FontFile2': 'fontfile', '/FontFile3': 'fontfile',
        },
    'fontfile': {
        '/Subtype': 'name', '/Length1': 'number', '/Length2': 'number',
        '/Length3': 'number',
        },
    'encoding': {
        '/Type': 'name', '/BaseEncoding': 'name', '/Differences': 'codes'},
    'cmap': {
        '/Type': 'name', '/CMapName': 'name', '/CIDSystemInfo': 'system',
        '/WMode': 'number', '/UseCMap': 'name|cmap',
        },
    }
# Which kind an object is, by the value of a key
CHOICES = {
    'xobject': ('/Subtype', {'/Image': 'image', '/Form': 'form'}),
    'pattern': ('/PatternType', {1: 'tiling', 2: 'shadingpattern'}),
    'shading': ('/ShadingType', {
            1: 'shading1', 2: 'shading2', 3: 'shading2',
            **dict.fromkeys([4, 5, 6, 7], 'mesh')}),
    'function': ('/FunctionType', {
            0: 'sampled', 2: 'exponential', 3: 'stitching', 4: 'calculator'}),
    'font': ('/Subtype', {
            '/Type1': 'simple', '/MMType1': 'simple', '/TrueType': 'simple',
            '/Type3': 'type3', '/Type0': 'type0'}),
    }
# Streams of instructions, which have resources of their own
CONTENTS = {'form', 'tiling', 'glyph'}
# Streams of data
DATA = {
    'mesh', 'sampled', 'calculator', 'profile', 'table', 'fontfile', 'cmap'}
STREAMS = CONTENTS | DATA | {'image'}
# Other spaces are a list, and what follows the name in it
SPACES = {
    '/CalGray': ['calibrated'],
    '/CalRGB': ['calibrated'],
    '/Lab': ['calibrated'],
    '/ICCBased': ['profile'],
    '/Indexed': ['colorspace', 'number', 'string|table'],
    '/Pattern': ['colorspace'],
    '/Separation': ['name', 'colorspace', 'function'],
    '/DeviceN': ['names', 'colorspace', 'function', 'inks'],
    '/DeviceGray': [], '/DeviceRGB': [], '/DeviceCMYK': [],
    }
# The spaces that stand for those of the device, 8.6.5.6
DEFAULTS = {'/DefaultGray', '/DefaultRGB', '/DefaultCMYK'}
INTENTS = {
    '/AbsoluteColorimetric', '/RelativeColorimetric', '/Saturation',
    '/Perceptual'}
BLEND_MODES = {
    '/Normal', '/Compatible', '/Multiply', '/Screen', '/Overlay', '/Darken',
    '/Lighten', '/ColorDodge', '/ColorBurn', '/HardLight', '/SoftLight',
    '/Difference', '/Exclusion', '/Hue', '/Saturation', '/Color',
    '/Luminosity'}
# Annex A; those that mark a part of the content draw nothing
OPERATORS = set(
    'b B b* B* BT c cm CS cs d d0 d1 Do ET f F f* G g gs h i j J K k l m M n '
    'q Q re RG rg ri s S SC sc SCN scn sh T* Tc Td TD Tf Tj TJ TL Tm Tr Ts '
    'Tw Tz v w W W* y \' "'.split())
MARKS = {'BMC', 'BDC', 'EMC', 'MP', 'DP', 'BX', 'EX'}
# 8.9.7
INLINE_KEYS = {
    '/BitsPerComponent', '/ColorSpace', '/Decode', '/DecodeParms', '/Filter',
    '/Height', '/ImageMask', '/Intent', '/Interpolate', '/Width', '/Length'}
# 7.10.5
CALCULATOR = set(
    b'abs add atan ceiling cos cvi cvr div exp floor idiv ln log mod mul neg '
    b'round sin sqrt sub truncate and bitshift eq false ge gt le lt ne not '
    b'or true xor if ifelse copy dup exch index pop roll { }'.split())
