"""`prompts/<lang>.yaml`, read and checked.

Where a prompt is missing, the project's own words stand in for it: a new version of the program may say what no line
has words for yet.
"""

import itertools
import re
import string
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from babel import Locale

from voice.content.files import Document, Place, closest, listed, nearest, read_yaml
from voice.content.linefile import Outline
from voice.content.prompt_keys import (
    ANSWER,
    CLOCK_PLACEHOLDERS,
    EXTRA,
    KEYS,
    MUST_STAND,
    NAMED,
    PARTS_OF_A_MOMENT,
    READY_DANGERS,
    SHORT,
    SHOULD_STAND,
    TEXT,
)
from voice.content.prompts import Forms, Prompts, flat
from voice.content.shipped import OWN, is_shipped, shipped_prompts
from voice.content.texts import strange_sign
from voice.errors import ContentError, Problem

MEANT = re.compile(r"[(\[<%$]{1,2}\s*(\w+)\s*[)\]>%]{1,2}|\{\{\s*(\w+)\s*\}\}|\$(\w+)\b")
"""A name between signs that other programs put around what they fill in."""

MOST_NAMED = 2
"""Missing prompts that are told one by one; more have one cause."""

SLIP_OF_THE_PEN = 0.85
"""How alike a name that is not known and one that is missing are, where the second was meant (difflib)."""

WITHIN = ("topic", "short", "queue")
"""Names: of topics and queues."""

MOST_SLIPS = 200
"""Names that are not known of which one looks for what was meant."""

MOST_LENT = len(KEYS) // 2
"""A language that the project does not know, and of whose prompts more are missing, is not translated yet."""

MOST_WORDS = 25
"""A placeholder is one word. What is heard once and is longer than this is not remembered; an SMS is read."""

MOST_OF_AN_ANSWER = 40
"""Who asks for it listens longer."""


def load_prompts(
    folder: Path, language: str, outline: Outline, problems: list[Problem], *, lenient: bool = False
) -> Prompts | None:
    """Read and check one language's prompts. Faults are added to `problems`; None where there is nothing to read.

    The project's own words stand in for prompts that are missing. A `lenient` reader lets them stand in for those, too,
    that this version of the program cannot fill, and passes over those that nothing says: each is then a warning.
    """
    shown_as = f"prompts/{language}.yaml"
    try:
        document = read_yaml(folder / "prompts" / f"{language}.yaml", shown_as)
    except ContentError as error:
        problems += error.problems
        return None
    if not isinstance(document.data, dict):
        problems.append(Problem(shown_as, 1, "There are no prompts in this file.", "Write them as key: text."))
        return None
    written = flat(document.data)
    texts = dict(written.values())
    places = {key: place for place, (key, _) in written.items()}
    known = _known(outline)
    problems += _twice(document, {place: key for place, (key, _) in written.items()}, places)
    problems += _own_names(document, texts, places, outline, known)
    unfit = [key for key in KEYS if key not in texts and key in document.data]
    missing = [key for key in KEYS if key not in texts and key not in unfit]
    dated = [*_unknown(document, places, known, missing)]
    for key, forms in texts.items():
        if key in known:
            found = [*_check(document, places[key], key, forms, known[key], outline.queues, language)]
            if lenient and key in KEYS and key not in OWN and any(one.severity == "error" for one in found):
                unfit.append(key)
                dated += found
            else:
                problems += found
    problems += [replace(one, severity="warning") for one in dated] if lenient else dated
    strange = itertools.islice((key for key in places if key not in known), MOST_SLIPS)
    misspelt = {closest(key, missing, SLIP_OF_THE_PEN) for key in strange}
    problems += _stand_in(document, texts, [key for key in missing if lenient or key not in misspelt], language)
    texts |= {key: shipped_prompts(language)[key] for key in unfit if key not in OWN}
    return Prompts(language, outline.country, texts)


def _twice(document: Document, keys: Mapping[Place, str], last: Mapping[str, Place]) -> Iterator[Problem]:
    """`topic.repair:` and `repair:` under `topic:` are one prompt."""
    for place, key in keys.items():
        if last[key] != place:
            line = document.line(place)
            mend = f"It already stands at line {line}; keep one."
            yield document.problem(last[key], f"“{key}” stands here twice.", mend)


def _known(outline: Outline) -> dict[str, frozenset[str]]:
    """Every prompt of this line, with what may be filled in."""
    topics = (*outline.topics, *outline.answers)
    return {
        **KEYS,
        **EXTRA,
        **{f"{group}.{topic}": frozenset[str]() for topic in topics for group in ("topic", SHORT)},
        **{f"queue.{queue}": frozenset[str]() for queue in outline.queues},
        **{f"{ANSWER}{name}": frozenset(("hours",)) for name in outline.answers},
        **{f"{ANSWER}{name}{TEXT}": frozenset(("hours",)) for name in outline.texts},
        **{f"safety.{kind}": frozenset[str]() for kind in (*READY_DANGERS, *outline.safety)},
    }


