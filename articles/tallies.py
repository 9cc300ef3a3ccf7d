"""Triggers that count the stories of each list and month, and the sums that keep the rows few.

A writer only adds rows, +1 or -1: two who publish at once neither wait nor overwrite each other's
number. The worker replaces the rows of a month by their sum (docs/adr/0019).
"""

from django.db import transaction

from articles.models import Tally

LISTED, ARTICLE = "articles_listed", "articles_article"
EVENTS = {"INSERT": ["NEW"], "DELETE": ["OLD"], "UPDATE": ["OLD", "NEW"]}
SIGN = {"OLD": -1, "NEW": 1}
# Both databases: the month of a date in UTC.
MONTH = {
    "sqlite": "substr({row}.published_at, 1, 7)",
    "postgresql": "to_char({row}.published_at AT TIME ZONE 'UTC', 'YYYY-MM')",
}
ON_FRONT = f"CASE WHEN {{row}}.pinned THEN '{Tally.PINNED}' ELSE {{month}} END"
ADD_LISTED = """
    INSERT INTO articles_tally (kind, label, month, stories)
    SELECT {row}.kind, {row}.label, {month}, {sign};
"""
ADD_FRONT = """
    INSERT INTO articles_tally (kind, label, month, stories)
    SELECT 0, 0, {on_front}, {sign} WHERE {row}.status = 'ready';
"""
# What they come to, from lists that are right.
ANEW = """
    DELETE FROM articles_tally;
    INSERT INTO articles_tally (kind, label, month, stories)
    SELECT kind, label, {month}, count(*) FROM articles_listed story GROUP BY 1, 2, 3;
    INSERT INTO articles_tally (kind, label, month, stories)
    SELECT 0, 0, {on_front}, count(*) FROM articles_article story
    WHERE status = 'ready' GROUP BY 3
"""
# A site emptied table by table, in any order, has counted some of its stories out twice.
NOTHING_LEFT = "DELETE FROM articles_tally WHERE NOT EXISTS (SELECT 1 FROM articles_article)"

GROUPS = 100  # a step of the worker: a second at most
ROWS = 900


def rules(vendor, differs):
    """Yield rules as listing.rules() does."""
    for event, rows in EVENTS.items():
        yield LISTED, event, "", "".join(written(ADD_LISTED, row, vendor) for row in rows), []
        when, columns = "", ["status", "published_at", "pinned"]
        if event == "UPDATE":
            when = " OR ".join(f"NEW.{column} {differs} OLD.{column}" for column in columns)
            event = f"UPDATE OF {', '.join(columns)}"
        yield ARTICLE, event, when, "".join(written(ADD_FRONT, row, vendor) for row in rows), []


def written(sql, row, vendor):
    month = MONTH[vendor].format(row=row)
    on_front = ON_FRONT.format(row=row, month=month)
    return sql.format(row=row, month=month, on_front=on_front, sign=SIGN.get(row))


def anew(vendor):
    """Return statements that count everything anew."""
    return written(ANEW, "story", vendor).split(";")


def sum_up_due():
    """Replace the rows of a month by one; return for how many months of lists."""
    return sum(sum_up(*month) for month in list(Tally.objects.crowded()[:GROUPS]))


@transaction.atomic
def sum_up(kind, label, month):
    """What is added meanwhile stays beside the sum: only rows that were read are taken away."""
    found = Tally.objects.of_list(kind, label).filter(month=month).order_by("pk")
    rows = dict(found.select_for_update().values_list("pk", "stories")[:ROWS])
    if len(rows) < 2:  # another worker was here
        return 0
    Tally.objects.filter(pk__in=rows).delete()
    if total := sum(rows.values()):
        Tally.objects.create(kind=kind, label=label, month=month, stories=total)
    return 1
