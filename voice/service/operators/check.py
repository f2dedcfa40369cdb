"""Everything that can be wrong with a line, found before a caller hears it.

What the files alone tell is `voice.content.check`'s; here the line is also heard (does the speech model know its
words?) and understood (does a phrase of one topic sound like another's?).
"""

import math
import os
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from voice.content import Grammar, Line, load_line
from voice.content.check import check_files
from voice.content.examples import MEND, examples
from voice.content.labelled import Labelled, labelled_files, read_labelled
from voice.core.call.actions import Listen
from voice.core.interpretation import Command, Decision, Interpretation
from voice.core.plan import Plan
from voice.errors import Problem
from voice.recognition.engine import load_model
from voice.recognition.errors import ModelMissingError, RecognitionError
from voice.recognition.models.installed import find_model
from voice.recognition.models.vocabulary import HeardPhrase, Knows, spelled, unknown_words
from voice.twilio.caller_documents import LONGEST_HINT, MOST_HINTS
from voice.understanding import Understanding, load_understanding
from voice.understanding.evaluation.overlap import Overlap, kept, overlaps_of
from voice.understanding.hints import LONGEST_PHRASE
from voice.understanding.model import NONE

ANSWERS: Mapping[Listen, tuple[str, ...]] = {
    Listen.YES_NO: (Command.YES, Command.NO),
    Listen.OBJECTION: (Command.NO, Command.BACK),
    Listen.CHOICE: ("choice",),
    Listen.MENU: ("number",),
    Listen.NUMBER: ("number",),
}
"""The lists and commands that hold the answers to a question."""

MOST_NAMED = 3
"""Examples in one message; who wants them all finds them with these."""


@dataclass(frozen=True)
class Score:
    """What came of a language's test phrases: how many there are, how many went right, and how many are asked for."""

    language: str
    phrases: int
    right: int
    needed: int


@dataclass(frozen=True)
class CheckReport:
    """`notes` say what could not be checked here, and why; `scores` are of the test phrases, where they were run."""

    problems: tuple[Problem, ...]
    notes: tuple[str, ...] = ()
    scores: tuple[Score, ...] = ()

    @property
    def errors(self) -> int:
        return sum(problem.severity == "error" for problem in self.problems)

    @property
    def warnings(self) -> int:
        return len(self.problems) - self.errors


def check_line(folder: Path, *, model: bool = True, phrases: bool = False) -> CheckReport:
    """Never raises for what is wrong in the folder: that is the report. `model` also asks what the understanding and
    the speech models make of the phrases; `phrases` runs the test phrases."""
    checked = check_files(folder)
    problems = [*checked.problems]
    notes: list[str] = []
    scores: list[Score] = []
    whole = checked.line is not None and not any(problem.severity == "error" for problem in problems)
    if model and checked.line and whole:
        problems += overlapping(checked.line)
    if model:
        problems += _vocabulary(checked.grammars, notes)
    if checked.line and whole and (model or phrases):
        understanding = load_understanding(checked.line)
        problems += unheard_hints(checked.line, checked.grammars, understanding)
        told = {(problem.path, problem.line) for problem in problems}
        lost = lost_examples(checked.line, understanding)
        problems += [problem for problem in lost if (problem.path, problem.line) not in told]
        if phrases:
            problems += run_phrases(checked.line, understanding, scores, notes)
    elif model or phrases:
        notes.append("What the understanding makes of the phrases is checked when the files have no errors.")
    return CheckReport(tuple(sorted(set(problems))), tuple(notes), tuple(scores))


def overlapping(line: Line) -> list[Problem]:
    """Phrases that the model would take for another intent's, with both places. Languages whose files are as they were
    are not judged again; of several others, each is judged in a process of its own, for it takes seconds."""
    anew = [language for language in line.languages if kept(line, language) is None]
    if len(anew) > 1:
        folder = line.folder.resolve()
        # Begun anew rather than forked: whoever asks may have threads.
        with ProcessPoolExecutor(min(len(anew), os.cpu_count() or 1), get_context("spawn")) as pool:
            judged = dict(zip(anew, pool.map(_judge, [folder] * len(anew), anew), strict=True))
    else:
        judged = {language: overlaps_of(line, language) for language in anew}
    return [
        _told(found, line)
        for language in line.languages
        for found in (judged[language] if language in judged else overlaps_of(line, language))
    ]


def _judge(folder: Path, language: str) -> list[Overlap]:
    return overlaps_of(load_line(folder), language)


def _told(found: Overlap, line: Line) -> Problem:
    phrase, nearest = found.phrase, found.nearest
    if found.intent == NONE and phrase.intent in line.plan.destinations:
        what = f"“{phrase.text}” says nothing of “{phrase.intent}”: in other words it would not be understood."
        mend = "Say in the phrase what it is about, or take it out."
        if found.likeness > 0 and nearest.intent == NONE:
            mend = f"{mend[:-1]}; or take that one out, where your callers do ring about it."
    else:
        what = f"“{phrase.text}” sounds like “{found.intent}”."
        mend = "Write more phrases of its kind in the right one, or take it out."
    if found.likeness > 0:
        what += f" It is most like “{nearest.text}” at {nearest.path}:{nearest.line}."
    return Problem(phrase.path, phrase.line, what, mend, "warning")