def _own_names(
    document: Document,
    texts: Mapping[str, Forms],
    places: Mapping[str, Place],
    outline: Outline,
    known: Mapping[str, frozenset[str]],
) -> Iterator[Problem]:
    """The words for the names of line.yaml: none too many, and none too few."""
    for group in NAMED:
        keys = [key for key in texts if key.partition(".")[0] == group and key not in known]
        if len(keys) > 1:
            names = [key.partition(".")[2] for key in keys]
            what = f"“{group}” has words for {listed(names)}, which line.yaml does not name."
            yield document.problem(places[keys[0]], what, "Rename them as in line.yaml, or delete them.")
        elif keys == [group]:
            what = f"“{group}” is a text, where names with their words belong."
            yield document.problem(places[group], what, "Write each name of line.yaml under it, two spaces further in.")
        elif keys:
            name = keys[0].partition(".")[2]
            near = [each for each in known if each.partition(".")[0] == group and each not in texts]
            close = closest(keys[0], near)
            mend = f"Did you mean “{close}”?" if close else f"Name “{name}” in line.yaml, too, or delete it here."
            yield document.problem(places[keys[0]], f"There is no prompt “{keys[0]}”.", mend)
    spare = {*EXTRA, *(f"safety.{kind}" for kind in READY_DANGERS if kind not in outline.safety)}
    missing = [
        key for key in known if key not in (*texts, *KEYS, *spare) and key not in places and key.split(".")[0] != SHORT
    ]
    if len(missing) > MOST_NAMED:
        what = f"{len(missing)} prompts are missing: {textwrap.shorten(', '.join(missing), 300, placeholder=' …')}."
        yield Problem(document.path, 0, what, "Add them: each name of line.yaml has words here.")
    else:
        yield from (Problem(document.path, 0, f"The prompt “{key}” is missing.", "Add it.") for key in missing)


def _unknown(
    document: Document, places: Mapping[str, Place], known: Mapping[str, frozenset[str]], missing: list[str]
) -> Iterator[Problem]:
    """Prompts that nothing says. A slip of the pen is an error: its words are missing elsewhere. Others were said by a
    version before this one."""
    strange = [key for key in places if key not in known and key.partition(".")[0] not in NAMED]
    groups: dict[str, list[str]] = {}
    for key in strange:
        groups.setdefault(str(places[key][0]), []).append(key)
    for number, (group, keys) in enumerate(groups.items()):
        if group in KEYS and places[keys[0]] != (group,):
            what = f"“{group}” is a group of names, where one text belongs."
            yield document.problem(places[keys[0]], what, "Write its text behind the colon.")
        elif len(keys) > 1:
            names = [key.partition(".")[2] for key in keys]
            what = f"“{group}” has words for {listed(names)}, which nothing says."
            yield document.problem(places[keys[0]], what, "Delete them.", warning=True)
        elif number < MOST_SLIPS and (close := closest(keys[0], missing, SLIP_OF_THE_PEN)):
            what = f"There is no prompt “{keys[0]}”."
            yield document.problem(places[keys[0]], what, f"Did you mean “{close}”?")
        else:
            what = f"Nothing says the prompt “{keys[0]}”."
            mend = "Delete it; `voice prompts list` names those that there are."
            yield document.problem(places[keys[0]], what, mend, warning=True)


def _stand_in(document: Document, texts: dict[str, Forms], missing: list[str], language: str) -> Iterator[Problem]:
    """Puts the project's own words in the place of what is missing. Too much of it is a file that nobody has translated
    yet; the company's name and examples from its topics are nobody's but the line's own."""
    own = [key for key in missing if key in OWN]
    if "again.silence" in own and "again" in texts:
        own.remove("again.silence")
        texts["again.silence"] = texts["again"]
    lent = [key for key in missing if key not in OWN]
    if len(lent) > MOST_LENT and not is_shipped(language):
        own, lent = [*own, *lent], []
    if len(own) > MOST_NAMED:
        what = f"{len(own)} prompts are missing: {textwrap.shorten(', '.join(own), 300, placeholder=' …')}."
        yield Problem(document.path, 0, what, "Add them: `voice init` writes a file that has them all.")
    else:
        yield from (Problem(document.path, 0, f"The prompt “{key}” is missing.", "Add it.") for key in own)
    texts.update({key: shipped_prompts(language)[key] for key in lent})
    if lent:
        whose = "the words that come with Rechtdoor" if is_shipped(language) else "English words"
        named = textwrap.shorten(", ".join(lent), 300, placeholder=" …")
        what = f"{len(lent)} prompts are missing, and callers hear {whose} for them: {named}."
        if len(lent) == 1:
            what = f"The prompt “{lent[0]}” is missing, and callers hear {whose} for it."
        mend = "Take them into this file with `voice prompts add`, and make them yours."
        yield Problem(document.path, 0, what, mend, "warning")


