"""``make bench``: every measurement, one after the other; the figures also go to bench/results.md.

Only ratios of one run count: the machine they were taken on is named, and another has others.
"""

import os
import platform
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

from bench.archives import ROOT, SIZES, archives, say

RESULTS = Path(__file__).with_name("results.md")
PARTS = {
    "kept": "Kept pages: the page cache beside a bare WSGI callable on the same server",
    "share": "Share of answers from memory while one comment a second is published",
    "proxy": "Kept pages behind the shipped nginx, beside the same bytes from a file",
    "pages": "Pages that are not kept, in units of a bare Django view",
    "search": "Searches",
    "discussions": "Long discussions, and comments a second",
    "feeds": "Feeds asked",
    "process": "Memory of all processes, and from start to first answer",
}


def machine():
    names = [
        line for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line
    ]
    name = names[0].partition(":")[2].strip() if names else platform.machine()
    load = " ".join(f"{value:.1f}" for value in os.getloadavg())
    return f"{os.cpu_count()} cores, {name}, Python {platform.python_version()}, load {load}"


def run(part):
    """Run one measurement, show it and return what it said."""
    command = [sys.executable, "-m", f"bench.{part}"]
    said = []
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout:
            say(line.rstrip())
            said.append(line.rstrip())
    return "\n".join(said).strip() + ("" if process.returncode == 0 else "\n(ended with an error)")


def main():
    chosen = sys.argv[1:] or list(PARTS)
    with archives():  # built before the clock starts
        pass
    start = time.monotonic()
    pieces = [f"# Measured on {date.today():%-d %B %Y}\n\n{machine()}.\n"]
    pieces += [
        f"Archives of {', '.join(f'{size:,}' for size in SIZES)} stories, ten comments each.\n"
    ]
    for part in chosen:
        say(f"\n=== {PARTS[part]} ===")
        pieces.append(f"## {PARTS[part]}\n\n```\n{run(part)}\n```\n")
    pieces.append(f"The whole run took {(time.monotonic() - start) / 60:.0f} minutes.\n")
    RESULTS.write_text("\n".join(pieces), encoding="utf-8")


if __name__ == "__main__":
    main()
