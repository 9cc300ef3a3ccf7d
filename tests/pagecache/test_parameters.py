"""Every parameter that a public view reads is known to the cache, or Django never sees it."""

import re
from pathlib import Path

from mmul.caching import EXACT, PARAMETERS
from pagecache.keys import Rules

ROOT = Path(__file__).resolve().parent.parent.parent
ROOMS = [
    file.parent for file in ROOT.glob("*/__init__.py") if file.parent.name not in ("tests", "bench")
]
READS = re.compile(r"""request\.GET(?:\.get(?:list)?\(|\[)\s*["'](\w+)["']""")
STAFF = re.compile(r"/admin/|/picker\.py$")  # below the newsroom's address: everything passes


def test_parameters_of_public_views_are_declared():
    read = {}
    for room in ROOMS:
        for file in room.rglob("*.py"):
            if not STAFF.search(str(file)):
                for name in READS.findall(file.read_text(encoding="utf-8")):
                    read[name] = file.name
    known = {name for names in [*PARAMETERS.values(), *EXACT.values()] for name in names}

    assert "replytocom" in read
    assert set(read) <= known, read


def test_a_parameter_of_the_front_page_means_nothing_elsewhere():
    rules = Rules((), PARAMETERS, {}, EXACT)

    assert rules.known("/", "p=7&utm_source=x") == "p=7"
    assert rules.known("/2026/11/x/", "p=7&s=y&replytocom=3") == "replytocom=3"
    assert rules.known("/cerca/feed/", "q=a&p=7") == "q=a"
    assert rules.known("/oembed/", "url=b&q=c") == "url=b"
