"""The rules that every comment meets. Pure: facts in, a verdict with its reasons out.

Rules and defaults are WordPress's (7.1, product.md 5.1), but for what it trusts: a name and an
address that anybody may type prove nothing here (trust table, C7).
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field

from comments.models import State

QUICK = "È arrivato pochi istanti dopo l’apertura del modulo, come fanno i programmi."
QUICK_SECONDS = 3  # a form sent sooner after it was made was not filled in by hand
MOST_LINKS = 50  # more are refused, not held (trust table, section 3)


@dataclass(frozen=True)
class Listed:
    """A word of the moderators' lists."""

    text: str
    trash: bool = False
    whole: bool = True


@dataclass(frozen=True)
class Facts:
    """What is known of a comment when it is judged."""

    text: str
    name: str
    email: str
    site: str = ""
    address: str = ""
    links: int = 0
    story_days: int = 0  # since the story came out
    seconds: int | None = None  # since the form was made; None: not known
    confirmed: bool = False  # the browser holds the proof of the address, or it was just confirmed
    trusted: bool = False  # a person approved a comment of this address before
    reserved: bool = False  # the name is that of an author or of the staff
    blocked: str = ""  # what a block stands on: "indirizzo e-mail", "dominio…", "rete"
    words: tuple[Listed, ...] = ()
    hold_all: bool = False
    need_approved: bool = True
    hold_links: int = 2
    hold_after_days: int = 60


@dataclass(frozen=True)
class Verdict:
    """``reasons`` are for writer and moderator, ``notes`` for the moderator alone (C10)."""

    state: str
    reasons: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def judge(facts: Facts) -> Verdict:
    """Return the state a comment begins in and why, in Italian.

    Thrown away comes before all else. Then what makes it wait for a person; an address that is
    not confirmed waits for its mail first, whatever else holds.
    """
    trashing, holding = found_words(facts)
    if facts.blocked:
        return Verdict(
            State.TRASH,
            ["La redazione ha sospeso i commenti che arrivano da qui."],
            [f"Bloccato: {facts.blocked}."],
        )
    if trashing:
        return Verdict(State.TRASH, ["Contiene parole che qui non pubblichiamo."], trashing)
    reasons = list(held_by(facts, holding))
    if not facts.confirmed:
        return Verdict(
            State.UNCONFIRMED,
            ["Il tuo indirizzo e-mail è ancora da confermare.", *reasons],
            holding,
        )
    return Verdict(State.PENDING if reasons else State.PUBLISHED, reasons, holding)


def held_by(facts: Facts, holding: Iterable[str]):
    """Yield the reason of every rule that makes the comment wait for a person."""
    if facts.hold_all:
        yield "Qui una persona legge ogni commento prima di pubblicarlo."
    if facts.hold_links and facts.links >= facts.hold_links:
        many = "un link" if facts.links == 1 else f"{facts.links} link"
        yield f"Contiene {many}: lo legge una persona prima di pubblicarlo."
    if holding:
        yield "Contiene una parola che ci fa leggere il commento prima di pubblicarlo."
    if facts.reserved:
        yield "Il nome è quello di una firma del giornale: controlliamo che sia proprio tu."
    if facts.hold_after_days and facts.story_days > facts.hold_after_days:
        yield (
            f"L’articolo ha più di {facts.hold_after_days} giorni: i commenti nuovi li legge prima "
            "una persona."
        )
    if facts.seconds is not None and facts.seconds < QUICK_SECONDS:
        yield QUICK
    if facts.need_approved and not facts.trusted:
        yield "È il tuo primo commento qui: dopo il primo approvato i prossimi escono subito."


def found_words(facts: Facts):
    """Return the notes on the words found, those that throw away and those that hold."""
    places = {
        "testo": facts.text,
        "nome": facts.name,
        "indirizzo e-mail": facts.email,
        "sito": facts.site,
        "rete": facts.address,
    }
    folded = {place: fold(text) for place, text in places.items()}
    trashing, holding = [], []
    for word in facts.words:
        for place, text in folded.items():
            if finds(word, text):
                note = f"Parola della lista «{word.text}» nel campo {place}."
                (trashing if word.trash else holding).append(note)
    return trashing, holding


def finds(word: Listed, folded: str) -> bool:
    wanted = fold(word.text)
    if not wanted:  # a word of marks alone would stand in every text
        return False
    if not word.whole:
        return wanted in folded
    return re.search(rf"(?<!\w){re.escape(wanted)}(?!\w)", folded) is not None


def fold(text: str) -> str:
    """Return text as it is compared: NFKC, no case, no accents or other marks, single blanks.

    What nobody sees is no part of a word either: joins, direction marks, soft hyphens.
    """
    # Looked at in its compatible form, "ｐｉｌｌ" is "pill"; "pìll" is too.
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    plain = "".join(c for c in decomposed if unicodedata.category(c) not in ("Mn", "Me", "Cf"))
    return " ".join(plain.split())
