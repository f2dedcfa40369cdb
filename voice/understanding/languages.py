"""What a language's speakers do when they speak, whatever about: hesitate, correct themselves, join two things.

Function words only, in the plain spelling of `normalise`. A language that is not here is understood without them.
"""

from collections.abc import Mapping


def words(text: str) -> frozenset[str]:
    return frozenset(text.split())


HESITATIONS: Mapping[str, frozenset[str]] = {
    "nl": words("euh eh uh uhm ehm euhm hm hmm mm mmm ah eeh euhh"),
    "fr": words("euh heu hum hm hmm mm ben bah hein ah"),
    "de": words("ah aeh ahm oh eh ehm hm hmm mm ne aehm"),
    "en": words("uh um er erm hm hmm mm uhm eh ah"),
}
"""Sounds without meaning. Words that carry a little ("ja", "alors", "well") are left to the statistics."""

CORRECTIONS: Mapping[str, tuple[str, ...]] = {
    "nl": ("nee wacht", "neen wacht", "wacht nee", "ik bedoel", "allee ik bedoel", "of nee", "sorry nee"),
    "fr": ("non attendez", "non attends", "attendez non", "je veux dire", "enfin non", "pardon non", "ou plutot"),
    "de": ("nein warten sie", "nein warte", "ich meine", "quatsch nein", "nein quatsch", "ach nein", "oder nein"),
    "en": ("no wait", "wait no", "i mean", "sorry no", "no sorry", "hang on no", "or rather"),
}

JOINS: Mapping[str, frozenset[str]] = {
    "nl": words("en maar ook plus daarnaast bovendien trouwens"),
    "fr": words("et mais aussi puis egalement plus ensuite"),
    "de": words("und aber auch ausserdem dann zudem"),
    "en": words("and but also plus then"),
}

SOUNDS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "nl": (
        ("sch", "sx"), ("ch", "x"), ("g", "x"), ("ij|ei|y", "y"), ("ou|auw|ouw", "au"), ("tie", "si"),
        ("c(?=[eiy])", "s"), ("qu", "k"), ("ck?", "k"), ("x", "ks"), ("ph|v", "f"), ("th", "t"), ("z", "s"), ("w", "f"),
        ("d", "t"), ("b", "p"), ("h", ""), ("ie", "i"), ("oe", "u"), (r"(.)\1+", r"\1"),
    ),
    "fr": (
        ("eaux?|aux?", "o"), ("ph", "f"), ("qu", "k"), ("c(?=[eiy])", "s"), ("ch", "S"), ("g(?=[eiy])", "j"),
        ("[cq]", "k"), ("ain|ein|in|un|im", "E"), ("en|an|em|am", "A"), ("on|om", "O"), ("oi", "wa"), ("ou", "u"),
        ("ai|ei|er|ez", "e"), ("h", ""), ("y", "i"), ("z", "s"), (r"(.)\1+", r"\1"),
    ),
    "de": (
        ("sch", "S"), ("tsch", "S"), ("ch", "x"), ("ie|ih|y", "i"), ("ei|ai|ey|ay", "Y"), ("eu|ae?u", "oi"),
        ("ae", "e"), ("ph|v|pf", "f"), ("th|dt|d", "t"), ("tz|z|ts", "c"), ("ck|c|g|q", "k"), ("b", "p"), ("w", "f"),
        ("x", "ks"), ("h", ""), ("z", "s"), (r"(.)\1+", r"\1"),
    ),
    "en": (
        ("ough", "o"), ("igh", "i"), ("kn", "n"), ("wr", "r"), ("wh", "w"), ("ph|v", "f"), ("tion", "Sn"),
        ("sh|ch", "S"), ("th", "t"), ("ck|q|c(?![eiy])", "k"), ("c", "s"), ("x", "ks"), ("z", "s"), ("ee|ea|ie|y", "i"),
        ("oo|ou|ew", "u"), ("ai|ay|ei|ey", "e"), ("oa|ow", "o"), ("d", "t"), ("b", "p"), ("h", ""), (r"(.)\1+", r"\1"),
    ),
}  # fmt: skip
"""Spelling → sound, in order: letters that a telephone line or a recogniser takes for one another become one sign.

The rules merge what each language's phonology merges (final devoicing in Dutch and German, nasals in French, silent
letters), after the manner of Soundex and Kölner Phonetik, but keep the vowels: without them short words collapse.
"""
