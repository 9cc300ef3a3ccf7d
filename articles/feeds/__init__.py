"""Feeds at WordPress's addresses: RSS 2.0, Atom and JSON Feed, with the full text.

``entries`` is what a feed says, ``formats`` how it is written, ``stories`` how a story becomes an
entry, ``bodies`` what its text becomes, ``routes`` where feeds are, ``views`` who answers.
"""
