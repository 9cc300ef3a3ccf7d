"""The site behind its page cache: what is kept, for whom, and until when."""

import pytest

from mmul import caching
from tests.factories import make_article
from tests.pagecache.asking import ask
from django.core.handlers.wsgi import WSGIHandler

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def site():
    return caching.in_front_of(WSGIHandler(), inline=True)


def test_try(site):
    a = make_article()
    one = ask(site)
    two = ask(site)
    print(one, two)
    assert two.word == "hit"
    assert one.body == two.body
    print(ask(site, "/nessuna/"), ask(site,"/nessuna/").word)
    print(ask(site, "/static/css/site.css"))
    print(ask(site, "/", accept_encoding="gzip, br"))
    print(ask(site, a.get_absolute_url()).word,ask(site, a.get_absolute_url()).word,)
    print(ask(site, a.get_absolute_url(), "replytocom=1"))
