"""Lists kept by the database: whoever changes a story, its lists are right at once."""

import random
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from articles import listing, merging
from articles.models import Article, Byline, Category, Listed, Tag
from tests.factories import make_article, make_author

pytestmark = pytest.mark.django_db


def kept():
    rows = Listed.objects.values_list("kind", "label", "article", "published_at")
    return sorted(rows)


def true():
    """The same rows, found by asking every story what it is filed under."""
    rows = []
    for story in Article.objects.filter(status="ready"):
        own = {story.main_category, *story.categories.all()}
        filed = {(1, c.pk) for category in own for c in [category, *category.ancestors()]}
        filed |= {(2, tag.pk) for tag in story.tags.all()}
        filed |= {(3, line.author_id) for line in story.bylines.all()}
        rows += [(*label, story.pk, story.published_at) for label in filed]
    return sorted(rows)


def story(**fields):
    category = Category.objects.get(path="software/desktop/giochi")
    tags, authors = Tag.objects.filter(name__in=["Debian", "Arch"]), [make_author("Carla")]
    return make_article(main_category=category, tags=tags, authors=authors, **fields)


def publish(one, labels):
    one.status, one.published_at = "ready", timezone.now()
    one.save()


def withdraw(one, labels):
    Article.objects.filter(pk=one.pk).update(status="draft")


def date_again(one, labels):
    Article.objects.filter(pk=one.pk).update(published_at=timezone.now() - timedelta(days=9))


def file_elsewhere(one, labels):
    one.main_category = labels[1]
    one.save(update_fields=["main_category"])


def file_twice(one, labels):
    one.categories.set([labels[1], labels[0]])


def change_tags(one, labels):
    one.tags.set(Tag.objects.filter(name__in=["Fedora", "Arch"]))


def merge_tags(one, labels):
    merging.merge([Tag.objects.get(name="Arch")], Tag.objects.get(name="Debian"))


def sign_again(one, labels):
    one.bylines.all().delete()
    Byline.objects.create(article=one, author=make_author("Dora"))


def sign_for_another(one, labels):
    one.bylines.update(author=make_author("Elio"))


def move_the_tree(one, labels):
    labels[0].parent = labels[1]
    labels[0].save()


def rename_the_tree(one, labels):
    labels[0].slug = "programmi"
    labels[0].save()


def delete(one, labels):
    one.delete()


def delete_all(one, labels):
    Article.objects.all().delete()


def import_many(one, labels):
    stories = [
        Article(title=f"t{n}", slug=f"t{n}", status="ready", main_category=labels[0])
        for n in range(3)
    ]
    for row in stories:
        row.published_at = timezone.now()
    Article.objects.bulk_create(stories)
    through = Article.tags.through
    tag = Tag.objects.get(name="Fedora")
    through.objects.bulk_create(through(article=row, tag=tag) for row in stories)


CHANGES = [
    publish,
    withdraw,
    date_again,
    file_elsewhere,
    file_twice,
    change_tags,
    merge_tags,
    sign_again,
    sign_for_another,
    move_the_tree,
    rename_the_tree,
    delete,
    delete_all,
    import_many,
]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
@pytest.mark.parametrize("status", ["ready", "draft"])
def test_lists_are_right_after_every_kind_of_change(labels, status, change):
    one = story(status=status)
    make_article(main_category=labels[0], tags=Tag.objects.all())
    assert kept() == true()

    change(one, labels)

    assert kept() == true()


def test_lists_are_right_after_many_changes_in_any_order(labels):
    lots = random.Random(7)
    one = story()
    for _ in range(40):
        change = lots.choice(CHANGES[:7] + CHANGES[8:9])
        if change is not merge_tags or Tag.objects.filter(name="Arch").exists():
            change(one, labels)
        assert kept() == true(), change.__name__


def test_p1_a_story_with_a_date_to_come_is_in_no_list_until_it_comes(client, labels):
    soon = timezone.now() + timedelta(minutes=1)
    story(published_at=soon)
    tag = Tag.objects.get(name="Debian")

    assert client.get("/tag/debian/").status_code == 404
    assert not Listed.objects.visible().under(Listed.Kind.TAG, tag.pk).exists()
    assert Listed.objects.visible(soon).under(Listed.Kind.TAG, tag.pk).exists()


def test_p1_a_row_too_many_shows_no_hidden_story(client, labels):
    """The page asks ``visible()`` again: the rows choose an order, they give no right."""
    hidden = story(status="draft", published_at=timezone.now())
    tag = Tag.objects.get(name="Debian")
    Listed.objects.create(kind=2, label=tag.pk, article=hidden, published_at=hidden.published_at)

    assert client.get("/tag/debian/").status_code == 404


def test_a_change_that_is_taken_back_is_taken_back_in_the_lists(labels):
    one = story()
    before = kept()
    with transaction.atomic():
        one.tags.clear()
        assert kept() != before
        transaction.set_rollback(True)

    assert kept() == before


def test_saving_a_story_without_a_change_writes_no_list(labels):
    one = story()
    before = sorted(Listed.objects.values_list("pk", flat=True))
    one.title = "Un altro titolo"
    one.save()

    assert sorted(Listed.objects.values_list("pk", flat=True)) == before


def test_triggers_of_an_older_release_are_replaced_and_everything_is_listed_anew(labels):
    story()
    name, table = next(iter(listing.installed(connection).items()))
    listing.drop(connection, {name: table})
    Listed.objects.all().delete()

    listing.after_migrations(using=connection.alias)

    assert listing.installed(connection).keys() == listing.triggers(connection.vendor).keys()
    assert kept() == true() != []


def test_triggers_step_aside_for_migrations_only(labels):
    listing.before_migrations(using=connection.alias, plan=[])
    assert listing.installed(connection)

    listing.before_migrations(using=connection.alias, plan=["one"])
    assert not listing.installed(connection)


@pytest.mark.django_db(transaction=True)
def test_a_migration_back_and_forth_leaves_triggers_and_lists(labels):
    """SQLite makes a table anew to alter it, and would stop at a trigger that names it."""
    story()
    for target in ("0007", None):
        arguments = ["articles", *([target] if target else [])]
        call_command("migrate", *arguments, verbosity=0, stdout=StringIO())

    assert listing.installed(connection).keys() == listing.triggers(connection.vendor).keys()
    assert kept() == true() != []
