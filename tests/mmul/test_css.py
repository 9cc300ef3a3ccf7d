"""The style sheets keep their own contract: readable colours, no force, nothing from elsewhere."""

import re

import pytest
from django.conf import settings

CSS = settings.BASE_DIR / "static" / "css"
FILES = ["site.css", "lists.css", "article.css", "print.css"]
LAYERS = "@layer tokens, elements, layout, parts, print;"
SCHEMES = ["light", "dark"]
TEXT = 4.5  # WCAG 2.2, 1.4.3
SHAPE = 3.0  # WCAG 2.2, 1.4.11: what must be seen to understand, and focus rings

TEXT_PAIRS = [
    (ink, ground) for ink in ("ink", "ink-soft", "accent") for ground in ("paper", "sheet")
] + [("night-ink", "night"), ("night-soft", "night"), ("paper", "ink"), ("paper", "accent")]
SHAPE_PAIRS = [
    ("vermilion", "paper"),
    ("vermilion", "sheet"),
    ("vermilion", "night"),
    ("rule", "paper"),
]


def read(name):
    return (CSS / name).read_text(encoding="utf-8")


def without_comments(text):
    return re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)


def colours(scheme):
    """Return ``{token: "#rrggbb"}`` as a reader with that scheme gets them."""
    layer = read("site.css").split("@layer tokens {", 1)[1].split("@layer elements", 1)[0]
    light, dark = layer.split("@media (prefers-color-scheme: dark)", 1)
    pattern = re.compile(r"--([a-z-]+):\s*(#[0-9a-f]{6});")
    found = dict(pattern.findall(light))
    return found | dict(pattern.findall(dark)) if scheme == "dark" else found


def luminance(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    """The ratio of WCAG 2.2, from 1 to 21."""
    darker, lighter = sorted([luminance(one), luminance(other)])
    return (lighter + 0.05) / (darker + 0.05)


def test_contrast_of_black_on_white_is_21():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(("ink", "ground"), TEXT_PAIRS)
def test_text_can_be_read_on_its_ground(scheme, ink, ground):
    tokens = colours(scheme)
    assert contrast(tokens[ink], tokens[ground]) >= TEXT


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(("shape", "ground"), SHAPE_PAIRS)
def test_shapes_stand_out_from_their_ground(scheme, shape, ground):
    tokens = colours(scheme)
    assert contrast(tokens[shape], tokens[ground]) >= SHAPE


@pytest.mark.parametrize("scheme", SCHEMES)
def test_footer_links_can_be_read_and_their_focus_seen(scheme):
    footer = read("site.css").split("  .footer {", 1)[1].split("}", 1)[0]
    accent = re.search(r"--accent: (#[0-9a-f]{6})", footer)[1]
    assert contrast(accent, colours(scheme)["night"]) >= TEXT


def test_dark_is_a_design_of_its_own():
    """Every colour of the page changes, so that none was forgotten."""
    light, dark = colours("light"), colours("dark")
    roles = ["paper", "sheet", "ink", "ink-soft", "accent", "vermilion", "hairline", "night"]
    assert not [role for role in roles if light[role] == dark[role]]


def test_browser_chrome_has_the_colour_of_the_paper():
    head = (settings.BASE_DIR / "templates" / "_head.html").read_text(encoding="utf-8")
    for scheme in SCHEMES:
        paper = colours(scheme)["paper"]
        assert f'content="{paper}" media="(prefers-color-scheme: {scheme})"' in head


@pytest.mark.parametrize("name", FILES)
def test_file_opens_with_its_contract_and_keeps_its_budget(name):
    text = read(name)
    assert text.startswith(f"/*\n * {name}: ")
    assert len(text.splitlines()) <= 900


def test_layers_are_ordered_once_and_used_everywhere():
    assert LAYERS in read("site.css")
    for name in FILES:
        top_level = re.findall(r"^(?![ }\n])([^{;]+)\{", without_comments(read(name)), re.MULTILINE)
        assert all(rule.startswith("@layer") for rule in top_level), name


@pytest.mark.parametrize("name", FILES)
def test_no_force_and_no_selector_on_an_id(name):
    text = without_comments(read(name))
    assert "!important" not in text
    selectors = re.findall(r"([^{};]+)\{", text)
    assert not [selector for selector in selectors if re.search(r"#[a-z]", selector)]


@pytest.mark.parametrize("name", FILES)
def test_colours_are_written_only_as_tokens(name):
    declarations = re.findall(r"([a-z-]+):([^;{}]*);", without_comments(read(name)))
    loose = [(key, value) for key, value in declarations if not key.startswith("--")]
    assert not [pair for pair in loose if re.search(r"#[0-9a-f]{3,8}\b|rgb|hsl", pair[1])]


@pytest.mark.parametrize("name", FILES)
def test_r1_nothing_is_loaded_from_elsewhere(name):
    text = without_comments(read(name))
    assert "url(" not in text
    assert "@import" not in text
    assert "@font-face" not in text


def test_every_token_in_use_is_defined():
    everything = "".join(without_comments(read(name)) for name in FILES)
    used = set(re.findall(r"var\(--([a-z0-9-]+)", everything))
    assert used <= set(re.findall(r"--([a-z0-9-]+):", everything))
