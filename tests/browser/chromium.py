# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"A Chromium: the machine's, or one from npm that needs no system package."
import io
import os
import shutil
import stat
import tarfile
from pathlib import Path

from . import cache

ARGUMENTS = [
    '--disable-gpu', '--font-render-hinting=none', '--no-sandbox',
    '--no-zygote']
PACKAGE = Path('node_modules', '@sparticuz', 'chromium', 'bin')
FONTS = """\
<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>{folder}/fonts</dir>
  <cachedir>{folder}/font-cache</cachedir>
</fontconfig>
"""


def find():
    "Return the executable and the environment it needs."
    if executable := shutil.which('chromium'):
        return executable, {}
    return unpacked()


def unpacked():
    "Return the executable and environment of the Chromium from npm."
    from trytond.modules.shop_invoicing.demo import web_client
    source = Path(__file__).parent
    with cache.locked('chromium') as folder:
        done = folder / 'chromium.done'
        if not (web_client.is_installed(folder, source) and done.exists()):
            web_client.install_packages(folder, source)
            unpack(folder)
            done.touch()
    return folder / 'chromium', {
        'FONTCONFIG_FILE': str(folder / 'fonts.conf'),
        'LD_LIBRARY_PATH': str(folder / 'lib'),
        }


def unpack(folder):
    "Unpack the browser, its libraries and fonts beside its package."
    source = folder / PACKAGE
    executable = folder / 'chromium'
    executable.write_bytes(decompressed(source / 'chromium.br'))
    executable.chmod(executable.stat().st_mode | stat.S_IXUSR)
    for name in ['al2023', 'fonts', 'swiftshader']:
        content = io.BytesIO(decompressed(source / f'{name}.tar.br'))
        with tarfile.open(fileobj=content) as archive:
            archive.extractall(folder)
    (folder / 'fonts.conf').write_text(FONTS.format(folder=folder))
    shutil.rmtree(source)


def decompressed(path):
    "Return the content of a file compressed by brotli."
    import brotli
    return brotli.decompress(path.read_bytes())


def launch(playwright):
    "Start the browser."
    executable, environment = find()
    return playwright.chromium.launch(
        executable_path=executable, args=ARGUMENTS,
        env=os.environ | environment)
