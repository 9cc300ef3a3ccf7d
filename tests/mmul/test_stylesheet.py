"""What a page weighs: one style sheet, hashed names, packed once, kept for ever (docs/adr/0020)."""

import json
import os
import re
import subprocess
import sys

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage

from articles.models import Article
from kit import packing
from mmul import stylesheet
from tests.factories import make_article, make_image, make_page
from tests.small_demo import small_demo

KB = 1000
CSS = settings.BASE_DIR / "static" / "css"


def source(name):
    text = (CSS / f"{name}.css").read_text(encoding="utf-8")
    return re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)


def names(folder):
    return json.loads((folder / "staticfiles.json").read_text())["paths"]


def test_every_rule_of_every_source_is_in_the_one_sheet():
    bare = re.compile(r"\s+")
    whole = bare.sub("", stylesheet.text())
    for file in set(CSS.glob("*.css")) - {CSS / "account.css"}:  # the newsroom's door has its own
        assert bare.sub("", source(file.stem)) in whole, file.name


def test_the_rules_for_paper_hold_on_paper_only():
    screen, _, paper = stylesheet.text().rpartition("@media print {")
    assert "@page" in paper
    assert "@page" not in screen


def test_no_part_of_a_page_is_styled_by_two_files():
    """They were loaded on different pages once: two meanings of one name would meet now."""
    owners: dict[str, str] = {}
    for name in set(stylesheet.SOURCES) - {"print", "site"}:
        for selector in re.findall(r"^  (\.[a-z-]+)(?= \{|,)", source(name), re.MULTILINE):
            assert owners.setdefault(selector, name) == name, selector


def test_a_changed_source_is_seen_at_once_in_development(tmp_path, monkeypatch, settings):
    settings.MADE_ROOT = tmp_path / "made"
    before = finders.find(stylesheet.NAME)
    monkeypatch.setattr(stylesheet, "text", lambda: ".new{}")

    assert finders.find(stylesheet.NAME) == before == str(tmp_path / "made" / stylesheet.NAME)
    assert (tmp_path / "made" / stylesheet.NAME).read_text() == ".new{}"


@pytest.mark.once
@pytest.mark.django_db
def test_a_page_asks_for_one_style_sheet(client):
    story, page = make_article(), make_page()
    own = [story.get_absolute_url(), page.get_absolute_url(), "/commenti/dati/", "/niente/"]
    for address in ["/", "/cerca/", "/rassegna/", f"/{story.published_at.year}/", *own]:
        sheets = re.findall(r'<link rel="stylesheet" href="([^"]+)"', client.get(address).text)
        assert sheets == [staticfiles_storage.url(stylesheet.NAME)], address


def test_files_have_a_name_of_their_content_and_are_packed_once(collected):
    for plain, hashed in names(collected).items():
        if plain.startswith(("css/", "js/")):
            assert re.search(r"\.[0-9a-f]{12}\.(css|js)$", hashed), plain
            assert (collected / f"{hashed}.gz").exists(), plain
            assert (collected / f"{hashed}.br").exists(), plain


def test_a_file_of_such_a_name_is_kept_for_ever(collected):
    script = f"""
import django
django.setup()
from django.test import Client
path = "/static/{names(collected)[stylesheet.NAME]}"
answer = Client().get(path, headers={{"Host": "esempio.it", "Accept-Encoding": "br"}})
print(answer.status_code, answer["Content-Encoding"], answer["Cache-Control"], sep="|")
"""
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "mmul.settings",
        "MMUL_MODE": "production",
        "MMUL_SECRET_KEY": "k" * 60,
        "MMUL_SITE_URL": "https://esempio.it",
        "MMUL_STATIC_ROOT": str(collected),
    }
    command = [sys.executable, "-c", script]
    said = subprocess.run(
        command, cwd=settings.BASE_DIR, env=environment, check=True, capture_output=True, text=True
    ).stdout
    assert said.strip().split("|") == ["200", "br", "public, max-age=31536000, immutable"]


@pytest.mark.once
@pytest.mark.django_db
def test_a_story_without_pictures_is_light_on_the_wire(client, collected, monkeypatch):
    small_demo(monkeypatch)
    stories = Article.objects.visible().filter(pictures=None).order_by("-words")
    longest = stories[0]
    longest.lead_image = None
    longest.save()
    page = client.get(longest.get_absolute_url()).text
    assets = names(collected)

    def weight(name):
        return (collected / f"{assets[name]}.br").stat().st_size

    scripts = sum(weight(name) for name in set(re.findall(r'src="/static/(js/[^"]+)"', page)))
    html = len(packing.brotli(page.encode()))
    assert html <= 12 * KB
    assert scripts <= 10 * KB
    assert html + scripts + weight(stylesheet.NAME) <= 40 * KB


@pytest.mark.once
@pytest.mark.django_db
def test_every_picture_tells_its_size_before_it_is_there(client):
    story = make_article(lead_image=make_image())
    make_article(lead_image=make_image(), main_category=story.main_category)
    for address in ["/", story.get_absolute_url(), story.main_category.get_absolute_url()]:
        pictures = re.findall(r"<img[^>]*>", client.get(address).text)
        assert pictures
        assert all(' width="' in one and ' height="' in one for one in pictures), address
