"""What a body is made of after cleaning: the closed vocabulary, and the shape of everything."""

import pytest

from kit.html import clean

QUOTATION = (
    '<figure class="quotation"><blockquote class="original" lang="en" cite="https://example.org/x">'
    '<p>Hello</p></blockquote><blockquote class="translation" lang="it"><p>Ciao</p></blockquote>'
    '<figcaption><cite>Ada</cite> <time datetime="2022-11-16"></time></figcaption></figure>'
)
# Everything an editor can make, as it is stored: cleaning must not touch it.
STORED = [
    "",
    "<p>Uno <em>due</em> <strong>tre</strong> <s>no</s> H<sub>2</sub>O m<sup>2</sup></p>",
    "<p>Premi <kbd>Ctrl</kbd>, scrivi <code>ls -l</code>, leggi <em>un <strong>po’</strong></em></p>",
    '<p><abbr title="Linux Standard Base">LSB</abbr> e <a href="https://example.org/?a=1&amp;b=2">'
    'altrove</a>, <a href="/2022/11/x/">qui</a>, <a href="mailto:a@example.org">lettere</a></p>',
    "<h2>Titolo</h2><h3>Sotto</h3><p>riga<br>riga</p><hr>",
    "<ul><li>uno</li><li><p>due</p><p>tre</p></li><li>quattro<ol><li>x</li></ol></li></ul>",
    '<ol start="3"><li>tre</li></ol>',
    '<pre><code class="language-bash">sudo apt update\n  # x &lt; y</code></pre>',
    "<pre><code>senza lingua</code></pre>",
    "<blockquote><p>uno</p><p>due</p></blockquote>",
    '<table><thead><tr><th scope="col">a</th><th colspan="2">b</th></tr></thead><tbody><tr><td>1'
    '</td><td rowspan="2"><p>2</p></td><td></td></tr></tbody></table>',
    '<figure class="picture" data-image="12"><figcaption>Una <em>figura</em></figcaption></figure>',
    '<figure class="picture" data-image="12"></figure>',
    '<figure class="video" data-video="youtube:aqz-KE-bpKQ"><figcaption>x</figcaption></figure>',
    '<figure class="video" data-video="vimeo:12345"></figure>',
    QUOTATION,
    '<figure class="quotation"><blockquote class="original" lang="it"><p>Ciao</p></blockquote>'
    '<blockquote class="translation" lang="it"></blockquote></figure>',
]


@pytest.mark.parametrize("html", STORED)
def test_s2_what_an_editor_makes_passes_untouched(html):
    assert clean(html, "article") == html


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("<p></p>", ""),
        ("<p> <br> &nbsp;</p><p>\u200b</p>", ""),
        ("testo sciolto", "<p>testo sciolto</p>"),
        ("a < b && c > d", "<p>a &lt; b &amp;&amp; c &gt; d</p>"),
        ("<div>a<section>b</section>c</div>d", "<p>a</p><p>b</p><p>c</p><p>d</p>"),
        ("<h1>a</h1><h4>b</h4><h6>c</h6>", "<h2>a</h2><h3>b</h3><h3>c</h3>"),
        ("<p><b>a</b> <i>b</i> <del>c</del>", "<p><strong>a</strong> <em>b</em> <s>c</s></p>"),
        ("<p>a<script>b</script>c<style>d</style>", "<p>ac</p>"),
        ("<p>a<img src=x alt=b>c</p>", "<p>ac</p>"),
        ("<p>uno<p>due", "<p>uno</p><p>due</p>"),
        ("<b>uno <i>due</b> tre</i>", "<p><strong>uno <em>due</em></strong><em> tre</em></p>"),
        ("<b><p>a</p><p>b</p></b>", "<p><strong>a</strong></p><p><strong>b</strong></p>"),
        ('<b style="font-weight:normal"><p>a</p></b>', "<p>a</p>"),
        ("<p>a<ul><li>b", "<p>a</p><ul><li>b</li></ul>"),
        ("<ul>x<li>a<li>b</ul>", "<ul><li>x</li><li>a</li><li>b</li></ul>"),
        ("<ul><li>a</li><ul><li>b</ul></ul>", "<ul><li>a<ul><li>b</li></ul></li></ul>"),
        ("<li>a<li>b", "<p>a</p><p>b</p>"),
        ("<ul><li><div>a</div><div>b</div></ul>", "<ul><li><p>a</p><p>b</p></li></ul>"),
        (
            "<table><caption>t</caption><tr><td>a<tfoot><tr><td>b</table>",
            "<p>t</p><table><tbody><tr><td>a</td></tr></tbody><tbody><tr><td>b</td></tr></tbody>"
            "</table>",
        ),
        ("<table><tr><td> </table>x", "<p>x</p>"),
        ("<tr><td>a</td></tr>", "<p>a</p>"),
        ("<pre>\n\na <b>b</b><br>c\n</pre>", "<pre><code>a b\nc</code></pre>"),
        ('<pre class="x lang-C++">a</pre>', '<pre><code class="language-c++">a</code></pre>'),
        ("<a href=/a>x<a href=/b>y", '<p><a href="/a">x</a><a href="/b">y</a></p>'),
        ("<a href=/a><h2>x</h2></a>", '<h2><a href="/a">x</a></h2>'),
        ("<p>  a \n\t <em> b</em>  <br>  c  </p>", "<p>a <em>b</em><br>c</p>"),
        ("<dl><dt>a<dd>b</dl>", "<p>a</p><p>b</p>"),
        ("<figure><img src=x><figcaption>x</figcaption></figure>", "<p>x</p>"),
        ("<figure class=x><table><tr><td>a</table></figure>", "<table><tbody><tr><td>a</td></tr></tbody></table>"),
        ("<blockquote class=original lang=en>x</blockquote>", "<blockquote><p>x</p></blockquote>"),
        ("<table><tr><td colspan=1000>a</table>", "<table><tbody><tr><td>a</td></tr></tbody></table>"),
        ("<svg><text>x</text></svg>a<math><mi>y</math>b", "<p>ab</p>"),
        ("<svg><p>a</p>", "<p>a</p>"),
    ],
)  # fmt: skip
def test_s2_everything_else_is_brought_to_it(typed, kept):
    assert clean(typed, "article") == kept


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("HTTPS://example.org/a b", "https://example.org/a%20b"),
        (" https://example.org/\n", "https://example.org/"),
        ("https://example.org/?a=1&copy=2", "https://example.org/?a=1&amp;copy=2"),
        ("MAILTO:a@example.org?subject=x", "mailto:a@example.org?subject=x"),
        ("/2022/11/storia/#nota", "/2022/11/storia/#nota"),
        ("https://perù.example/così", "https://perù.example/così"),
    ],
)
def test_s2_a_good_link_stays(written, stored):
    assert clean(f'<a href="{written}">x</a>', "article") == f'<p><a href="{stored}">x</a></p>'


