"""What robots.txt says. Sources: RFC 9309, and the pages on which companies name their crawlers."""

from typing import NamedTuple

from django.conf import settings
from django.urls import reverse

# Pages for one reader or one question: nobody should find them in a search engine. /?s= is where
# WordPress searched. The newsroom is not here: a list of what to leave alone is read by everyone.
CLOSED = ("/cerca/", "/search/", "/?s=", "/anteprima/", "/commenti/", "/rassegna/fonti/richiesta/")


class Crawler(NamedTuple):
    agent: str  # as it names itself in robots.txt
    owner: str


# Who reads to train models or to answer in place of the page. Google-Extended and
# Applebot-Extended are only words: the search of the same house goes on. Not here: what opens one
# page because a person asked for it (ChatGPT-User, Claude-User, Perplexity-User).
AI_CRAWLERS = (
    Crawler("AI2Bot", "Allen Institute for AI"),
    Crawler("Amazonbot", "Amazon"),
    Crawler("anthropic-ai", "Anthropic, until 2024"),
    Crawler("Applebot-Extended", "Apple"),
    Crawler("Bytespider", "ByteDance"),
    Crawler("CCBot", "Common Crawl"),
    Crawler("Claude-SearchBot", "Anthropic"),
    Crawler("Claude-Web", "Anthropic, until 2024"),
    Crawler("ClaudeBot", "Anthropic"),
    Crawler("cohere-ai", "Cohere"),
    Crawler("cohere-training-data-crawler", "Cohere"),
    Crawler("DeepSeekBot", "DeepSeek"),
    Crawler("Diffbot", "Diffbot"),
    Crawler("DuckAssistBot", "DuckDuckGo"),
    Crawler("FacebookBot", "Meta"),
    Crawler("Google-CloudVertexBot", "Google"),
    Crawler("Google-Extended", "Google"),
    Crawler("GPTBot", "OpenAI"),
    Crawler("ImagesiftBot", "Hive"),
    Crawler("img2dataset", "LAION and others"),
    Crawler("Meta-ExternalAgent", "Meta"),
    Crawler("OAI-SearchBot", "OpenAI"),
    Crawler("omgili", "Webz.io"),
    Crawler("omgilibot", "Webz.io"),
    Crawler("PanguBot", "Huawei"),
    Crawler("PerplexityBot", "Perplexity"),
    Crawler("TikTokSpider", "ByteDance"),
    Crawler("Timpibot", "Timpi"),
    Crawler("Webzio-Extended", "Webz.io"),
    Crawler("YouBot", "You.com"),
)


def text():
    return "\n\n".join("\n".join(group) for group in groups()) + "\n"


def groups():
    yield ["User-agent: *", *(f"Disallow: {path}" for path in CLOSED)]
    if settings.AI_CRAWLERS == "deny":
        yield [*(f"User-agent: {crawler.agent}" for crawler in AI_CRAWLERS), "Disallow: /"]
    names = ("sitemap", "sitemap_news")
    yield [f"Sitemap: {settings.SITE_URL}{reverse(name)}" for name in names]
