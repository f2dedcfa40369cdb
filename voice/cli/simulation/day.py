"""One day: people ring, agents answer, the clock is driven. Everything of ours is real, Twilio is the local one."""

import secrets
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from heapq import heappop, heappush
from pathlib import Path
from random import Random
from typing import Any

import httpx
from sqlalchemy import event

from voice.cli.simulation.people import CLOSES, OPENS, Answering, Calling, Customer, Habits, Understood, arrivals
from voice.content import Line
from voice.content.schema import ColumnsEntry
from voice.content.spoken import mobile_of
from voice.core.caller import KnownCaller
from voice.core.contact.state import Contact
from voice.core.plan import Plan
from voice.localtwilio import DrivenClock, LocalTwilio, Pace, Phone
from voice.service.calls.turn import Switchboard
from voice.service.dispatch.worker import Worker
from voice.service.operators.notices import NewNotice, add
from voice.store import Store
from voice.store.due import next_moment
from voice.twilio.fallback import fallback
from voice.twilio.rest import Rest
from voice.twilio.signature import Signatures
from voice.understanding import Understanding
from voice.web.app import create_app

PUBLIC = "https://line.example"
LOOK_AGAIN, REST = 1.0, 30.0
"""Seconds after which the worker looks when it had something to do, and at the latest."""

OUTAGE = (10.0, 13.0)
"""The hours of the day between which something is going on; it is written down five minutes after it began."""

WRITTEN_DOWN = 300.0

FIRST_AGENT = 90_000
"""Numbers of callers are below, those of agents above."""

LONGEST_EVENING = timedelta(days=5)
"""How long after closing callbacks are still followed: into the next morning, over a long weekend too."""


@dataclass(frozen=True)
class Wishes:
    calls: int = 2000
    agents: int = 12
    patience: timedelta = timedelta(minutes=8)
    offer_after: timedelta | None = None
    seed: int = 1
    tiers: Mapping[str, float] = field(default_factory=dict)
    answers: float = 0.0
    outage: tuple[str, float] | None = None
    again: float = 0.0
    unsolved: float = 0.0
    seniors: int | None = None
    knows: bool = True
    today: datetime | None = None
    """`tiers`: the share of callers of each; `answers`: of those who ask what needs no person, where the line has
    answers; `outage`: of those who ring about one topic between ten and one, when something is going on about it;
    `again`: of those who gave up waiting and ring again; `unsolved`: of those whom a person answered and who ring again
    about the same. So many `seniors` among the agents serve the levels above too; None: all do. Where the line `knows`,
    it says what is going on, answers, goes on where who gave up was, and puts who rings again with the level above;
    else the same callers and agents meet a line that does none of it. The day played is the next working day; None: by
    the clock."""


@dataclass(frozen=True)
class Rehearsal:
    """A day to look at afterwards: in a store of its own, with callers who say one of these (topic, sentence) and are
    understood as callers are."""

    store: Store
    understanding: Understanding
    sentences: Sequence[tuple[str, str]]
    yes: str
    no: str


@dataclass(frozen=True)
class DayOutcome:
    """What the store holds in the evening, of a line with this plan. `repeats`: for the first, second, … time that
    callers rang again about what a person had not solved, how many did."""

    plan: Plan
    calls: int
    agents: int
    opened: datetime
    closed: datetime
    contacts: list[Contact]
    ledgers: dict[str, list[dict[str, Any]]]
    repeats: Sequence[int] = ()


def play(line: Line, wishes: Wishes, progress: Callable[[int], None], rehearsal: Rehearsal | None = None) -> DayOutcome:
    """Play the day; `progress` is told how many calls have come so far. What came of it is kept where a `rehearsal`
    says where."""
    folder = Path(tempfile.mkdtemp(prefix="rechtdoor-day-"))
    try:
        store = rehearsal.store if rehearsal else Store(f"sqlite:///{folder / 'day.sqlite3'}")
        return _Day(line, wishes, store, rehearsal).play(progress)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@dataclass(frozen=True, order=True)