@pytest.mark.parametrize(
    "href",
    [
        "javascript:alert(1)",
        "java\tscript:alert(1)",
        "data:text/html,x",
        "//example.org/",
        "/\\example.org",
        "/\t/example.org",
        "https:example.org",
        "https://",
        "http://[::1",
        "http://x:99999/",
        "https://xn--a/",
        "pagina.html",
        "#nota",
        "ftp://example.org/",
        "",
    ],
)
def test_s2_a_link_a_browser_might_read_otherwise_becomes_text(href):
    assert clean(f'<p><a href="{href}">x</a></p>', "article") == "<p>x</p>"


def test_a_quotation_gets_its_order_and_its_parts():
    typed = (
        "<figure class=quotation><figcaption><time datetime=2022-11-16>ieri</time><cite>Ada</cite>"
        "</figcaption><blockquote class=translation lang=fr>Ciao<ul><li>a<li>b</ul></blockquote>"
        "<blockquote class=original lang=en cite=https://example.org/x>Hello</blockquote></figure>"
    )

    assert clean(typed, "article") == QUOTATION.replace(
        "<p>Ciao</p>", "<p>Ciao</p><p>a</p><p>b</p>"
    )


def test_a_quotation_takes_its_link_from_the_caption_if_there_is_no_other():
    typed = (
        "<figure class=quotation><blockquote>Hello</blockquote>"
        "<figcaption><a href=https://example.org/x>Ada</a></figcaption></figure>"
    )

    assert clean(typed, "article") == (
        '<figure class="quotation"><blockquote class="original" cite="https://example.org/x">'
        '<p>Hello</p></blockquote><blockquote class="translation" lang="it"></blockquote>'
        "<figcaption><cite>Ada</cite></figcaption></figure>"
    )


@pytest.mark.parametrize(
    ("inside", "stays"),
    [
        ("", False),
        ("<blockquote class=original lang=en><p></p></blockquote>", False),
        ("<blockquote class=original>x</blockquote>", True),
        ("<blockquote class=translation>x</blockquote>", True),
        ("<figcaption><cite>Ada</cite></figcaption>", True),
        ("<figcaption><time datetime=2022-11-16></time></figcaption>", True),
        ("<blockquote class=original cite=https://example.org/></blockquote>", True),
    ],
)
def test_a_quotation_vanishes_only_if_nothing_was_written_in_it(inside, stays):
    kept = clean(f"<figure class=quotation>{inside}</figure>", "article")

    assert kept.startswith('<figure class="quotation">') == stays


def test_what_does_not_belong_in_a_figure_stands_after_it():
    typed = "<figure class=picture data-image=1>a<h2>b</h2><figcaption>c</figcaption></figure>d"

    assert clean(typed, "article") == (
        '<figure class="picture" data-image="1"><figcaption>c</figcaption></figure>'
        "<p>a</p><h2>b</h2><p>d</p>"
    )


def test_s2_data_attributes_stay_only_on_their_figure():
    typed = '<figure class="picture" data-image="1" data-video="vimeo:1"></figure><p data-image=1>x'

    assert clean(typed, "article") == '<figure class="picture" data-image="1"></figure><p>x</p>'


def test_text_is_stored_in_nfc_without_controls():
    typed = "<p>perche\u0301\x00\x07 \ud800&#1;<em>&#x338;x</em></p>"

    assert clean(typed, "article") == "<p>perché <em>x</em></p>"
