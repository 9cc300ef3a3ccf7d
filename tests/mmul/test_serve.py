"""``manage.py serve``: one command serves site and worker, one signal ends both."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from tests.postgres import free_port

ROOT = Path(__file__).resolve().parent.parent.parent
pytestmark = pytest.mark.once


@pytest.fixture
def environment(tmp_path, collected):
    port = free_port()
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("MMUL_", "DATABASE_URL"))}
    return clean | {
        "MMUL_MODE": "production",
        "MMUL_SECRET_KEY": "x" * 60,
        "MMUL_SITE_URL": f"http://127.0.0.1:{port}",
        "MMUL_STATIC_ROOT": str(collected),
        "MMUL_MEDIA_ROOT": str(tmp_path / "media"),
        "DATABASE_URL": f"sqlite:///{tmp_path}/site.sqlite3",
        "PORT": str(port),
    }


def children(pid):
    return [int(n) for n in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="reads Linux's process table")
@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_one_signal_ends_server_and_worker(environment, sign, tmp_path):
    manage = [sys.executable, "manage.py"]
    quiet = {"cwd": ROOT, "env": environment, "stdout": subprocess.PIPE}
    process = subprocess.Popen([*manage, "serve"], text=True, **quiet)
    try:
        lines = []
        while "Ctrl-C" not in "".join(lines):
            line = process.stdout.readline()
            assert line, "the server ended before it greeted"
            lines.append(line)
        with urllib.request.urlopen(f"{environment['MMUL_SITE_URL']}/", timeout=10) as response:
            assert response.status == 200
        started = children(process.pid)
        assert len(started) == 2
        process.send_signal(sign)
        assert process.wait(20) == 0
        assert [pid for pid in started if Path(f"/proc/{pid}").exists()] == []
    finally:
        process.kill()
        process.stdout.close()


def wait_until_it_listens(pid):
    """Wait until the process has a handler for SIGTERM."""
    for _ in range(300):
        status = Path(f"/proc/{pid}/status").read_text()
        caught = int(status.partition("SigCgt:")[2].split()[0], 16)
        if caught >> (signal.SIGTERM - 1) & 1:
            return
        time.sleep(0.1)


def test_a_taken_port_is_said_in_one_line(environment):
    with socket.socket() as other:
        other.bind(("127.0.0.1", int(environment["PORT"])))
        other.listen()
        done = subprocess.run(
            [sys.executable, "manage.py", "serve"],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
        )
    assert done.returncode == 1
    assert f"port {environment['PORT']} is taken" in done.stderr
    assert "Traceback" not in done.stderr


def test_worker_ends_politely_when_told(environment, migrated, tmp_path):
    shutil.copy(migrated, tmp_path / "site.sqlite3")
    command = [sys.executable, "manage.py", "worker"]
    worker = subprocess.Popen(command, cwd=ROOT, env=environment)
    wait_until_it_listens(worker.pid)
    worker.send_signal(signal.SIGTERM)

    assert worker.wait(15) == 0
