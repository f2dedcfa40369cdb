"""Text from outside, cleaned once, where it enters: what a caller says or sends, Twilio posts, a service replies or
somebody types may hold anything.

Kept are letters, marks, digits, punctuation, symbols and spaces, as one line. Gone are control characters (an escape
sequence would steer an operator's terminal), what changes the direction of writing, and what no XML may hold.
"""

import re
import unicodedata

LONGEST_WORD = 60
"""Characters of one word. Longer ones are no words, and break tables and voices."""

_STEERS = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff\ud800-\udfff]"
)
"""Control characters, what changes the direction of writing, and what is no character."""

_JOINERS = "\u200c\u200d"
"""Parts of words in some writings, though they are format characters."""


def clean(text: str, most: int, word: int = LONGEST_WORD) -> str:
    """One line of at most `most` characters, and `word` of one word."""
    shown = text[: 4 * most]
    if not (shown.isascii() and shown.isprintable()):
        shown = "".join(kept for char in unicodedata.normalize("NFC", shown) if (kept := _kept(char)))
    return " ".join(part[:word] for part in shown.split())[:most].strip()


def clean_lines(text: str) -> str:
    """What somebody types into a form: its lines and every space as they are, without what steers."""
    return _STEERS.sub("", text.replace("\r\n", "\n"))


def _kept(char: str) -> str:
    kind = unicodedata.category(char)
    if kind in ("Cc", "Zl", "Zp", "Zs"):
        return " "
    return "" if kind[0] == "C" and char not in _JOINERS else char
