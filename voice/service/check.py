"""Everything that can be wrong with a line, found before a caller hears it.

What the files alone tell is `voice.content.check`'s; here the line is also heard (does the speech model know its
words?) and understood (does a phrase of one topic sound like another's?).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from voice.content import Grammar
from voice.content.check import check_files
from voice.errors import Problem
from voice.recognition.engine import load_model
from voice.recognition.errors import ModelMissingError, RecognitionError
from voice.recognition.models import find_model
from voice.recognition.vocabulary import Knows, Phrase, spelled, unknown_words


@dataclass(frozen=True)
class Report:
    """`notes` say what could not be checked here, and why."""

    problems: tuple[Problem, ...]
    notes: tuple[str, ...] = ()

    @property
    def errors(self) -> int:
        return sum(problem.severity == "error" for problem in self.problems)

    @property
    def warnings(self) -> int:
        return len(self.problems) - self.errors


def check_line(folder: Path) -> Report:
    """Never raises for what is wrong in the folder: that is the report."""
    checked = check_files(folder)
    problems = [*checked.problems]
    notes: list[str] = []
    problems += _vocabulary(checked.grammars, notes)
    return Report(tuple(sorted(set(problems))), tuple(notes))


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
    """One warning for each word that the speech model does not know, at the first place where it stands."""
    known: dict[str, bool] = {}

    def spells(word: str) -> bool:
        if word not in known:
            known[word] = bool(spelled(word, knows))
        return known[word]

    phrases = [Phrase(phrase.text, phrase.path, phrase.line) for phrase in grammar.expanded()]
    for word, places in unknown_words(phrases, spells).items():
        lines = {(place.path, place.line) for place in places}
        more = f" It stands in {len(lines) - 1} more." if len(lines) > 1 else ""
        what = f"The speech model {model} does not know the word “{word}”.{more}"
        mend = "Add the same phrase in words that it knows, or spell it as it is heard."
        yield Problem(places[0].path, places[0].line, what, mend, "warning")
