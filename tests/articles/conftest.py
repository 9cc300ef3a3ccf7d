"""What the tests of lists and of their counts begin with."""

import pytest

from tests.factories import make_category, make_tag


@pytest.fixture
def labels():
    """Two trees of categories and three tags."""
    top, other = make_category("Software"), make_category("Hardware")
    make_category("Giochi", parent=make_category("Desktop", parent=top))
    # A path that begins like another one is not below it.
    make_category("Software libero")
    for name in ("Debian", "Fedora", "Arch"):
        make_tag(name)
    return top, other
