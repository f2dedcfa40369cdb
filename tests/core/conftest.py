"""A caller of the pure dialogue: no webhooks, no words recognised, only what they mean."""

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from voice.core.call.actions import Action, Ask, Prompt, Say, Wait
from voice.core.call.effects import TakeCallback
from voice.core.call.events import CallEvent, HungUp, LeftQueue, Pressed, Rang, Said, Silent, Standing, Waiting
from voice.core.call.state import Call, State
from voice.core.call.table import step
from voice.core.call.wishes import Arranging, CallbackWish
from voice.core.identity import AskedIdentity, IdentityKind
from voice.core.interpretation import Choice, Command, Decision, Interpretation
from voice.core.notice import Notice, NoticeKind
from voice.core.plan import GeneralAnswer, Plan, Queue
from voice.core.queue.hours import Hours

OPEN_DAY = datetime(2026, 11, 24, 10, tzinfo=UTC)
CHRISTMAS = datetime(2026, 12, 25, 10, tzinfo=UTC)

PLAN = Plan(
    timezone=ZoneInfo("Europe/Brussels"),
    languages=("nl", "fr"),
    default_language="nl",
    numbers={"+3212345670": "nl", "+3212345671": "fr"},
    keys={"5": "nl", "6": "fr"},
    topics={"billing": "billing", "outage": "technical", "order": "orders", "moving": "orders", "mobile": "mobile"},
    menu=("billing", "outage", "order", "mobile"),
    person="general",
    answers={
        "hours": GeneralAnswer("hours", "billing"),
        "parcel": GeneralAnswer("parcel", "order", service="https://shop.example/parcel"),
    },
    safety={"emergency": "general"},
    queues={
        "billing": Queue("billing", Hours(exceptions={date(2026, 12, 25): ()})),
        "technical": Queue("technical", Hours()),
        "orders": Queue("orders", Hours()),
        "mobile": Queue("mobile", Hours()),
        "general": Queue("general", Hours()),
    },
)

WITH_A_CALL_CENTRE = replace(
    PLAN, queues=PLAN.queues | {"billing": replace(PLAN.queues["billing"], dial="+3221234567")}
)

WITH_NOTICES = replace(
    PLAN,
    notices=(
        Notice(1, NoticeKind.TOPIC, {"nl": "internet is down"}, ("outage",)),
        Notice(2, NoticeKind.TOPIC, {"nl": "no reception"}, ("mobile",), "Gent"),
        Notice(3, NoticeKind.CLOSURE, {"nl": "the office is shut"}, ("moving",)),
        Notice(4, NoticeKind.ALL, {"nl": "the shops are shut"}),
    ),
)


WITH_ASKS = replace(
    PLAN,
    asks={
        "billing": AskedIdentity(IdentityKind.CUSTOMER_NUMBER, r"\d{8}"),
        "moving": AskedIdentity(IdentityKind.BIRTH_DATE),
    },
)


@dataclass
class Caller:
    """Rings the dialogue itself. What they say is given by its meaning."""

    plan: Plan = PLAN
    number: str | None = "+32470123456"
    standing: Standing | None = None
    earlier: Standing | None = None
    now: datetime = OPEN_DAY
    actions: tuple[Action, ...] = ()
    taken: list[TakeCallback] = field(default_factory=list)

    effects: tuple[object, ...] = ()

    def __post_init__(self) -> None:
        self.call = Call("CA1", "nl", "+3212345670", self.number, self.now)
        self.does(Rang(self.standing, self.earlier))

    def does(self, event: CallEvent) -> "Caller":
        self.now += timedelta(seconds=1)
        self.call, self.actions, effects = step(self.plan, self.call, event, self.now)
        self.effects = effects
        self.taken += [effect for effect in effects if isinstance(effect, TakeCallback)]
        return self

    def means(self, decision: Decision, *topics: str, both: bool = False) -> "Caller":
        ranked = tuple((topic, 0.9 / n) for n, topic in enumerate(topics, 1))
        return self.does(Said("…", Interpretation(decision, topics, both=both, probabilities=ranked)))

    def says_clearly(self, topic: str) -> "Caller":
        return self.means(Decision.ROUTE, topic)

    def says_vaguely(self, topic: str) -> "Caller":
        return self.means(Decision.CONFIRM, topic)

    def wavers_between(self, first: str, second: str) -> "Caller":
        return self.means(Decision.CHOOSE, first, second)

    def mumbles(self) -> "Caller":
        return self.means(Decision.UNSURE)

    def is_silent(self) -> "Caller":
        return self.does(Silent())

    def presses(self, keys: str) -> "Caller":
        return self.does(Pressed(keys))

    def commands(self, command: Command, *topics: str, language: str | None = None) -> "Caller":
        decision = Decision.ROUTE if topics else Decision.UNSURE
        return self.does(Said("…", Interpretation(decision, topics, command=command, language=language)))

    def wishes(self, what: Arranging, *topics: str, earlier: Standing | None = None) -> "Caller":
        """Says what they want of a callback; `earlier` is what the line knows of their number."""
        decision = Decision.ROUTE if topics else Decision.UNSURE
        return self.does(Said("…", Interpretation(decision, topics), CallbackWish(what), earlier))

    def perhaps_wants(self, command: Command, language: str | None = None) -> "Caller":
        return self.does(Said("…", Interpretation(command=command, ask=True, language=language)))

    def says_yes(self) -> "Caller":
        return self.commands(Command.YES)

    def says_no(self) -> "Caller":
        return self.commands(Command.NO)

    def picks(self, choice: Choice) -> "Caller":
        return self.does(Said("…", Interpretation(choice=choice)))

    def waits(self, position: int, seconds: int = 30) -> "Caller":
        self.now += timedelta(seconds=seconds - 1)
        return self.does(Waiting(position))

    def leaves_queue(self, result: str) -> "Caller":
        return self.does(LeftQueue(result))

    def hangs_up(self) -> "Caller":
        return self.does(HungUp())

    @property
    def state(self) -> State:
        return self.call.state

    @property
    def hears(self) -> list[str]:
        """The keys of the prompts in the last answer."""
        prompts: list[Prompt] = []
        for action in self.actions:
            if isinstance(action, Ask | Say | Wait):
                prompts += action.prompts
        return [prompt.key for prompt in prompts]


@pytest.fixture
def caller() -> Caller:
    return Caller()
