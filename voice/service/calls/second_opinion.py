"""A second opinion on what a caller means, from an OpenAI-compatible endpoint on the operator's own machine.

Asked only where the line would have to ask the caller, before the turn's transaction. Whatever is wrong with it costs
the caller at most `wait`, and a log line. It sees plain words without numbers, and the names of the topics; its word is
weighed like any other evidence (`Trained.understand`), never obeyed.
"""

import json
import re
from dataclasses import dataclass
from typing import ClassVar

from pydantic import BaseModel, ConfigDict

from voice.content import Line
from voice.core.call.state import State
from voice.core.interpretation import Decision, Interpretation
from voice.service.calls.outside import OutsideService
from voice.understanding.model import NONE
from voice.understanding.normalise import spoken

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
class SecondOpinion(OutsideService):
    wait: ClassVar[float] = 1.5
    largest: ClassVar[int] = 65_536
    silent: ClassVar[str] = "no second opinion"

    def ask(self, line: Line, language: str, text: str) -> str | None:
        """A topic or `none`; None where there is no answer in time, or none that is understood."""
        entry = line.understanding
        if entry.second_opinion is None:
            return None
        topics = {topic: line.prompts[language].texts[f"topic.{topic}"]["other"] for topic in line.plan.destinations}
        labels = "\n".join(f"{topic}: {name}" for topic, name in topics.items())
        question = {
            "model": entry.model,
            "temperature": 0,
            "max_tokens": 16,
            "messages": [
                {"role": "system", "content": INSTRUCTION.format(labels=labels)},
                {"role": "user", "content": " ".join(_without_numbers(text, language))},
            ],
        }
        url = str(entry.second_opinion).rstrip("/") + PATH
        found = self._asked(url, json.dumps(question, ensure_ascii=False).encode(), {}, _Completion)
        said = set(re.findall(r"\w+", found.choices[0].message.content)) if found and found.choices else set()
        named = said & {*topics, NONE}
        return named.pop() if len(named) == 1 else None


def _without_numbers(text: str, language: str) -> list[str]:
    return [re.sub(r"\d", "#", word) for word in spoken(text, language)]
