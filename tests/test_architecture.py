"""The house has a slope: a package may import only what lies below it."""

import ast
from functools import cache
from pathlib import Path

from django.apps import apps

from tests.together import GROUP_OF

ROOT = Path(__file__).resolve().parent.parent

STOREYS = [
    {"kit", "nodes", "pagecache"},
    {"images"},
    {"accounts", "outbox", "search"},
    {"articles"},
    {"aggregator", "comments"},
    {"mmul"},
]
STOREY = {room: height for height, rooms in enumerate(STOREYS) for room in rooms}
FILES = sorted(f for room in STOREY for f in (ROOT / room).rglob("*.py"))
# Third-party code has one owner room (docs/adr/0001).
OWNERS = {
    "PIL": "images",
    "font_source_sans_pro": "images",
    "font_source_serif_pro": "images",
    "nh3": "kit",
    "selectolax": "kit",
    "pygments": "articles",
    "django_prose_editor": "articles",
    "js_asset": "articles",
    "allauth": "accounts",
    "django_comments": "comments",
    "django_comments_xtd": "comments",
    "markdown_it": "comments",
    "feedparser": "aggregator",
    "snowballstemmer": "search",
    "urllib3": "kit",
    "brotli": "kit",
    "zstandard": "kit",
    "csp": "mmul",
    "whitenoise": "mmul",
    "dj_database_url": "mmul",
    "storages": "mmul",
    "boto3": "mmul",
    "botocore": "mmul",
}


@cache
def imported_names(file):
    return set(read_names(file))


def read_names(file):
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield (node.module or "").split(".")[0]


def test_imports_only_go_down():
    upward = {}
    for file in FILES:
        home = file.relative_to(ROOT).parts[0]
        others = (imported_names(file) & STOREY.keys()) - {home}
        if wrong := sorted(room for room in others if STOREY[room] >= STOREY[home]):
            upward[str(file.relative_to(ROOT))] = wrong
    assert upward == {}


def test_third_party_code_has_one_owner_room():
    strangers = {}
    for file in FILES:
        home = file.relative_to(ROOT).parts[0]
        if wrong := {name for name in imported_names(file) if OWNERS.get(name, home) != home}:
            strangers[str(file.relative_to(ROOT))] = wrong
    assert strangers == {}


def test_foreign_keys_only_go_down():
    for model in apps.get_models():
        home = model._meta.app_label
        for field in [*model._meta.concrete_fields, *model._meta.many_to_many]:
            other = field.related_model and field.related_model._meta.app_label
            if home in STOREY and other in STOREY and other != home:
                assert STOREY[other] < STOREY[home], f"{model.__name__}.{field.name}"


def test_every_package_has_a_storey():
    packages = {f.parent.name for f in ROOT.glob("*/__init__.py")} - {"tests", "bench"}
    assert packages <= STOREY.keys()


def test_no_file_past_400_lines():
    lines = {file: len(file.read_text(encoding="utf-8").splitlines()) for file in FILES}
    assert {str(file): many for file, many in lines.items() if many > 400} == {}


def test_files_of_one_worker_are_there():
    assert [file for file in GROUP_OF if not (ROOT / file).exists()] == []
