"""What a reader typed becomes HTML: a little Markdown, then the closed vocabulary (C1, S4, V1)."""

import re
from contextlib import suppress
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comments.markdown import NESTING, links, render
from kit.html import Refused, clean
from tests.comments.growing import is_linear, times_of
from tests.kit.payloads import PAYLOADS

TAGS = {"p", "br", "a", "em", "strong", "code", "pre", "blockquote", "ul", "ol", "li"}
REL = 'rel="nofollow ugc noopener"'


class Shape(HTMLParser):
    """The tags of some HTML and their attributes."""

    def __init__(self, html):
        super().__init__()
        self.tags = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))


def assert_closed_vocabulary(html):
    for tag, attrs in Shape(html).tags:
        assert tag in TAGS
        if tag == "a":
            assert set(attrs) == {"href", "rel"}
            assert re.match(r"https?://[^\s\"<>]+$", attrs["href"])
            assert attrs["rel"] == "nofollow ugc noopener"
        else:
            assert attrs == {}
    assert clean(str(html), "comment") == html  # str: without the mark of the first cleaning


@pytest.mark.parametrize(
    ("typed", "made"),
    [
        ("Ciao a tutti", "<p>Ciao a tutti</p>"),
        ("uno\n\ndue", "<p>uno</p><p>due</p>"),
        ("uno\ndue", "<p>uno<br>due</p>"),
        ("*piano* e **forte**", "<p><em>piano</em> e <strong>forte</strong></p>"),
        ("_piano_ e __forte__", "<p><em>piano</em> e <strong>forte</strong></p>"),
        ("con `apt update`", "<p>con <code>apt update</code></p>"),
        ("```\nls -l\ncd /\n```", "<pre><code>ls -l\ncd /</code></pre>"),
        ("```python\nprint()\n```", "<pre><code>print()</code></pre>"),
        ("    ls -l", "<pre><code>ls -l</code></pre>"),
        (
            "> detto da altri\n\nrisposta",
            "<blockquote><p>detto da altri</p></blockquote><p>risposta</p>",
        ),
        ("- pane\n- latte", "<ul><li>pane</li><li>latte</li></ul>"),
        ("1. prima\n2. dopo", "<ol><li>prima</li><li>dopo</li></ol>"),
        ("2 * 3 * 4 = 24", "<p>2 * 3 * 4 = 24</p>"),
        ("nome_di_file_lungo", "<p>nome_di_file_lungo</p>"),
        ("# non un titolo", "<p># non un titolo</p>"),
        ("forse\n===", "<p>forse<br>===</p>"),
        ("prima\n\n---\n\ndopo", "<p>prima</p><p>---</p><p>dopo</p>"),
        ("a &amp; b &copy;", "<p>a &amp; b ©</p>"),
        ("AT&T", "<p>AT&amp;T</p>"),
        ("😀", "<p>😀</p>"),
    ],
)
def test_what_a_reader_types_and_what_readers_see(typed, made):
    assert render(typed) == made


@pytest.mark.parametrize(
    "typed",
    [
        "#include <stdio.h>",
        "std::vector<int> v;",
        "if (a < b && c > d)",
        "premi <Invio>",
        "</p><!-- x --><![CDATA[x]]>",
    ],
)
def test_angle_brackets_are_letters_of_the_text(typed):
    class Text(HTMLParser):
        seen = ""

        def handle_data(self, data):
            self.seen += data

    read = Text()
    read.feed(render(typed))
    read.close()

    assert read.seen == typed
    assert Shape(render(typed)).tags == [("p", {})]


def test_include_stays_readable_in_a_sentence_and_in_code():
    assert render("#include <stdio.h>") == "<p>#include &lt;stdio.h&gt;</p>"
    assert render("`#include <stdio.h>`") == "<p><code>#include &lt;stdio.h&gt;</code></p>"
    assert (
        render("```c\n#include <stdio.h>\n```")
        == "<pre><code>#include &lt;stdio.h&gt;</code></pre>"
    )


# --- links ---


@pytest.mark.parametrize(
    "typed",
    [
        "guarda [qui](https://example.org/x)",
        "guarda https://example.org/x",
        "guarda <https://example.org/x>",
        "guarda HTTPS://example.org/x",
        "guarda http://example.org/x.",
        "guarda (https://example.org/x)",
        "guarda [qui](https:&#47;&#47;example.org/x)",
        "guarda [qui](https:\\/\\/example.org/x)",
        '- [qui](https://example.org/x "titolo")',
        "![non una figura](https://example.org/x.png)",
        "[qui](<https://example.org/x y>)",
    ],
)
def test_c1_a_link_is_clickable_counted_and_vouched_for_by_nobody(typed):
    made = render(typed)

    assert links(made) == 1
    assert f"example.org/x{'.png' if 'png' in typed else ''}" in made
    assert made.count(REL) == 1
    assert_closed_vocabulary(made)


def test_an_address_typed_bare_ends_where_its_sentence_goes_on():
    made = render("Vedi https://example.org/a_(b)?x=1&y=2, poi basta.")

    assert 'href="https://example.org/a_(b)?x=1&amp;y=2"' in made
    assert made.endswith("</a>, poi basta.</p>")


