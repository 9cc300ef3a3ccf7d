"""Demo content: the stories under ``stories/``, written by us, loaded once.

What is already there (by slug, name or address) is left alone, so that loading again changes
nothing and an editor's changes survive.
"""

import re
import tomllib
from concurrent.futures import ProcessPoolExecutor
from datetime import date, datetime, time, timedelta
from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import Permission
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone

from accounts.models import Author, User
from articles import publishing
from articles.models import Article, Byline, Category, FormerSlug, Page, Series, Source, Tag
from images import drawings, uploads
from images.models import Image
from kit.text import slugify
from mmul.demo import discussing, reviewing

HERE = Path(__file__).resolve().parent
EDITOR, EDITOR_PASSWORD = "redazione", "pinguini in redazione"
LICENCES = {"CC BY-SA 4.0": "cc-by-sa", "CC BY 4.0": "cc-by", "CC0": "cc0"}
OFFICES = [
    "aggregator",
    "articles",
    "comments",
    "images",
    "outbox",
    "search",
]  # rooms in which the demo editor works
INLINE = re.compile(
    r'data-drawing="(?P<drawing>\w+)" data-seed="(?P<seed>\d+)" data-alt="(?P<alt>[^"]*)"'
)


def load(now=None):
    """Load authors, labels, pages and stories with their pictures; return how many stories."""
    now = now or timezone.localtime()
    site = tomllib.loads((HERE / "site.toml").read_text(encoding="utf-8"))
    files = sorted((HERE / "stories").glob("*.toml"))
    stories = [read_story(file) for file in files]
    slugs = {file.stem: story["slug"] for file, story in zip(files, stories, strict=True)}
    known = set(Article.objects.values_list("slug", flat=True))
    known |= set(FormerSlug.objects.values_list("slug", flat=True))  # an editor changed them
    stories = [story for story in stories if story["slug"] not in known]
    pictures = Pictures(site, stories)
    load_site(site, pictures)
    for story in stories:
        with transaction.atomic():
            load_story(story, now, pictures)
    if not settings.PRODUCTION:
        make_editor()
    discussing.load(slugs)
    reviewing.load(now)
    return len(stories)


def read_story(file):
    story = tomllib.loads(file.read_text(encoding="utf-8"))
    return {"slug": slugify(story["title"])} | story


class Pictures:
    """Drawings by motif and seed. Drawn on all cores before the first story is written."""

    def __init__(self, site, stories):
        wanted = [(a["drawing"], a["seed"], (800, 800)) for a in site["authors"]]
        for story in stories:
            if picture := story.get("picture"):
                wanted.append((picture["drawing"], picture["seed"], (1600, 900)))
            for match in INLINE.finditer(story["body"]):
                wanted.append((match["drawing"], int(match["seed"]), (1600, 900)))
        wanted = list(dict.fromkeys(wanted))
        with ProcessPoolExecutor() as pool:
            self.drawn = dict(zip(wanted, pool.map(draw, wanted), strict=True))

    def keep(self, motif, seed, size=(1600, 900), **texts):
        """Return the Image of a drawing, made now if it is not there yet."""
        title = f"{motif} {seed} (demo)"
        if image := Image.objects.filter(title=title).first():
            return image
        data = self.drawn.get((motif, seed, size)) or draw((motif, seed, size))
        return uploads.receive(ContentFile(data, name=f"{motif}.png"), title=title, **texts)


def draw(wanted):
    motif, seed, size = wanted
    return drawings.draw(motif, seed, size)


def load_site(site, pictures):
    for author in site["authors"]:
        if not Author.objects.filter(slug=author["slug"]).exists():
            portrait = pictures.keep(
                author["drawing"], author["seed"], (800, 800), alt=author["alt"], credit=OURS
            )
            keys = ("name", "slug", "website", "mastodon")
            texts = {key: author[key] for key in keys if key in author}
            Author.objects.create(biography=author["bio"], picture=portrait, **texts)
    for category in site["categories"]:
        parent = Category.objects.get(path=category["parent"]) if category.get("parent") else None
        Category.objects.get_or_create(
            slug=category["slug"],
            parent=parent,
            defaults={
                "name": category["name"],
                "description": category.get("description", ""),
                "menu_order": category.get("menu"),
            },
        )
    for series in site.get("series", []):
        Series.objects.get_or_create(slug=series.pop("slug"), defaults=series)
    for page in site["pages"]:
        texts = {"title": page["title"], "body": page["body"], "menu_order": page.get("menu")}
        Page.objects.get_or_create(slug=page["slug"], defaults=texts)


OURS = "Disegno della redazione"


def load_story(story, now, pictures):
    article = Article(
        title=story["title"],
        slug=story["slug"],
        standfirst=story["standfirst"],
        body=with_pictures(story["body"], pictures),
        main_category=Category.objects.get(path=story["category"]),
        status=story.get("state", "ready"),
        published_at=moment(story, now),
        pinned=story.get("pinned", False),
        comments_open=story.get("comments_open", True),
        series_part=story.get("part"),
    )
    if slug := story.get("series"):
        article.series = Series.objects.get(slug=slug)
    if picture := story.get("picture"):
        article.lead_image = pictures.keep(
            picture["drawing"],
            picture["seed"],
            alt=picture["alt"],
            credit=picture.get("credit", OURS),
            licence=LICENCES.get(picture.get("licence"), "ours"),
        )
        article.lead_caption = picture.get("caption", "")
    article.save()
    for position, slug in enumerate(story["authors"]):
        author = Author.objects.get(slug=slug)
        Byline.objects.create(article=article, author=author, position=position)
    for position, source in enumerate(story.get("sources", [])):
        keys = {"outlet", "title", "author", "url", "language"} & source.keys()
        texts = {key: source[key] for key in keys}
        day = date.fromisoformat(source["date"]) if source.get("date") else None
        Source.objects.create(article=article, position=position, original_date=day, **texts)
    article.tags.set([Tag.objects.get_or_make(name) for name in story["tags"]])
    article.categories.set(Category.objects.filter(path__in=story.get("categories", [])))
    if article.is_visible():
        publishing.announce(article.pk, timezone.now(), ping=False)  # no news to anybody


def moment(story, now):
    """The publication date: a fixed day, or so many days before ``now``; aware, Italian time."""
    if story.get("state") == "draft":
        return None
    fixed = story.get("date")
    day = date.fromisoformat(fixed) if fixed else now.date() - timedelta(days=story["days_ago"])
    at = timezone.make_aware(datetime.combine(day, time.fromisoformat(story.get("time", "09:00"))))
    # A story of today with an hour still to come would not be on the site yet.
    return at if fixed or story["days_ago"] < 0 else min(at, now - timedelta(minutes=5))


def with_pictures(body, pictures):
    """Turn ``data-drawing`` figures of a demo file into pictures of ours."""

    def keep(match):
        image = pictures.keep(match["drawing"], int(match["seed"]), alt=match["alt"], credit=OURS)
        return f'data-image="{image.pk}"'

    return INLINE.sub(keep, body)


def make_editor():
    """Make the demo editor, once. Development only: the password is in the source."""
    editor, made = User.objects.get_or_create(
        username=EDITOR,
        defaults={"email": "redazione@example.org", "is_staff": True, "first_name": "Redazione"},
    )
    if made:
        editor.set_password(EDITOR_PASSWORD)
        editor.save()
        rooms = Permission.objects.filter(content_type__app_label__in=OFFICES)
        signs = Permission.objects.filter(content_type__model="author")
        editor.user_permissions.set(rooms | signs)
        Author.objects.filter(slug="redazione", user=None).update(user=editor)
    return editor
