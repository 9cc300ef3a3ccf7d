"""Lists of feeds as OPML, in and out: folders are categories, nothing twice, trouble in words."""

import pytest

from aggregator import opml
from aggregator.models import Feed
from aggregator.opml import MOST_FEEDS, Line, Unreadable, read, take_in, write
from tests.aggregator.making import make_feed

pytestmark = [pytest.mark.django_db, pytest.mark.once]


def document(inside, head='<?xml version="1.0" encoding="UTF-8"?>'):
    text = (
        f'{head}<opml version="2.0"><head><title>Elenco</title></head><body>{inside}</body></opml>'
    )
    return text.encode()


def line(address, **more):
    said = {"type": "rss", "text": "Una fonte", "xmlUrl": address} | more
    return "<outline " + " ".join(f'{name}="{value}"' for name, value in said.items()) + "/>"


def folder(name, *inside):
    return f'<outline text="{name}">{"".join(inside)}</outline>'


def refused(data):
    with pytest.raises(Unreadable) as caught:
        read(data)
    return str(caught.value)


# --- In ----------------------------------------------------------------------


def test_a_line_has_address_title_and_site():
    said = line("https://a.example/feed", text="A &amp; B", htmlUrl="https://a.example/")

    assert read(document(said)) == [
        Line("https://a.example/feed", "A & B", "https://a.example/", "")
    ]


def test_nested_folders_are_categories_in_the_order_of_the_file():
    data = document(
        folder("Linux", folder("Kernel", line("https://1.example/")), line("https://2.example/"))
        + line("https://3.example/")
        + folder("Audio/Video", line("https://4.example/"))
        + '<outline title="Senza nome">' + line("https://5.example/") + "</outline>"
        + "<outline>" + line("https://6.example/") + "</outline>"
    )  # fmt: skip

    assert [(one.address, one.category) for one in read(data)] == [
        ("https://1.example/", "Linux/Kernel"),
        ("https://2.example/", "Linux"),
        ("https://3.example/", ""),
        ("https://4.example/", "Audio Video"),
        ("https://5.example/", "Senza nome"),
        ("https://6.example/", ""),
    ]


def test_what_lies_deeper_than_ten_folders_is_kept():
    deep = line("https://a.example/")
    for level in range(30, 0, -1):
        deep = folder(str(level), deep)

    assert [one.category for one in read(document(deep))] == ["1/2/3/4/5/6/7/8/9/10"]


@pytest.mark.parametrize(
    "data",
    [
        document(line("https://a.example/", text="Città")),
        document(line("https://a.example/", text="Città"), head="\ufeff"),
        document(line("https://a.example/", text="Città")).decode().encode("utf-16"),
        document(line("https://a.example/", text="Città"), head="").decode().encode("latin-1"),
        b"\n  " + document(line("https://a.example/", text="Città")),
    ],
    ids=["utf-8", "byte order mark", "utf-16", "latin-1", "blanks before"],
)
def test_charsets_are_read(data):
    assert [one.title for one in read(data)] == ["Città"]


def test_a_control_character_does_not_stop_the_list():
    assert len(read(document(line("https://a.example/", text="A\x0bB") + "\x00"))) == 1


def test_two_spellings_of_one_address_are_one_feed():
    make_feed("https://www.a.example/feed/")
    lines = read(
        document(
            line("http://a.example/feed?utm_source=opml")
            + line("https://b.example/feed")
            + line("https://B.example/feed/")
        )
    )

    report = take_in(lines)

    assert (report.added, report.known, report.refused) == (1, 2, ())
    assert sorted(Feed.objects.values_list("address", flat=True)) == [
        "https://b.example/feed",
        "https://www.a.example/feed/",
    ]


def test_a_second_time_changes_nothing():
    lines = read(document(line("https://a.example/") + line("https://b.example/")))
    take_in(lines)
    Feed.objects.update(title="Scelto da noi", category="Nostra")

    report = take_in(lines)

    assert (report.added, report.known) == (0, 2)
    assert set(Feed.objects.values_list("title", "category")) == {("Scelto da noi", "Nostra")}


