"""``python -m bench.process``: memory of all our processes, and from start to first answer.

Memory is PSS, where what two processes share counts half for each: the server, its two workers and
what they began; ``manage.py worker`` beside it. Asked after the first page, and after every story
was read in both workers, which is more than the page cache holds. Goals: 250 MB, 3 s
(performance.md, section 6). CPU is that of the server and its workers until the first answer: it
suffers less from neighbours. Our modules are compiled before, as on a server (docs/operations.md).
"""

import http.client
import re
import shutil
import socket
import statistics
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from bench.archives import HOST, PAGE_CACHE_MB, ROOT, WORK, copied, environment, prepare, say
from bench.load import ask
from bench.pages import SECONDS, cpu_seconds, serving
from mmul.server import granian

SIZE = 1_000
PORT = 8141
STARTS = 5
CONNECTIONS = 8
BYTECODE = WORK / "bytecode"
MB = 1024  # kB, as /proc has them


def tree(pid):
    """Return the number of a process and of all below it."""
    below = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(one for child in below for one in tree(int(child)))]


def memory(pid):
    """Return the PSS in MB of a process and all below it."""
    total = 0
    for one in tree(pid):
        text = Path(f"/proc/{one}/smaps_rollup").read_text()
        total += next(int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:"))
    return total / MB


@contextmanager
def working(env):
    """Yield the number of the background worker."""
    command = [sys.executable, "manage.py", "worker"]
    with subprocess.Popen(command, cwd=ROOT, env=env, stderr=subprocess.DEVNULL) as process:
        try:
            yield process.pid
        finally:
            process.terminate()


def remembered(env):
    """Return ``[(moment, MB of the web, MB of the worker), ...]``."""
    found = []
    with serving(granian(PORT), env, PORT, "/") as web, working(env) as worker:
        time.sleep(SECONDS * 2)  # every step of the worker has run once
        found.append(("after the first page", memory(web), memory(worker)))
        read_all()
        found.append(("with a full page cache", memory(web), memory(worker)))
    return found


def read_all():
    """Ask for every address of the sitemaps on several connections: each worker has some."""
    index = locations("/sitemap.xml")
    pages = [page for part in index for page in locations(part)]
    with ThreadPoolExecutor(CONNECTIONS) as readers:
        list(readers.map(read, [pages] * CONNECTIONS))


def locations(path):
    connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=60)
    connection.request("GET", path, headers={"Host": HOST})
    text = connection.getresponse().read().decode()
    connection.close()
    return re.findall(rf"<loc>http://{re.escape(HOST)}([^<]+)</loc>", text)


def read(paths):
    with socket.create_connection(("127.0.0.1", PORT)) as connection:
        for path in paths:
            ask(connection, f"GET {path} HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode())


def started(env):
    """Return the seconds of a clock and of CPU from the start to the first page."""
    begin = time.perf_counter()
    process = subprocess.Popen(granian(PORT), cwd=ROOT, env=env, stderr=subprocess.DEVNULL)
    try:
        while not answers():
            if process.poll() is not None:
                raise SystemExit("the server ended")
            time.sleep(0.01)
        return time.perf_counter() - begin, cpu_seconds(process.pid)
    finally:
        process.terminate()
        process.wait()


def answers():
    connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=20)
    try:
        connection.request("GET", "/", headers={"Host": HOST})
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def compiled(env):
    """Return ``env`` with bytecode in a folder of its own, which a first start has filled."""
    shutil.rmtree(BYTECODE, ignore_errors=True)
    env = env | {"PYTHONPYCACHEPREFIX": str(BYTECODE), "PYTHONDONTWRITEBYTECODE": ""}
    started(env)
    return env


def main():
    prepare(SIZE)
    with copied(SIZE) as url:
        env = compiled(environment(SIZE, DATABASE_URL=url, MMUL_PAGE_CACHE_MB=PAGE_CACHE_MB))
        starts = [started(env) for _ in range(STARTS)]
        moments = remembered(env)
    say(f"{'MB':24} {'web, 2 workers':>15} {'worker':>8} {'together':>9}")
    for moment, web, worker in moments:
        say(f"{moment:24} {web:15.0f} {worker:8.0f} {web + worker:9.0f}")
    seconds, cpu = (statistics.median(values) for values in zip(*starts, strict=True))
    say(f"\nStart to first answer: {seconds:.2f} s, {cpu:.2f} s of CPU; median of {STARTS}.")


if __name__ == "__main__":
    main()
