"""The drawn card of a story without a picture: 1200 by 630, in the house's type and colours."""

import os

import font_source_sans_pro
import font_source_serif_pro

from images import files, workshop

SIZE = (1200, 630)
KIND = "image/png"
FONTS = {
    "serif": font_source_serif_pro.font_files_ttf["SourceSerifProBold"],
    "sans": font_source_sans_pro.font_files_ttf["SourceSansProSemibold"],
}


def draw(title, kicker, site):
    """Draw a card and return its name in the media store; a new one each time.

    Cost: a child process, about half a second. Errors: ``workshop.Broken``, ``OSError``.
    """
    with workshop.bench() as folder:
        target = folder / "card"
        job = {"do": "card", "title": title, "kicker": kicker, "site": site, "fonts": FONTS}
        workshop.work(job | {"target": str(target)}, os.devnull)
        name = files.new_name(f"card:{title}", KIND)
        files.place(target, name)
    return name
