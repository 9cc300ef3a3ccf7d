"""``make help`` is the list of what one can do: no target is left out, none is invented."""

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


def test_make_help_names_every_target_and_says_what_it_does():
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    phony = re.search(r"^\.PHONY: (.*)$", text, re.MULTILINE)[1].split()
    rules = re.findall(r"^([a-z]+):", text, re.MULTILINE)
    said = subprocess.run(
        # Inside "make test" a make of its own would say where it enters and leaves.
        ["make", "--no-print-directory", "help"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    lines = [line.split(maxsplit=2) for line in said.stdout.splitlines()]

    assert sorted(phony) == sorted(rules)
    assert [name for _, name, _ in lines] == rules
    assert all(make == "make" and words for make, _, words in lines)
