# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Time a post with and without its seal on PostgreSQL.

python -m tests.benchmark.seal [number of posts of each]

One client posts an invoice of three lines a call, in turn with and without a
seal, so that what slows the machine down slows both down.
"""
import statistics
import sys
import time
from unittest.mock import patch

from tests.benchmark import database, posting
from tests.benchmark.poster import call, in_production

POSTS = int(sys.argv[1]) if len(sys.argv) > 1 else 100
WARM_UP = 5


def main():
    with database.postgresql():
        posting.prepare('ours')
        drafts = posting.create_drafts(2 * (WARM_UP + POSTS))
        seconds = {True: [], False: []}
        for number, draft in enumerate(drafts):
            # Each one is the first of two as often as the other
            sealed = number % 4 in {0, 3}
            elapsed = post(draft, sealed)
            if number >= 2 * WARM_UP:
                seconds[sealed].append(elapsed)
        report(seconds)


def post(draft, sealed):
    "Return the seconds of a post"
    from trytond.pool import Pool
    from trytond.tests.test_tryton import DB_NAME
    Invoice = Pool(DB_NAME).get('account.invoice')
    with patch.object(
            Invoice, '_seal', Invoice._seal if sealed else do_nothing):
        start = time.perf_counter()
        with in_production():
            call(DB_NAME, 'account.invoice', 'post', [draft])
        return time.perf_counter() - start


def do_nothing(kind, invoices, later=False):
    pass


def report(seconds):
    median = {
        sealed: statistics.median(values)
        for sealed, values in seconds.items()}
    for sealed, values in seconds.items():
        print(f"{'sealed' if sealed else 'unsealed':<10} "
            f"median {1000 * median[sealed]:8.1f} ms  "
            f"mean {1000 * statistics.mean(values):8.1f} ms  "
            f"{median[sealed] / median[False]:6.3f} × unsealed")


if __name__ == '__main__':
    main()
