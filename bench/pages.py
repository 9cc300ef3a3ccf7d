"""``make bench``: the main pages against a bare Django view, at 1,000 and 100,000 articles.

Every target is asked in turn, round after round, so that a machine that changes its speed
changes it for all. Only the ratios count. CPU is the server's own, read from the kernel, so
the load generator on the same two cores does not blur it.
"""

import json
import os
import sqlite3
import statistics
import subprocess
import sys
import time
import urllib.request
from contextlib import ExitStack, contextmanager
from pathlib import Path

from mmul.server import granian

ROOT = Path(__file__).resolve().parent.parent
WORK = ROOT / "var" / "bench"
SIZES = (1_000, 100_000)
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))
SECONDS = float(os.environ.get("BENCH_SECONDS", "4"))
CONNECTIONS = 4
TICK = os.sysconf("SC_CLK_TCK")


def environment(size, port, **more):
    return (
        os.environ
        | {
            "MMUL_MODE": "production",
            "MMUL_SECRET_KEY": "bench" * 12,
            "MMUL_SITE_URL": f"http://127.0.0.1:{port}",
            "MMUL_STATIC_ROOT": str(WORK / "static"),
            "MMUL_PAGE_CACHE_MB": "0",  # what is measured is the making of pages
            "MMUL_READS_PER_MINUTE": "0",
            "DATABASE_URL": f"sqlite:///{WORK / f'{size}.sqlite3'}",
            "PORT": str(port),
        }
        | more
    )


def prepare(size):
    """Build the corpus of ``size`` stories, unless it is there; the static files are of today."""
    env, done = environment(size, 8000), WORK / f"{size}-indexed.done"
    WORK.mkdir(parents=True, exist_ok=True)
    manage(env, "collectstatic", "--noinput", "--verbosity", "0")
    if not done.exists():
        (WORK / f"{size}.sqlite3").unlink(missing_ok=True)
        start = time.monotonic()
        manage(env, "migrate", "--verbosity", "0")
        manage(env, "demo", "--articles", str(size))
        say(f"{size} stories generated in {time.monotonic() - start:.0f} s")
        done.touch()
    manage(env, "migrate", "--verbosity", "0")  # a corpus of before the last migration


def manage(env, *arguments):
    subprocess.run([sys.executable, "manage.py", *arguments], cwd=ROOT, env=env, check=True)


@contextmanager
def serving(command, env, port, path):
    process = subprocess.Popen(command, cwd=ROOT, env=env, stderr=subprocess.DEVNULL)
    try:
        for _ in range(200):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10).close()
                break
            except OSError:
                time.sleep(0.1)
        yield process.pid
    finally:
        process.terminate()
        process.wait()


def cpu_seconds(pid):
    """Return user plus system seconds of a process and all below it."""
    total, todo = 0, [pid]
    while todo:
        one = todo.pop()
        fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
        total += int(fields[11]) + int(fields[12])
        todo += map(int, Path(f"/proc/{one}/task/{one}/children").read_text().split())
    return total / TICK


def measure(pid, port, path):
    before = cpu_seconds(pid)
    command = [sys.executable, "-m", "bench.load", str(port), path, str(SECONDS), str(CONNECTIONS)]
    result = json.loads(subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout)
    return {
        "rps": result["answers"] / SECONDS,
        "median_ms": result["median_ms"],
        "cpu_ms": (cpu_seconds(pid) - before) * 1000 / result["answers"],
    }


def addresses(size):
    """Pages to ask: the front page, and a story from the middle of the archive."""
    with sqlite3.connect(WORK / f"{size}.sqlite3") as db:
        slug, date = db.execute(
            "SELECT slug, published_at FROM articles_article ORDER BY id LIMIT 1 OFFSET ?",
            [size // 2],
        ).fetchone()
    return {"front page": "/", "article": f"/{date[:4]}/{date[5:7]}/{slug}/"}


def say(line):
    print(line, flush=True)  # noqa: T201


def main():
    for size in SIZES:
        prepare(size)
    with ExitStack() as stack:
        bare = granian(8101)
        bare[bare.index("mmul.wsgi:application")] = "bench.bare:application"
        pid = stack.enter_context(serving(bare, os.environ, 8101, "/"))
        targets = {"bare Django view": (pid, 8101, "/")}
        for port, size in enumerate(SIZES, start=8102):
            env = environment(size, port)
            pid = stack.enter_context(serving(granian(port), env, port, "/healthz"))
            for name, path in addresses(size).items():
                targets[f"{name}, {size:,} stories"] = (pid, port, path)
        results = {name: [] for name in targets}
        for number in range(ROUNDS + 1):
            for name, target in targets.items():
                result = measure(*target)
                if number:  # the first round warms up
                    results[name].append(result)
    report(results)


def report(results):
    say(f"\n{'':32} {'req/s':>8} {'median ms':>10} {'CPU ms':>8} {'CPU, bare = 1':>14}")
    unit = None
    for name, rounds in results.items():
        rps, wait, cpu = (
            statistics.median(r[key] for r in rounds) for key in ("rps", "median_ms", "cpu_ms")
        )
        unit = unit or cpu
        say(f"{name:32} {rps:8.0f} {wait:10.2f} {cpu:8.2f} {cpu / unit:14.1f}")
    say(f"\n{ROUNDS} rounds of {SECONDS:g} s, {CONNECTIONS} connections, targets in turn, medians.")


if __name__ == "__main__":
    main()
