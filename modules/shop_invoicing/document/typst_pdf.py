# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Make a PDF of a template of Typst, in this process and without Tryton.

Typst comes with all that it needs, and the font Source Sans Pro with another
package.  Characters that it does not have are taken from the fonts of the
machine, where there are any.
"""
import functools
import json
import re
import threading
from pathlib import Path

# One document for the archive that a screen reader can read as well
STANDARDS = ['a-3a', 'ua-1']
_GLYPH = re.compile(
    r'error: .*the text `"(.*?)"` could not be displayed with font')
_ERROR = re.compile(r'^error: (.*)\n +┌─ .*?:(\d+):\d+', re.MULTILINE)
_ESCAPE = re.compile(r'\\u\{([0-9a-fA-F]+)\}')
_lock = threading.Lock()
# What the font that comes with the module has, as far as it is usual
_USUAL = re.compile('[\t\n\r -~\u00a0-\u017f\u2013-\u2026\u20ac]+')
_TEXT = b'''#set document(
    title: "Text", date: datetime(year: 2000, month: 1, day: 1))
#set text(font: "Source Sans Pro")
#json(bytes(sys.inputs.data))'''


class LibraryError(Exception):
    "Typst cannot be loaded"


class TemplateError(Exception):
    "The template is wrong, with the line where it is known"

    def __init__(self, message, line=None):
        super().__init__(message, line)
        self.message = message
        self.line = line


class GlyphError(Exception):
    "No font has these characters"

    def __init__(self, characters):
        super().__init__(characters)
        self.characters = characters


def write_pdf(template, data, standards=STANDARDS):
    """Return the PDF of the template, in bytes, with the data.

    The template finds them as JSON in sys.inputs.data.
    """
    typst, compiler = _load()
    try:
        # It compiles one document at a time
        with _lock:
            return compiler.compile(
                input=template, format='pdf', pdf_standards=standards,
                sys_inputs={'data': json.dumps(data)})
    except typst.TypstError as error:
        raise _explain(error) from error


def find_missing_characters(text):
    "Return the characters of the text that no font of the machine has"
    unusual = ''.join(sorted(set(_USUAL.sub('', text))))
    return _find_missing_characters(unusual) if unusual else ''


@functools.lru_cache
def _find_missing_characters(characters):
    try:
        write_pdf(_TEXT, ' '.join(characters))
    except GlyphError as error:
        return error.characters
    return ''


def replace_characters(value, characters):
    "Return the data with the codes of Unicode in place of the characters"
    if isinstance(value, dict):
        return {
            name: replace_characters(item, characters)
            for name, item in value.items()}
    if isinstance(value, list):
        return [replace_characters(item, characters) for item in value]
    if isinstance(value, str):
        return value.translate(
            {ord(c): f'[U+{ord(c):04X}]' for c in characters})
    return value


def find_labels(template):
    """Return the texts that the template gives to its function t, once each"""
    text = template.decode('utf-8', 'replace')
    found = re.findall(r'\bt\("((?:[^"\\]|\\.)*)"\)', text)
    return list(dict.fromkeys(re.sub(r'\\(.)', r'\1', t) for t in found))


@functools.cache
def _load():
    try:
        import font_source_sans_pro
        import typst
    except ImportError as error:
        raise LibraryError(str(error)) from error
    fonts = Path(font_source_sans_pro.__file__).parent / 'files'
    return typst, typst.Compiler(font_paths=[str(fonts)])


def _explain(error):
    "Return the error of Typst as one of this file"
    diagnostic = error.diagnostic or ''
    if characters := _GLYPH.findall(diagnostic):
        characters = ''.join(
            _ESCAPE.sub(lambda m: chr(int(m.group(1), 16)), c)
            for c in characters)
        return GlyphError(''.join(dict.fromkeys(characters)))
    if match := _ERROR.search(diagnostic):
        return TemplateError(match.group(1), int(match.group(2)))
    return TemplateError(error.message)
