"""Child processes that parse strangers' documents under limits (trust table, F3).

A child serves many documents, one after the other. One that takes too long, too much or falls is
killed and replaced; the document is then unreadable, and the other feeds of the run arrive.

Both directions are frames: four bytes of length, then the bytes. Answers are JSON, not pickles: a
child that a document took over must not be able to run anything in its parent.
"""

import contextlib
import json
import logging
import os
import queue
import resource
import struct
import subprocess
import sys
import threading
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from aggregator.decoding import TOO_HARD
from aggregator.parsing import BROKEN, Entry, Parsed, Unreadable, parse
from kit import urls

log = logging.getLogger("aggregator")

ROOM = Path(__file__).resolve().parent.parent
MEMORY = 512 * 1024**2  # bytes of address space
CPU_SECONDS = 10  # of one document
WALL_SECONDS = 15
DOCUMENTS = 1000  # of one child; then a fresh one, whatever the parser has hoarded
MOST_ANSWER = 64 * 1024**2  # bytes
# The child gets no secret: only what a Python needs to start.
ENVIRONMENT = ("PATH", "LANG", "LD_LIBRARY_PATH", "TMPDIR")
START = "import sys; sys.path[:0] = sys.argv[1:]; from aggregator.children import serve; serve()"


class Pool:
    """``size`` children, started when they are needed. Thread-safe: callers wait for a free one."""

    def __init__(self, size=2, *, wall_seconds=WALL_SECONDS):
        self.wall_seconds = wall_seconds
        self.closed = False
        self.free: queue.LifoQueue[Child | None] = queue.LifoQueue()
        for _ in range(size):
            self.free.put(None)  # the place of a child that is not there yet

    def parse(self, body: bytes, url: str, content_type: str = "") -> Parsed:
        """``parsing.parse`` in a child. Raises ``Unreadable``, also when the child was killed."""
        child = self.free.get()
        try:
            if self.closed:
                raise RuntimeError("the pool is closed")
            if child is None or not child.is_fit():
                if child is not None:
                    child.stop()
                child = Child()
            answer = child.ask(body, url, content_type, self.wall_seconds)
        except BaseException:
            child = child and child.stop()
            raise
        finally:
            self.free.put(child)
            if self.closed:
                self._stop_free()
        if isinstance(answer, Unreadable):
            raise answer
        return answer

    def close(self):
        """Stop the children, those at work when their document is done."""
        self.closed = True
        self._stop_free()

    def _stop_free(self):
        places = []
        with contextlib.suppress(queue.Empty):
            while True:
                places.append(self.free.get_nowait())
        for child in places:
            if child is not None:
                child.stop()
            self.free.put(None)

    def __enter__(self):
        return self

    def __exit__(self, *trouble):
        self.close()


class Child:
    def __init__(self):
        self.documents = 0
        self.process = subprocess.Popen(
            [sys.executable, "-I", "-c", START, str(ROOM)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={name: os.environ[name] for name in ENVIRONMENT if name in os.environ}
            | {"MALLOC_ARENA_MAX": "2"},
        )

    def is_fit(self):
        return self.process.poll() is None and self.documents < DOCUMENTS

    def ask(self, body, url, content_type, seconds):
        """Return the ``Parsed`` or ``Unreadable`` it answers; raise the latter if it dies of it."""
        self.documents += 1
        late = threading.Event()

        def end():
            late.set()
            self.process.kill()

        watch = threading.Timer(seconds, end)
        watch.start()
        try:
            send(self.process.stdin, json.dumps([url, content_type]).encode())
            send(self.process.stdin, body)
            answer = receive(self.process.stdout, MOST_ANSWER)
        except (OSError, EOFError):
            answer = b""
        finally:
            watch.cancel()
            watch.join()
        if late.is_set() or not answer:
            how = "late" if late.is_set() else self.process.poll()
            log.warning("parser killed over a feed of %s (%s)", urls.host(url), how)
            raise Unreadable(TOO_HARD)
        try:
            return read_answer(json.loads(answer))
        except (ValueError, TypeError, KeyError, AttributeError):
            log.error("parser spoke nonsense over a feed of %s", urls.host(url))
            raise Unreadable(BROKEN) from None

    def stop(self):
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            with contextlib.suppress(OSError):  # what it did not read goes nowhere
                pipe.close()


def read_answer(answer):
    """Return the ``Parsed`` or the ``Unreadable`` of an answer."""
    if "unreadable" in answer:
        if "trouble" in answer:
            log.error("parser failed: %s", answer["trouble"])
        return Unreadable(str(answer["unreadable"]))
    entries = []
    for said in answer.pop("entries"):
        when = said.pop("published")
        said["published"] = datetime.fromisoformat(when) if when else None
        entries.append(
            Entry(**said | {name: tuple(said[name]) for name in ("categories", "links")})
        )
    return Parsed(**answer | {"entries": tuple(entries), "sentences": tuple(answer["sentences"])})


def send(pipe, data):
    pipe.write(struct.pack(">I", len(data)))
    pipe.write(data)
    pipe.flush()


def receive(pipe, most):
    """Return one frame. Raises ``EOFError`` if it is cut off, or longer than ``most`` bytes."""
    head = pipe.read(4)
    length = struct.unpack(">I", head)[0] if len(head) == 4 else most + 1
    data = pipe.read(length) if length <= most else b""
    if len(head) < 4 or len(data) < length:
        raise EOFError
    return data


# --- inside the child --------------------------------------------------------


def serve():
    """Answer documents until the parent closes the pipe, or dies."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    os.nice(5)
    source, target = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever prints must not speak between the frames
    while True:
        try:
            url, content_type = json.loads(receive(source, 100_000))
            body = receive(source, MOST_ANSWER)
        except EOFError:
            return
        used = resource.getrusage(resource.RUSAGE_SELF)
        spent = int(used.ru_utime + used.ru_stime)
        resource.setrlimit(resource.RLIMIT_CPU, (spent + CPU_SECONDS, resource.RLIM_INFINITY))
        send(target, answer_to(body, url, content_type))


def answer_to(body, url, content_type):
    try:
        answer = asdict(parse(body, url, content_type))
    except Unreadable as error:
        answer = {"unreadable": error.sentence}
    except MemoryError:
        raise  # what is left of this process is no good
    except Exception as error:  # ours, not theirs: the feed says so, the log what
        answer = {"unreadable": BROKEN, "trouble": f"{type(error).__name__}: {error}"[:500]}
    return json.dumps(answer, default=datetime.isoformat).encode()