def test_what_is_no_address_is_refused_by_name_and_the_others_come_in():
    bad = ["javascript:alert(1)", "ftp://a.example/", "https://user:x@a.example/", "ciao"]
    lines = read(document("".join(map(line, bad)) + line("https://a.example/")))
    seen = []

    report = take_in(lines, progress=lambda: seen.append(1))

    assert report.added == 1
    assert list(report.refused) == bad
    assert len(seen) == 5


def test_new_feeds_are_asked_soon():
    take_in(read(document(line("https://a.example/"))))

    feed = Feed.objects.get()
    assert feed.state == Feed.State.ACTIVE
    assert feed.next_check_at is not None


def test_a_site_that_is_none_is_left_out():
    take_in(read(document(line("https://a.example/", htmlUrl="javascript:alert(1)"))))

    assert Feed.objects.get().site == ""


# --- Trouble -----------------------------------------------------------------


def test_ten_thousand_lines_are_refused_in_words():
    many = "".join(line(f"https://{n}.example/") for n in range(10_000))

    assert refused(document(many)) == "L’elenco è troppo lungo: al massimo 5000 feed."
    assert len(read(document(many[: many.index(line(f"https://{MOST_FEEDS}.example/"))]))) == 5000


def test_a_broken_file_is_refused_with_its_line():
    broken = document(line("https://a.example/") + "\n\n<outline")

    assert refused(broken) == "Il file è rotto alla riga 3: non è XML che si legge."


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "rotto"),
        (b"ciao", "rotto"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "rotto"),
        (b"<html><body></body></html>", "Il file non è un elenco OPML."),
        (b"<rss version='2.0'><channel/></rss>", "Il file non è un elenco OPML."),
        (b"<opml version='2.0'><head/></opml>", "Il file non è un elenco OPML."),
        (b"<opml>" + b" " * opml.MOST_BYTES + b"</opml>", "al massimo 5 MB"),
    ],
)
def test_what_is_no_list_is_refused_in_italian(data, words):
    assert words in refused(data)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-be"])
@pytest.mark.parametrize(
    "head",
    [
        '<!DOCTYPE o [<!ENTITY a "' + "x" * 1000 + '">]>',
        '<!doctype o [<!entity a SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE o SYSTEM "http://127.0.0.1/evil.dtd">',
    ],
)
def test_f3_entities_are_refused_in_whatever_encoding(head, encoding):
    data = document(line("https://a.example/", text="&a;"), head=head).decode()

    said = refused(data.encode(encoding))

    assert "definizioni" in said or "rotto" in said


def test_a_mountain_of_folders_does_not_fall_on_us():
    deep = '<outline text="a">' * 100_000 + line("https://a.example/") + "</outline>" * 100_000

    assert len(read(document(deep))) == 1


# --- Out ---------------------------------------------------------------------


def test_out_and_in_again_is_the_same():
    fields = ("address", "title", "site", "category")
    make_feed(title="Zeta & <Eta>", category="Linux/Kernel", site="https://z.example/")
    make_feed(title="“Àlfa” 'x'", category="Linux")
    make_feed("https://a.example/feed?a=1&b=2", title="Senza cartella")
    before = sorted(Feed.objects.values_list(*fields))
    data = write(Feed.objects.all())
    Feed.objects.all().delete()

    report = take_in(read(data))

    assert report.added == 3
    assert sorted(Feed.objects.values_list(*fields)) == before
    assert write(Feed.objects.all()) == data


def test_folders_are_written_once_each():
    for title, category in [
        ("A", "Linux/Kernel"),
        ("B", "Linux/Kernel"),
        ("C", "Linux"),
        ("D", ""),
    ]:
        make_feed(title=title, category=category)

    text = write(Feed.objects.all()).decode()

    assert text.count('<outline text="Linux">') == text.count('<outline text="Kernel">') == 1
    assert text.startswith("<?xml")


def test_an_empty_list_is_a_list():
    assert read(write(Feed.objects.none())) == []
