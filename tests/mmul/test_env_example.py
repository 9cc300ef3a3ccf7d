"""Every variable the code reads is explained in .env.example, and no other."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
ROOMS = [
    "accounts",
    "aggregator",
    "articles",
    "bench",
    "comments",
    "images",
    "kit",
    "mmul",
    "nodes",
    "outbox",
    "pagecache",
    "search",
    "tests",
]
READS = re.compile(
    r"""\benv\.(?:text|flag|number|secret|words|choice|origin|hosts|address|shaped)\(\s*"([A-Z][A-Z0-9_]+)"
      | \benviron(?:\.get\(|\.pop\(|\[)\s*"([A-Z][A-Z0-9_]+)"
      | \bgetenv\(\s*"([A-Z][A-Z0-9_]+)" """,
    re.VERBOSE,
)
# Of the machine, of Django, of a request or of a test about the reader itself: not of ours.
FOREIGN = re.compile(
    r"DJANGO_|PATH|HOME|HTTP_|QUERY_STRING|PATH_INFO|REQUEST_|SERVER_NAME|CONTENT_|X_|CASO_|PROVA_"
)


def names_in_code():
    for room in ROOMS:
        for file in (ROOT / room).rglob("*.py"):
            for found in READS.finditer(file.read_text(encoding="utf-8")):
                name = next(filter(None, found.groups()))
                if not FOREIGN.match(name):
                    yield name


def explained():
    text = (ROOT / ".env.example").read_text(encoding="utf-8")
    return re.findall(r"^#?([A-Z][A-Z0-9_]+)=", text, re.MULTILINE)


def test_every_variable_that_is_read_is_explained_and_the_other_way_round():
    read = set(names_in_code())

    assert {"MMUL_SECRET_KEY", "DATABASE_URL", "PORT"} <= read
    assert sorted(read) == sorted(explained())


def test_every_variable_has_a_sentence_before_it():
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    above = ""
    for line in lines:
        if re.match(r"#[A-Z][A-Z0-9_]+=", line):
            assert above.startswith("#"), line
        above = line


def test_the_file_holds_no_value_that_could_be_used_in_production():
    text = (ROOT / ".env.example").read_text(encoding="utf-8")

    assert not re.search(r"^#?MMUL_(SECRET_KEY|SMTP_PASSWORD)=\S", text, re.MULTILINE)
    assert not re.search(r"^[^#\s]", text, re.MULTILINE)
