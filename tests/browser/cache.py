# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"Files that are fetched or made once and kept between runs."
import fcntl
from contextlib import contextmanager
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent.parent / '.cache'


@contextmanager
def locked(name):
    "Yield the kept folder of the name while nobody else makes it."
    FOLDER.mkdir(exist_ok=True)
    with open(FOLDER / f'{name}.lock', 'w') as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield FOLDER / name


def web_client():
    "Return the folder of the web client, fetched from npm at the first time."
    from trytond.modules.shop_invoicing.demo import web_client
    with locked('web_client') as folder:
        return web_client.install(folder)
