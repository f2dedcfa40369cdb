"""What each thing the line may do costs the caller, for each thing the caller may have meant. The unit is one question.

Everything that is decided about an utterance is decided here: the line does what costs least, as far as it can tell
(`least`). No rule of another kind stands anywhere: what may never happen has a price that nothing outweighs.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from voice.core.call.state import State
from voice.core.interpretation import Command
from voice.understanding.stack import Array


class Act(StrEnum):
    """SEND on with an announcement; CONFIRM one topic, or CHOOSE between two; ask AGAIN in other words; OBEY a command
    or CHECK it ("would you like to be rung back?"); bring to SAFETY."""

    SEND = "send"
    CONFIRM = "confirm"
    CHOOSE = "choose"
    AGAIN = "again"
    OBEY = "obey"
    CHECK = "check"
    SAFETY = "safety"


class Meant(StrEnum):
    """What the caller meant: the SAME as the act supposes, or something else."""

    SAME = "same"
    TOPIC = "topic"
    NONE = "none"
    COMMAND = "command"
    SAFETY = "safety"


Costs = Mapping[Meant, float]

NEVER = 1e6
"""More than anything else costs."""

PERIL = 500.0
"""Somebody in danger is not heard: asked about their telephone, or put in a queue. They say it again if they can. With
`FALSE_ALARM` this is what trades recall for false alarms: chosen on the labelled utterances, each held out."""

FALSE_ALARM = 2.0
"""The emergency number is named to a caller who did not need it; they object within two seconds, and are where they
were: what comes next costs them the same again."""

TABLE: Mapping[Act, Costs] = {
    # A question more, if it is the right one. About the wrong topic: another one at least, and seldom in time. Who is
    # out of scope is asked again either way, and answers no in passing. A command is said again, and was in vain.
    Act.CONFIRM: {Meant.SAME: 1, Meant.TOPIC: 3, Meant.NONE: 1.2, Meant.COMMAND: 2.5, Meant.SAFETY: PERIL},
    # Two topics are longer to hear than one.
    Act.CHOOSE: {Meant.SAME: 1.05, Meant.TOPIC: 3, Meant.NONE: 1.2, Meant.COMMAND: 2.5,
                 Meant.SAFETY: PERIL},
    # The right thing to do with half a sentence. A story that has to be told again costs as much as a wrong guess.
    Act.AGAIN: {Meant.SAME: 1, Meant.TOPIC: 3, Meant.NONE: 1, Meant.COMMAND: 2, Meant.SAFETY: PERIL},
    # The story is not told yet: no, and then all of it.
    Act.CHECK: {Meant.SAME: 1, Meant.TOPIC: 3, Meant.NONE: 1.4, Meant.COMMAND: 2.5, Meant.SAFETY: PERIL},
    Act.SAFETY: {Meant.SAME: 0, Meant.TOPIC: FALSE_ALARM, Meant.NONE: FALSE_ALARM, Meant.COMMAND: FALSE_ALARM,
                 Meant.SAFETY: 1},
}  # fmt: skip
"""All but what the price of a wrong queue decides (`sending`), and commands obeyed (`HARM`)."""

HARM: Mapping[Command, float] = {
    # Against one's will: more than anything.
    Command.GOODBYE: 1000,
    # Every word from here on is in vain, until somebody finds out how to go back.
    Command.LANGUAGE: 10,
    # Who takes any question also takes this one, but is not who knows.
    Command.AGENT: 8,
    # A number is read to whoever did not ask for it, and refused.
    Command.CALLBACK: 6,
    # What was said is lost: once more from the start.
    Command.BACK: 5,
    # The same question again, and the story with it.
    Command.REPEAT: 3,
    # An answer that was none. To a question of the line it is a wrong one (`ANSWERED`).
    Command.YES: 2,
    Command.NO: 2,
}
"""What it costs to be obeyed without having asked for it."""

LEAVING = 15.0
"""A place in the queue is lost: "back" and a callback, while on hold."""

MOMENTS: Mapping[State, Mapping[Command, float]] = {
    State.QUESTION: {Command.BACK: 3},
    State.HOLD: {Command.BACK: LEAVING, Command.CALLBACK: LEAVING, Command.AGENT: 0.5, Command.REPEAT: 0.5},
    State.CALLBACK: {Command.YES: 4, Command.NO: 2},
}
"""Where a command does something else than elsewhere: at the first question "back" only asks it again; on hold "an
employee" and "pardon?" only tell the place; a number wrongly agreed to rings at a stranger's."""