def _check(
    document: Document,
    place: Place,
    key: str,
    forms: Forms,
    allowed: frozenset[str],
    queues: Sequence[str],
    language: str,
) -> Iterator[Problem]:
    if key.startswith("clock."):
        allowed = CLOCK_PLACEHOLDERS
    for form, text in forms.items():
        at = (*place, form) if len(forms) > 1 else place
        yield from _check_text(document, at, key, text, allowed, queues)
    yield from _check_forms(document, place, key, forms, language)


def _check_text(
    document: Document, at: Place, key: str, text: object, allowed: frozenset[str], queues: Sequence[str]
) -> Iterator[Problem]:
    if isinstance(text, list):
        yield document.problem(at, f"“{key}” is a list, where one text belongs.", "Write its text behind the colon.")
        return
    if not isinstance(text, str) or not text.strip():
        yield document.problem(at, f"The prompt “{key}” has no words.", "Write its text between quotes.")
        return
    if meant := sorted({name for found in MEANT.findall(text) for name in found if name in allowed}):
        what = f"“{key}” has {meant[0]} between signs that mean nothing here."
        yield document.problem(at, what, f"Write {{{meant[0]}}}.")
        return
    try:
        parts = list(string.Formatter().parse(text))
    except ValueError:
        yield document.problem(at, f"“{key}” has a bracket without its partner.", "Check { and }.")
        return
    used = {name for _, name, _, _ in parts if name is not None}
    if "opens" in allowed:
        allowed |= PARTS_OF_A_MOMENT
        used |= {"opens"} if used >= PARTS_OF_A_MOMENT else set()
    for name in sorted(used - allowed):
        yield document.problem(at, f"“{key}” cannot fill {{{name}}}.", nearest(name, allowed) or "Take it out.")
    for name in sorted((allowed & MUST_STAND) - used):
        yield document.problem(at, f"“{key}” leaves out {{{name}}}.", "Put it where it is to be said.")
    spelt_out = at[-1] != "other" and len(at) > 1 and at[-1] in ("zero", "one", "two")
    for name in sorted((allowed & SHOULD_STAND) - used):
        if used <= allowed and not (name == "count" and spelt_out):
            what = f"“{key}” leaves out {{{name}}}, so that callers do not hear it."
            yield document.problem(at, what, "Put it where it is to be said.", warning=True)
    named = [form for _, name, form, _ in parts if name == "hours" and "hours" in allowed]
    for queue in named:
        if queue not in queues:
            what = f"“{key}” says the hours of no queue: {{hours:{queue}}}."
            yield document.problem(at, what, nearest(queue or "", queues) or "Write it as {hours:QUEUE}.")
    if any((form and form not in named) or conversion for _, _, form, conversion in parts):
        yield document.problem(at, f"“{key}” has more than a name between {{ and }}.", "Write the name alone.")
    if strange := strange_sign(" ".join(literal for literal, *_ in parts)):
        what = f"“{key}” has a sign in it that nobody speaks: {strange}."
        yield document.problem(at, what, "Write it in words, or take it out.")
    if key.partition(".")[0] in WITHIN and text.rstrip()[-1] in ".?!":
        what = f"“{key}” is said within a sentence, and ends one: “{text.rstrip()[-1]}”."
        yield document.problem(at, what, "Take the sign at its end out.", warning=True)
    words, most = len(text.split()), MOST_OF_AN_ANSWER if key.startswith(ANSWER) else MOST_WORDS
    if words > most and not (key.startswith("sms.") or key.endswith(TEXT)):
        what = f"“{key}” has {words} words; the ear holds {most}."
        yield document.problem(at, what, "Say it shorter.", warning=True)


def _check_forms(document: Document, place: Place, key: str, forms: Forms, language: str) -> Iterator[Problem]:
    """The plural forms of a prompt with a count are those of the language; any other prompt has one form."""
    counted = "count" in KEYS.get(key, ())
    needed = {*Locale.parse(language).plural_form.tags, "other"} if counted else {"other"}
    for form in sorted(needed - set(forms)):
        what = f"“{key}” has no form “{form}”, which {language} needs."
        yield document.problem(place, what, f"Add {form}: to it.")
    for form in sorted(set(forms) - needed):
        what = f"“{key}” has a form “{form}” that is never said."
        yield document.problem((*place, form), what, nearest(form, needed) if counted else "It has no {count}.")
