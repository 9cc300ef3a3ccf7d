"""Static files without a proxy: found all the same, and looked for only when asked for."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from mmul.staticfiles import StaticFiles

pytestmark = pytest.mark.django_db  # the end of an answer looks after the connections


@pytest.fixture
def served(settings, tmp_path):
    (tmp_path / "css").mkdir()
    (tmp_path / "css" / "site.css").write_text("body {}", encoding="utf-8")
    settings.STATIC_ROOT = tmp_path
    settings.WHITENOISE_USE_FINDERS = settings.WHITENOISE_AUTOREFRESH = False
    return StaticFiles(lambda request: HttpResponse("page", status=404))


def ask(served, path):
    response = served(RequestFactory().get(path))
    response.close()
    return response.status_code


def test_the_folder_is_looked_through_with_the_first_file_asked_for(served):
    assert ask(served, "/") == 404
    assert served.files == {}

    assert ask(served, "/static/css/site.css") == 200
    assert list(served.files) == ["/static/css/site.css"]


def test_only_what_was_there_is_served_and_the_folder_is_looked_at_once(served, tmp_path):
    assert ask(served, "/static/none.css") == 404
    (tmp_path / "none.css").write_text("late", encoding="utf-8")

    assert ask(served, "/static/none.css") == 404
    assert ask(served, "/static/css/site.css") == 200


def test_four_readers_who_come_first_together_all_find_it(served, monkeypatch):
    start, look = Barrier(4), served.look

    def together():
        start.wait(10)  # all of them before the first look
        look()

    monkeypatch.setattr(served, "look", together)
    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(lambda _: ask(served, "/static/css/site.css"), range(4)))

    assert found == [200] * 4
