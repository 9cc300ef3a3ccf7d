"""The units, the container and Caddy's file say what the rest of the project says."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from bench import shipped
from mmul.caching import PARAMETERS

DEPLOY = shipped.ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
HARDENED = (
    "NoNewPrivileges=yes", "ProtectSystem=strict", "PrivateTmp=yes", "ProtectHome=yes",
    "PrivateDevices=yes", "CapabilityBoundingSet=", "SystemCallFilter=@system-service",
    "MemoryDenyWriteExecute=yes", "RestrictNamespaces=yes", "StateDirectory=mmul", "User=mmul",
)  # fmt: skip
VARIABLE = re.compile(r"\b(?:MMUL_[A-Z_]+|DATABASE_URL)\b")


@pytest.mark.parametrize("unit", UNITS, ids=lambda u: u.name)
def test_every_service_may_touch_its_own_folder_and_little_else(unit):
    lines = unit.read_text(encoding="utf-8").splitlines()
    assert [word for word in HARDENED if word not in lines] == []


@pytest.mark.parametrize("unit", UNITS, ids=lambda u: u.name)
def test_systemd_understands_every_line_of_a_unit(unit, tmp_path):
    if not shutil.which("systemd-analyze"):
        pytest.skip("no systemd-analyze")
    # The program is where a server has it, not here.
    text = re.sub(r"^ExecStart=\S+", "ExecStart=/bin/true", unit.read_text(), flags=re.MULTILINE)
    copy = tmp_path / unit.name
    copy.write_text(text)
    done = subprocess.run(["systemd-analyze", "verify", copy], capture_output=True, text=True)
    ours = [line for line in done.stderr.splitlines() if unit.name in line]
    assert ours == []


def test_every_variable_the_deploy_files_and_their_page_name_exists():
    known = set(VARIABLE.findall((shipped.ROOT / ".env.example").read_text(encoding="utf-8")))
    files = [f for f in DEPLOY.rglob("*") if f.is_file() and f.suffix != ".pyc"]
    for file in [*files, shipped.ROOT / "docs" / "operations.md"]:
        named = set(VARIABLE.findall(file.read_text(encoding="utf-8")))
        unknown = {n.removesuffix("_FILE") for n in named} - known - {"MMUL_ENV"}
        assert not unknown, file.name


def test_every_file_that_operations_names_is_there():
    text = (shipped.ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    named = set(re.findall(r"\bdeploy/[\w./*-]*[\w*]", text))

    assert named
    assert [name for name in named if not list(shipped.ROOT.glob(name))] == []


def test_no_mark_that_nginx_cuts_off_is_a_parameter_of_ours():
    text = (shipped.SHIPPED / "mmul.conf").read_text(encoding="utf-8")
    marks = re.search(r"\\\?\(\?:\(\?:([^)]+)\)=", text)[1].split("|")

    assert "fbclid" in marks
    known = {name for names in PARAMETERS.values() for name in names}
    assert not [name for name in known if any(re.fullmatch(mark, name) for mark in marks)]


def test_caddy_understands_its_file():
    if not shutil.which("caddy"):
        pytest.skip("no caddy")
    file = DEPLOY / "caddy" / "Caddyfile"
    command = ["caddy", "validate", "--adapter", "caddyfile", "--config", str(file)]
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        env={"HOME": "/nonexistent", "PATH": str(Path(shutil.which("caddy")).parent)},
    )
    assert done.returncode == 0, done.stderr
