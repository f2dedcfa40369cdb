"""What holds a line's understanding back, most costly first: each with what to do, and what it would bring.

Costs are shares of callers who are asked a question more, or come to a wrong queue, estimated from the line's own
labelled lines as they were judged while held out (`voice.understanding.policy.judged`). Where calls were made, topics
that nobody rings about, and confirmations that are always answered yes, are read from the journal.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from voice.content import Line, load_grammar
from voice.content.labelled import labelled_files, read_labelled
from voice.core.call.signals import Signal
from voice.core.call.state import State
from voice.core.interpretation import Command
from voice.store.inbox import JournaledCall
from voice.understanding.model import NONE, Model
from voice.understanding.policy import Judged, judged
from voice.understanding.trained import Trained

FEW_LABELLED = 30
"""A topic with fewer labelled lines says little of how callers speak about it."""

FEW_PHRASES = 10
ASKED_WELL = 0.3
"""Callers with a topic who are asked about it on the shipped line, with over a thousand labelled lines a language
(docs/understanding.md): what is above is to be gained by labelling."""

WELL_LABELLED = 200

CONFUSED = 0.05
"""Of a topic's labelled lines taken for one other topic: from this share on the two are told as hard to tell apart."""

CLAIMED = 0.05
FEWEST_TAKEN = 2
"""One line that is taken for something else is no pattern yet."""

ONE_SIDED = 0.25
"""A topic has phrases in one language alone where another has fewer than this share of them."""

ALWAYS_YES = 0.95
FIRST = frozenset({Signal.TOPIC, Signal.LIKELY, Signal.EITHER, Signal.UNCLEAR})
SPEAK_OTHERWISE = 0.15
"""Callers asked beyond what was foretold, from which on the labelled lines are not what callers say."""

LEAST_CALLS = 50
"""Calls from which on what callers did is held against the files."""


@dataclass(frozen=True)
class Finding:
    """`cost` is the share of callers who pay for it, as far as it can be told (0 to 1)."""

    language: str
    topic: str
    what: str
    mend: str
    cost: float


@dataclass(frozen=True)
class Called:
    """What the calls of the last weeks tell: how often each topic was rung about, and of its confirmations how many
    were put and how many answered yes. `first` counts what became of a caller's first words, by language: were they
    asked about them?"""

    topics: Counter[str]
    confirmed: Counter[str]
    asked: Counter[str]
    first: Counter[tuple[str, bool]] = field(default_factory=Counter)


def called(calls: Iterable[JournaledCall]) -> Called:
    """What became of the guesses that callers were asked about."""
    topics, confirmed, asked = Counter[str](), Counter[str](), Counter[str]()
    first = Counter[tuple[str, bool]]()
    for call in calls:
        if call.intent:
            topics[call.intent] += 1
        guess = None
        begun = next((entry for entry in call.lines if entry.what in FIRST), None)
        if begun is not None:
            first[call.language, begun.what != Signal.TOPIC] += 1
        for entry in call.lines:
            if entry.detail.get("from") == State.CONFIRM and guess:
                asked[guess] += 1
                confirmed[guess] += entry.what == Signal.YES
            guess = entry.detail.get("guess") if entry.what == Signal.LIKELY else None
    return Called(topics, confirmed, asked, first)


def health(line: Line, understanding: Trained, called: Called | None = None) -> list[Finding]:
    """The most costly first."""
    found: list[Finding] = []
    for language in line.languages:
        found += of_files(line, language)
        model = understanding.models[language]
        told = judged(model, understanding.head(model))
        asked = _asked(told, understanding.policy(model).price)
        found += _of_model(line, model, told, asked, understanding)
        found += held_against(called, language, asked) if called else ()
    found += one_sided(line)
    if called and sum(called.topics.values()) >= LEAST_CALLS:
        found += of_calls(line, called)
    return sorted(found, key=lambda one: (-one.cost, one.language, one.topic))


def _asked(told: Judged, price: float) -> float:
    """The share of callers with a topic who are asked about it, as the labelled lines foretell."""
    sent = told.price >= price
    return float(told.counts[told.topic & ~sent].sum()) / max(float(told.counts[told.topic].sum()), 1.0)


def held_against(called: Called, language: str, foretold: float) -> Iterator[Finding]:
    """Callers who are asked much more often than the labelled lines foretell speak otherwise than those."""
    asked, at_once = called.first[language, True], called.first[language, False]
    if asked + at_once >= LEAST_CALLS and asked / (asked + at_once) > foretold + SPEAK_OTHERWISE:
        share = asked / (asked + at_once)
        what = f"In {language} {share:.0%} of {asked + at_once} callers were asked, where the labelled lines foretell "
        mend = "Label what callers said, in their own words: voice inbox."
        yield Finding(language, "", f"{what}{foretold:.0%}.", mend, share - foretold)


def _labels(line: Line, language: str) -> Counter[str]:
    """How many lines of each label the line learns from; those under tests/ it does not."""
    files = [path for path in labelled_files(line.folder, language) if path.parent.name != "tests"]
    rows = (row for path in files for row in read_labelled(path, line.folder, line.intents)[0])
    return Counter(part for row in rows for part in row.label.split("+"))


