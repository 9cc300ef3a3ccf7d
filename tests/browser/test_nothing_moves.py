"""Nothing on a page moves while it loads: the browser's own measure of shifts is nought."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests import factories
from tests.comments.writing import make_comment

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WATCH = """
window.shifts = [];
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) window.shifts.push(entry.value);
}).observe({ type: "layout-shift", buffered: true });
"""

PUSH = """() => {
  const late = document.createElement("p");
  late.style.height = "300px";
  document.body.prepend(late);
}"""


def test_front_page_and_story_do_not_move_while_they_load(live_site, page):
    category = factories.make_category("Kernel", menu_order=1)
    for number in range(12):
        story = factories.make_article(
            main_category=category,
            lead_image=factories.make_image(),
            published_at=timezone.now() - timedelta(hours=number + 1),
        )
    make_comment(story)
    page.add_init_script(WATCH)
    # Slow pictures: a page that keeps no room for them moves when they come.
    page.route("**/media/**", lambda route: route.fulfill(status=200, body=PIXEL))
    for address in ["/", story.get_absolute_url()]:
        page.goto(f"{live_site}{address}")
        page.wait_for_load_state("networkidle")
        page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
        page.wait_for_timeout(300)

        assert sum(page.evaluate("window.shifts")) < 0.01, address

    # The measure sees what does move.
    page.evaluate("window.scrollTo(0, 0)")
    page.evaluate(PUSH)
    page.wait_for_timeout(300)
    assert sum(page.evaluate("window.shifts")) > 0.05


PIXEL = bytes.fromhex(
    "47494638396101000100800000ffffff00000021f90401000000002c00000000010001000002024401003b"
)
