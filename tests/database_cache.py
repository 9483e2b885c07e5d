# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Keep activated databases, so that each is made only once.

It sharpens the cache of trytond.tests in five points: a database is made step
by step (the modules we depend on, our module, each setup function) and each
step is kept; the key contains what the database is made from; of several
processes that need the same database one makes it; nobody looks into the
databases of the others; and a process keeps the pool of the same modules.
"""
import datetime as dt
import fcntl
import hashlib
import os
import time
from contextlib import contextmanager
from importlib.metadata import distributions
from pathlib import Path
from unittest.mock import patch

MODULE = 'shop_invoicing'
ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / '.cache' / 'databases'
TWO_DAYS = 2 * 24 * 60 * 60
_pools = {}


def install():
    "Replace the cache functions of trytond.tests"
    from trytond import backend
    from trytond.tests import test_tryton, tools

    tools.activate_modules = _make_activate_modules(tools.activate_modules)
    test_tryton._db_cache_file = _make_db_cache_file()
    if backend.name == 'sqlite':
        test_tryton._sqlite_copy = _make_sqlite_copy(test_tryton._sqlite_copy)
    else:
        test_tryton.db_exist = db_exist


def prune():
    "Remove the databases that were not used for two days"
    for path in FOLDER.glob('*.*'):
        if path.stat().st_mtime < time.time() - TWO_DAYS:
            path.unlink(missing_ok=True)


def _make_activate_modules(stock_activate_modules):
    from trytond.tests import tools

    def activate_modules(modules, *setup):
        _separate_production()
        modules = [modules] if isinstance(modules, str) else sorted(modules)
        name = _name(modules, setup)
        if config := _restore(name):
            return config
        # While one process makes a database the others wait for it
        with _lock():
            return make(modules, setup)

    def make(modules, setup):
        name = _name(modules, setup)
        if config := _restore(name):
            return config
        if setup:
            config = make(modules, setup[:-1])
            setup[-1](config=config)
        elif previous := _previous_modules(modules):
            make(previous, ())
            config = _activate(modules)
        else:
            with without_validation():
                return stock_activate_modules(modules)
        tools.backup_db_cache(name)
        return config
    return activate_modules


@contextmanager
def without_validation():
    """Do not validate the data of the modules that we depend on.

    Tryton does it in its own tests, and it takes more than half of the time.
    """
    from trytond.model import ModelStorage
    with patch.object(
            ModelStorage, '_validate', lambda records, field_names=None: None):
        yield


def _separate_production():
    """Give the field that production shares with stock its help back.

    production changes it where stock defines it, and so for all databases of
    the process, also for those without production.
    """
    from trytond.modules.stock.shipment import ShipmentMixin
    reference = ShipmentMixin.reference
    reference.help = reference.help.replace("production", "shipment")


def _restore(name):
    "Return the configuration of the restored database, if there is one"
    from trytond.pool import Pool
    from trytond.tests import tools
    from trytond.tests.test_tryton import drop_db

    # What a test that failed has left
    drop_db()
    modules, _, _ = name.partition('--')
    with patch.object(Pool, 'init', _make_init(Pool.init, modules)):
        if tools.restore_db_cache(name):
            return tools._get_config()


def _make_init(stock_init, modules):
    """Return what gives the pool the classes of the same modules again.

    They do not depend on the database, and to make them takes a fifth of the
    time of a scenario.  What is activated later makes a pool of its own.
    """
    from trytond.pool import Pool

    def init(pool):
        if modules not in _pools:
            stock_init(pool)
            _pools[modules] = pool._pool, pool._modules
        pool._pool, pool._modules = _pools[modules]
        Pool._pools[pool.database_name] = pool._pool
        Pool._pool_modules[pool.database_name] = pool._modules
        Pool._pool_instances.clear()
        Pool._pool_instances.add(pool)
        pool.ready = True
    return init


def _name(modules, setup):
    from trytond.tests import tools
    name = '-'.join(modules)
    if setup:
        name += '--' + '|'.join(map(tools._func_name, setup))
    return name


def _previous_modules(modules):
    "Return the modules to activate before, sorted"
    from trytond.modules import get_module_info
    if modules == [MODULE]:
        return sorted(set(get_module_info(MODULE)['depends']) - {'ir', 'res'})
    elif MODULE in modules:
        return [MODULE]


@contextmanager
def _lock():
    name = hashlib.sha256(os.environ['TRYTOND_DATABASE_URI'].encode())
    FOLDER.mkdir(parents=True, exist_ok=True)
    with open(FOLDER / f'{name.hexdigest()}.lock', 'w') as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _activate(modules):
    from proteus import Model, Wizard

    from trytond.tests import tools
    Module = Model.get('ir.module')
    records = Module.find([
            ('name', 'in', modules),
            ('state', '=', 'not activated'),
            ])
    assert records, f"Not found: {', '.join(modules)}"
    Module.click(records, 'activate')
    Wizard('ir.module.activate_upgrade').execute('upgrade')
    return tools._get_config()


def _make_db_cache_file():
    from trytond.tests import test_tryton
    db_cache_file = test_tryton._db_cache_file
    versions = _versions()
    source = _source()

    def _db_cache_file(path, name):
        modules, _, setup = name.partition('--')
        # In which order they are named makes no difference
        modules = sorted(modules.split('-'))
        key = ['-'.join(modules), setup, versions]
        if MODULE in modules:
            key.append(source)
        if setup:
            key.append(dt.date.today().isoformat())
        return db_cache_file(path, ' '.join(key))
    return _db_cache_file


def _versions():
    return ' '.join(sorted(
            f"{d.name}={d.version}" for d in distributions()
            if d.name.startswith(('trytond', 'proteus', 'python-sql'))))


def _source():
    "Return a hash of everything a database with our module is made from"
    module = ROOT / 'modules' / MODULE
    paths = [
        p for p in module.rglob('*')
        if p.is_file()
        and not {'__pycache__', 'demo', 'node_modules'} & set(p.parts)]
    hash_ = hashlib.sha256()
    setups = [ROOT / 'tests' / name for name in ['logins.py', 'tools.py']]
    for path in sorted(paths) + setups:
        hash_.update(str(path).encode() + b'\0' + path.read_bytes() + b'\0')
    return hash_.hexdigest()


def _make_sqlite_copy(stock_copy):
    def _sqlite_copy(file_, restore=False):
        if restore:
            if result := stock_copy(file_, restore=True):
                os.utime(file_)
            return result
        # Nobody ever sees a file that is half written
        unfinished = f'{file_}.{os.getpid()}'
        try:
            stock_copy(unfinished)
            os.replace(unfinished, file_)
        finally:
            Path(unfinished).unlink(missing_ok=True)
        return True
    return _sqlite_copy


def db_exist(name=None):
    "Test the existence of a database without connecting to each of them"
    from trytond import backend
    if name is None:
        name = os.environ['DB_NAME']
    database = backend.Database().connect()
    connection = database.get_connection()
    try:
        cursor = connection.cursor()
        cursor.execute('SELECT 1 FROM pg_database WHERE datname = %s', [name])
        return bool(cursor.fetchone())
    finally:
        connection.rollback()
        database.put_connection(connection)
