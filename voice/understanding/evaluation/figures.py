"""Played calls → figures: how often callers reach the right queue, how, and what it costs them.

top1, top2        calls about a topic whose best guess, or one of the two best, leads to the right queue; guesses are
                  topics: `none` leads nowhere
direct            in the right queue without a question after the first
within_one        in the right queue after at most one further question
silently_wrong    in a wrong queue, or hung up on, without having been asked; of all calls
                  a general answer that was none to the caller is refused, and counts as a question
none_routed       calls out of scope in a topic's queue without having been asked, of those
hung_up           calls about a topic that the line ended itself
commands          commands understood at the first words, obeyed or asked about
commands_obeyed_wrongly
                  calls in which the first words were obeyed as a command that was not meant, of all; a topic heard
                  beside it is no fault
person            calls that ended with a person without a topic, commands apart
both              calls about two topics of which both were heard; either queue is right first
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from voice.core.interpretation import Command
from voice.core.plan import Plan
from voice.understanding.evaluation.callers import PlayedCall
from voice.understanding.evaluation.reliability import Reliability, reliability
from voice.understanding.model import NONE

COMMANDS = frozenset(command.value for command in Command)
Figures = Mapping[str, float | None]
"""By name; None where no call tells it."""


@dataclass(frozen=True)
class Evaluation:
    plan: Plan
    calls: Sequence[PlayedCall]

    def overall(self) -> dict[str, float | None]:
        return self._figures(self.calls)

    def by_label(self) -> dict[str, dict[str, float | None]]:
        """Two-topic calls together under `both`."""
        labels = dict.fromkeys(_group(call.label) for call in self.calls)
        return {label: self._figures([c for c in self.calls if _group(c.label) == label]) for label in labels}

    def confusion(self) -> dict[str, Counter[str]]:
        """What each label was taken for at the first words: a command, a topic, or `none`."""
        table: dict[str, Counter[str]] = {}
        for call in self.calls:
            table.setdefault(_group(call.label), Counter())[taken_for(call)] += 1
        return table

    def reliability(self) -> Reliability:
        """Of the probability of the best queue, at the first words of whoever has a topic or is out of scope."""
        stories = [call for call in self.calls if "+" not in call.label and call.label not in COMMANDS]
        heard = [call for call in stories if call.first.probabilities and call.first.command is None]
        best = [self._best_queue(call) for call in heard]
        right = [queue in self._wanted(call) for (queue, _), call in zip(best, heard, strict=True)]
        return reliability([probability for _, probability in best], right)

    def _best_queue(self, call: PlayedCall) -> tuple[str, float]:
        sums: dict[str, float] = {}
        for topic, probability in call.first.probabilities:
            if topic in self.plan.homes:
                queue = self.plan.homes[topic]
                sums[queue] = sums.get(queue, 0.0) + probability
        return max(sums.items(), key=lambda pair: pair[1], default=("", 0.0))

    def mistakes(self) -> list[PlayedCall]:
        """Calls sent on wrongly without being asked."""
        return [call for call in self.calls if self._silently_wrong(call)]

    def misjudged(self) -> list[PlayedCall]:
        """Lines whose label was not the first guess: sent on wrongly, or asked about something else."""
        return [
            call
            for call in self.calls
            if taken_for(call) not in call.label.split("+")
            and not (self._wanted(call) and self.plan.topics.get(taken_for(call)) in self._wanted(call))
        ]

    def _figures(self, calls: Sequence[PlayedCall]) -> dict[str, float | None]:
        topics = [call for call in calls if call.label in self.plan.homes]
        outside = [call for call in calls if call.label == NONE]
        both = [call for call in calls if "+" in call.label]
        stories = [call for call in calls if call.label not in COMMANDS]
        return {
            "lines": float(len(calls)),
            "top1": _share(topics, lambda call: self._guessed(call, 1)),
            "top2": _share(topics, lambda call: self._guessed(call, 2)),
            "direct": _share(topics, lambda call: self._right(call) and call.questions <= 1),
            "within_one": _share(topics, lambda call: self._right(call) and call.questions <= 2),
            "silently_wrong": _share(calls, self._silently_wrong),
            "none_routed": _share(outside, self._silently_wrong),
            "hung_up": _share([*topics, *both], lambda call: call.hung_up),
            "commands_obeyed_wrongly": _share(calls, _obeyed_wrongly),
            "commands": _share([call for call in calls if call.label in COMMANDS], _understood),
            "both": _share(both, lambda call: call.first.both and set(call.first.topics) == set(call.label.split("+"))),
            "both_within_one": _share(both, lambda call: self._right(call) and call.questions <= 2),
            "person": _share(stories, lambda call: call.topic is None and call.queue is not None),
            "mean_questions": _mean(call.questions for call in stories),
            "mean_words_spoken": _mean(call.words_spoken for call in stories),
            "ms_per_utterance": _mean(1000 * call.seconds for call in calls),
        }

    def _wanted(self, call: PlayedCall) -> set[str]:
        return {self.plan.homes[topic] for topic in call.label.split("+") if topic in self.plan.homes}

    def _right(self, call: PlayedCall) -> bool:
        return call.topic is not None and call.queue in self._wanted(call)

    def _guessed(self, call: PlayedCall, guesses: int) -> bool:
        topics = [topic for topic, _ in call.first.probabilities if topic in self.plan.homes]
        queues = list(dict.fromkeys(self.plan.homes[topic] for topic in topics))
        return bool(self._wanted(call) & set(queues[:guesses]))

    def _silently_wrong(self, call: PlayedCall) -> bool:
        """The caller is truthful, so whoever stands in a wrong topic's queue was not asked. A caller with a topic is
        also lost when they are hung up on, or put before a person without a question."""
        if call.topic is not None:
            return call.queue not in self._wanted(call)
        return bool(self._wanted(call)) and (call.queue is None or call.questions <= 1)


def _group(label: str) -> str:
    return "both" if "+" in label else label


def taken_for(call: PlayedCall) -> str:
    """What the first words were taken for: a command, a topic, or `none`."""
    if call.first.command is not None and not call.first.topics:
        return call.first.command.value
    return call.first.probabilities[0][0] if call.first.probabilities else NONE


def _understood(call: PlayedCall) -> bool:
    named = call.first.language is not None or call.label != Command.LANGUAGE
    return call.first.command == call.label and named


def _obeyed_wrongly(call: PlayedCall) -> bool:
    """Yes and no are answers, and at the first words nothing that is obeyed."""
    command = call.first.command
    obeyed = command is not None and command not in (Command.YES, Command.NO) and not call.first.ask
    return obeyed and call.label != command and not call.first.topics


def _share(calls: Sequence[PlayedCall], holds: Callable[[PlayedCall], bool]) -> float | None:
    return sum(map(holds, calls)) / len(calls) if calls else None


def _mean(values: Iterable[float]) -> float | None:
    listed = list(values)
    return sum(listed) / len(listed) if listed else None
