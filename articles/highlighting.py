"""Code coloured on the server. Classes only: the style sheet knows them (static/css/code.css)."""

from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

MAX_CHARACTERS = 50_000  # longer code stays plain: a lexer's time is not ours to promise


def coloured(code, language):
    """Return ``(html, name)`` of a piece of code; name is "" for a language we do not know."""
    try:
        lexer = get_lexer_by_name(language if len(code) <= MAX_CHARACTERS else "text")
    except ClassNotFound:
        lexer = get_lexer_by_name("text")
    name = "" if lexer.name == "Text only" else lexer.name
    return highlight(code, lexer, HtmlFormatter(nowrap=True)), name