class _Coming:
    """Who rings at a moment, in seconds since midnight: for the first time; or `about` the same as before, for they
    `gave_up` waiting, or a person left it `unsolved` so many times."""

    moment: float
    number: int
    about: str | None = None
    gave_up: int = 0
    unsolved: int = 0


class _Day:
    def __init__(self, line: Line, wishes: Wishes, store: Store, rehearsal: Rehearsal | None) -> None:
        self.line, self.wishes, self.rehearsal = _wished(line, wishes), wishes, rehearsal
        self.answers = line.plan.answers
        self.chance = Random(wishes.seed)
        self.habits = Habits(wishes.patience.total_seconds(), again=wishes.again, unsolved=wishes.unsolved)
        self.coming: list[_Coming] = []
        self.rung = 0
        self.repeats: Counter[int] = Counter()
        if rehearsal:
            self.habits = replace(self.habits, unsure=0.0, yes=rehearsal.yes, no=rehearsal.no)
        today = wishes.today or datetime.now(line.plan.timezone)
        self.midnight = _working_day(line, today, ahead=rehearsal is None)
        self.look_again_in, self.stirred = LOOK_AGAIN, False
        self.store = store
        if store.engine.dialect.name == "sqlite":
            event.listen(self.store.engine, "connect", _hurry)
        self.store.migrate()
        event.listen(self.store.engine, "commit", self._stir)
        self._put_together()

    def _put_together(self) -> None:
        clock = DrivenClock(self.midnight + timedelta(hours=OPENS) - timedelta(minutes=1))

        def now() -> datetime:
            return datetime.fromtimestamp(clock.now(), UTC)

        token = secrets.token_hex(16)
        understanding = self.rehearsal.understanding if self.rehearsal else Understood()
        switchboard = Switchboard(self.line, understanding, self.store, now)
        app = create_app(switchboard, Signatures(token, PUBLIC), fallback(self.line))
        to_app = httpx.Client(transport=httpx.WSGITransport(app))
        self.clock, self.now = clock, now
        self.twilio = LocalTwilio(
            auth_token=token,
            transport=to_app,
            clock=clock,
            strict=False,
            keep_log=False,
            pace=Pace(play=30.0),
            seed=self.wishes.seed,
        )
        to_twilio = httpx.Client(transport=httpx.WSGITransport(self.twilio.rest_app))
        rest = Rest(self.twilio.world.account_sid, token, PUBLIC, "http://twilio.example", to_twilio)
        self.worker = Worker(self.line, self.store, rest, now)

    def play(self, progress: Callable[[int], None]) -> DayOutcome:
        self._hire()
        self.coming = [
            _Coming(moment, number) for number, moment in enumerate(arrivals(self.chance, self.wishes.calls), 1)
        ]
        noticed = self.wishes.outage is None or not self.wishes.knows
        while self.coming:
            coming = heappop(self.coming)
            if not noticed and coming.moment >= OUTAGE[0] * 3600 + WRITTEN_DOWN:
                noticed = True
                self._until(self.midnight + timedelta(hours=OUTAGE[0], seconds=WRITTEN_DOWN))
                self._write_down()
            self._until(self.midnight + timedelta(seconds=coming.moment))
            self._somebody_rings(coming)
            progress(coming.number)
        closed = self.midnight + timedelta(hours=CLOSES)
        self._until(closed)
        self._evening(closed)
        contacts = self.store.contacts.newest(limit=10 * self.wishes.calls)
        repeats = [many for _, many in sorted(self.repeats.items())]
        opened = self.midnight + timedelta(hours=OPENS)
        ledgers = {one.reference: self.store.contacts.ledger_of(one.reference) for one in contacts}
        for n in range(self.wishes.agents):
            self.store.agents.sign_out(f"agent {n + 1}", self.now())
        self.store.close()
        return DayOutcome(self.line.plan, self.rung, self.wishes.agents, opened, closed, contacts, ledgers, repeats)

    def _hire(self) -> None:
        """The agents of the line, the seniors first; and at each call centre that it dials as many again."""
        queues = list(self.line.plan.queues)
        above = {queue.escalates_to for queue in self.line.plan.queues.values()}
        first_level = [name for name in queues if name not in above]
        seniors = self.wishes.agents if self.wishes.seniors is None else self.wishes.seniors
        for n in range(self.wishes.agents):
            name, number = f"agent {n + 1}", mobile_of(self.line.country, FIRST_AGENT + n)
            self.store.agents.add(name, number, queues if n < seniors else first_level, list(self.line.languages))
            self.store.agents.sign_in(name, self.now())
            self._somebody_answers(number, name)
        for address in sorted({queue.dial for queue in self.line.plan.queues.values() if queue.dial}):
            extensions = [f"{address} {n + 1}" for n in range(self.wishes.agents)]
            self.twilio.phone(address).extensions = [self._somebody_answers(each, each) for each in extensions]

    def _somebody_answers(self, number: str, name: str) -> Phone:
        chance = Random(f"{self.wishes.seed} {name}")
        return self.twilio.person(number, answers_after=chance.uniform(2, 8), behaviour=Answering(chance, self.habits))

    def _somebody_rings(self, coming: "_Coming") -> None:
        self.rung += 1
        if coming.unsolved:
            self.repeats[coming.unsolved] += 1
        number, times = coming.number, coming.unsolved + coming.gave_up
        from_ = mobile_of(self.line.country, number)
        chance = Random(" ".join([f"{self.wishes.seed} {number}", *["again"] * times]))
        own = Random(" ".join([f"self {self.wishes.seed} {number}", *["again"] * times]))
        answers_after = chance.uniform(3, 15) if chance.random() < self.habits.reachable else None
        topic = coming.about or self._rings_about(number, chance)
        if self.rehearsal and not coming.about:
            said = [sentence for about, sentence in self.rehearsal.sentences if about == topic]
            topic = chance.choice(said or [sentence for _, sentence in self.rehearsal.sentences])
        gives_up, minded = self._gives_up(coming, topic, own), own.random()
        answered = self._answered(coming, topic, own)
        self.twilio.person(from_, answers_after=answers_after, behaviour=Customer(chance, self.habits, answered))
        self._belongs_to_a_tier(number, from_)
        self.twilio.ring(
            next(iter(self.line.plan.numbers)),
            from_,
            voice_url=f"{PUBLIC}/twilio/voice",
            fallback_url=f"{PUBLIC}/twilio/fallback",
            status_callback=f"{PUBLIC}/twilio/status",
            behaviour=Calling(chance, self.habits, topic, self._news(), minded, gives_up, answered),
        )

    def _rings_about(self, number: int, chance: Random) -> str:
        """A topic; or a question that needs no person, drawn apart, so that all else of the day stays as it was."""
        topic, own = chance.choice(sorted(self.line.plan.topics)), Random(f"answer {self.wishes.seed} {number}")
        asked = self.answers and own.random() < self.wishes.answers
        if self.wishes.outage and OUTAGE[0] <= self._hour < OUTAGE[1]:
            about, share = self.wishes.outage
            if Random(f"outage {self.wishes.seed} {number}").random() < share:
                return about
        if not asked:
            return topic
        question = own.choice(sorted(self.answers))
        return question if self.wishes.knows else self.answers[question].topic

    @property
    def _hour(self) -> float:
        return (self.now() - self.midnight).total_seconds() / 3600

    def _news(self) -> str | None:
        """What those hear who ring about what is going on: no words of anybody's, but ones that are found again."""
        if self.wishes.outage is None or not self.wishes.knows:
            return None
        language = self.line.plan.language_of(next(iter(self.line.plan.numbers)))
        return f"{self.line.prompts[language].texts[f'topic.{self.wishes.outage[0]}']['other']}, {self.line.name}"

    def _write_down(self) -> None:
        assert self.wishes.outage is not None
        language = self.line.plan.language_of(next(iter(self.line.plan.numbers)))
        new = NewNotice({language: self._news() or ""}, (self.wishes.outage[0],))
        add(self.line, self.store, new, self.midnight + timedelta(hours=OUTAGE[1]), "simulate", self.now())

    def _gives_up(self, coming: "_Coming", topic: str, own: Random) -> Callable[[], None]:
        """Perhaps rings again, once."""
        comes, after = own.random() < self.habits.again, own.uniform(*self.habits.again_after)

        def gives_up() -> None:
            if comes and coming.about is None:
                self._comes_again(replace(coming, moment=after, about=topic, gave_up=1))

        return gives_up

    def _answered(self, coming: "_Coming", topic: str, own: Random) -> Callable[[], None]:
        """By a person, who perhaps does not solve it; who can decide does so less often."""
        drawn, after, done = own.random(), own.uniform(*self.habits.unsolved_after), False
        times = coming.unsolved + 1

        def answered() -> None:
            nonlocal done
            above = self._above(coming.number)
            left = self.habits.unsolved * (self.habits.above if above else 1)
            if not done and drawn < left and times <= self.habits.most_again:
                self._comes_again(replace(coming, moment=after, about=topic, unsolved=times))
            done = True

        return answered

    def _comes_again(self, coming: "_Coming") -> None:
        """So many seconds from now (`moment`), before closing time."""
        moment = self._hour * 3600 + coming.moment
        if moment < CLOSES * 3600:
            heappush(self.coming, replace(coming, moment=moment))

    def _above(self, number: int) -> bool:
        """Whether who rings from there speaks with a level above."""
        open_ = self.store.contacts.open_for(mobile_of(self.line.country, number))
        return any(one.earlier for one in open_)

    def _belongs_to_a_tier(self, number: int, from_: str) -> None:
        drawn = Random(f"tier {self.wishes.seed} {number}").random()
        for tier, share in self.wishes.tiers.items():
            if drawn < share:
                self.store.directory.keep(from_, KnownCaller(tier=tier), self.now() + LONGEST_EVENING)
                return
            drawn -= share

    def _stir(self, _connection: Any) -> None:
        """Something was saved: then, and not before, a worker may find something new to do."""
        self.stirred = True

    def _until(self, moment: datetime) -> None:
        end = moment.timestamp()
        while (now := self.clock.now()) < end:
            self.stirred = False
            self.twilio.run_until(lambda: self.stirred, min(self.look_again_in, end - now))
            self.look_again_in = LOOK_AGAIN if self.worker.tick() else self._until_something_is_due()

    def _until_something_is_due(self) -> float:
        """Seconds. A worker that looks several times a second finds the same, and at the same moment."""
        moment = next_moment(self.store.source, self.now())
        left = (moment - self.now()).total_seconds() if moment else REST
        return min(max(left, LOOK_AGAIN), REST)

    def _evening(self, closed: datetime) -> None:
        """Whoever still waits is served, and callbacks are tried as often as the line's policy says."""
        while self.now() < closed + LONGEST_EVENING and self.store.contacts.newest(open_only=True, limit=1):
            self._until(self.now() + timedelta(minutes=2))


def _wished(line: Line, wishes: Wishes) -> Line:
    if wishes.tiers:
        line = replace(line, directory=line.directory.model_copy(update={"columns": ColumnsEntry(number="number")}))
    if not wishes.knows:
        flat = {name: replace(queue, escalates_to=None) for name, queue in line.plan.queues.items()}
        line = replace(line, plan=replace(line.plan, answers={}, recognise="off", queues=flat))
    if wishes.offer_after is None:
        return line
    queues = {name: replace(q, offer_after=wishes.offer_after) for name, q in line.plan.queues.items()}
    return replace(line, plan=replace(line.plan, queues=queues))


def _working_day(line: Line, today: datetime, *, ahead: bool = True) -> datetime:
    """Midnight of the next day, or of the last that is over, on which every queue is open at ten."""
    day = today.replace(hour=0, minute=0, second=0, microsecond=0)
    for _ in range(400):
        day += timedelta(days=1 if ahead else -1)
        if all(line.plan.is_open(queue, day + timedelta(hours=10)) for queue in line.plan.queues):
            return day
    return day


def _hurry(connection: Any, _record: Any) -> None:
    """A simulated day may be lost with the power."""
    connection.execute("PRAGMA synchronous=OFF")
