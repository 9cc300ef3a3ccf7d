"""Publishes a story on the primary, in a process of its own; prints a badge of the staff."""

import sys

import django

django.setup()

from accounts import badge  # noqa: E402
from articles import publishing  # noqa: E402
from articles.models import Article  # noqa: E402
from tests.factories import make_article  # noqa: E402

story = make_article(title=sys.argv[1], status=Article.Status.DRAFT)
publishing.publish(Article.objects.filter(pk=story.pk))
print(badge.make())  # noqa: T201
