"""What the operators' lists say of an utterance, whatever it is about: a greeting, "the first one", a key, a number."""

import re
from collections.abc import Sequence
from functools import lru_cache

from voice.core.call.state import State
from voice.core.call.states import STATES
from voice.core.interpretation import Choice
from voice.understanding.model import Model
from voice.understanding.normalise import listed
from voice.understanding.numbers import NUMERALS, digits_in

TALKATIVE = 2
"""Words around "the first one" that leave it an answer: "doe maar de eerste graag"."""

OPTIONS = (State.MENU, State.CHOICE)
"""Where one of several is asked for, besides yes or no."""

GREETING = "greeting"
"""The list of greetings, and behind it that of those who are greeted."""

DRAWN = re.compile(r"([^\W\d_])\1+")


def greets(said: Sequence[str], model: Model) -> bool:
    """Whether nothing is said but greetings, and who is greeted: "dag", which is a farewell elsewhere."""
    lists = tuple(model.lists.get(GREETING, {}).values())
    if not lists:
        return False
    hello, listed_name = _greetings(lists, model.language)
    opening = f" {_undrawn(said)} "
    return not listed_name.sub("", opening).strip() and hello.search(opening) is not None


@lru_cache(maxsize=64)
def _greetings(lists: tuple[tuple[str, ...], ...], language: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Among words with spaces around them: a greeting, and whatever is listed, the longest first. Each is found in one
    pass: asked whether a whole text is made of them, a regular expression would try every way to cut it."""
    hellos, *_ = plain = [[_undrawn(listed(name, language)) for name in names] for names in lists]
    longest_first = sorted((name for names in plain for name in names), key=len, reverse=True)
    return _one_of(hellos), _one_of(longest_first)


def _one_of(names: Sequence[str]) -> re.Pattern[str]:
    return re.compile(rf" (?:{'|'.join(map(re.escape, names))})(?= )")


def _undrawn(words: Sequence[str]) -> str:
    """With each letter once: a greeting is drawn out ("hallooo", "dááág")."""
    return DRAWN.sub(r"\1", " ".join(words))


def choice_in(said: Sequence[str], model: Model) -> Choice | None:
    """An answer to "this or that?": the longest phrase of the list that is nearly all that was said."""
    text = f" {' '.join(said)} "
    found = [
        (len(plain), choice)
        for choice, names in model.lists.get("choice", {}).items()
        if choice in set(Choice)
        for plain in (listed(name, model.language) for name in names)
        if plain and f" {' '.join(plain)} " in text
    ]
    if not found:
        return None
    length, choice = max(found)
    return Choice(choice) if len(said) - length <= TALKATIVE else None


def option_in(said: Sequence[str], model: Model, state: State) -> tuple[Choice | None, str]:
    """One of the options that were told, by its place or its key, where nothing else is said but that it is chosen:
    "doe maar de tweede alstublieft", "I'd go for two"."""
    numerals = NUMERALS.get(model.language)
    if numerals is None or not (STATES[state].yes_no or state in OPTIONS):
        return None, ""
    plain = tuple(word for word in said if word not in numerals.choosing | numerals.around)
    digit = digits_in(list(plain), model.language) if len(plain) == 1 else ""
    if len(digit) == 1:
        return None, digit
    for choice, names in model.lists.get("choice", {}).items():
        for name in names if choice in set(Choice) else ():
            told = tuple(word for word in listed(name, model.language) if word not in numerals.choosing)
            if plain and told == plain:
                return Choice(choice), ""
    return None, ""


def digits_said(said: Sequence[str], model: Model) -> str:
    """A key as it is spoken ("toets drie", and how recognisers write it), or a number. Where only the operator's list
    knows the words for digits, a number is said digit by digit, and nothing else with it."""
    lists = model.lists.get("number", {})
    digits = {listed(name, model.language): digit for digit, names in lists.items() for name in names}
    if said and tuple(said) in digits:
        return digits[tuple(said)]
    if model.language in NUMERALS:
        return digits_in(list(said), model.language)
    read = [word if word.isdecimal() else digits.get((word,), "") for word in said]
    return "".join(read) if all(read) else ""