@pytest.mark.parametrize(
    "typed",
    [
        "systemd.io è un nome",
        "scrivi ad ada@example.org",
        "www.example.org",
        "192.0.2.1",
        "`https://example.org/x`",
        "```\nhttps://example.org/x\n```",
        "ftp://example.org/x",
        "mailto:ada@example.org",
        "//example.org/x",
        "[x](//example.org/x)",
        "[x](/contatti/)",
        "[x](#respond)",
        "[x](mailto:ada@example.org)",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](java&#10;script:alert(1))",
        "[x](javascript&colon;alert(1))",
        "[x](data:text/html,x)",
        "[x](vbscript:x)",
        "<javascript:alert(1)>",
        "[x](https:example.org)",
        "[x](https:///x)",
        "[x][y]\n\n[y]: javascript:alert(1)",
    ],
)
def test_c1_what_is_no_web_address_is_no_link(typed):
    assert links(render(typed)) == 0
    assert_closed_vocabulary(render(typed))


def test_links_are_counted_one_by_one():
    text = "[a](https://example.org/a) https://example.org/b <https://example.org/c>"

    assert links(render(text)) == 3
    assert links(render("`<a href>` e <a href=x>")) == 0


# --- hostile text ---


FRAMES = {
    "text": "{}",
    "address": "[x]({})",
    "address in angles": "[x](<{}>)",
    "bare address": "<{}>",
    "code": "`{}`",
    "block of code": "```\n{}\n```",
    "quotation": "> {}",
    "name of a picture": "![{}](https://a.example)",
}


@pytest.mark.parametrize("frame", FRAMES.values(), ids=FRAMES)
def test_c1_hostile_html_in_every_place_of_markdown_stays_in_the_vocabulary(frame):
    for payload in PAYLOADS:
        assert_closed_vocabulary(render(frame.replace("{}", payload)))


def test_s4_hostile_html_through_the_comment_profile_itself():
    for payload in PAYLOADS:
        try:
            made = clean(payload, "comment")
        except Refused:
            continue
        assert_closed_vocabulary(made)


@given(st.text("*_`[]()<>!#-+>1. \n\t&;:/\\\"'abhtps\u0301\u202e{}|~=", max_size=120))
@settings(max_examples=300, deadline=None, derandomize=True)
def test_s4_any_text_becomes_html_of_the_vocabulary_that_cleaning_leaves_alone(text):
    try:
        made = render(text)
    except Refused:
        return
    assert_closed_vocabulary(made)


# --- limits ---


@pytest.mark.parametrize("box", ["> ", "- ", "1. "])
def test_boxes_up_to_the_limit_are_kept_and_one_more_is_refused_in_italian(box):
    assert "fondo" in render(box * NESTING + "fondo")
    with pytest.raises(Refused) as caught:
        render(box * (NESTING + 1) + "fondo")
    assert caught.value.messages == [
        "Citazioni ed elenchi sono annidati troppo: al massimo 8 livelli, poi non si leggono più."
    ]


@pytest.mark.parametrize("text", ["> " * 50 + "x", ">" * 50 + "x", "- " * 50 + "x", ">- " * 25])
def test_fifty_levels_of_quotation_are_refused_in_italian(text):
    with pytest.raises(Refused, match="annidati troppo: al massimo 8 livelli"):
        render(text)


def test_at_the_deepest_level_all_that_stands_there_is_kept():
    made = render("- " * NESTING + "**forte *piano `x` [y](https://example.org/)***")

    assert "<strong>forte <em>piano <code>x</code>" in made
    assert links(made) == 1


def test_marks_inside_marks_of_their_own_kind_add_nothing():
    text = "x"
    for level in range(30):
        text = f"*a {text} a*" if level % 2 else f"**a {text} a**"
    tags = [tag for tag, _ in Shape(render(text)).tags]

    assert sorted(tags) == ["em", "p", "strong"]
    assert render(text).count("a") == 60


SHAPES = {
    "stars": "*",
    "stars and words": "*a ",
    "three stars": "***a",
    "strong in words": "a**b",
    "stars and lines": "*_",
    "underscores": "__a",
    "backticks": "`a``b",
    "brackets": "[",
    "pairs of brackets": "[]",
    "links that do not end": "[a](",
    "links with titles": '[a](b "',
    "links in angles": "[a](<b",
    "links": "[a](https://a.example) ",
    "images": "![",
    "references": "[a]: b\n",
    "angles": "<a",
    "half addresses": "<http:",
    "schemes": "://",
    "bare addresses": "https://a.example ",
    "addresses that run on": "http://a.",
    "addresses with brackets": "http://a.b/((",
    "addresses without a scheme": "//a.b/(",
    "mail addresses": "mailto:a@b.",
    "ampersands": "&",
    "references of letters": "&#35;",
    "backslashes": "\\",
    "quotations": "> a\n",
    "quotations in quotations": "> > > a\n",
    "open quotations": ">",
    "items": "- a\n",
    "open items": "- ",
    "numbers": "1. a\n",
    "fences": "```\n",
    "blank lines": "\n",
    "lines": "a\n",
    "blanks": "    ",
    "marks": "e\u0301\u0323",
    "directions": "\u202e",
    "cdata": "<![CDATA[",
}


@pytest.mark.parametrize("unit", SHAPES.values(), ids=SHAPES)
def test_v1_time_grows_with_the_text_and_not_with_its_square(unit):
    def work(length):
        with suppress(Refused):
            render((unit * length)[:length])

    times = times_of(work, [2500, 5000, 10_000])

    assert is_linear(times), times


def test_v1_what_costs_too_much_is_still_read_as_text():
    many = "[" * 201 + "https://a.example *ciao*"

    assert "<em>ciao</em>" in render(many)
    assert "<em>ciao</em>" in render("a://" * 201 + " *ciao*")
    assert links(render(many)) == 1
