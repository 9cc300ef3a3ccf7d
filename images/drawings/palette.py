"""Eight limited palettes that sit well together, and the arithmetic of colours.

They share the site's vermilion, paper and ink. Roles, not names: a motif asks for ``body`` or
``accent`` and is readable on every palette.
"""

from typing import NamedTuple


class Palette(NamedTuple):
    top: str  # the background, from here
    bottom: str  # to here
    sun: str  # the large disc behind most subjects
    body: str  # the mass of the subject: stands out from the background
    light: str  # paper: screens, labels, highlights
    dark: str  # ink: holes, screens switched off, deep shadow
    accent: str
    warm: str
    cool: str
    line: str  # thin strokes on the background


PALETTES = (
    Palette(  # paper
        "#FBF5E8", "#F1DCC0", "#E9B98C", "#24384A", "#FFFBF2", "#1B2430",
        "#C8371B", "#E5A23C", "#3F8280", "#1B2430",
    ),
    Palette(  # night
        "#17202B", "#34506A", "#E8613C", "#4C6C86", "#FBF4E4", "#121A23",
        "#F0623D", "#F2BD62", "#6DB3A8", "#FBF4E4",
    ),
    Palette(  # vermilion
        "#B92F16", "#EC7A4A", "#F7BE7C", "#213243", "#FFF6E6", "#1B2430",
        "#F5A94A", "#F9D48F", "#3E8583", "#FFF1DC",
    ),
    Palette(  # petrol
        "#123F46", "#3E8C86", "#F1B05C", "#1C2C3A", "#FCF5E6", "#14202B",
        "#DF4B29", "#F3C067", "#8CCABB", "#F6EBD3",
    ),
    Palette(  # ochre
        "#EFB54D", "#F8DFA3", "#D95A34", "#22384A", "#FFFAEC", "#1B2430",
        "#C8371B", "#FFF0C4", "#2F7674", "#3A2A1C",
    ),
    Palette(  # sage
        "#B9CDBB", "#EEF0DD", "#F0A376", "#274748", "#FFFCF2", "#1B2E33",
        "#C8371B", "#E7AC47", "#5E938A", "#1E3638",
    ),
    Palette(  # plum
        "#2C1F36", "#8C4458", "#F08A5D", "#5B3A63", "#FDF1E3", "#20172A",
        "#EE5A38", "#F5BD6B", "#74A9A6", "#FBE6D4",
    ),
    Palette(  # haze
        "#A9C8D2", "#F6E9D6", "#EF8D63", "#2A4660", "#FFFBF3", "#1B2B3B",
        "#C8371B", "#EDB04E", "#4E8C98", "#22384C",
    ),
)  # fmt: skip


def rgb(colour):
    """Return ``(r, g, b)`` of "#RRGGBB"; a tuple passes through."""
    if isinstance(colour, tuple):
        return colour
    return tuple(int(colour[n : n + 2], 16) for n in (1, 3, 5))


def mix(one, other, share):
    """Return ``one`` with ``share`` (0 to 1) of ``other`` in it."""
    pairs = zip(rgb(one), rgb(other), strict=True)
    return tuple(round(a + (b - a) * share) for a, b in pairs)


def lighter(colour, share=0.25):
    return mix(colour, "#FFF8EA", share)


def darker(colour, share=0.25):
    return mix(colour, "#141C28", share)
