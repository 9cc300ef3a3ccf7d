"""What a page is about, in the words of schema.org: plain dictionaries, no query.

Source: schema.org; Google's "Article", "Breadcrumb", "Profile page" and "Sitelinks search box"
guides for what is worth saying. tests/articles/test_structured.py checks every property against
the published vocabulary.
"""

from django.conf import settings
from django.templatetags.static import static
from django.utils.timezone import localtime

from articles import outside
from articles.outside import Shown, absolute
from kit import urls
from kit.html import script_json

LANGUAGE = "it"


def block(*nodes):
    """Return the nodes as one JSON-LD text, safe inside a ``<script>`` (trust table, S3)."""
    return script_json({"@context": "https://schema.org", "@graph": list(nodes)})


def home():
    return absolute("/")


def without_blanks(node):
    return {name: value for name, value in node.items() if value not in (None, "", [], {})}


# --- a story -------------------------------------------------------------------


def story(article, labels, sources):
    """Return the nodes of a story's page; ``article`` is loaded with ``for_page()``."""
    address = absolute(article.get_absolute_url())
    category = article.main_category
    trail = [(category.name, category.get_absolute_url())]
    trail.append((article.title, article.get_absolute_url()))
    return [news(article, address, labels, sources), breadcrumbs(trail)]


def news(article, address, labels, sources):
    node = {
        "@type": "NewsArticle",
        "@id": f"{address}#articolo",
        "mainEntityOfPage": {"@type": "WebPage", "@id": address},
        "url": address,
        "headline": article.title,
        "description": outside.search_description(article),
        "inLanguage": LANGUAGE,
        "datePublished": moment(article.published_at),
        "dateModified": moment(changed(article)),
        "author": [person(author) for author in article.signatures],
        "publisher": publisher(),
        "image": [picture(shown) for shown in outside.search_pictures(article)],
        "articleSection": article.main_category.name,
        "keywords": [label["name"] for label in labels if label["kind"] == "tag"],
        "wordCount": article.words,
        "commentCount": article.comment_count,
        "citation": [citation(source) for source in sources],
        "isAccessibleForFree": True,
    }
    if article.series is not None:
        node["isPartOf"] = {
            "@type": "CreativeWorkSeries",
            "name": article.series.title,
            "url": absolute(article.series.get_absolute_url()),
        }
        node["position"] = article.series_part
    return without_blanks(node)


def changed(article):
    """When the story last changed in substance; never before it came out."""
    return max(article.revised_at or article.published_at, article.published_at)


def moment(when):
    return localtime(when).isoformat(timespec="seconds")


def person(author):
    return {
        "@type": "Person",
        "name": author.name,
        "url": absolute(author.get_absolute_url()),
    }


def publisher():
    return {
        "@type": "NewsMediaOrganization",
        "@id": f"{home()}#redazione",
        "name": settings.SITE_NAME,
        "url": home(),
        "logo": picture(Shown(absolute(static("img/logo.png")), 512, 512, "image/png", "")),
    }


def picture(shown):
    return without_blanks(
        {
            "@type": "ImageObject",
            "url": shown.url,
            "width": in_pixels(shown.width),
            "height": in_pixels(shown.height),
            "encodingFormat": shown.kind,
            "caption": shown.alt,
        }
    )


def in_pixels(number):
    # E37 is the pixel of UN/CEFACT. A bare number is what everybody writes and nobody defined.
    return {"@type": "QuantitativeValue", "value": number, "unitCode": "E37"}


def citation(source):
    """One source of a story: what was read, and who published it."""
    return without_blanks(
        {
            "@type": "CreativeWork",
            "name": source.title or source.outlet or urls.host(source.url),
            "url": source.url,
            "inLanguage": source.language,
            "author": {"@type": "Person", "name": source.author} if source.author else None,
            "publisher": {"@type": "Organization", "name": source.outlet},
            "datePublished": source.original_date and source.original_date.isoformat(),
        }
    )


# --- other pages ---------------------------------------------------------------


def breadcrumbs(trail):
    """The way from the front page, as ``[(name, address), ...]``; the last is the page itself."""
    steps = [(settings.SITE_NAME, "/"), *trail]
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {
                "@type": "ListItem",
                "position": number,
                "name": name,
                "item": {"@type": "WebPage", "@id": absolute(address)},
            }
            for number, (name, address) in enumerate(steps, start=1)
        ],
    }


def site():
    """The site and its search, for the front page."""
    return {
        "@type": "WebSite",
        "@id": f"{home()}#sito",
        "name": settings.SITE_NAME,
        "url": home(),
        "inLanguage": LANGUAGE,
        "publisher": publisher(),
        "potentialAction": {
            "@type": "SearchAction",
            "target": {
                "@type": "EntryPoint",
                "urlTemplate": absolute("/cerca/?q={search_term_string}"),
            },
            "query-input": "required name=search_term_string",
        },
    }


def profile(author):
    """The page of one who signs; the portrait is loaded with the author."""
    address = absolute(author.get_absolute_url())
    who = person(author) | {
        "@id": f"{address}#firma",
        "description": " ".join(author.biography.split()),
        "image": picture(outside.whole(author.picture)) if author.picture else None,
        "sameAs": [link for link in (author.website, author.mastodon_url) if link],
    }
    return {
        "@type": "ProfilePage",
        "url": address,
        "inLanguage": LANGUAGE,
        "mainEntity": without_blanks(who),
    }
