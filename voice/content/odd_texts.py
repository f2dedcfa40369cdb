"""Texts that stand in no file as they are said: between a word processor's quotes, or longer than a breath."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import yaml

from voice.content.files import LOADER
from voice.content.grammar import Grammar, spoken_files
from voice.content.labelled import Labelled
from voice.content.linefile import LINE_FILE
from voice.content.templates import MARKS, spoken
from voice.content.texts import fold, strange_sign
from voice.errors import Problem

ENCLOSED = re.compile(r"[“”„][^“”„]*[“”]|‘[^‘]*’|‚[^‚‘]*[‘’]|«[^«»]*»|»[^«»]*«|‹[^‹›]*›")
HALF = re.compile(r"[“„«][^”“»]*|[^“„«]*[”»]")
"""One quote alone: its partner is a plain one, or stands behind a colon."""

LONGEST_SAID = 80
"""Words. Of 75 000 phrases and labelled lines in four languages the longest has 57."""

SHOWN = 60
ONE_CHOICE = re.compile(r"\([^()|;]*[/,][^()|;]*\)|\([^()|;]*\)[?*+](?=\s*\w)")
"""Choices as they are written elsewhere: between slashes or commas, or in a regular expression."""


def quoted(folder: Path, languages: Iterable[str]) -> Iterator[Problem]:
    """What stands between quotes that YAML takes for letters."""
    for path in (folder / LINE_FILE, *(each for language in languages for each in spoken_files(folder, language))):
        shown_as = path.relative_to(folder).as_posix()
        try:
            written = path.read_text(encoding="utf-8-sig")
            if not re.search("[“”„‘‚«»‹›]", written):
                continue
            for token in yaml.scan(written, Loader=LOADER):
                if isinstance(token, yaml.ScalarToken) and (told := _quotes(token.value.strip(), plain=token.plain)):
                    yield Problem(shown_as, token.start_mark.line + 1, *told, "warning")
        except (OSError, UnicodeDecodeError, yaml.YAMLError):
            continue  # told by who reads it


def instead(quoted: Iterable[Problem], problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Of line.yaml those, as errors, that make another fault at the same line."""
    faults = {one.line for one in problems if one.path == LINE_FILE and one.severity == "error"}
    return tuple(
        sorted(replace(one, severity="error") for one in quoted if one.path == LINE_FILE and one.line in faults)
    )


def _quotes(text: str, *, plain: bool) -> tuple[str, str] | None:
    whole = ENCLOSED.fullmatch(text)
    if not whole and not (plain and HALF.fullmatch(text)):
        return None
    signs = f"{text[0]} {text[-1]}" if whole else next(sign for sign in text if sign in "“”„«»")
    what = f"Quotes of a word processor ( {signs} ) are taken for a part of this text."
    return what, 'Write plain quotes " in their place.' if plain else "Take them out: plain quotes do."


def signs(grammar: Grammar | None, labelled: Iterable[Labelled]) -> Iterator[Problem]:
    """What the phrases are refused for, in templates and labelled lines; and letters that only look like others."""
    for row in labelled:
        if MARKS & set(row.text):
            what = "A labelled line is said as it stands, but this has brackets."
            yield Problem(row.path, row.line, what, "Take them out, or write one line for each choice.", "warning")
        elif strange := strange_sign(row.text):
            what = f"The line has a sign in it that nobody speaks: {strange}."
            yield Problem(row.path, row.line, what, "Write it in words, or take it out.", "warning")
    for template in grammar.templates if grammar else ():
        if strange := strange_sign(spoken(template.text)):
            what = f"The template has a sign in it that nobody speaks: {strange}."
            yield Problem(template.path, template.line, what, "Write it in words, or take it out.", "warning")
        if not template.shortest().strip():
            what = "All of this template may be left out, and nothing is said then."
            yield Problem(template.path, template.line, what, "Take the [ ] from what tells the topic.", "warning")
        elif one := ONE_CHOICE.search(template.text):
            what = f"There is nothing to choose in “{one[0]}”."
            mend = "Write | between choices, and [ ] around what may be left out; else take the brackets out."
            yield Problem(template.path, template.line, what, mend, "warning")
    written = [(row.text, row.path, row.line) for row in labelled]
    written += [(each.text, each.path, each.line) for each in (grammar.phrases if grammar else ())]
    for text, path, line in written:
        if not text.isascii() and (odd := next((word for word in text.split() if _of_two_scripts(word)), None)):
            what = f"“{odd}” has letters of two scripts in it, of which one only looks like the other."
            yield Problem(path, line, what, "Type the word again.", "warning")


def _of_two_scripts(word: str) -> bool:
    return bool(re.search(r"[a-zA-Z]", word) and re.search(r"[\u0370-\u052f]", word))


def between_quotes(labelled: Iterable[Labelled]) -> Iterator[Problem]:
    """A labelled line has none around it."""
    for row in labelled:
        if ENCLOSED.fullmatch(row.text) or re.fullmatch(r"\"[^\"]*\"", row.text):
            what = "This text stands between quotes, which nobody says."
            yield Problem(
                row.path, row.line, what, "Take them out: a label, a tab and the words are enough.", "warning"
            )


def out_of_breath(grammar: Grammar | None, labelled: Iterable[Labelled]) -> Iterator[Problem]:
    """What no caller says in one breath: two texts that lost what was between them, or a letter."""
    written = [(row.text, row.path, row.line) for row in labelled]
    if grammar:
        written += [(each.text, each.path, each.line) for each in grammar.phrases]
        written += [(each.shortest(), each.path, each.line) for each in grammar.templates if _long(each.text)]
    for text, path, line in written:
        if _long(text) and (many := len(fold(text).split())) > LONGEST_SAID:
            what = f"“{text[:SHOWN]}…” has {many} words, and nobody says so many in one breath."
            yield Problem(path, line, what, "Keep what tells the topic, or make several of it.", "warning")


def _long(text: str) -> bool:
    return len(text) > 2 * LONGEST_SAID
