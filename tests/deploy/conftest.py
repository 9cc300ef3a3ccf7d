"""One site behind one nginx for all the tests of this folder. Without nginx they are skipped."""

import os

import pytest

from bench import shipped
from tests.deploy.stage import Site


def pytest_collection_modifyitems(items):
    for item in items:
        if item.path.parent.name == "deploy":
            item.add_marker(pytest.mark.proxy)


@pytest.fixture(scope="session")
def nginx():
    if not shipped.nginx():
        say = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        say("no nginx: install Debian's nginx and libnginx-mod-http-brotli-static")
    return shipped.nginx()


@pytest.fixture(scope="session")
def site(nginx, tmp_path_factory, collected, migrated):
    site = Site(tmp_path_factory.mktemp("site"))
    try:
        site.build(collected, migrated)
        yield site
    finally:
        site.end()
