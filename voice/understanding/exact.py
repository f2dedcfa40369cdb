"""Phrases known to the letter: what is said just as it stands in a grammar decides at once.

Kept as hashes: a line has tens of thousands of sentences when its templates are expanded. Near-exact counts as exact:
case, accents, punctuation, hesitations, how numbers are said and where words are cut do not matter.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from voice.content import Phrase
from voice.understanding.normalise import normalise


def key(words: Sequence[str]) -> int:
    return int.from_bytes(hashlib.blake2b("".join(words).encode(), digest_size=8).digest(), "little")


def index(
    phrases: Iterable[Phrase], column: Mapping[str, int], language: str
) -> tuple[NDArray[np.uint64], NDArray[np.int16]]:
    """(keys, sorted; the intent of each). A phrase that two intents claim is neither's."""
    owners: dict[int, int] = {}
    for phrase in phrases:
        words = normalise(phrase.text, language)
        if words:
            at, intent = key(words), column[phrase.intent]
            owners[at] = intent if owners.get(at, intent) == intent else -1
    clear = sorted((at, intent) for at, intent in owners.items() if intent >= 0)
    return np.array([at for at, _ in clear], dtype=np.uint64), np.array([i for _, i in clear], dtype=np.int16)


def find(keys: NDArray[np.uint64], owners: NDArray[np.int16], words: Sequence[str]) -> int | None:
    """The column of the intent that these words are a phrase of."""
    if not words:
        return None
    wanted = np.uint64(key(words))
    at = int(np.searchsorted(keys, wanted))
    return int(owners[at]) if at < len(keys) and keys[at] == wanted else None