def unheard_hints(line: Line, grammars: Mapping[str, Grammar], understanding: Understanding) -> Iterator[Problem]:
    """Where callers may answer in more words than Twilio takes, those that the recogniser is not told."""
    for language in line.languages:
        for listen in Listen:
            told = understanding.hints(language, listen)
            expected = _answers(grammars[language], listen)
            left_out = [hint for hint in (*expected, *told) if len(hint) > LONGEST_HINT]
            if len(expected) > MOST_HINTS:
                left_out += [answer for answer in expected if answer not in told]
            left_out += told[MOST_HINTS:]
            if left_out:
                named = ", ".join(f"“{hint}”" for hint in left_out[:MOST_NAMED])
                what = f"{len(left_out)} hints of “{listen.value}” are left out, {named} among them."
                mend = (
                    f"Twilio takes {MOST_HINTS}, of {LONGEST_HINT} characters at most: make fewer and shorter phrases."
                )
                yield Problem(f"grammars/{language}/", 0, what, mend, "warning")


def lost_examples(line: Line, understanding: Understanding) -> Iterator[Problem]:
    """Who repeats what the line itself gives as an example must come to a topic, or to what they are told of."""
    for language, prompts in line.prompts.items():
        for key, example, at in examples(line.folder, prompts):
            meaning = understanding.understand(example, language)
            if not meaning.topics and not meaning.command:
                what = f"“{key}” gives an example that the line does not understand itself: “{example}”."
                yield Problem(f"prompts/{language}.yaml", at, what, MEND, "warning")


def _answers(grammar: Grammar, listen: Listen) -> list[str]:
    """What is short enough to be told to the recogniser of the answers expected at a moment, written as hints are. At
    the open question anything may be said: it is told the most telling words, however many there are."""
    names = ANSWERS.get(listen, ())
    listed = [words for name in names for said in grammar.lists.get(name, {}).values() for words in said]
    phrases = [each.text for each in grammar.phrases if each.intent in names]
    hints = (" ".join(text.replace(",", " ").split()) for text in (*listed, *phrases))
    return list(dict.fromkeys(hint for hint in hints if hint.count(" ") < LONGEST_PHRASE))


def run_phrases(line: Line, understanding: Understanding, scores: list[Score], notes: list[str]) -> Iterator[Problem]:
    """What goes wrong of the test phrases is a warning; too much of it in one language is an error."""
    for language in line.languages:
        files = [path for path in labelled_files(line.folder, language) if path.parent.name == "tests"]
        rows = [row for path in files for row in read_labelled(path, line.folder, line.intents)[0]]
        if not rows:
            notes.append(f"There are no test phrases in {language}: write grammars/{language}/tests/calls.tsv.")
            continue
        wrong = 0
        for row in rows:
            meaning = understanding.understand(row.text, language)
            if not goes_right(line.plan, row, meaning):
                wrong += 1
                what = f"“{row.text}” should be {row.label}, and is {_outcome(meaning)}."
                yield Problem(row.path, row.line, what, "Write phrases like it, or correct its label.", "warning")
        needed = math.ceil(line.phrases_right * len(rows) - 1e-9)
        score = Score(language, len(rows), len(rows) - wrong, needed)
        scores.append(score)
        if score.right < needed:
            what = f"{score.right} of {score.phrases} test phrases in {language} go right; {needed} must."
            mend = "Mend those named here, or ask for less with phrases_right: in grammars/line.yaml."
            yield Problem(f"grammars/{language}/tests/", 0, what, mend)


def goes_right(plan: Plan, row: Labelled, meaning: Interpretation) -> bool:
    """Does who says this come where they want with one question at most? What is out of scope must not be sent on, a
    command is to be understood, and of two topics (`billing+moving`) both."""
    if row.label == NONE:
        return meaning.decision is not Decision.ROUTE
    if row.label in set(Command):
        return meaning.command == row.label
    wanted = {plan.destinations[topic] for topic in row.label.split("+")}
    return wanted <= {plan.destinations[topic] for topic in meaning.topics}


def _outcome(meaning: Interpretation) -> str:
    if meaning.command:
        return f"the command {meaning.command}"
    if not meaning.topics:
        return "not understood"
    return f"{' or '.join(meaning.topics)} ({meaning.decision})"


def _vocabulary(grammars: Mapping[str, Grammar], notes: list[str]) -> Iterator[Problem]:
    missing = []
    for language, grammar in grammars.items():
        try:
            model = load_model(find_model(language))
        except ModelMissingError:
            missing.append(language)
        except RecognitionError as error:
            notes.append(f"The words of {language} were not looked up in Vosk's model. {error}")
        else:
            yield from unheard(grammar, model.knows, model.folder.name)
    if missing:
        what = f"No words were looked up in Vosk's models of {', '.join(missing)}: they are not on this computer."
        notes.append(f"{what} Run `voice models get {missing[0]}`.")


def unheard(grammar: Grammar, knows: Knows, model: str) -> Iterator[Problem]:
    """One warning for each word that the speech model does not know, at the first place where it stands. Figures are
    what other recognisers write; nobody listens for them."""
    known: dict[str, bool] = {}

    def spells(word: str) -> bool:
        if word not in known:
            known[word] = bool(spelled(word, knows))
        return known[word]

    listed = [word for word in grammar.words if not any(sign.isdecimal() for sign in word.text)]
    phrases = [HeardPhrase(phrase.text, phrase.path, phrase.line) for phrase in (*grammar.expanded(), *listed)]
    for word, places in unknown_words(phrases, spells).items():
        lines = {(place.path, place.line) for place in places}
        more = f" It stands in {len(lines) - 1} more." if len(lines) > 1 else ""
        what = f"The speech model {model} does not know the word “{word}”.{more}"
        mend = "Add the same phrase in words that it knows, or spell it as it is heard."
        yield Problem(places[0].path, places[0].line, what, mend, "warning")
