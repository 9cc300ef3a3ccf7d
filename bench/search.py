"""``make bench``: searches in 1,000, 10,000 and 100,000 stories, on SQLite and on PostgreSQL.

Each archive has a process of its own; they are asked in turn, round after round, so that a machine
that changes its speed changes it for all. Milliseconds are those of the server; the ratios are
CPU against a bare Django view asked the same way, and the largest archive against the smallest.
"""

import os
import statistics
import subprocess
import sys
from contextlib import ExitStack
from urllib.parse import urlencode

from bench.archives import ROOT, SIZES, archives, environment, say

ROUNDS = int(os.environ.get("BENCH_ROUNDS", "2")) * 10
SEARCHES = {
    "a common word": "kernel",
    "a rare word": "417",
    "two words": "kernel portatile",
    "a phrase": '"in debian"',
}


def start(stack, env, *arguments):
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.asked", *arguments],
        cwd=ROOT,
        env=env | {"DJANGO_SETTINGS_MODULE": "mmul.settings"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # the log of requests
        text=True,
    )
    stack.callback(process.terminate)
    return process


def ask(process, address):
    process.stdin.write(f"{address}\n")
    process.stdin.flush()
    return tuple(map(float, process.stdout.readline().split()))


def main():
    with ExitStack() as stack:
        found = stack.enter_context(archives())
        bare = start(stack, os.environ | {}, "--bare")
        targets = {("bare Django view", 0, ""): (bare, "/")}
        for (database, size), more in found.items():
            process = start(stack, environment(size, **more))
            for name, text in SEARCHES.items():
                targets[database, size, name] = (process, f"/cerca/?{urlencode({'q': text})}")
        results = {name: [] for name in targets}
        for number in range(ROUNDS + 3):
            for name, target in targets.items():
                answer = ask(*target)
                if number > 2:  # the first rounds warm up
                    results[name].append(answer)
    report(
        {name: [statistics.median(c) for c in zip(*r, strict=True)] for name, r in results.items()}
    )


def report(medians):
    unit = medians.pop(("bare Django view", 0, ""))[1]
    say(f"\nA bare Django view: {unit:.2f} ms of CPU.")
    say(f"{'':36} {'median ms':>10} {'CPU ms':>8} {'CPU, bare = 1':>14} {'growth':>7}")
    for (database, size, name), (took, cpu) in medians.items():
        first = medians[database, SIZES[0], name][0]
        label = f"{database}, {size:,} stories, {name}"
        say(f"{label:44} {took:8.1f} {cpu:8.1f} {cpu / unit:12.1f} {took / first:9.2f}")
    say(f"\n{ROUNDS} rounds, archives in turn, medians. Growth: against {SIZES[0]:,} stories.")


if __name__ == "__main__":
    main()
