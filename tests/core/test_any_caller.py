"""Whatever callers do, in whatever order: a state machine of random callers (hypothesis)."""

from dataclasses import replace

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.core.conftest import CHRISTMAS, OPEN_DAY, PLAN, WITH_A_CALL_CENTRE, WITH_ASKS, WITH_NOTICES, Caller
from tests.core.test_dialogue import STANDING, WINDOWS, WITH_WINDOWS
from voice.core.call.actions import Ask, Dial, Enqueue, HangUp, Leave, Say, Wait
from voice.core.call.events import (
    CallEvent,
    CutOff,
    HungUp,
    Identified,
    LeftAgent,
    LeftDial,
    LeftQueue,
    Misfit,
    Pressed,
    Said,
    SentOn,
    Silent,
    Standing,
    Waiting,
)
from voice.core.call.lookahead import queues_needed
from voice.core.call.signals import read
from voice.core.call.state import Call, Outcome, State
from voice.core.call.table import QUESTIONS, TABLE, step
from voice.core.interpretation import Choice, Command, Decision, Interpretation
from voice.core.plan import MAX_QUESTIONS, MAX_ROUNDS, Plan
from voice.core.queue.status import QueueStatus
from voice.core.queue.wait_time import Estimate

pytestmark = pytest.mark.slow

topics = st.sampled_from(sorted(PLAN.destinations))
pairs = st.lists(topics, min_size=2, max_size=2, unique=True).map(tuple)
meanings = st.one_of(
    st.builds(lambda t: Interpretation(Decision.ROUTE, (t,), probabilities=((t, 0.97),)), topics),
    st.builds(lambda t: Interpretation(Decision.CONFIRM, (t,), probabilities=((t, 0.6),)), topics),
    st.builds(
        lambda p, b: Interpretation(Decision.CHOOSE, p, both=b, probabilities=((p[0], 0.4),)), pairs, st.booleans()
    ),
    st.just(Interpretation()),
    st.builds(lambda c, ask: Interpretation(command=c, ask=ask), st.sampled_from(Command), st.booleans()),
    st.builds(lambda c, t: Interpretation(Decision.ROUTE, (t,), command=c), st.sampled_from(Command), topics),
    st.builds(lambda c: Interpretation(choice=c), st.sampled_from(Choice)),
    st.builds(lambda d: Interpretation(digits=d), st.text("0123456789", min_size=1, max_size=12)),
    st.builds(
        lambda code: Interpretation(command=Command.LANGUAGE, language=code),
        st.sampled_from(["nl", "fr", "xx"]) | st.none(),
    ),
)
keys = st.text("0123456789*#", max_size=2) | st.just("+32471000000")
QUEUE_RESULTS = ["bridged", "hangup", "leave", "redirected", "queue-full", "error", "system-error", "?"]
DIAL_RESULTS = ["completed", "busy", "no-answer", "failed", "canceled", "?"]

TALKING = (*QUESTIONS, State.HOLD)


STATUSES = (
    QueueStatus(),
    QueueStatus(known=True),
    QueueStatus(known=True, others=True, windows=WINDOWS),
    QueueStatus(known=True, signed_in=1, waiting=9, estimate=Estimate(600, 400, 900), windows=WINDOWS),
)


class Read(dict[str, QueueStatus]):
    """The queues that were read; no other may be asked about."""

    def get(self, queue: str, default: object = None) -> QueueStatus:  # type: ignore[override]  # noqa: ARG002
        assert queue in self, f"{queue} was not read"
        return self[queue]


