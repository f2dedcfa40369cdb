"""Every prompt of the demo line, with everything that may fill it: short enough to be remembered, and right to the ear.

What the law makes the welcome say, answers, notices, and what agents hear or read are held to other measures.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from voice.content import Line
from voice.content.prompt_keys import KEYS
from voice.content.spoken import said_number
from voice.core.call.actions import Prompt, Value
from voice.core.call.questions import MOST_WINDOWS, question
from voice.core.call.state import Call, State
from voice.core.identity import IdentityKind
from voice.core.interpretation import Command
from voice.core.plan import Plan
from voice.core.queue.status import QueueStatus

LANGUAGES = ("nl", "fr", "de", "en")
MOST_WORDS = 25
NUMBER = "+32470123456"
ASKED = (State.QUESTION, State.AGAIN, State.CONFIRM, State.CHECK, State.CHOICE, State.MENU, State.ANNOUNCE, State.OFFER,
         State.CALLBACK, State.WINDOW, State.LISTED, State.CANCELLING, State.RESUME, State.HELPED, State.WHERE,
         State.SILENT, State.FAREWELL, State.NUMBER, State.IDENTITY, State.EARLIER, State.AGREED)  # fmt: skip
APART = ("welcome", "answer", "agent.", "sms.", "safety.", "notice", "news", "agreed")
WITHIN = ("hours.", "when.", "clock.")
"""Never said alone."""
ELISION = re.compile(
    r"(?<!-)\b(?:de|le|la|que|je|ne|se|me|ce|jusque|lorsque) (?!onze|huit|oui|un\b)[aeiouyhàâéèêîôû]", re.I
)
ARTICLE = re.compile(r"\ba (?!one|euro|uni|use)[aeiou]", re.I)


def now(plan: Plan) -> datetime:
    return datetime(2026, 11, 24, 10, tzinfo=plan.timezone)


def moments(plan: Plan) -> list[datetime]:
    """Later today, at midnight, tomorrow, this week, on the first of a month."""
    at = now(plan)
    return [
        at + timedelta(hours=5, minutes=30),
        at + timedelta(hours=14),
        at + timedelta(days=1),
        at + timedelta(days=3, hours=1),
        at + timedelta(days=7, minutes=15),
    ]


def asked(plan: Plan) -> Iterator[Call]:
    """A call in each question, about each topic. Windows are offered for less than a week ahead."""
    base = Call("CA1", "nl", "+3212345670", NUMBER, now(plan), number=NUMBER)
    topics = [*plan.topics, *plan.answers]
    for state in ASKED:
        for topic in topics:
            call = base.but(state=state, candidates=(topic,), queue=plan.queue_of(topic))
            for begins in moments(plan)[: -1 if state is State.WINDOW else None]:
                window = (begins, begins + timedelta(hours=1))
                yield call.but(window=window if state is State.CALLBACK else None, moments=(begins,) * MOST_WINDOWS)
            yield from (call.but(asked=(kind,)) for kind in IdentityKind)
            yield call.but(missed=1, wish=Command.LANGUAGE, wished="fr", dictated="0470", agreed="een nieuw modem")
            if state is State.CHOICE:
                for other in (one for one in topics if one != topic):
                    yield call.but(candidates=(topic, other), both=False)
                    yield call.but(candidates=(topic, other), both=True)


def askable(call: Call) -> bool:
    if call.state is State.CHOICE:
        return len(call.candidates) == 2
    if call.state is State.IDENTITY:
        return bool(call.asked)
    return call.state is not State.CHECK or call.wish is not None


def words(text: str, number: str = "") -> list[str]:
    """A telephone number is heard in groups: each counts as a word."""
    groups = " ".join("number" for _ in number.split(","))
    return [word for word in (text.replace(number, groups) if number else text).split() if re.search(r"\w", word)]


def sentences(text: str) -> list[str]:
    return re.split(r"(?<=[.?!])\s+", text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_question_is_longer_than_is_remembered(line: Line, language: str) -> None:
    free = tuple((begins, begins + timedelta(hours=1)) for begins in moments(line.plan))
    plan = replace(line.plan, queue_status={queue: QueueStatus(windows=free) for queue in line.plan.queues})
    prompts, at, heard = line.prompts[language], now(plan), set()
    number = said_number(NUMBER, language, line.country, prompts.texts["number.read"]["other"])
    for call in filter(askable, asked(plan)):
        said = " ".join(prompts.say(prompt, at) for prompt in question(plan, call).prompts)
        heard.add(call.state)
        assert len(words(said, number)) <= MOST_WORDS, said
    assert heard == set(ASKED)


def filled(line: Line) -> Iterator[Prompt]:
    """Every prompt, with every topic, queue, language, moment and number that may fill it."""
    plan = line.plan
    choices: dict[str, list[Value]] = {
        "topic": [*plan.topics, *plan.answers],
        "queue": list(plan.queues),
        "language": list(plan.languages),
        "opens": list(moments(plan)),
        "until": [moments(plan)[0]],
        "number": [NUMBER, "+33612345678"],
        "count": [1, 2, 11],
    }
    usual: dict[str, Value] = {name: values[0] for name, values in choices.items()}
    usual |= {"first": "billing", "second": "order", "digit": 1, "low": 1, "line": line.name, "reference": "R1"}
    usual |= dict.fromkeys(("text", "area", "name", "words", "account"), "Telvia") | {"birth": "1975-05-03"}
    for key, placeholders in KEYS.items():
        if key.startswith(WITHIN):
            continue
        values = {name: usual[name] for name in placeholders}
        yield Prompt(key, values)
        for name in placeholders & choices.keys():
            yield from (Prompt(key, values | {name: value}) for value in choices[name])


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_is_too_long_and_every_elision_is_right_whatever_fills_it(line: Line, language: str) -> None:
    wrong = {"fr": ELISION, "en": ARTICLE}.get(language)
    tried = 0
    for prompt in filled(line):
        said = line.prompts[language].say(prompt, now(line.plan))
        tried += 1
        for sentence in sentences(said):
            assert prompt.key.startswith(APART) or len(words(sentence)) <= MOST_WORDS, (prompt.key, sentence)
        assert "{" not in said
        assert wrong is None or not wrong.search(said), (prompt.key, said)
    assert tried > len(KEYS)
