"""A truthful caller of the pure dialogue: what `voice evaluate` measures with.

The caller knows what they ring about, says it, answers confirmations and choices truthfully in phrases of the
grammar, says it once more when asked again, and takes what comes after. They do not object to an announcement: a
wrong one goes through. Nothing else in an evaluation knows the label.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from voice.content import Grammar, Line
from voice.core.call.actions import Action, Ask, Say
from voice.core.call.events import CallEvent, Pressed, Rang, Said, Silent
from voice.core.call.state import Call, State
from voice.core.call.table import step
from voice.core.interpretation import Choice, Command, Interpretation
from voice.core.plan import Plan
from voice.understanding.trained import Trained

MOST_TURNS = 12
WITHIN = timedelta(days=14)
FROM = datetime(2026, 3, 2, 8, tzinfo=UTC)
"""Where the search for a moment begins at which every queue is open."""

ASKING = frozenset({State.QUESTION, State.AGAIN, State.CONFIRM, State.CHECK, State.CHOICE, State.MENU, State.ANNOUNCE})
LAST = frozenset({State.ANSWERED, State.DANGER})
"""Where a caller who meant something else says so, and the call goes on."""


@dataclass(frozen=True)
class PlayedCall:
    """How one call went. `first` is what was understood of the caller's first words; `queue` and `topic` where they
    stand at the end, None when they hung up; `hung_up` says that the line did; `questions` what they were asked until
    then; `words_spoken` what they had to hear.
    """

    label: str
    text: str
    first: Interpretation
    topic: str | None
    queue: str | None
    hung_up: bool
    questions: int
    words_spoken: int
    seconds: float
    """Spent on understanding the first words."""


@dataclass(frozen=True)
class Answers:
    """What the caller says to the line's questions: each from the grammar."""

    yes: str
    no: str
    choice: Mapping[str, str]

    @classmethod
    def of(cls, grammar: Grammar) -> "Answers":
        def phrase(intent: str) -> str:
            return next((p.text for p in grammar.expanded() if p.intent == intent), intent)

        choice = {name: words[0] for name, words in grammar.lists.get("choice", {}).items()}
        return cls(phrase(Command.YES), phrase(Command.NO), choice)


@dataclass
class Caller:
    line: Line
    understanding: Trained
    language: str
    answers: Answers
    now: datetime = field(init=False)

    def __post_init__(self) -> None:
        self.now = open_moment(self.line.plan)

    def rings(self, label: str, text: str) -> PlayedCall:
        """One call about `label`, whose first words are `text`."""
        wanted = label.split("+")
        plan = self.line.plan
        dialled = next((n for n, code in plan.numbers.items() if code == self.language), "")
        call = Call("CA0", self.language, dialled, "+32470000000", self.now)
        call, actions, _ = step(plan, call, Rang(), self.now)
        words = self._words(actions)
        begun = time.perf_counter()
        first = self.understanding.understand(text, self.language)
        seconds = time.perf_counter() - begun
        event: CallEvent = Said(text, first)
        said, objections = 1, 0
        for _ in range(MOST_TURNS):
            call, actions, _ = step(plan, call, event, self.now)
            words += self._words(actions)
            if call.state not in ASKING and not self._objects(call, wanted):
                break
            objections += call.state in LAST
            event = self._answer(call, wanted, text if said < 2 else None)
            said += call.state in (State.QUESTION, State.AGAIN)
        in_queue = call.state in (State.HOLD, State.DIAL)
        return PlayedCall(
            label,
            text,
            first,
            topic=call.answer or (call.intent if in_queue else None),
            queue=plan.queue_of(call.answer) if call.answer else call.queue if in_queue else None,
            hung_up=call.state in (State.OVER, State.FAREWELL),
            questions=call.questions + objections,
            words_spoken=words,
            seconds=seconds,
        )

    @staticmethod
    def _objects(call: Call, wanted: Sequence[str]) -> bool:
        """To an answer that is none to them, and to help they did not call for."""
        met = call.answer if call.state is State.ANSWERED else call.safety if call.state is State.DANGER else None
        return call.state in LAST and met not in wanted

    def _answer(self, call: Call, wanted: Sequence[str], text: str | None) -> CallEvent:
        match call.state:
            case State.QUESTION | State.AGAIN:
                return self._says(call, text) if text else Silent()
            case State.ANSWERED | State.DANGER:
                return self._says(call, self.answers.no)
            case State.CONFIRM:
                return self._says(call, self.answers.yes if call.candidates[0] in wanted else self.answers.no)
            case State.CHECK:
                return self._says(call, self.answers.yes if call.wish in wanted else self.answers.no)
            case State.CHOICE:
                picked = next((n for n, topic in enumerate(call.candidates) if topic in wanted), 2)
                return self._says(call, self.answers.choice[tuple(Choice)[picked]])
            case State.MENU:
                menu = self.line.plan.menu
                return Pressed(next((str(n) for n, topic in enumerate(menu, 1) if topic in wanted), "0"))
            case _:
                return Silent()

    def _says(self, call: Call, text: str) -> CallEvent:
        return Said(text, self.understanding.understand(text, call.language, state=call.state, without=call.rejected))

    def _words(self, actions: Sequence[Action]) -> int:
        """Words of what the line says, whole: this caller does not interrupt."""
        prompts = [prompt for action in actions if isinstance(action, Ask | Say) for prompt in action.prompts]
        local = self.now.astimezone(self.line.plan.timezone)
        return sum(len(self.line.prompts[self.language].say(prompt, local).split()) for prompt in prompts)


def open_moment(plan: Plan) -> datetime:
    """A moment at which every queue is open, or as many as ever are at once."""
    hours = (FROM + timedelta(hours=n) for n in range(int(WITHIN / timedelta(hours=1))))
    return max(hours, key=lambda moment: sum(plan.is_open(queue, moment) for queue in plan.queues))