class AnyCaller(RuleBasedStateMachine):
    """A caller who does anything, at a moment when the line is open or on a day when a queue is closed."""

    @initialize(
        number=st.sampled_from(["+32470123456", None]),
        day=st.sampled_from([OPEN_DAY, CHRISTMAS]),
        standing=st.sampled_from([None, STANDING]),
        plan=st.sampled_from([PLAN, WITH_WINDOWS, WITH_A_CALL_CENTRE, WITH_NOTICES, WITH_ASKS]),
    )
    def rings(self, number: str | None, day: object, standing: Standing | None, plan: Plan) -> None:
        self.caller = Caller(plan, number, standing if number else None, now=day)  # type: ignore[arg-type]

    def does(self, event: CallEvent) -> None:
        before = self.caller.call
        signal = read(self.caller.plan, before, event).signal
        self.asks_only_about_the_queues_that_were_read(before, event)
        self.caller.does(event)
        after = self.caller.call
        limit = before.state in QUESTIONS and before.rounds + 1 >= MAX_ROUNDS
        if not limit:
            assert after.state in TABLE[before.state][signal].to, f"{before.state} --{signal}--> {after.state}"

    def asks_only_about_the_queues_that_were_read(self, call: Call, event: CallEvent) -> None:
        plan, now = self.caller.plan, self.caller.now
        asked = queues_needed(plan, call, event, now).queues
        for first in range(len(STATUSES)):
            statuses = {queue: STATUSES[(first + n) % len(STATUSES)] for n, queue in enumerate(sorted(asked))}
            step(replace(plan, queue_status=Read(statuses)), call, event, now)

    @precondition(lambda self: self.caller.state in TALKING)
    @rule(meaning=meanings)
    def says_something(self, meaning: Interpretation) -> None:
        self.does(Said("…", meaning))

    @precondition(lambda self: self.caller.state in TALKING)
    @rule(pressed=keys)
    def presses(self, pressed: str) -> None:
        self.does(Pressed(pressed))

    @precondition(lambda self: self.caller.state in TALKING)
    @rule()
    def is_silent(self) -> None:
        self.does(Silent())

    @precondition(lambda self: self.caller.state is State.IDENTITY)
    @rule(event=st.sampled_from([Identified("12345678"), Identified("1975-05-03", checked=True), Misfit("12")]))
    def says_who_they_are(self, event: CallEvent) -> None:
        self.does(event)

    @precondition(lambda self: self.caller.state in (State.HOLD, State.LEAVE))
    @rule(position=st.integers(0, 5))
    def waits(self, position: int) -> None:
        self.does(Waiting(position))

    @precondition(lambda self: self.caller.state in (State.HOLD,))
    @rule(result=st.sampled_from(QUEUE_RESULTS))
    def leaves_the_queue(self, result: str) -> None:
        self.does(LeftQueue(result))

    @precondition(lambda self: self.caller.state is State.LEAVE)
    @rule()
    def is_let_out(self) -> None:
        self.does(LeftQueue("leave"))

    @precondition(lambda self: self.caller.state is State.AGENT)
    @rule(event=st.sampled_from([LeftAgent(), CutOff(), SentOn("billing"), SentOn("mobile")]))
    def comes_back_from_an_agent(self, event: CallEvent) -> None:
        self.does(event)

    @precondition(lambda self: self.caller.state is State.DIAL)
    @rule(event=st.builds(LeftDial, st.sampled_from(DIAL_RESULTS), st.booleans()) | st.just(SentOn("technical")))
    def comes_back_from_the_call_centre(self, event: CallEvent) -> None:
        self.does(event)

    @rule()
    def hangs_up(self) -> None:
        if self.caller.state is not State.OVER:
            self.does(HungUp())

    @invariant()
    def is_never_asked_more_than_three_questions(self) -> None:
        assert self.caller.call.questions <= MAX_QUESTIONS

    @invariant()
    def always_hears_words_or_goes_somewhere(self) -> None:
        said = [a for a in self.caller.actions if isinstance(a, Ask | Say) and a.prompts]
        moved = [a for a in self.caller.actions if isinstance(a, Enqueue | Dial | Leave | Wait | HangUp)]
        assert said or moved or self.caller.state in (State.OVER, State.AGENT)

    @invariant()
    def is_promised_a_callback_just_when_one_is_taken(self) -> None:
        promised = len(self.caller.taken) == 1 or self.caller.hears[:1] == ["listed.stays"]
        assert (self.caller.call.outcome is Outcome.CALLBACK and self.caller.state is State.OVER) <= promised
        assert len(self.caller.taken) <= 1

    @invariant()
    def is_never_queued_where_nobody_can_answer(self) -> None:
        for action in self.caller.actions:
            if isinstance(action, Enqueue | Dial):
                assert PLAN.is_open(action.queue, self.caller.now)

    @invariant()
    def is_never_confirmed_what_they_have_refused_in_the_same_breath(self) -> None:
        call = self.caller.call
        assert len(call.candidates) == {State.CONFIRM: 1, State.CHOICE: 2}.get(call.state, len(call.candidates))

    @invariant()
    def can_always_reach_a_person_and_always_go_back(self) -> None:
        call, now = self.caller.call, self.caller.now
        if call.state in QUESTIONS:
            person, *_ = step(self.caller.plan, call, Pressed("0"), now)
            assert person.state in (State.HOLD, State.DIAL) or not PLAN.is_open(person.queue or "", now)
            if call.rounds + 1 < MAX_ROUNDS and call.state not in (State.CALLBACK, State.NUMBER, State.WINDOW):
                assert step(PLAN, call, Pressed("*"), now)[0].state is State.QUESTION


class StubbornCaller(AnyCaller):
    """One who never hangs up: the line itself brings the call to an end, or into a queue."""

    @rule()
    def hangs_up(self) -> None:
        pass

    def teardown(self) -> None:
        if not hasattr(self, "caller"):
            return
        for _ in range(2 * MAX_ROUNDS):
            if self.caller.state in (State.HOLD, State.DIAL, State.OVER, State.AGENT):
                return
            self.caller.does(LeftQueue("leave") if self.caller.state is State.LEAVE else Pressed("*"))
        raise AssertionError(f"still {self.caller.state} after {2 * MAX_ROUNDS} rounds")


TestAnyCaller = AnyCaller.TestCase
TestStubbornCaller = StubbornCaller.TestCase
TestAnyCaller.settings = TestStubbornCaller.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
