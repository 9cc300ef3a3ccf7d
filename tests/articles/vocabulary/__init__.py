"""A part of the published schema.org vocabulary, and a check of JSON-LD against it."""

import json
import re
from datetime import date, datetime
from pathlib import Path

FACTS = json.loads(Path(__file__).with_name("facts.json").read_text(encoding="utf-8"))
TYPES, PROPERTIES = FACTS["types"], FACTS["properties"]
ADDRESS = re.compile(r"https?://[^\s]+")


def faults(block):
    """Return what is wrong with a JSON-LD document, as sentences; [] if it is valid."""
    if block.get("@context") != "https://schema.org":
        return ["@context is not schema.org"]
    nodes = block.get("@graph") or [{k: v for k, v in block.items() if k != "@context"}]
    return [fault for node in nodes for fault in of_node(node)]


def of_node(node, where=""):
    kind = node.get("@type")
    where = f"{where}{kind}"
    if kind not in TYPES:
        return [f"{where}: no such type"]
    found = []
    for name, value in node.items():
        if name == "@id":
            found += [] if ADDRESS.fullmatch(value) else [f"{where}: @id is no address"]
        elif name != "@type":
            found += of_property(kind, name, value, f"{where}.{name}")
    return found


def of_property(kind, name, value, where):
    # An action says of a property what it will take: "query-input" (schema.org/docs/actions.html).
    base = name.removesuffix("-input")
    if base not in PROPERTIES:
        return [f"{where}: no such property"]
    if not any(is_a(kind, domain) for domain in PROPERTIES[base]["on"]):
        return [f"{where}: not a property of {kind}"]
    takes = ["PropertyValueSpecification", "Text"] if base != name else PROPERTIES[base]["takes"]
    values = value if isinstance(value, list) else [value]
    if not values:
        return [f"{where}: empty"]
    return [fault for one in values for fault in of_value(one, takes, where)]


def of_value(value, takes, where):
    if isinstance(value, dict):
        kind = value.get("@type")
        wrong = kind in TYPES and not any(is_a(kind, wanted) for wanted in takes)
        return [f"{where}: takes no {kind}"] if wrong else of_node(value, f"{where} > ")
    return [] if any(is_plain(value, wanted) for wanted in takes) else [f"{where}: {value!r}"]


def is_a(kind, wanted):
    return kind == wanted or any(is_a(above, wanted) for above in TYPES[kind])


def is_plain(value, wanted):
    """True if a plain JSON value is one of the data type ``wanted``."""
    if isinstance(value, bool):
        return wanted == "Boolean"
    if isinstance(value, int | float):
        return wanted == "Number" or (wanted == "Integer" and isinstance(value, int))
    if not isinstance(value, str) or not value.strip():
        return False
    if wanted == "Text":
        return True
    if wanted == "URL":
        return bool(ADDRESS.fullmatch(value))
    reader = {"Date": date.fromisoformat, "DateTime": aware}.get(wanted)
    try:
        return bool(reader and reader(value))
    except ValueError:
        return False


def aware(text):
    return datetime.fromisoformat(text).tzinfo is not None
