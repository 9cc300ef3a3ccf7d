"""The audit sees what it is there for (trust table, L1)."""

import pytest

from tests import audit

HASH = "    --hash=sha256:" + "a" * 64
GOOD = f"django==5.2.19 \\\n{HASH} \\\n{HASH}\npsycopg[binary]==3.2 ; os_name == 'nt' \\\n{HASH}\n"


def test_l1_a_lock_of_names_and_hashes_is_fine():
    assert audit.lock_problems(GOOD) == []


@pytest.mark.parametrize(
    "line",
    [
        "--index-url https://pypi.example.org/simple",
        "--extra-index-url https://pypi.example.org/simple",
        "--find-links /tmp/wheels",
        "--trusted-host pypi.example.org",
        "thing @ https://example.org/thing.whl",
        "-e .",
        "thing==1.0",
        "    --hash=md5:abc",
        "# via /home/ada/project",
    ],
)
def test_l1_anything_else_in_a_lock_is_told(line):
    assert audit.lock_problems(f"{GOOD}{line}\n")


def test_l1_a_name_without_a_hash_is_told():
    assert audit.lock_problems("thing==1.0 \\\n")
    assert audit.lock_problems("thing==1.0 \\\nother==1.0 \\\n" + HASH)


def test_l1_our_own_locks_are_clean():
    for name in audit.LOCKS:
        assert audit.lock_problems((audit.ROOT / name).read_text("utf-8")) == []


@pytest.mark.parametrize(
    "text",
    [
        "-----BEGIN RSA PRIVATE " + "KEY-----",
        "ghp_" + "a1" * 18,
        "AKIA" + "A1" * 8,
        "postgres://mmul:" + "hunter2hunter2@db.example.org/x",
        'SECRET_KEY = "' + "a1B2" * 10 + '"',
        "api_key: '" + "f" * 40 + "'",
    ],
)
def test_l1_a_secret_in_a_file_is_seen(text):
    assert audit.secrets_in(text)


@pytest.mark.parametrize(
    "text",
    ["SECRET_KEY = env.secret('X')", "postgres://user:password@host/name", f"{HASH}", "password"],
)
def test_l1_what_only_looks_like_one_is_not(text):
    assert not audit.secrets_in(text)


def test_l1_holes_are_told_and_unknown_packages_are_not_called_clean():
    hole = {"id": "CVE-2026-1", "fix_versions": ["2.0"]}
    packages = [
        {"name": "a", "version": "1.0", "vulns": [hole]},
        {"name": "b", "version": "1.0", "vulns": []},
        {"name": "c", "skip_reason": "not found"},
    ]

    assert audit.read_answer(packages) == (
        ["a 1.0: CVE-2026-1, cured in 2.0"],
        "1 of 3 packages unknown to the service",
    )
    assert audit.read_answer(packages[1:2]) == ([], "")


@pytest.mark.parametrize(
    ("answer", "status", "said"),
    [
        (([], ""), 0, ""),
        (([], "the service does not answer"), 0, "NOT checked"),
        ((["a 1.0: CVE-2026-1, cured in 2.0"], ""), 1, "CVE-2026-1"),
    ],
)
def test_l1_the_status_says_whether_something_was_found(monkeypatch, capsys, answer, status, said):
    monkeypatch.setattr(audit, "known_holes", lambda: answer)

    assert audit.main() == status
    told = capsys.readouterr().out
    assert said in told
    assert told.count("\n") == (1 if said else 0)
