# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"Names of files that every file system takes, made without Tryton"
import io
import re
import unicodedata
import zipfile

# A file system takes 255 bytes, of which a letter has up to four, and the zip
# file of several documents puts their numbers before their names
MAX_LENGTH = 60
# Marks are those above and below letters, formats are not seen at all
_UNSEEN = re.compile('M|Cf')
_OTHERS = re.compile(r'\W+')


def make_file_name(kind, number):
    """Return the name of the file of a document, without its extension.

    Of what is too long the end of the number is kept, by which it differs.
    """
    kind = clean_file_name(kind)[:MAX_LENGTH // 2].rstrip('-')
    number = clean_file_name(number)
    kept = number[-(MAX_LENGTH - len(kind) - 1):].lstrip('-')
    return '-'.join(filter(None, [kind, kept])) or 'document'


def clean_file_name(text):
    """Return the letters and digits of the text, with hyphens between them.

    No dot is left: it could hide the file, leave the folder or end the name
    with another extension.  Letters lose their accents, as in all names that
    Tryton makes.
    """
    letters = ''.join(
        c for c in unicodedata.normalize('NFKD', text or '')
        if not _UNSEEN.match(unicodedata.category(c)))
    return unicodedata.normalize('NFC', _OTHERS.sub('-', letters)).strip('-')


def rename_files(content, names):
    """Return the zip file in which the files have the names, in their order.

    Before each stands where it is, so that no two are the same.
    """
    output = io.BytesIO()
    width = len(str(len(names)))
    with zipfile.ZipFile(io.BytesIO(content)) as old, \
            zipfile.ZipFile(output, 'w') as new:
        files = zip(old.infolist(), names, strict=True)
        for place, (file, name) in enumerate(files, start=1):
            _, _, extension = file.filename.rpartition('.')
            new.writestr(
                f'{place:0{width}}-{name}.{extension}', old.read(file))
    return output.getvalue()
