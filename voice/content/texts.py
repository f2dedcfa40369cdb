"""Texts as they are spoken: what counts in them, and what does not belong there."""

import re
import unicodedata

STRANGE = re.compile(r"[^\w\s.,?!:;…'’‘\"“”„«»()€$£%&°/+–—-]|_")
"""What is not a letter, a digit, a space, or a sign that writers of speech use."""

ACCENTS = re.compile("[\u0300-\u036f]+")
"""Those of Latin letters, once they stand apart: hundreds of thousands of texts are folded at a check."""

UNSPOKEN = re.compile(r"[^\w\s]")


def fold(text: str) -> str:
    """What is left of a text when case, accents, punctuation and spaces do not count."""
    lower = text.casefold()
    if not lower.isascii():
        lower = ACCENTS.sub("", unicodedata.normalize("NFKD", lower))
        if not lower.isascii():
            lower = "".join(sign for sign in lower if not unicodedata.combining(sign))
    return " ".join(UNSPOKEN.sub(" ", lower).split())


def strange_sign(text: str) -> str:
    """The first sign that nobody speaks, and that voices and recognisers trip over, as a reader can find it; else
    empty."""
    for found in STRANGE.finditer(text):
        sign = found.group()
        # The marks of a letter written as two signs, and of scripts that have them, are spoken.
        if not unicodedata.category(sign).startswith("M"):
            name = unicodedata.name(sign, f"U+{ord(sign):04X}").lower()
            return f"“{sign}” ({name})" if sign.isprintable() else name
    return ""
