"""Write facts.json from a published file of schema.org: run by hand, when we use something new.

``python extract.py schemaorg-current-https.jsonld 30.0``; the file is in data/releases/<version>/
of the repository schemaorg/schemaorg.
"""

import json
import sys
from pathlib import Path

TYPES = """
    NewsArticle WebPage Person NewsMediaOrganization Organization ImageObject CreativeWork
    CreativeWorkSeries BreadcrumbList ListItem WebSite SearchAction EntryPoint ProfilePage
    PropertyValueSpecification QuantitativeValue Text URL Date DateTime Integer Number Boolean Language
""".split()
PROPERTIES = """
    mainEntityOfPage url headline description inLanguage datePublished dateModified author publisher
    image articleSection keywords wordCount commentCount citation isAccessibleForFree isPartOf
    position name logo width height encodingFormat caption itemListElement item potentialAction
    target urlTemplate query mainEntity sameAs value unitCode
""".split()


def names(value):
    items = value if isinstance(value, list) else [value] if value else []
    return sorted(item["@id"].removeprefix("schema:") for item in items)


def main(file, version):
    graph = json.loads(Path(file).read_text(encoding="utf-8"))["@graph"]
    rows = {row["@id"].removeprefix("schema:"): row for row in graph}
    above, waiting = {}, list(TYPES)
    properties = {
        name: {
            "on": names(rows[name]["schema:domainIncludes"]),
            "takes": names(rows[name]["schema:rangeIncludes"]),
        }
        for name in PROPERTIES
    }
    while waiting:
        name = waiting.pop()
        if name in above or name not in rows:
            continue
        # A data type is a class that stands below none.
        above[name] = [n for n in names(rows[name].get("rdfs:subClassOf")) if ":" not in n]
        waiting += above[name]
    facts = {
        "source": f"schema.org {version}, {Path(file).name}",
        "types": dict(sorted(above.items())),
        "properties": dict(sorted(properties.items())),
    }
    target = Path(__file__).with_name("facts.json")
    target.write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
