"""The pages of an archive that are measured, as JSON: ``python -m bench.addresses``."""

import json
import os

import django


def main():
    os.environ["DJANGO_SETTINGS_MODULE"] = "mmul.settings"
    django.setup()
    from articles.models import Article

    newest = Article.objects.visible().newest_first()
    story = newest[newest.count() // 4]  # one of those with twenty comments
    category = story.main_category.get_absolute_url()
    pages = {
        "front page": "/",
        "article, 20 comments": story.get_absolute_url(),
        "category, page 1": category,
        "category, page 50": f"{category}page/50/",
        "feed": "/feed/",
    }
    filed = Article.objects.visible().in_category(story.main_category)
    if filed.count() <= 500:  # a small archive has no page 50: its last one
        pages["category, page 50"] = f"{category}page/{max(2, filed.count() // 10)}/"
    print(json.dumps(pages))  # noqa: T201


if __name__ == "__main__":
    main()
