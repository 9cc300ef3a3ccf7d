"""Write NAME.json beside each NAME.xml that has none: a first draft, to be read and corrected.

Run ``python -m tests.aggregator.corpus.write``. What stands in a JSON file is what we want, not
what the parser did: read each one before it is committed.
"""

import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from aggregator.parsing import Unreadable, parse

HERE = Path(__file__).parent
NOW = datetime(2024, 9, 1, tzinfo=UTC)
ADDRESS = "https://notizie.example/blog/feed.xml"


def expected(body, url=ADDRESS, content_type=""):
    """Return what the parser says, without the fields that are empty."""
    try:
        parsed = asdict(parse(body, url, content_type, NOW))
    except Unreadable as error:
        return {"unreadable": error.sentence}
    parsed["entries"] = [filled(entry) for entry in parsed["entries"]]
    return json.loads(json.dumps(filled(parsed), default=datetime.isoformat))


def filled(fields):
    return {name: value for name, value in fields.items() if value or name == "entries"}


def main():
    for file in sorted(HERE.glob("*.xml")):
        wanted = file.with_suffix(".json")
        if not wanted.exists():
            found = {"expected": expected(file.read_bytes())}
            text = json.dumps(found, ensure_ascii=False, indent=1)
            wanted.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
