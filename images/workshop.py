"""Where the dangerous work is done: one child process at a time, in a room that is swept.

Raises ``Broken`` with a reason word; nothing a picture does to its child reaches this process.
"""

import contextlib
import fcntl
import json
import logging
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from images import files

log = logging.getLogger("images")

CHILD = Path(__file__).with_name("child.py")
WAIT_SECONDS = 20  # for the picture before ours
WALL_SECONDS = 40  # for ours; the child's own limit is 20 s of CPU
STALE_SECONDS = 3600  # a folder this old was left by a process that died
ANSWER_BYTES = 10_000
# The child gets no secret: only what a Python needs to start.
ENVIRONMENT = ("PATH", "LANG", "LD_LIBRARY_PATH", "TMPDIR")


class Broken(Exception):
    """A picture that could not be worked on: a reason word and its numbers."""

    def __init__(self, reason, **facts):
        super().__init__(reason)
        self.reason, self.facts = reason, facts


@contextlib.contextmanager
def bench():
    """Give a folder of this machine, gone afterwards whatever happens."""
    room = files.work_room()
    room.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(dir=room))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def sweep(room, now=None):
    """Remove folders of processes that were killed."""
    oldest = (now or time.time()) - STALE_SECONDS
    for folder in room.iterdir():
        with contextlib.suppress(OSError):
            if folder.is_dir() and folder.stat().st_mtime < oldest:
                shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def turn():
    """Wait for the machine's one place. The lock dies with the last process that holds it."""
    room = files.work_room()
    room.mkdir(parents=True, exist_ok=True)
    deadline = time.monotonic() + WAIT_SECONDS
    with open(room / "lock", "ab") as lock:
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    raise Broken("busy") from None
                time.sleep(0.05)
        sweep(room)
        yield lock


def work(job, source):
    """Run ``job`` on the file ``source`` in a child and return its answer, a dictionary."""
    with turn() as lock, open(source, "rb") as file:
        process = subprocess.Popen(
            [sys.executable, "-I", str(CHILD), json.dumps(job)],
            stdin=file,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={name: os.environ[name] for name in ENVIRONMENT if name in os.environ}
            | {"MALLOC_ARENA_MAX": "2"},
            # If we are killed the child goes on for a while: it keeps the place taken.
            pass_fds=[lock.fileno()],
        )
        with process:
            try:
                output, trouble = process.communicate(timeout=WALL_SECONDS)
            except BaseException as error:
                process.kill()
                process.communicate()
                if isinstance(error, subprocess.TimeoutExpired):
                    raise Broken("work") from None
                raise
    return read(output, trouble, process.returncode)


def read(output, trouble, status):
    if trouble:
        log.info("picture refused: %s", trouble[-500:].decode("utf-8", "replace"))
    if status:
        # Killed by a limit (SIGXCPU, SIGKILL) or by a decoder that fell (SIGSEGV).
        raise Broken("work")
    try:
        answer = json.loads(output[:ANSWER_BYTES])
    except ValueError:
        raise Broken("work") from None
    if reason := answer.pop("refused", None):
        raise Broken(reason, **answer)
    return answer
