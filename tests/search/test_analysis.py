"""How text becomes terms: what must find what, and at which cost."""

import random
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from search import analysis, queries
from search.counting import Texts, counted

# What a reader types, what the story says: product reference, section 5.9.
FOUND = [
    ("distribuzione", "le distribuzioni"),
    ("aggiornare", "gli aggiornamenti"),
    ("sviluppo", "gli sviluppatori"),
    ("citta", "la città"),
    ("velocita", "velocità"),
    ("liberta", "libertà"),
    ("gia", "è già uscito"),
    ("già", "e' gia uscito"),
    ("tivu", "la tivù"),
    ("articolo", "dell'articolo"),
    ("articolo", "dell’articolo"),
    ("dell'articolo", "articoli"),
    ("6.12", "Kernel 6.12-rc1"),
    ("6.12-rc1", "Kernel 6.12-rc1"),
    ("C++", "linguaggio C++."),
    ("c++", "C++17, no: C++"),
    ("C#", "linguaggio C#, poi"),
    (".NET", "la piattaforma .NET"),
    ("asp.net", "ASP.NET"),
    ("open-source", "open source"),
    ("open source", "open-source"),
    ("opensource", "open-source"),
    ("open source", "Open Source"),
    ("CVE-2024-3094", "la CVE-2024-3094,"),
    ("2024-3094", "CVE-2024-3094"),
    ("3094", "CVE-2024-3094"),
    ("cve 2024", "CVE-2024-3094"),
    ("systemd", "systemd"),
    ("node.js", "Node.js"),
    ("nodejs", "Node.js"),
    ("kernel.org", "https://kernel.org/pub"),
    ("TCP/IP", "tcp/ip"),
    ("tcpip", "TCP/IP"),
    ("python 3", "Python3.12"),
    ("e-mail", "email"),
    ("email", "e-mail"),
    ("ubuntu 24.04", "Ubuntu 24.04 LTS"),
    ("PREEMPT_RT", "PREEMPT_RT"),
    ("x86", "x86"),
    ("perchè linux", "perché Linux"),
    ("Škoda", "skoda"),
    ("привет", "Привет"),
    ("AI", "la AI generativa"),
    ("IT sicurezza", "la sicurezza IT"),
    # Nouns that Snowball takes for verbs.
    ("comando", "i comandi"),
    ("comandi", "un comando"),
    ("chiave", "le chiavi"),
    ("chiavi", "la chiave"),
    ("anno", "pochi anni"),
    ("cormorani", "un cormorano"),
    ("amiche", "un’amica"),
    ("tastiere", "la tastiera"),
    ("edificio", "gli edifici"),
]
APART = [
    ("C", "linguaggio C++"),
    ("C", "linguaggio C#"),
    ("C++", "linguaggio C"),
    ("C#", "linguaggio C"),
    ("C++", "linguaggio C#"),
    ("6.1", "Kernel 6.12"),
    ("2024-3095", "CVE-2024-3094"),
    (".NET", "la rete (net) di casa"),
    ('"software libero"', "libero software"),
    ("sole", "solenne"),
    ("chiavi", "chiaro"),
    ("AI", "ai lettori"),
    ("comando", "example.com"),
]


def finds(query, text, language="it"):
    """All words of the query stand in the text, as a database would say."""
    parsed = queries.parse(query)
    terms = Texts([analysis.field(((text, language),))])
    return bool(parsed.wanted) and all(counted(w.node, terms) for w in parsed.wanted)


@pytest.mark.parametrize(("query", "text"), FOUND)
def test_a_reader_finds_other_spellings_of_the_same_words(query, text):
    assert finds(query, text)


@pytest.mark.parametrize(("query", "text"), APART)
def test_names_that_only_look_alike_are_kept_apart(query, text):
    assert not finds(query, text)


def test_english_quotations_follow_english_rules():
    assert finds("cards", "a second-hand card", "en")
    assert finds("publishing recipes", "the recipes are published", "en")
    assert not finds("publishing", "published", "it")


def test_no_phrase_goes_from_one_piece_of_a_text_into_the_next():
    field = analysis.field((("il software", "it"), ("libero mercato", "it")))

    assert "softw liber" not in field


def test_a_term_holds_nothing_but_letters_and_digits():
    rng = random.Random(5)
    signs = [chr(rng.randrange(32, 0x2FFF)) for _ in range(5000)] + list("'\"\\%_*():&|!<>-+#.@~^")
    for _ in range(300):
        text = "".join(rng.choices([*signs, "a", "e", " "], k=60))
        for language in ("it", "en", "de"):
            assert all(term.isalnum() for term in analysis.field(((text, language),)).split()), text


def test_v1_analysing_grows_with_the_text_and_not_faster():
    """Counted, not timed: every character is looked at by patterns that cannot go back."""
    for shape in ("a", "a-", "a.", "'", "c++", "è", "1.2.", ".net", "à̀", "l'", "#"):
        text = shape * 20_000
        assert len(analysis.field(((text, "it"),)).split()) <= len(text) + 2


def test_a_very_long_word_becomes_a_term_both_databases_can_hold():
    assert max(map(len, analysis.field((("x" * 10_000, "it"),)).split())) <= analysis.LONGEST_TERM


def test_folding_keeps_every_character_in_its_place():
    text = "«L’Università è già ÀÈÌ… ﬁne» Straße İstanbul"

    assert len(analysis.fold(text)) == len(text)


def test_two_searches_at_once_do_not_spoil_each_others_stems():
    endings = ("o", "i", "e", "amente", "azione", "ando", "ato", "imento", "abile")
    words = [f"{root}{end}" for root in ("comand", "notizi", "aggiorn", "veloc") for end in endings]
    plain = analysis.stem.__wrapped__  # without its memory
    right = [plain(word, "it") for word in words]
    before = sys.getswitchinterval()
    sys.setswitchinterval(0.00001)
    try:
        with ThreadPoolExecutor(4) as threads:
            found = list(threads.map(lambda _: [plain(word, "it") for word in words], range(100)))
    finally:
        sys.setswitchinterval(before)

    assert all(stems == right for stems in found)
