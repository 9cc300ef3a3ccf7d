"""What we lock and what we track: ``python -m tests.audit`` (trust table, L1). Part of make lint.

Ends with 1 if a lock file holds more than names and hashes, a tracked file a secret, or a locked
package a known hole. Where the service that knows holes does not answer, one line says so.
"""

import json
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ("requirements.txt", "requirements-dev.txt", "requirements-s3.txt")
SECONDS = 60  # pip-audit asks an outside service once for every package

PINNED = re.compile(r"[A-Za-z0-9][\w.-]*(?:\[[\w,-]+\])?==[\w.!+-]+(?: ; [^\\]+?)? \\")
HASH = re.compile(r"    --hash=sha256:[0-9a-f]{64}(?: \\)?")
SECRETS = {
    "private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----"),
    "token of a known service": re.compile(
        r"\b(?:gh[pousr]_\w{30,}|github_pat_\w{30,}|glpat-[\w-]{20,}|xox[abprs]-[\w-]{10,}"
        r"|AKIA[0-9A-Z]{16}|AIza[\w-]{35}|sk-[\w-]{32,}|pypi-[\w-]{50,})"
    ),
    "password in an address": re.compile(
        r"\b[a-z+]{3,12}://[^\s:/@'\"{}<>$]+:(?!password@)[^\s/@'\"{}<>$]{6,}@"
    ),
    "long value of a secret": re.compile(
        r"(?i)(?:secret|token|passw\w*|api_?key)\w*['\"]?\s*[=:]\s*['\"][A-Za-z0-9+/_=-]{32,}['\"]"
    ),
}
# The key of a test's server on 127.0.0.1, said to be one: it opens nothing.
TEST_KEY = re.compile(r"It opens nothing\.\nKEY = .{0,400}?-----END PRIVATE KEY-----", re.DOTALL)
TEXT_BYTES = 1_000_000  # a tracked file past this size is no place where a secret hides by mistake


def lock_problems(text):
    """Return what is in a lock file besides pinned names and their hashes."""
    problems = []
    waiting = ""  # a name whose first hash has not come yet
    for number, line in enumerate(text.splitlines(), 1):
        if PINNED.fullmatch(line) and not waiting:
            waiting = line
        elif HASH.fullmatch(line):
            waiting = ""
        else:
            problems.append(f"line {number}: {line.strip()[:80]}")
    return problems + ([f"no hash: {waiting}"] if waiting else [])


def secrets_in(text):
    text = TEST_KEY.sub("", text)
    return [kind for kind, pattern in SECRETS.items() if pattern.search(text)]


def tracked_files():
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listing, cwd=ROOT, capture_output=True, check=True).stdout
    files = (ROOT / name for name in names.decode().split("\0") if name)
    return [f for f in files if f.is_file() and f.stat().st_size < TEXT_BYTES]


def known_holes():
    """Ask pip-audit about what we install in production: ``(holes, why some were not asked)``."""
    command = [sys.executable, "-m", "pip_audit", "-r", "requirements.txt", "--require-hashes"]
    command += ["--disable-pip", "--format", "json", "--progress-spinner", "off", "--timeout", "5"]
    try:
        run = subprocess.run(command, cwd=ROOT, capture_output=True, timeout=SECONDS)
        return read_answer(json.loads(run.stdout)["dependencies"])
    except (subprocess.TimeoutExpired, ValueError, KeyError):
        return [], "the service does not answer"


def read_answer(packages):
    """A package the service does not know (a mirror of the index, say) was not asked about."""
    holes = [
        f"{package['name']} {package['version']}: {hole['id']}, cured in "
        f"{', '.join(hole['fix_versions']) or 'no version'}"
        for package in packages
        for hole in package.get("vulns", [])
    ]
    skipped = sum("skip_reason" in package for package in packages)
    return holes, f"{skipped} of {len(packages)} packages unknown to the service" * bool(skipped)


def main():
    problems = []
    for name in LOCKS:
        problems += [f"{name}: {p}" for p in lock_problems((ROOT / name).read_text("utf-8"))]
    for file in tracked_files():
        text = file.read_bytes().decode("utf-8", "replace")
        problems += [f"{file.relative_to(ROOT)}: {kind}" for kind in secrets_in(text)]
    holes, unasked = known_holes()
    for line in [*problems, *holes]:
        print(f"audit: {line}")  # noqa: T201
    if unasked:
        print(f"audit: known holes NOT checked: {unasked}")  # noqa: T201
    return 1 if problems or holes else 0


if __name__ == "__main__":
    sys.exit(main())
