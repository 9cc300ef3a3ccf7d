"""A large, deterministic corpus for measurements: same seed, same stories. Bulk inserts only."""

import random
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from accounts.models import Author
from articles import rendering
from articles.models import Article, Byline, Category, Source, Tag
from images.models import Image
from kit.text import slugify

BATCH = 2000  # rows an insert: below SQLite's limit of variables for the widest table
BODIES = 400  # distinct bodies, each rendered once by the real renderer
NEWEST = datetime(2026, 1, 1, 8, 0)  # Italian time; stories go back from here

NOUNS = (
    "Kernel desktop server pacchetto driver contenitore compilatore terminale editor browser "
    "demone processo modulo repository mirror firewall certificato backup cluster filesystem "
    "scheduler libreria protocollo cursore font installazione aggiornamento distribuzione"
).split()
VERBS = (
    "arriva cambia migliora rallenta riparte convince delude sorprende accelera abbandona "
    "sostituisce integra rimanda corregge semplifica raddoppia perde guadagna ritrova apre"
).split()
ADJECTIVES = (
    "nuovo leggero stabile sperimentale veloce sicuro modulare minimale storico libero "
    "immutabile portatile critico elegante robusto invisibile testardo prudente"
).split()
PLACES = (
    "in Debian, su Fedora, in laboratorio, nei datacentre europei, sul portatile, a scuola, "
    "in produzione, dietro le quinte, su ARM, sui server di posta, dopo mesi di prove"
).split(", ")


def generate(articles, *, seed=1, progress=lambda done: None):
    """Insert ``articles`` stories with authors, tags, sources and pictures without files.

    Costs about one minute for 100,000 on SQLite. Runs once on an empty archive: the slugs of
    the same seed are the same.
    """
    rng = random.Random(seed)  # noqa: S311 - measurements want the same corpus twice
    authors, categories, tags, images = make_labels(rng)
    bodies = [make_body(rng) for _ in range(BODIES)]
    newest = timezone.make_aware(NEWEST)
    for start in range(0, articles, BATCH):
        size = min(BATCH, articles - start)
        with transaction.atomic():
            rows = [
                make_row(rng, start + n, newest, bodies, categories, images) for n in range(size)
            ]
            Article.objects.bulk_create(rows)
            attach(rng, rows, authors, tags)
        progress(start + size)
    return articles


def make_labels(rng):
    authors = [Author(name=f"Firma di prova {n}", slug=f"firma-{n}") for n in range(1, 26)]
    Author.objects.bulk_create(authors)
    categories = []
    for n, name in enumerate(NOUNS[:24]):
        parent = categories[n // 4 - 1] if n >= 8 else None
        menu = n + 1 if n < 6 else None
        category = Category(name=name.capitalize(), parent=parent, menu_order=menu)
        category.save()
        categories.append(category)
    tags = [Tag(name=f"{a} {n}", slug=slugify(f"{a}-{n}")) for a in ADJECTIVES for n in NOUNS]
    Tag.objects.bulk_create(tags)
    images = [make_picture(rng, n) for n in range(500)]
    Image.objects.bulk_create(images)
    return authors, categories, tags, images


def make_picture(rng, number):
    stem = f"{number % 256:02x}/{rng.getrandbits(160):040x}"
    copies = [
        {"width": width, "type": kind, "name": f"{stem}-{width}.{end}"}
        for width in (320, 640, 960, 1280)
        for kind, end in (("image/avif", "avif"), ("image/jpeg", "jpg"))
    ]
    return Image(
        title=f"Figura di prova {number}",
        alt="Una figura di prova",
        credit="Nessuno",
        name=f"{stem}.jpg",
        width=1600,
        height=900,
        renditions=copies,
        rendered_at=timezone.now(),
    )


def sentence(rng):
    words = [rng.choice(ADJECTIVES), rng.choice(NOUNS), rng.choice(VERBS), rng.choice(PLACES)]
    if rng.random() < 0.5:
        words += ["e", "il", rng.choice(NOUNS), rng.choice(ADJECTIVES), rng.choice(VERBS)]
    return f"Il {' '.join(words)}."


def make_body(rng):
    """Return ``(body, html, words)`` of a story of 300 to 600 words, made by the real renderer."""
    parts = []
    for number in range(rng.randint(6, 12)):
        if number % 4 == 3:
            parts.append(f"<h2>{sentence(rng)[:-1]}</h2>")
        parts.append(f"<p>{' '.join(sentence(rng) for _ in range(rng.randint(4, 8)))}</p>")
    parts.append('<p>Leggi <a href="https://example.org/">la fonte</a>.</p>')
    rendered = rendering.render("".join(parts))
    return "".join(parts), rendered.html, rendered.words


def make_row(rng, number, newest, bodies, categories, images):
    title = f"{sentence(rng)[:-1]} ({number})"
    body, html, words = rng.choice(bodies)
    published = newest - timedelta(minutes=61 * number)
    return Article(
        title=title,
        slug=slugify(title),
        standfirst=f"{sentence(rng)} {sentence(rng)}",
        body=body,
        body_html=html,
        words=words,
        rendered_with=rendering.version(),
        rendered_at=newest,
        main_category=rng.choice(categories),
        lead_image=rng.choice(images),
        status=Article.Status.READY,
        published_at=published,
        announced_at=published,
    )


def attach(rng, rows, authors, tags):
    Byline.objects.bulk_create(
        [Byline(article=row, author=rng.choice(authors), position=0) for row in rows]
    )
    Source.objects.bulk_create(
        [Source(article=row, outlet="Esempio", url="https://example.org/") for row in rows]
    )
    through = Article.tags.through
    through.objects.bulk_create(
        [through(article_id=row.pk, tag_id=tag.pk) for row in rows for tag in rng.sample(tags, 3)]
    )
