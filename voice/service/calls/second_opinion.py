"""A second opinion on what a caller means, from an OpenAI-compatible endpoint on the operator's own machine.

Asked only where the line would have to ask the caller, before the turn's transaction. Whatever is wrong with it costs
the caller at most `WAIT`, and a log line. It sees plain words without numbers, and the names of the topics; its word is
weighed like any other evidence (`Trained.understand`), never obeyed.
"""

import re
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import httpx
from pydantic import BaseModel, ConfigDict, ValidationError

from voice.content import Line
from voice.content.schema import UnderstandingEntry
from voice.core.call.state import State
from voice.core.interpretation import Decision, Interpretation
from voice.service.runtime.logs import log
from voice.understanding.model import NONE
from voice.understanding.normalise import spoken

WAIT = 1.5
REST = 10.0
"""Seconds for which an endpoint that failed is left alone."""

LARGEST = 65_536
PATH = "/chat/completions"
OPEN = frozenset({State.QUESTION, State.AGAIN})
"""Where a story is told. Elsewhere a question of the line is answered."""

INSTRUCTION = (
    "You sort what callers of a helpdesk say. Answer with one label and nothing else.\n"
    "Labels:\n{labels}\n"
    "none: anything else, other companies, or no reason for the call yet"
)


class _Message(BaseModel):
    model_config = ConfigDict(extra="ignore")
    content: str


class _Choice(BaseModel):
    model_config = ConfigDict(extra="ignore")
    message: _Message


class _Completion(BaseModel):
    model_config = ConfigDict(extra="ignore")
    choices: list[_Choice]


def is_wanted(line: Line, state: State, meaning: Interpretation) -> bool:
    """Whether the line has such an endpoint, and the caller would have to be asked what their story is about."""
    unsure = meaning.decision is not Decision.ROUTE and bool(meaning.probabilities)
    plain = meaning.command is None and meaning.safety is None and meaning.choice is None and not meaning.digits
    return bool(line.understanding.second_opinion) and state in OPEN and unsure and plain


@dataclass
class SecondOpinion:
    """One for each process, safe to use from many threads."""

    transport: httpx.BaseTransport | None = None
    clock: Callable[[], float] = time.monotonic
    _rests: dict[str, float] = field(default_factory=dict)
    _workers: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(8, "second-opinion"), repr=False)

    def ask(self, line: Line, language: str, text: str) -> str | None:
        """A topic or `none`; None where there is no answer in time, or none that is understood."""
        entry = line.understanding
        url = entry.second_opinion
        if url is None or self._rests.get(url, 0.0) > self.clock():
            return None
        topics = {topic: line.prompts[language].texts[f"topic.{topic}"]["other"] for topic in line.plan.destinations}
        asked = self._workers.submit(self._post, entry, topics, " ".join(_without_numbers(text, language)))
        try:
            return asked.result(WAIT)
        except (TimeoutError, httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
            self._rests[url] = self.clock() + REST
            log.warning("no second opinion", url=url, cause=type(error).__name__)
            return None

    def _post(self, entry: UnderstandingEntry, topics: Mapping[str, str], words: str) -> str | None:
        labels = "\n".join(f"{topic}: {name}" for topic, name in topics.items())
        body = {
            "model": entry.model,
            "temperature": 0,
            "max_tokens": 16,
            "messages": [
                {"role": "system", "content": INSTRUCTION.format(labels=labels)},
                {"role": "user", "content": words},
            ],
        }
        with httpx.Client(timeout=WAIT, transport=self.transport) as client:
            answer = client.post(str(entry.second_opinion).rstrip("/") + PATH, json=body)
        answer.raise_for_status()
        if len(answer.content) > LARGEST:
            raise ValueError("the answer is too large")
        try:
            found = _Completion.model_validate_json(answer.content).choices
        except ValidationError as error:
            raise ValueError("the answer is not of the form") from error
        said = set(re.findall(r"\w+", found[0].message.content)) if found else set()
        named = said & {*topics, NONE}
        return named.pop() if len(named) == 1 else None


def _without_numbers(text: str, language: str) -> list[str]:
    return [re.sub(r"\d", "#", word) for word in spoken(text, language)]
