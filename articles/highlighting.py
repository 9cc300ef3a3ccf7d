"""Code coloured on the server. Classes only: the colours are in static/css/code.css."""

from pygments.lexers import get_lexer_by_name
from pygments.token import (
    Comment,
    Generic,
    Keyword,
    Literal,
    Name,
    Number,
    Operator,
    Punctuation,
    String,
    Token,
)
from pygments.util import ClassNotFound

from kit.tree import Node

MOST_CHARACTERS = 50_000  # longer code stays plain: a lexer's time is not ours to promise

# Pygments knows a hundred kinds of token. Readers see these; a kind that is not here is plain,
# and takes the class of the nearest kind above it otherwise.
CLASSES = {
    Comment: "c",
    Comment.Preproc: "cp",
    Keyword: "k",
    Keyword.Type: "kt",
    Keyword.Constant: "kc",
    Operator.Word: "k",
    String: "s",
    String.Escape: "se",
    String.Regex: "sr",
    Literal.Date: "m",
    Number: "m",
    Name.Attribute: "na",
    Name.Builtin: "nb",
    Name.Class: "nc",
    Name.Constant: "kc",
    Name.Decorator: "nd",
    Name.Exception: "nc",
    Name.Function: "nf",
    Name.Property: "na",
    Name.Tag: "nt",
    Name.Variable: "nv",
    Generic.Deleted: "gd",
    Generic.Inserted: "gi",
    Generic.Heading: "gh",
    Generic.Subheading: "gh",
    Generic.Prompt: "gp",
    Generic.Output: "go",
    Punctuation: "",
    Token: "",
}


def coloured(code: str, language: str) -> tuple[list[Node | str], str]:
    """Return the code as nodes, and the name of its language: "" if we do not know it."""
    try:
        lexer = get_lexer_by_name(language, stripnl=False, ensurenl=False)
    except ClassNotFound:
        return [code], ""
    if lexer.name == "Text only":
        return [code], ""
    if len(code) > MOST_CHARACTERS:
        return [code], lexer.name
    nodes: list[Node | str] = []
    last = None
    for kind, text in lexer.get_tokens(code):
        css = css_class(kind)
        if nodes and css == last:
            append_text(nodes, text)
        else:
            nodes.append(Node("span", {"class": css}, [text]) if css else text)
        last = css
    return nodes, lexer.name


def css_class(kind):
    while kind not in CLASSES:
        kind = kind.parent
    return CLASSES[kind]


def append_text(nodes, text):
    if isinstance(nodes[-1], str):
        nodes[-1] += text
    else:
        nodes[-1].children[0] += text
