"""A process that answers searches of one archive, for bench.search: a line in, two figures out.

``python -m bench.asked`` reads addresses from its input and writes milliseconds, of the clock and
of CPU, for the whole answer: middleware, view, database, template. ``--bare`` is the unit of
measure: the bare Django view of bench.bare, asked the same way.
"""

import sys
import time

from bench.archives import HOST


def main():
    if "--bare" in sys.argv:
        from django.test import Client

        import bench.bare  # noqa: F401 - configures Django
    else:
        import django

        django.setup()
        from django.test import Client

        from articles import lookup

        lookup.searches.most = 10**9  # a reader may ask thirty times a minute
    client = Client(headers={"host": HOST})
    for line in sys.stdin:
        start, cpu = time.perf_counter(), time.process_time()
        response = client.get(line.strip())
        took, busy = time.perf_counter() - start, time.process_time() - cpu
        if response.status_code != 200:
            raise SystemExit(f"{response.status_code} for {line}")
        print(f"{took * 1000:.3f} {busy * 1000:.3f}", flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
