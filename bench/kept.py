"""``python -m bench.kept``: a kept page beside a bare WSGI callable, alone and among slow pages.

Both on the server of mmul/server.py, asked in turn round after round; only the ratios of one run
count. Needs wrk: a load generator in Python would be slower than what it measures.
"""

import os
import re
import statistics
import subprocess
from contextlib import ExitStack

from bench.archives import HOST, PAGE_CACHE_MB, environment, prepare, say
from bench.pages import SECONDS, serving
from mmul.server import granian

SIZE = 1_000
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "2"))
CONNECTIONS = (1, 8, 64)
SLOW_CONNECTIONS = 4
TARGETS = {
    "hello": (8111, "bench.hello:application"),
    "same bytes and headers": (8112, "bench.hello:page"),
    "kept page": (8113, "bench.slow:application"),
}
CODING = "Accept-Encoding: br"
UNITS = {"us": 0.001, "ms": 1.0, "s": 1000.0}


def wrk(port, path, connections, seconds=SECONDS):
    """Return requests per second and the 99th percentile in ms; anything but 2xx is an error."""
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds:g}s", "--latency", "-H", CODING]
    command += ["-H", f"Host: {HOST}"]
    text = subprocess.run(
        [*command, f"http://127.0.0.1:{port}{path}"], check=True, capture_output=True, text=True
    ).stdout
    if "Non-2xx" in text:
        raise SystemExit(text)
    number, unit = re.search(r"99%\s+([\d.]+)(us|ms|s)", text).groups()
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", text)[1])
    return {"rps": rate, "p99": float(number) * UNITS[unit]}


def among_slow_pages(port):
    """Ask for the kept page while four connections ask for one that works for 10 ms."""
    slow = ["wrk", "-t1", f"-c{SLOW_CONNECTIONS}", f"-d{SECONDS + 1:g}s", "-H", f"Host: {HOST}"]
    address = f"http://127.0.0.1:{port}/slow/"
    with subprocess.Popen([*slow, address], stdout=subprocess.DEVNULL) as process:
        result = wrk(port, "/", 8)
        process.wait()
    return result


def main():
    prepare(SIZE)
    with ExitStack() as stack:
        for port, callable_ in TARGETS.values():
            command = granian(port)
            command[command.index("mmul.wsgi:application")] = callable_
            env = environment(SIZE, MMUL_PAGE_CACHE_MB=PAGE_CACHE_MB)
            stack.enter_context(serving(command, env, port, "/"))
        results = {}
        for number in range(ROUNDS + 1):
            for connections in CONNECTIONS:
                for name, (port, _) in TARGETS.items():
                    result = wrk(port, "/", connections)
                    if number:  # the first round warms up
                        results.setdefault((name, connections), []).append(result)
            result = among_slow_pages(TARGETS["kept page"][0])
            if number:
                results.setdefault(("kept page among slow ones", 8), []).append(result)
    report(results)


def report(results):
    say(f"\n{'':28} {'connections':>11} {'req/s':>8} {'p99 ms':>8} {'hello = 1':>10}")
    for (name, connections), rounds in results.items():
        rate, p99 = (statistics.median(r[key] for r in rounds) for key in ("rps", "p99"))
        unit = statistics.median(r["rps"] for r in results["hello", connections])
        say(f"{name:28} {connections:11} {rate:8.0f} {p99:8.2f} {rate / unit:10.2f}")


if __name__ == "__main__":
    main()