def of_files(line: Line, language: str) -> Iterator[Finding]:
    labelled = _labels(line, language)
    phrases = Counter(each.intent for each in load_grammar(line.folder, language, line.intents).expanded(3))
    share = 1 / max(len(line.plan.topics), 1)
    if few := {topic: phrases[topic] for topic in line.plan.topics if phrases[topic] < FEW_PHRASES}:
        cost = sum(share * 0.5 * (1 - many / FEW_PHRASES) for many in few.values())
        what = f"{language} has few phrases for {_counted(few)}: said otherwise, it is not understood."
        yield Finding(language, _only(few), what, "Write as callers speak, ten and more.", cost)
    if none := {topic: 0 for topic in line.plan.topics if labelled[topic] == 0}:
        what = f"{language} has no labelled lines for {', '.join(none)}: nothing tells how sure their callers may be"
        mend = f"Label {FEW_LABELLED} lines of real calls (voice inbox)."
        yield Finding(language, _only(none), f"{what} taken to be.", mend, share * 0.4 * len(none))


def _few_labelled(line: Line, language: str) -> dict[str, int]:
    labelled = _labels(line, language)
    return {topic: labelled[topic] for topic in line.plan.topics if 0 < labelled[topic] < FEW_LABELLED}


def _counted(topics: Mapping[str, int]) -> str:
    return ", ".join(f"{topic} ({many})" for topic, many in sorted(topics.items(), key=lambda one: one[1]))


def _only(topics: Mapping[str, int]) -> str:
    return next(iter(topics)) if len(topics) == 1 else ""


def _of_model(line: Line, model: Model, told: Judged, asked: float, understanding: Trained) -> Iterator[Finding]:
    every = float(told.counts.sum()) or 1.0
    lines = int(told.topic.sum())
    few = _few_labelled(line, model.language)
    fewest = f"; fewest for {_counted(few)}" if few else ""
    wanted = max(WELL_LABELLED, FEW_LABELLED * len(line.plan.topics))
    if asked > ASKED_WELL and lines < wanted:
        what = f"In {model.language} {asked:.0%} of callers with a topic are asked, as {lines} labelled lines foretell"
        mend = f"Label {wanted} in all (voice inbox): the more there are, the less the line must doubt."
        yield Finding(model.language, "", f"{what}{fewest}.", mend, asked - ASKED_WELL)
    elif few:
        what = f"{model.language} has few labelled lines for {_counted(few)}."
        cost = sum(0.2 * (1 - many / FEW_LABELLED) for many in few.values()) / len(line.plan.topics)
        mend = f"Label {FEW_LABELLED} of each (voice inbox): then fewer of their callers are asked."
        yield Finding(model.language, _only(few), what, mend, cost)
    yield from _confused(line, model, understanding, every)


def _confused(line: Line, model: Model, understanding: Trained, every: float) -> Iterator[Finding]:
    """Which topics take each other's labelled lines, and what `none` claims of the topics."""
    head = understanding.head(model)
    best = head.held_out.argmax(axis=1)
    topics = [intent for intent in model.intents if intent in line.plan.topics]
    for topic in topics:
        own = head.labels == model.column[topic]
        if not own.any():
            continue
        taken = Counter(model.intents[at] for at in best[own] if model.intents[at] != topic)
        for other, many in taken.items():
            share = many / int(own.sum()) if many >= FEWEST_TAKEN else 0.0
            of = f"{many} of {int(own.sum())} labelled lines"
            if other in topics and line.plan.topics[other] != line.plan.topics[topic] and share >= CONFUSED:
                what = f"{of} of {model.language}/{topic} sound like “{other}”."
                mend = f"Say in both what only they are about, or merge them: voice topic merge {topic} {other}."
                yield Finding(model.language, topic, what, mend, many / every)
            elif other == NONE and share >= CLAIMED:
                what = f"{model.language}/none.yaml claims {of} of “{topic}”."
                mend = "Take out of none.yaml what is about it, or write more phrases of the topic."
                yield Finding(model.language, topic, what, mend, many / every)
            elif other in set(Command) and share >= CLAIMED:
                what = f"{of} of {model.language}/{topic} sound like a command, “{other}”."
                yield Finding(model.language, topic, what, f"See {other}.yaml for phrases that are none.", many / every)


def one_sided(line: Line) -> Iterator[Finding]:
    """Phrases in one language alone."""
    count = {
        language: Counter(each.intent for each in load_grammar(line.folder, language, line.intents).phrases)
        for language in line.languages
    }
    for topic in line.plan.topics if len(count) > 1 else ():
        most = max(count, key=lambda language: count[language][topic])
        for language in count:
            if count[language][topic] < ONE_SIDED * count[most][topic]:
                what = f"{language}/{topic} has {count[language][topic]} phrases where {most} has {count[most][topic]}."
                share = 1 / len(line.plan.topics) / len(count)
                yield Finding(language, topic, what, "Write them in this language, too.", share * 0.3)


def of_calls(line: Line, called: Called) -> Iterator[Finding]:
    every = sum(called.topics.values())
    for topic in line.plan.topics:
        if called.topics[topic] == 0:
            what = f"Nobody rang about “{topic}” in {every} calls."
            mend = f"Take it out, if that is right: voice topic remove {topic}."
            yield Finding("", topic, what, mend, 0.0)
        put = called.asked[topic]
        if put >= LEAST_CALLS and called.confirmed[topic] / put >= ALWAYS_YES:
            what = f"“Is it about {topic}?” was answered yes {called.confirmed[topic]} times of {put}."
            mend = "Label such lines (voice inbox): then the line asks less."
            yield Finding("", topic, what, mend, put / every)
