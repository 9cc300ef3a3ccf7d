"""The dates of feeds: RFC 822, RFC 3339 and what people write instead of them. Pure."""

import re
import unicodedata
from datetime import UTC, datetime, timedelta, timezone

from kit.dates import ROME

LONGEST = 100  # characters; no date needs more
EARLIEST = datetime(1995, 1, 1, tzinfo=UTC)
AHEAD = timedelta(days=1)

ENGLISH = "january february march april may june july august september october november december"
ITALIAN = (
    "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre"
)
GERMAN = "januar februar marz april mai juni juli august september oktober november dezember"
FRENCH = "janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre"
SPANISH = "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre"
# Shorter than three letters nobody writes them; these are no beginnings of the names above.
OTHERS = {"janner": 1, "jaenner": 1, "maerz": 3, "mrz": 3, "setiembre": 9, "genn": 1}


def _months(*lists):
    table = dict(OTHERS)
    for names in lists:
        for number, name in enumerate(names.split(), 1):
            # "juin" and "juillet", "juni" and "juli" share three letters: "jui" is nobody's.
            shortest = 4 if name in ("juin", "juillet") else 3
            for length in range(shortest, len(name) + 1):
                table.setdefault(name[:length], number)
    return table


MONTHS = _months(ENGLISH, ITALIAN, GERMAN, FRENCH, SPANISH)
# Rome, Berlin, Paris and Madrid share one clock; a month in English may be from anywhere.
EUROPEAN = frozenset(MONTHS) - frozenset(_months(ENGLISH))
HOURS = {
    "z": 0, "ut": 0, "utc": 0, "gmt": 0, "wet": 0, "west": 1, "bst": 1, "cet": 1, "cest": 2,
    "met": 1, "mez": 1, "mesz": 2, "eet": 2, "eest": 3, "msk": 3, "ist": 5.5, "jst": 9,
    "aest": 10, "aedt": 11, "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6,
    "pst": -8, "pdt": -7,
}  # fmt: skip

ISO = re.compile(
    r"(\d{4})([-/]?)(\d\d)\2(\d\d)(?:[t ]+(\d\d?)(?::?(\d\d)(?::?(\d\d)(?:[.,]\d{1,12})?)?)?)?(.*)"
)
NUMERIC = re.compile(r"(?<!\d)(\d\d?)([./-])(\d\d?)\2(\d{4})(?!\d)")
DAY_MONTH = re.compile(
    r"(?<!\d)(\d\d?)(?:st|nd|rd|th|er|°|º|\.)?[\s-]*(?:de |di )?([a-z]{3,12})\.?"
    r"[\s,-]*(?:del |de )?(\d{4}|\d\d(?![:.h\d]))?(?!\d)"
)
MONTH_DAY = re.compile(r"([a-z]{3,12})\.? +(\d\d?)(?:st|nd|rd|th)?(?![\d:])")
YEAR = re.compile(r"(?<![\d:+-])(\d{4})(?!\d)")
TIME = re.compile(
    r"(?<!\d)(\d\d?)(?:[:.h](\d\d))(?:[:.](\d\d)(?:[.,]\d{1,9})?)?\s*(am|pm|a\.m\.|p\.m\.)?"
)
OFFSET = re.compile(r"([+-])\s?(\d\d?):?(\d\d)?(?!\d)")
ZONE = re.compile(r"[a-z]+")


def read(text: str, now: datetime | None = None) -> datetime | None:
    """Return the moment that ``text`` names, aware and in UTC, or None if it names none.

    None too before 1995 and more than a day after ``now``. A date without a zone is UTC, but
    Italian time if its month is in Italian, German, French or Spanish; without an hour it is
    midnight. 01/08/2024 is the first of August. Time: constant, longer texts are not looked at.
    """
    if not text or len(text) > LONGEST:
        return None
    now = now or datetime.now(UTC)
    try:
        moment = _moment(_folded(text))
        if moment is None or not EARLIEST <= moment <= now + AHEAD:
            return None
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):  # a 31 June, an hour 25
        return None


_ODD = str.maketrans({"º": "°", "\N{MINUS SIGN}": "-", "\N{EN DASH}": "-"})


def _folded(text):
    """Lower case, without accents and doubled blanks: "Févr." is "fevr."."""
    apart = unicodedata.normalize("NFKD", text.translate(_ODD).lower())
    return " ".join("".join(c for c in apart if not unicodedata.combining(c)).split())


def _moment(text):
    if re.fullmatch(r"\d{10}(\d{3})?", text):  # seconds, or thousandths, since 1970
        return datetime.fromtimestamp(int(text[:10]), UTC)
    if found := ISO.fullmatch(text):
        year, _, month, day, hour, minute, second, rest = found.groups()
        return _made(year, month, day, (hour, minute, second), rest)
    return _numeric(text) or _named(text)


def _numeric(text):
    if (found := NUMERIC.search(text)) is None:
        return None
    day, _, month, year = found.groups()
    if int(month) > 12:  # an American
        day, month = month, day
    return _with_time(year, month, day, _without(text, found))


def _named(text):
    for found in DAY_MONTH.finditer(text):
        day, word, year = found.groups()
        if word in MONTHS:
            return _of_year(text, found, day, word, year)
    for found in MONTH_DAY.finditer(text):
        word, day = found.groups()
        if word in MONTHS:
            return _of_year(text, found, day, word, None)
    return None


def _of_year(text, found, day, word, year):
    rest = _without(text, found)
    if year is None:
        if (later := YEAR.search(rest)) is None:
            return None
        year, rest = later.group(), _without(rest, later)
    if len(year) == 2:
        year = 2000 + int(year) if int(year) < 50 else 1900 + int(year)
    return _with_time(year, MONTHS[word], day, rest, ROME if word in EUROPEAN else UTC)


def _without(text, found):
    return f"{text[: found.start()]} {text[found.end() :]}"


def _with_time(year, month, day, rest, zone=UTC):
    found = TIME.search(rest)
    if found is None:
        return _made(year, month, day, (None, None, None), "", zone)
    hour, minute, second, half = found.groups()
    if half:
        hour = int(hour) % 12 + (12 if half[0] == "p" else 0)
    return _made(year, month, day, (hour, minute, second), rest[found.end() :], zone)


def _made(year, month, day, time, rest, zone=UTC):
    hour, minute, second = (int(part or 0) for part in time)
    start = datetime(int(year), int(month), int(day), tzinfo=_zone(rest, zone))
    if (hour, minute, second) > (24, 0, 0) or minute > 59 or second > 60:
        raise ValueError("no such time")
    return start + timedelta(hours=hour, minutes=minute, seconds=second)


def _zone(rest, otherwise):
    """Return the zone written in ``rest``; a name that nobody knows is as good as none."""
    if found := OFFSET.search(rest):
        sign, hours, minutes = found.groups()
        away = timedelta(hours=int(hours), minutes=int(minutes or 0))
        return timezone(-away if sign == "-" else away)
    for name in ZONE.findall(rest):
        if name in HOURS:
            return timezone(timedelta(hours=HOURS[name]))
    return otherwise
