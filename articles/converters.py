"""Parts of addresses. What does not match is a 404 that costs no query."""

from django.urls import register_converter


class Year:
    regex = r"(?:19[7-9]\d|20\d\d)"

    def to_python(self, value):
        return int(value)

    def to_url(self, value):
        return f"{value:04d}"


class Month:
    regex = r"(?:0[1-9]|1[0-2])"

    def to_python(self, value):
        return int(value)

    def to_url(self, value):
        return f"{value:02d}"


class Day(Month):
    regex = r"(?:0[1-9]|[12]\d|3[01])"


class PageNumber:
    """2 and up, at most 99,999: page 1 is the list's own address."""

    regex = r"(?:[2-9]|[1-9]\d{1,4})"

    def to_python(self, value):
        return int(value)

    def to_url(self, value):
        return str(value)


class Slug:
    regex = r"[-\w]{1,200}"

    def to_python(self, value):
        return value

    def to_url(self, value):
        return value


class SlugPath(Slug):
    """Slugs of a category and of those above it: "software/distribuzioni"."""

    regex = r"[-\w]{1,200}(?:/[-\w]{1,200}){0,4}"


class StoryTail(Slug):
    """What WordPress hangs on a story's address: pages of its comments, its text, other views."""

    regex = r"comment-page-[0-9]{1,4}|amp|embed|[1-9][0-9]{0,2}"


class Serial(PageNumber):
    """A row's number, as long as every database can hold."""

    regex = r"[1-9]\d{0,17}"


CONVERTERS = {
    "year": Year,
    "month": Month,
    "day": Day,
    "number": PageNumber,
    "anyslug": Slug,
    "slugs": SlugPath,
    "serial": Serial,
    "story_tail": StoryTail,
}
for name, converter in CONVERTERS.items():
    register_converter(converter, name)
