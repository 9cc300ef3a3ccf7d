"""One comment a second, for bench.share: ``python -m bench.commenter PORT``, until it is ended.

Each is sent through the form under one of the newest twenty stories, in turn, from a network of
its own, and then approved as from the queue, by this other process: the pages that show it are
forgotten through the purge log. A line out for each: the second it was published in.
"""

import http.client
import os
import sys
import time
from itertools import count

import django

from bench.discussions import form_of, send
from bench.readers import NEWEST


def main(port):
    os.environ["DJANGO_SETTINGS_MODULE"] = "mmul.settings"
    django.setup()
    from articles.models import Article

    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    stories = Article.objects.visible().newest_first()[:NEWEST]
    forms = [form_of(connection, story.get_absolute_url()) for story in stories]
    due = time.time()
    for number in count():
        time.sleep(max(0.0, due - time.time()))
        due += 1
        publish(connection, forms[number % NEWEST], number)
        print(time.time(), flush=True)  # noqa: T201


def publish(connection, form, number):
    from comments import moderation
    from comments.models import ReaderComment
    from comments.models.comment import State

    who, address = f"s{number}@bench.example", f"10.{number // 250}.{number % 250}.1"
    if not send(connection, form, f"Il commento del secondo {number}.", who, address):
        raise SystemExit("a comment was refused")
    comment = ReaderComment.objects.get(user_email=who)
    via = moderation.Via.QUEUE
    if moderation.move(comment, State.PUBLISHED, expected=comment.state, via=via) is None:
        raise SystemExit("a comment was not published")


if __name__ == "__main__":
    main(int(sys.argv[1]))
