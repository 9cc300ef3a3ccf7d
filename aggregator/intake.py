"""Filing what a feed says: new or known, placed with the same news, never moved in time."""

import hashlib
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction

from aggregator.clusters import known_clusters, words_of
from aggregator.models import Cluster, Item, ItemLink
from aggregator.rules import read_rules, wanted
from kit import urls
from pagecache.tags import purge_on_commit

PER_DAY = 2000  # new rows of one feed; more wait for tomorrow, with an alert
# Dropped lines are forgotten then: taken in again from a long feed, they would be new once more.
TOO_OLD = timedelta(days=90)
TOO_MANY = "Ha portato più di 2.000 notizie in un giorno: le altre aspettano domani."


@dataclass(frozen=True)
class Filed:
    new: int = 0
    changed: int = 0
    refused: int = 0  # by the rules
    waiting: int = 0  # past PER_DAY


def digest(*parts):
    return hashlib.sha256("\0".join(parts).encode(errors="replace")).hexdigest()


def identities(entries):
    """Return the identity of each entry within its feed.

    By GUID; by GUID and address where a document gives one GUID to many; else by address, else by
    title and text. The rule is Miniflux's, but an address that many entries have says nothing.
    """
    guids = Counter(entry.guid for entry in entries if entry.guid)
    shared = shared_keys(entries)
    found = []
    for entry in entries:
        key = urls.key(entry.url)
        told_apart = key and key not in shared
        if entry.guid and guids[entry.guid] == 1:
            found.append(digest("guid", entry.guid))
        elif entry.guid and told_apart:
            found.append(digest("guid and address", entry.guid, key))
        elif told_apart:
            found.append(digest("address", key))
        else:
            found.append(digest("text", entry.title, entry.html))
    return found


def shared_keys(entries):
    """Addresses that entries of different titles have: all point to the front page, say."""
    pairs = {(urls.key(entry.url), entry.title) for entry in entries}
    return {key for key, number in Counter(key for key, _ in pairs).items() if number > 1}


def content_of(entry):
    return digest(entry.title, entry.html, entry.author, entry.url)


def file(feed, entries, recent, now):
    """Write the entries of a feed: new items, changed items, and nothing twice. In one go.

    The caller's transaction holds the feed's own columns too: killed at any point, either all of
    it is there or the feed is simply asked again.
    """
    keep, drop = read_rules(feed.keep_rules), read_rules(feed.drop_rules)
    named = dict(zip(identities(entries), entries, strict=True))
    with transaction.atomic():
        known = known_items(feed, named)
        changed = [update(known[name], entry) for name, entry in named.items() if name in known]
        fresh = {name: entry for name, entry in named.items() if name not in known}
        young = {n: e for n, e in fresh.items() if not e.published or e.published > now - TOO_OLD}
        taken = {n: e for n, e in young.items() if wanted(e, keep, drop, now)}
        room = max(
            0, PER_DAY - feed.items.filter(first_seen_at__gt=now - timedelta(days=1)).count()
        )
        new = dict(list(taken.items())[:room])
        add(feed, new, shared_keys(entries), recent, now)
        if (new or any(changed)) and feed.listed:
            purge_on_commit("rassegna")
    return Filed(len(new), sum(changed), len(young) - len(taken), len(taken) - len(new))


def known_items(feed, named):
    """``{identity: Item}`` of what is there already: a new GUID on a known address is no news.

    Not where one document gives one address to many entries: there it says nothing.
    """
    rows = {item.identity: item for item in feed.items.filter(identity__in=named).defer("html")}
    missing = {name: urls.key(entry.url) for name, entry in named.items() if name not in rows}
    many = Counter(urls.key(entry.url) for entry in named.values())
    lonely = {name: key for name, key in missing.items() if key and many[key] == 1}
    by_key = {}
    others = feed.items.exclude(pk__in=[item.pk for item in rows.values()])
    for item in others.filter(key__in=set(lonely.values())).defer("html"):
        by_key.setdefault(item.key, item)
    return rows | {name: by_key[key] for name, key in lonely.items() if key in by_key}


def update(item, entry):
    """Write a changed text. Feed, cluster and date stay: an update never moves an item in time."""
    content = content_of(entry)
    if content == item.content_hash:
        return False
    item.title, item.html, item.extract = entry.title, entry.html, entry.extract
    item.author, item.content_hash = entry.author, content
    item.save(update_fields=["title", "html", "extract", "author", "content_hash"])
    return True


def add(feed, new, shared, recent, now):
    """Insert new items, each in the cluster of the same news or in one of its own."""
    made = [make_item(feed, name, entry, now) for name, entry in new.items()]
    links = {item.identity: links_of(new[item.identity], item.key) for item in made}
    keys = {item.key for item in made} - shared - {""}
    known = known_clusters(keys, set().union(*links.values()), now) if new else {}
    near = same_titles(made, recent)
    items, lonely = [], []
    for item in made:
        signs = [item.key, *sorted(links[item.identity])]
        signs = [key for key in signs if key and key not in shared]
        cluster = next((known[key] for key in signs if key in known), near.get(item.identity))
        if cluster is None:
            cluster = Cluster(sort_date=item.sort_date)
            lonely.append(cluster)
        items.append((item, cluster))
        for key in signs:
            known.setdefault(key, cluster)
    Cluster.objects.bulk_create(lonely)
    for item, cluster in items:
        item.cluster_id = cluster if isinstance(cluster, int) else cluster.pk
    Item.objects.bulk_create([item for item, _ in items])
    rows = [ItemLink(item=item, key=key) for item, _ in items for key in links[item.identity]]
    ItemLink.objects.bulk_create(rows)
    for item, _ in items:
        recent.add(item.pk, item.words, item.sort_date)


def same_titles(made, recent):
    """``{identity: cluster}`` by similar titles, as an editor may have merged or split since."""
    found = {item.identity: recent.similar(item.words, item.sort_date) for item in made}
    found = {name: pk for name, pk in found.items() if pk is not None}
    rows = Item.objects.filter(pk__in=found.values()).values_list("pk", "cluster")
    clusters = dict(rows) if found else {}
    return {name: clusters.get(pk) for name, pk in found.items()}


def links_of(entry, own):
    """Keys of the outside addresses of an entry; the front page of a site is no piece of news."""
    deep = [link for link in entry.links if link.count("/") > 2 and not link.endswith("/")]
    deep += [link for link in entry.links if link.rstrip("/").count("/") > 2]
    return {key for key in map(urls.key, deep) if key and key != own}


def make_item(feed, identity, entry, now):
    return Item(
        feed=feed,
        identity=identity,
        url=entry.url,
        key=urls.key(entry.url),
        title=entry.title or entry.extract[:100] or entry.url[:300],
        author=entry.author,
        html=entry.html,
        extract=entry.extract,
        language=entry.language or feed.language,
        categories=list(entry.categories),
        words=words_of(entry.title),
        published_at=entry.published,
        first_seen_at=now,
        sort_date=min(now, entry.published or now),
        content_hash=content_of(entry),
    )
