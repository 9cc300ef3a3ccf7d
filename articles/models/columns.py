"""Which columns of a story the pages that show many of them load: no more than they print."""

# In the order in which shown.py and feeds/told.py take them.
NAMES = ("author__name", "author__slug")
IMAGE = "pk name width height alt decorative focus renditions".split()
SHELF = ("pk", "title", "slug", "published_at", "main_category__name", "main_category__path")
SHELF += tuple(f"lead_image__{column}" for column in IMAGE)
PRINTED = "guid revised_at standfirst body_html rendered_with rendered_at modified_at announced_at"
FEED = ("pk", "title", "slug", "published_at", "comments_open", "comment_count")
FEED += (*PRINTED.split(), "main_category__name")
FEED += tuple(f"lead_image__{column}" for column in "pk name width renditions modified_at".split())
CARD = (*SHELF, "standfirst", "pinned", "comment_count")
