"""What the encoder learns from: the project's own phrases, templates and labelled utterances, in all languages.

A third of the labelled utterances is left out, by a hash of their words: on them the line fits how far the encoder can
be trusted. Nothing of `benchmarks/` is read.
"""

import hashlib
import json
import random
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from voice.content import load_grammar, load_line
from voice.understanding.encoder import encodable
from voice.understanding.loading import labelled_lines
from voice.understanding.normalise import spoken
from voice.understanding.sounds import Mishearing

LEFT_OUT = 3
"""One labelled utterance in so many."""

MISHEARD = 3
"""One text in so many is learnt misheard, another time each epoch."""

SHARES = (0.1, 0.2, 0.3)
BARE = 6
"""One in so many loses its accents."""


@dataclass(frozen=True)
class Said:
    text: str
    intent: str
    language: str


@dataclass(frozen=True)
class Material:
    """`known` are phrases and labelled utterances, `templates` the sentences of each template; `left_out` the
    labelled utterances that are not learnt from."""

    intents: tuple[str, ...]
    known: list[Said]
    templates: list[list[Said]]
    left_out: list[Said]
    hearing: dict[str, Mishearing]

    def epoch(self, number: int) -> list[Said]:
        chance = random.Random(number)
        chosen = [*self.known, *(chance.choice(each) for each in self.templates)]
        made = [self._changed(each, chance, number) for each in chosen]
        return [each for each in made if each.text]

    def _changed(self, said: Said, chance: random.Random, number: int) -> Said:
        text = said.text
        if chance.random() < 1 / MISHEARD:
            text = self.hearing[said.language].hear(text, chance.choice(SHARES), number)
        elif chance.random() < 1 / BARE:
            text = bare(text)
        return Said(text, said.intent, said.language)


def bare(text: str) -> str:
    return "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign))


def is_left_out(text: str) -> bool:
    return int(fingerprint(text), 16) % LEFT_OUT == 0


def fingerprint(text: str) -> str:
    """Of the words as the encoder sees them."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def material(folder: Path) -> Material:
    line = load_line(folder)
    known: list[Said] = []
    templates: list[list[Said]] = []
    left_out: list[Said] = []
    hearing = {}
    for language in line.languages:
        grammar = load_grammar(line.folder, language, line.intents)
        labelled = [
            Said(encodable(text, language), label, language)
            for label, text in labelled_lines(line, language)
            if label in line.intents
        ]
        left_out += [each for each in labelled if is_left_out(each.text)]
        unknown = {each.text for each in left_out}
        phrases = [Said(encodable(phrase.text, language), phrase.intent, language) for phrase in grammar.phrases]
        known += [each for each in (*phrases, *labelled) if each.text not in unknown]
        for template in grammar.templates:
            made = [Said(encodable(p.text, language), p.intent, language) for p in template.expanded(40)]
            templates.append([each for each in made if each.text not in unknown] or made[:0])
        words = (word for phrase in grammar.phrases for word in spoken(phrase.text, language))
        hearing[language] = Mishearing(words, language)
    return Material(line.intents, known, [each for each in templates if each], left_out, hearing)


def write_epochs(folder: Path, into: Path, epochs: int, first: int = 0) -> None:
    """Everything that training needs, as plain files: it runs without this package."""
    found = material(folder)
    into.mkdir(parents=True, exist_ok=True)

    def put(name: str, lines: list[Said]) -> None:
        rows = [[each.text, found.intents.index(each.intent), each.language] for each in lines]
        (into / name).write_text(json.dumps(rows, ensure_ascii=False), encoding="utf-8")

    (into / "intents.json").write_text(json.dumps(found.intents))
    for number in range(epochs):
        put(f"epoch{number}.json", found.epoch(first + number))
    put("left_out.json", found.left_out)
    put("known.json", found.known)
    texts = "\n".join(sorted({fingerprint(each.text) for each in found.known}))
    (into / "learnt.txt").write_text(texts)
