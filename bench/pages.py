"""Pages that are not kept, against a bare Django view, in archives of several sizes.

Every target is asked in turn, round after round, so that a machine that changes its speed
changes it for all. Only the ratios count. CPU is the server's own, read from the kernel, so
the load generator on the same two cores does not blur it. The page cache is off.
"""

import json
import os
import statistics
import subprocess
import sys
import time
import urllib.request
from contextlib import ExitStack, contextmanager
from pathlib import Path

from bench.archives import HOST, ROOT, SIZES, archives, environment, say
from mmul.server import granian

ROUNDS = int(os.environ.get("BENCH_ROUNDS", "2"))
SECONDS = float(os.environ.get("BENCH_SECONDS", "2"))
CONNECTIONS = 4
TICK = os.sysconf("SC_CLK_TCK")


@contextmanager
def serving(command, env, port, path):
    process = subprocess.Popen(command, cwd=ROOT, env=env, stderr=subprocess.DEVNULL)
    ask = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers={"Host": HOST})
    try:
        for _ in range(200):
            try:
                urllib.request.urlopen(ask, timeout=10).close()  # noqa: S310
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


def addresses(env):
    """Return ``{name: path}`` of the pages of one archive."""
    command = [sys.executable, "-m", "bench.addresses"]
    found = subprocess.run(command, cwd=ROOT, env=env, check=True, capture_output=True)
    return json.loads(found.stdout)


def main():
    results, targets = {}, {}
    with ExitStack() as stack:
        bare = granian(8101)
        bare[bare.index("mmul.wsgi:application")] = "bench.bare:application"
        pid = stack.enter_context(serving(bare, os.environ, 8101, "/"))
        targets["", 0, "bare Django view"] = (pid, 8101, "/")
        ready = stack.enter_context(archives(tuple(dict.fromkeys((SIZES[0], SIZES[-1])))))
        for port, ((database, size), more) in enumerate(ready.items(), start=8102):
            env = environment(size, **more)
            pid = stack.enter_context(serving(granian(port), env, port, "/healthz"))
            for name, path in addresses(env).items():
                targets[database, size, name] = (pid, port, path)
        results = {key: [] for key in targets}
        for number in range(ROUNDS + 1):
            for key, target in targets.items():
                result = measure(*target)
                if number:  # the first round warms up
                    results[key].append(result)
    report(results)


def report(results):
    say(f"{'':52} {'req/s':>8} {'median ms':>10} {'CPU ms':>8} {'CPU, bare = 1':>14} {'growth':>7}")
    middle = {
        key: {name: statistics.median(r[name] for r in rounds) for name in rounds[0]}
        for key, rounds in results.items()
    }
    unit = middle["", 0, "bare Django view"]["cpu_ms"]
    for (database, size, name), found in middle.items():
        small = middle.get((database, SIZES[0], name), found)["cpu_ms"]
        label = f"{database}, {size:,} stories, {name}" if size else name
        say(
            f"{label:52} {found['rps']:8.0f} {found['median_ms']:10.2f} {found['cpu_ms']:8.2f} "
            f"{found['cpu_ms'] / unit:14.1f} {found['cpu_ms'] / small:7.2f}"
        )
    say(f"{ROUNDS} rounds of {SECONDS:g} s, {CONNECTIONS} connections, targets in turn, medians.")


if __name__ == "__main__":
    main()