SHORT = 4
"""Words of a farewell. Longer ones tell something ("the picture goes when I say goodbye to the cat"), or leave time
for a question."""

UNCHECKED = frozenset({Command.YES, Command.NO, Command.REPEAT})
"""Commands that are not asked about: the question would be longer than they are."""


def sending(price: float) -> Costs:
    """Sent on, with an announcement that can be refused. Who stands in a wrong queue waits twice and tells it twice;
    whoever wanted a command or help says it again over the announcement, or is lost."""
    return {Meant.SAME: 0, Meant.TOPIC: price, Meant.NONE: price, Meant.COMMAND: 4, Meant.SAFETY: PERIL}


def obeying(command: Command, state: State, words: int) -> Costs:
    """An utterance of so many words, heard in this state, obeyed at once."""
    harm = MOMENTS.get(state, {}).get(command, HARM[command])
    rash = command is Command.GOODBYE and (state is State.QUESTION or words > SHORT)
    return {Meant.SAME: NEVER if rash else 0, Meant.TOPIC: harm, Meant.NONE: harm, Meant.COMMAND: harm,
            Meant.SAFETY: PERIL}  # fmt: skip


@dataclass(frozen=True)
class Beliefs:
    """What the callers of some utterances may have meant: probabilities, one of each an utterance.

    `first` and `second` are the likeliest topics, `sure` the queue of the first one, which others may share, `topics`
    all of them; `command` and `peril` are the likeliest of their kinds, `commands` and `perils` all of them.
    """

    first: Array
    second: Array
    sure: Array
    topics: Array
    none: Array
    command: Array
    commands: Array
    peril: Array
    perils: Array


def expected(beliefs: Beliefs, obeyed: tuple[Array, Array], checked: Array, price: float) -> dict[Act, Array]:
    """The expected cost of each act, one an utterance. `obeyed` are what obeying its likeliest command costs if that
    is right, and if it is not; `checked` is 1 where it may be asked about, else 0."""
    one = beliefs

    def cost(
        costs: Costs, same: Array, *, topic: Array | float = 0, command: Array | float = 0, peril: Array | float = 0
    ) -> Array:
        return np.asarray(
            costs[Meant.SAME] * same + costs[Meant.TOPIC] * (one.topics - topic) + costs[Meant.NONE] * one.none
            + costs[Meant.COMMAND] * (one.commands - command) + costs[Meant.SAFETY] * (one.perils - peril)
        )  # fmt: skip

    both = one.first + one.second
    right, harm = obeyed
    unheard = one.topics + one.none + one.commands - one.command
    found = {
        Act.SEND: cost(sending(price), one.sure, topic=one.sure) + NEVER * (one.first <= 0),
        Act.CONFIRM: cost(TABLE[Act.CONFIRM], one.first, topic=one.first) + NEVER * (one.first <= 0),
        Act.CHOOSE: cost(TABLE[Act.CHOOSE], both, topic=both) + NEVER * (one.second <= 0),
        Act.AGAIN: cost(TABLE[Act.AGAIN], np.zeros_like(one.first)),
        Act.OBEY: right * one.command + harm * unheard + PERIL * one.perils + NEVER * (one.command <= 0),
        Act.CHECK: cost(TABLE[Act.CHECK], one.command, command=one.command) + NEVER * (1 - checked),
    }  # fmt: skip
    alarm = cost(TABLE[Act.SAFETY], one.peril, peril=one.peril) + NEVER * (one.peril <= 0)
    return {**found, Act.SAFETY: alarm + np.min(list(found.values()), axis=0) - PERIL * one.perils}
