"""The command line of the production server (performance.md, section 2), in one place.

``python -m mmul.server`` becomes the server, without the worker: for systemd and containers.
"""

import os
import sys


def granian(port, *, workers=2, host="127.0.0.1"):
    """Return the command that serves the site with granian.

    Without ``--workers-kill-timeout`` a worker that hangs keeps the server from ending; one
    blocking thread per worker would let a slow page starve the quick ones.
    """
    return [
        sys.executable, "-m", "granian", "mmul.wsgi:application",
        "--interface", "wsgi", "--host", host, "--port", str(port),
        "--workers", str(workers), "--blocking-threads", "4", "--http", "1", "--no-ws",
        "--workers-kill-timeout", "10", "--backpressure", "64", "--no-access-log",
        "--log-level", os.environ.get("MMUL_SERVER_LOG", "warning"),
    ]  # fmt: skip


def main():
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mmul.settings")
    from django.conf import settings  # a wrong variable ends the start here, with its name

    command = granian(settings.PORT, workers=settings.WEB_WORKERS)
    os.execv(command[0], command)  # noqa: S606 - the server itself gets the signals


if __name__ == "__main__":
    main()
