"""``python -m bench.share``: how many answers come from memory while a comment a second comes out.

Two workers with the page cache as shipped, an archive of 1,000 stories, the readers of
bench/readers.py and the writer of bench/commenter.py. What is a hit, ``Cache-Status`` says. The
slower the readers, the lower the share: a comment costs the same few pages, however many ask for
them; these are counted too. Goal: 95 % (performance.md, section 6).
"""

import json
import subprocess
import sys
from contextlib import contextmanager

from bench.archives import PAGE_CACHE_MB, ROOT, copied, environment, prepare, say
from bench.pages import SECONDS, serving
from bench.readers import WARM
from mmul.server import granian

SIZE = 1_000
PORT = 8131
LASTS = SECONDS * 5  # long enough for some twenty comments
RATES = {"as many as they can": 0, "500 a second": 500, "100 a second": 100}


@contextmanager
def commenting(env):
    """Yield the process of the writer, once its first comment is out."""
    command = [sys.executable, "-m", "bench.commenter", str(PORT)]
    with subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True) as writer:
        try:
            if not writer.stdout.readline():
                raise SystemExit("the writer ended")
            yield writer
        finally:
            writer.terminate()


def measure(env, rate):
    """Return what the readers saw, and how many comments came out meanwhile."""
    command = [sys.executable, "-m", "bench.readers", str(PORT), str(LASTS), str(rate)]
    with commenting(env) as writer:
        result = subprocess.run(command, cwd=ROOT, env=env, check=True, stdout=subprocess.PIPE)
        if writer.poll() is not None:
            raise SystemExit("the writer ended too soon")
        writer.terminate()
        published = [float(line) for line in writer.stdout]
    found = json.loads(result.stdout)
    comments = sum(found["began"] <= at < found["ended"] for at in published)
    return found | {"comments": comments}


def main():
    prepare(SIZE)
    results = {}
    for name, rate in RATES.items():
        with copied(SIZE) as url:
            env = environment(
                SIZE,
                DATABASE_URL=url,
                MMUL_PAGE_CACHE_MB=PAGE_CACHE_MB,
                MMUL_TRUSTED_PROXIES="127.0.0.1",
            )
            with serving(granian(PORT), env, PORT, "/healthz"):
                results[name] = measure(env, rate)
    report(results)


def report(results):
    heads = ("answers/s", "comments", "hits", "but older", "anew a comment", "p99 ms")
    say(f"{'readers ask for':20}" + "".join(f" {head:>14}" for head in heads))
    for name, found in results.items():
        answers = found["answers"] - found["older"]
        hits = found["hits"] - found["older_hits"]
        anew = (answers - hits) / max(1, found["comments"])
        say(
            f"{name:20} {found['answers'] / LASTS:14.0f} {found['comments']:14}"
            f" {found['hits'] / found['answers']:14.1%} {hits / answers:14.1%} {anew:14.1f}"
            f" {found['p99_ms']:14.1f}"
        )
    say(f"{LASTS:g} s each, after {WARM:g} s of asking. An empty cache is filled in them, and the")
    say('older stories are more than it holds: "but older" leaves them out.')


if __name__ == "__main__":
    main()
