# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
from configparser import ConfigParser
from pathlib import Path

config = ConfigParser(interpolation=None)
config.read(Path(__file__).parent.parent / 'setup.cfg', encoding='utf-8')

project = config['metadata']['name']
version = release = config['metadata']['version']
html_title = f"{project} {release}"
html_theme = 'alabaster'
html_theme_options = {
    'description': config['metadata']['description'],
    }
default_role = 'ref'
highlight_language = 'none'
smartquotes = False
exclude_patterns = ['_build']

del config
