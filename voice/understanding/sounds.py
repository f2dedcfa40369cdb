"""Sounds: the code that words which sound alike share, and a recogniser's slips made from it.

The slips harden training and measure it. They are those that recognisers make on a telephone line: a word for another
that sounds like it, a compound cut in two, two words run together, a short word lost. All drawn from a seed.
"""

import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from functools import lru_cache

from voice.understanding.languages import SOUNDS
from voice.understanding.normalise import spoken

SWAPPED, CUT, JOINED = 0.65, 0.8, 0.9
"""Shares of the kinds of slips, added up: another word, cut in two, joined to the next; the rest are lost."""

ERRORS_A_SLIP = 1.1
"""Wrong words (changed, added or lost) that a slip makes on average, measured: a cut and a join make two."""

SHORTEST_BLURRED = 3
"""Sounds of a word that is taken for one that differs in a sound."""

SHORT = 4
"""Letters of a word that a recogniser loses altogether."""


@lru_cache(maxsize=8)
def _rules(language: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(pattern), sound) for pattern, sound in SOUNDS.get(language, ()))


@lru_cache(maxsize=20_000)
def sound(word: str, language: str) -> str:
    for pattern, as_heard in _rules(language):
        word = pattern.sub(as_heard, word)
    return word


def _near(code: str) -> Iterator[str]:
    """The code, and each that is left when one sound is lost: two words that share one of these are one slip apart. All
    short words would be, so theirs stay whole."""
    yield code
    for at in range(len(code) if len(code) >= SHORTEST_BLURRED else 0):
        yield code[:at] + code[at + 1 :]


class Mishearing:
    """Hears a text wrongly, as recognisers do: they write words that they know, and rather frequent ones.
    `spoken_words` is what people say, from which the recogniser knows its words."""

    def __init__(self, spoken_words: Iterable[str], language: str) -> None:
        self.language = language
        self._counts = Counter(spoken_words)
        self._near: dict[str, list[str]] = defaultdict(list)
        for word in sorted(self._counts):
            if word.isalpha():
                for code in set(_near(sound(word, language))):
                    self._near[code].append(word)
        self._alike: dict[str, tuple[str, ...]] = {}

    def hear(self, text: str, share: float, seed: int) -> str:
        """The text with about `share` of its words wrong (as word error rates count); the same for the same seed."""
        chance = random.Random(f"{seed} {text}")
        heard: list[str] = []
        joining = False
        for word in spoken(text, self.language):
            written, join_next = self._slip(word, chance) if chance.random() < share / ERRORS_A_SLIP else (word, False)
            if joining and heard and written:
                heard[-1] += written
            elif written:
                heard.append(written)
            joining = join_next
        return " ".join(heard) or text

    def _slip(self, word: str, chance: random.Random) -> tuple[str, bool]:
        """What is written for a word, and whether the next is run into it."""
        kind = chance.random()
        if len(word) <= SHORT and (kind >= JOINED or (kind < CUT and not self._alike_to(word))):
            return "", False
        if CUT <= kind < JOINED:
            return word, True
        if SWAPPED <= kind < CUT and len(word) >= 6:
            at = chance.randint(3, len(word) - 3)
            return f"{self._another(word[:at], chance)} {word[at:]}", False
        return self._another(word, chance), False

    def _another(self, word: str, chance: random.Random) -> str:
        """A word that sounds like it, or the word without its end, which a telephone line swallows."""
        alike = self._alike_to(word)
        if not alike:
            return word[: max(2, len(word) - 2)]
        return chance.choices(alike, [self._counts[other] for other in alike])[0]

    def _alike_to(self, word: str) -> tuple[str, ...]:
        alike = self._alike.get(word)
        if alike is None:
            found = {other for code in _near(sound(word, self.language)) for other in self._near.get(code, ())}
            alike = self._alike[word] = tuple(sorted(found - {word}))
        return alike
