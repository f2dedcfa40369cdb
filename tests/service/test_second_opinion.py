"""Where the line is not sure, another judge may be asked; whatever is wrong with it, the caller is asked as before."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import httpx
import pytest

from voice.content import Line
from voice.content.schema import UnderstandingEntry
from voice.core.call.state import Call, State
from voice.core.interpretation import Command, Decision, Interpretation
from voice.service.calls.listening import Listener
from voice.service.calls.second_opinion import SecondOpinion, is_wanted

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
URL = "http://127.0.0.1:8080/v1"
UNSURE = Interpretation(Decision.CONFIRM, ("billing",), probabilities=(("billing", 0.7), ("outage", 0.3)))


class Doubtful:
    """Not sure, until another judge names a topic."""

    def __init__(self) -> None:
        self.told: list[str | None] = []

    def understand(self, _text: str, _language: str, *, second: str | None = None, **_moment: object) -> Interpretation:
        self.told.append(second)
        return Interpretation(Decision.ROUTE, (second,)) if second else UNSURE

    def hints(self, _language: str, _listen: object) -> tuple[str, ...]:
        return ()


def heard(
    line: Line, answer: Callable[[httpx.Request], httpx.Response], times: int = 1
) -> tuple[list[Interpretation], list[httpx.Request]]:
    """What is made of 'call 0470 12 about the invoice', said so many times."""
    seen: list[httpx.Request] = []

    def handle(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return answer(request)

    asking = replace(line, understanding=UnderstandingEntry(second_opinion=URL))
    listener = Listener(asking, Doubtful(), NOW, SecondOpinion(httpx.MockTransport(handle)))
    call = Call("CA1", "en", "+3212345673", "+32470123456", NOW, state=State.QUESTION)
    return [listener.meaning(call, "call 0470 12 about the invoice") for _ in range(times)], seen


def says(content: str) -> Callable[[httpx.Request], httpx.Response]:
    return lambda _: httpx.Response(200, json={"choices": [{"message": {"role": "assistant", "content": content}}]})


def test_its_word_counts_and_it_hears_no_number(line: Line) -> None:
    [meaning], [request] = heard(line, says("Outage."))
    assert meaning == UNSURE  # a label is written as it stands in line.yaml
    [meaning], [request] = heard(line, says("outage"))
    assert meaning.topics == ("outage",)
    assert str(request.url) == f"{URL}/chat/completions"
    body = json.loads(request.read())
    assert body["messages"][-1]["content"] == "call #### ## about the invoice"
    assert "outage:" in body["messages"][0]["content"]


@pytest.mark.parametrize(
    "answer",
    [
        lambda _: httpx.Response(500),
        lambda _: httpx.Response(200, text="not json"),
        lambda _: httpx.Response(200, json={"choices": "none"}),
    ],
)
def test_what_is_broken_costs_nothing_and_is_left_alone(
    line: Line, answer: Callable[[httpx.Request], httpx.Response]
) -> None:
    meanings, seen = heard(line, answer, times=3)
    assert meanings == [UNSURE] * 3
    assert len(seen) == 1


@pytest.mark.parametrize("content", ["", "I think it may be outage or billing", "weather"])
def test_an_answer_that_names_no_one_topic_is_none(line: Line, content: str) -> None:
    meanings, seen = heard(line, says(content), times=2)
    assert meanings == [UNSURE] * 2
    assert len(seen) == 2


def test_it_is_asked_about_unsure_stories_alone_and_only_where_wished(line: Line) -> None:
    asking = replace(line, understanding=UnderstandingEntry(second_opinion=URL))
    assert is_wanted(asking, State.QUESTION, UNSURE)
    assert not is_wanted(line, State.QUESTION, UNSURE)
    assert not is_wanted(asking, State.CONFIRM, UNSURE)
    assert not is_wanted(asking, State.QUESTION, replace(UNSURE, decision=Decision.ROUTE))
    assert not is_wanted(asking, State.QUESTION, replace(UNSURE, command=Command.AGENT))
    assert not is_wanted(asking, State.QUESTION, replace(UNSURE, safety="crisis"))
