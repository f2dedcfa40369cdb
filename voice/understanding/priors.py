"""How likely each thing is before anything is heard, by what the line listens for.

The model's probabilities hold for the first question (`OPENING`). At another moment the same words count for as much,
but what callers say there is another mix: yes and no are likely where one was asked, "back" is not at the first
question. Nothing is impossible anywhere. Only kinds of things have a share here: how many topics a line has, and how
many phrases each of them, makes none of them likelier.
"""

from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum

import numpy as np

from voice.core.call.state import State
from voice.core.interpretation import Command
from voice.understanding.stack import Array


class Sort(StrEnum):
    """What can be meant, apart from commands, which each have a share of their own."""

    TOPIC = "topic"
    ANSWER = "answer"
    NONE = "none"
    SAFETY = "safety"


Shares = Mapping[str, float]
C = Command

OPENING: Shares = {
    Sort.TOPIC: 0.64, Sort.ANSWER: 0.09,
    Sort.NONE: 0.13, Sort.SAFETY: 0.005, C.AGENT: 0.05, C.CALLBACK: 0.02, C.REPEAT: 0.02,
    C.BACK: 0.005, C.YES: 0.01, C.NO: 0.01, C.GOODBYE: 0.005, C.LANGUAGE: 0.015,
}  # fmt: skip
"""Of callers who are asked what they ring about. One in eight has rung up somebody else, or only says hello; one in
eleven asks what needs no person, on a line that answers such questions."""

YES_OR_NO: Shares = {
    Sort.TOPIC: 0.12, Sort.ANSWER: 0.02, Sort.NONE: 0.06, Sort.SAFETY: 0.002, C.AGENT: 0.04, C.CALLBACK: 0.01,
    C.REPEAT: 0.03, C.BACK: 0.01, C.YES: 0.45, C.NO: 0.24, C.GOODBYE: 0.008, C.LANGUAGE: 0.01,
}  # fmt: skip
"""Of callers who were asked yes or no: most answer; who says no often says at once what it is about."""

ANSWER: Shares = {
    Sort.TOPIC: 0.50, Sort.ANSWER: 0.05,
    Sort.NONE: 0.15, Sort.SAFETY: 0.002, C.AGENT: 0.08, C.CALLBACK: 0.02, C.REPEAT: 0.05,
    C.BACK: 0.03, C.YES: 0.03, C.NO: 0.06, C.GOODBYE: 0.008, C.LANGUAGE: 0.02,
}  # fmt: skip
"""Of callers who were asked which of some topics: "neither" is a no."""

OBJECTION: Shares = {
    Sort.TOPIC: 0.08, Sort.ANSWER: 0.02,
    Sort.NONE: 0.25, Sort.SAFETY: 0.002, C.AGENT: 0.08, C.CALLBACK: 0.05, C.REPEAT: 0.05,
    C.BACK: 0.06, C.YES: 0.20, C.NO: 0.18, C.GOODBYE: 0.02, C.LANGUAGE: 0.01,
}  # fmt: skip
"""Of callers who speak while they are put through, or in the queue: much of it is not meant for the line."""

FAREWELL: Shares = {
    Sort.TOPIC: 0.08, Sort.ANSWER: 0.04,
    Sort.NONE: 0.08, Sort.SAFETY: 0.002, C.AGENT: 0.05, C.CALLBACK: 0.03, C.REPEAT: 0.03,
    C.BACK: 0.02, C.YES: 0.35, C.NO: 0.20, C.GOODBYE: 0.10, C.LANGUAGE: 0.01,
}  # fmt: skip
"""Of callers whose business is done, or listed: they take their leave."""

DICTATION: Shares = {
    Sort.TOPIC: 0.05, Sort.ANSWER: 0.01,
    Sort.NONE: 0.35, Sort.SAFETY: 0.002, C.AGENT: 0.08, C.CALLBACK: 0.03, C.REPEAT: 0.06,
    C.BACK: 0.10, C.YES: 0.10, C.NO: 0.16, C.GOODBYE: 0.02, C.LANGUAGE: 0.01,
}  # fmt: skip
"""Of callers who are asked for a number or a moment, and say something else."""

PRIORS: Mapping[State, Shares] = {
    State.CONFIRM: YES_OR_NO,
    State.OFFER: YES_OR_NO,
    State.CALLBACK: YES_OR_NO,
    State.CHOICE: ANSWER,
    State.MENU: ANSWER,
    State.ANNOUNCE: OBJECTION,
    State.HOLD: OBJECTION,
    State.LISTED: FAREWELL,
    State.HELPED: FAREWELL,
    State.ANSWERED: FAREWELL,
    State.NUMBER: DICTATION,
    State.WINDOW: DICTATION,
}
"""Every other state asks an open question."""


def sorts_of(intents: Sequence[str], topics: Collection[str], answers: Collection[str] = ()) -> tuple[str, ...]:
    """The name of each intent's share: commands and `none` have their own, and what is none of all is of safety."""
    named = {Sort.NONE.value: Sort.NONE.value, **{command.value: command.value for command in Command}}
    named |= dict.fromkeys(topics, Sort.TOPIC.value) | dict.fromkeys(answers, Sort.ANSWER.value)
    return tuple(named.get(intent, Sort.SAFETY.value) for intent in intents)


def shares(kinds: Sequence[str], of: Shares = OPENING) -> Array:
    """The share of each intent, whose kinds these are: those of one kind share theirs evenly. Adds up to 1."""
    each = np.array([of[kind] / kinds.count(kind) for kind in kinds])
    return np.asarray(each / each.sum())


def shifted(probabilities: Array, kinds: Sequence[str], state: State) -> Array:
    """Probabilities (… × intents) at the opening → at this moment."""
    of = PRIORS.get(state)
    if of is None:
        return probabilities
    moved = probabilities * np.array([of[kind] / OPENING[kind] for kind in kinds])
    return np.asarray(moved / moved.sum(axis=-1, keepdims=True))
