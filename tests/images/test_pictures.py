"""The <picture> that pages print."""

import pytest
from django.template import Context, Template
from selectolax.lexbor import LexborHTMLParser

from images.models import Image
from images.pictures import SIZES, picture_html, thumb_url
from images.renditions import plan

CODE = "ab" + "0" * 38
NAME = f"ab/{CODE}.jpg"


def make(**fields):
    image = Image(**{"pk": 1, "name": NAME, "width": 1600, "height": 900, "alt": "Tux"} | fields)
    image.renditions = plan(image)
    return image


def parsed(html):
    tree = LexborHTMLParser(html, is_fragment=True)
    return tree.css_first("picture > img"), tree.css_first("picture > source")


def widths(srcset):
    return [int(choice.split()[1][:-1]) for choice in srcset.split(", ")]


def test_a_picture_offers_avif_then_its_own_format():
    img, source = parsed(picture_html(make(), "lead"))

    assert source.attributes["type"] == "image/avif"
    assert widths(source.attributes["srcset"]) == [320, 640, 960, 1280, 1600]
    assert widths(img.attributes["srcset"]) == [320, 640, 960, 1280, 1600]
    assert img.attributes["srcset"].endswith(f"/media/{NAME} 1600w")
    assert source.attributes["sizes"] == img.attributes["sizes"] == SIZES["lead"].sizes
    assert img.attributes["src"] == f"/media/ab/{CODE}-1280.jpg"


def test_size_and_text_are_always_there():
    img, _ = parsed(picture_html(make(), "body"))

    assert (img.attributes["width"], img.attributes["height"]) == ("1600", "900")
    assert img.attributes["alt"] == "Tux"


def test_below_the_fold_is_lazy_and_the_lead_comes_first():
    lazy, _ = parsed(picture_html(make(), "card"))
    eager, _ = parsed(picture_html(make(), "lead", eager=True))

    assert lazy.attributes["loading"] == "lazy"
    assert "fetchpriority" not in lazy.attributes
    assert eager.attributes["fetchpriority"] == "high"
    assert "loading" not in eager.attributes
    assert lazy.attributes["decoding"] == eager.attributes["decoding"] == "async"


@pytest.mark.parametrize(
    ("size", "most", "src"),
    [
        ("lead", 1920, f"/media/ab/{CODE}-1280.jpg"),
        ("card", 1280, f"/media/ab/{CODE}-640.jpg"),
        ("body", 1920, f"/media/ab/{CODE}-960.jpg"),
        ("portrait", 320, f"/media/ab/{CODE}-320.jpg"),
        ("thumb", 320, f"/media/ab/{CODE}-320.jpg"),
    ],
)
def test_no_place_offers_more_than_it_can_show(size, most, src):
    img, source = parsed(picture_html(make(width=2560, height=1440), size))

    assert max(widths(source.attributes["srcset"])) == most
    assert img.attributes["src"] == src


def test_without_copies_the_picture_itself_alone():
    image = make(renditions=[])
    image.renditions = []

    img, source = parsed(picture_html(image, "lead"))

    assert source is None
    assert img.attributes["src"] == f"/media/{NAME}"
    assert "srcset" not in img.attributes
    assert "sizes" not in img.attributes


@pytest.mark.parametrize("size", SIZES)
def test_a_picture_smaller_than_the_smallest_copy(size):
    img, source = parsed(picture_html(make(width=100, height=50), size))

    assert img.attributes["src"] == f"/media/{NAME}"
    assert "srcset" not in img.attributes
    assert source.attributes["srcset"] == f"/media/ab/{CODE}-100.avif 100w"


def test_a_moving_picture_is_printed_as_it_is():
    image = make(name=f"ab/{CODE}.webp", animated=True)

    img, source = parsed(picture_html(image, "body"))

    assert source is None
    assert img.attributes["src"].endswith(".webp")


def test_decorative_means_an_empty_text():
    assert 'alt=""' in picture_html(make(decorative=True), "card")
    assert 'alt=""' in picture_html(make(), "card", alt="")
    assert 'alt="Altro"' in picture_html(make(decorative=True), "card", alt="Altro")


def test_the_point_not_to_cut():
    assert 'data-focus="top"' in picture_html(make(focus="top"), "card")
    assert "data-focus" not in picture_html(make(), "card")


def test_i2_what_an_editor_typed_is_text():
    html = picture_html(make(alt='"><script>alert(1)</script>'), "card")

    assert "<script" not in html
    assert parsed(html)[0].attributes["alt"] == '"><script>alert(1)</script>'


def test_no_picture_prints_nothing():
    assert picture_html(None, "card") == ""


def test_an_unknown_size_is_a_mistake_of_ours():
    with pytest.raises(KeyError):
        picture_html(make(), "enorme")


def test_the_tag_asks_the_database_nothing():
    # No database mark on this file: a query would fail.
    template = Template('{% load pictures %}{% picture image "lead" eager=True alt="" %}')

    html = template.render(Context({"image": make()}))

    assert html == picture_html(make(), "lead", eager=True, alt="")


def test_media_may_live_elsewhere(settings):
    settings.MEDIA_URL = "https://media.example.org/media/"

    html = picture_html(make(), "card")

    assert html.count("https://media.example.org/media/ab/") == html.count("/ab/")
    assert thumb_url(make()) == f"https://media.example.org/media/ab/{CODE}-320.jpg"
