"""Which labelled utterances are like calls, and which are traps.

A trap names what another topic is about: "the bill is paid, but my phone only says SOS". Whoever is out of scope and
names what a topic is about ("my plumber's invoice") sets no trap: such people do ring.

Labelled utterances hold many of them on purpose, because they teach most. Counted as they stand they would make every
caller pay for them. The phrases, written as people open a call, tell how often callers do it.
"""

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

from voice.content.templates import Phrase
from voice.understanding.normalise import normalise
from voice.understanding.stack import Array

LEAST_PHRASES = 4
"""Phrases that hold a word, for it to name a topic."""

TELLING = 0.75
"""The share of them that are of that topic."""

LEAST_WEIGHT = 0.25
"""Of a trap, however rare the phrases say it is: they are shorter than what callers say."""


def weights(
    phrases: Sequence[Phrase], lines: Sequence[tuple[str, str]], topic_of: Mapping[str, str], language: str
) -> Array:
    """How much each of the (label, text) `lines` counts: 1, and less for traps, so that there are as many of them as
    among phrases. Half of the phrases say which words name a topic, the other half how often they do so elsewhere."""
    names = _names(phrases[::2], topic_of, language)

    def is_trap(label: str, text: str) -> bool:
        return bool({names[word] for word in normalise(text, language) if word in names} - {topic_of.get(label)})

    found = np.ones(len(lines))
    topical = [n for n, (label, _) in enumerate(lines) if label in topic_of]
    traps = [n for n in topical if is_trap(*lines[n])]
    usual = [is_trap(phrase.intent, phrase.text) for phrase in phrases[1::2] if phrase.intent in topic_of]
    if traps and usual:
        share, labelled = sum(usual) / len(usual), len(traps) / len(topical)
        odds = share * (1 - labelled) / max((1 - share) * labelled, 1e-9)
        found[traps] = min(1.0, max(odds, LEAST_WEIGHT))
    return found


def _names(phrases: Sequence[Phrase], topic_of: Mapping[str, str], language: str) -> dict[str, str]:
    """Words → the topic that they name."""
    topics: dict[str, Counter[str]] = {}
    for phrase in phrases:
        if phrase.intent in topic_of:
            for word in set(normalise(phrase.text, language)):
                topics.setdefault(word, Counter())[topic_of[phrase.intent]] += 1
    names = {}
    for word, counted in topics.items():
        topic, many = counted.most_common(1)[0]
        if counted.total() >= LEAST_PHRASES and many >= TELLING * counted.total():
            names[word] = topic
    return names
