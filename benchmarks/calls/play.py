"""One call, played by somebody who answers every question truthfully, in the words that they were given.

The questions are known by the call's state in the store; what is heard decides nothing, as it does for a person who
knows what they want. Everything else is the real thing: the webhooks, the local Twilio, the trained understanding.
"""

import secrets
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx

from benchmarks.calls.form import ToldCall
from benchmarks.calls.judge import Played
from voice.content import Line
from voice.core.call.state import Call, State
from voice.core.interpretation import Command
from voice.localtwilio import Caller, DrivenClock, LocalTwilio, Phone
from voice.service.calls.turn import Switchboard
from voice.service.dispatch.worker import Worker
from voice.store import Store
from voice.twilio.fallback import fallback
from voice.twilio.rest import Rest
from voice.twilio.signature import Signatures
from voice.understanding import Understanding
from voice.web.app import create_app

PUBLIC = "https://line.example"
MOST_TURNS = 25
AGENT = "+32479000001"
HALF_A_MINUTE = 30


@dataclass(frozen=True)
class Stage:
    """What all calls are played on. `database` has the tables, and is copied for each."""

    line: Line
    understanding: Understanding
    database: Path

    def play(self, told: ToldCall) -> Played:
        path = self.database.with_name(f"{secrets.token_hex(4)}.sqlite3")
        shutil.copy(self.database, path)
        store = Store(f"sqlite:///{path}")
        try:
            return _Call(self, told, store).play()
        finally:
            store.close()
            path.unlink()


class _Call:
    def __init__(self, stage: Stage, told: ToldCall, store: Store) -> None:
        self.told, self.store, self.plan = told, store, stage.line.plan
        clock = DrivenClock(told.at)

        def now() -> datetime:
            return datetime.fromtimestamp(clock.now(), UTC)

        token = secrets.token_hex(16)
        switchboard = Switchboard(stage.line, stage.understanding, store, now)
        app = create_app(switchboard, Signatures(token, PUBLIC), fallback(stage.line))
        self.twilio = LocalTwilio(
            auth_token=token, transport=httpx.Client(transport=httpx.WSGITransport(app)), clock=clock, strict=False
        )
        to_twilio = httpx.Client(transport=httpx.WSGITransport(self.twilio.rest_app))
        rest = Rest(self.twilio.world.account_sid, token, PUBLIC, "http://twilio.example", to_twilio)
        self.worker, self.now = Worker(stage.line, store, rest, now), now
        self.again, self.number = list(told.again) or [told.opening], list(told.number)
        self.opened = self.agreed = self.asked = self.wrong_unasked = False
        self.turns: list[str] = []
        if not told.open:
            store.agents.add("An", AGENT, tuple(self.plan.queues), tuple(self.plan.languages))

    def play(self) -> Played:
        dialled = next(number for number, code in self.plan.numbers.items() if code == self.told.language)
        person = self.twilio.ring(
            to=dialled,
            from_=self.told.caller,
            voice_url=f"{PUBLIC}/twilio/voice",
            fallback_url=f"{PUBLIC}/twilio/fallback",
            status_callback=f"{PUBLIC}/twilio/status",
        )
        for _ in range(MOST_TURNS):
            if person.ended or person.in_queue:
                break
            self._answers(person)
        for words in self.told.hold:
            if person.ended or not person.in_queue:
                break
            self._says(person, words)
        for _ in range(MOST_TURNS):
            if person.ended or person.in_queue or not self.told.hold:
                break
            self._answers(person)
        queue, ended, call = person.in_queue, person.ended, self._call(person)
        if self.told.picked_up and ended:
            self._is_rung(person)
        contacts = self.store.contacts_of(person.sid)
        heard = sum(len(one.text.split()) for one in person.heard if one.kind == "say")
        safety = call.safety
        return Played(
            self.told, call, contacts[-1] if contacts else None, queue, ended, safety, self.agreed,
            self.wrong_unasked, heard, self.turns,
        )  # fmt: skip

    def _call(self, person: Caller) -> Call:
        call = self.store.call(person.sid)
        assert call is not None
        return call

    def _says(self, person: Caller | Phone, words: str) -> None:
        self.turns.append(f"  heard: {' '.join(one.text for one in person.just_heard if one.kind == 'say')}")
        self.turns.append(f"  says:  {words or '(silence)'}")
        if not words:
            person.stays_silent()
        elif set(words) <= set("0123456789*#"):
            person.presses(words)
        else:
            person.says(words)

    def _answers(self, person: Caller) -> None:
        self._says(person, self._words(self._call(person)))

    def _words(self, call: Call) -> str:
        told = self.told
        match call.state:
            case State.QUESTION | State.AGAIN | State.SILENT | State.WHERE:
                return self._story()
            case State.CONFIRM:
                self.asked = True
                return self._yes(self._is_it(call.candidates[0]))
            case State.CHECK:
                return self._yes(self._wants(call))
            case State.CHOICE:
                self.asked = True
                mine = [str(n) for n, topic in enumerate(call.candidates, 1) if self._is_it(topic)]
                return mine[0] if mine else told.no
            case State.MENU:
                self.asked = True
                mine = [str(n) for n, topic in enumerate(self.plan.menu, 1) if topic == told.about]
                return mine[0] if mine else "0" if told.about == "none" else self._story()
            case State.ANNOUNCE:
                return self._announced(call)
            case State.OFFER:
                self._look(call)
                self.agreed = self.agreed or "callback" in told.wants or "missed" in told.wants
                return told.callback if told.callback is not None else told.yes
            case State.NUMBER:
                return self.number.pop(0) if self.number else ""
            case State.CALLBACK:
                return self._callback(call)
            case State.WINDOW:
                return told.moment or told.no
            case State.FAREWELL:
                return "" if "goodbye" in told.wants else told.no
            case State.DANGER:
                return "" if "safety" in told.wants else told.no
            case State.ANSWERED | State.HELPED:
                return told.no
            case _:
                return told.yes

    def _story(self) -> str:
        if not self.opened:
            self.opened = True
            return self.told.opening
        return self.again.pop(0) if len(self.again) > 1 else self.again[0]

    def _yes(self, is_so: bool) -> str:
        return self.told.yes if is_so else self.told.no

    def _is_it(self, topic: str) -> bool:
        return self.plan.topic_of(topic) == self.told.about

    def _wants(self, call: Call) -> bool:
        wants = self.told.wants
        match call.wish:
            case Command.GOODBYE:
                return "goodbye" in wants
            case Command.CALLBACK:
                return "callback" in wants
            case Command.LANGUAGE:
                return wants.get("language") == call.wished
            case Command.AGENT:
                return wants.get("queue") == self.plan.person
            case _:
                return False

    def _announced(self, call: Call) -> str:
        self._look(call)
        right = call.intent is not None and self._is_it(call.intent)
        if right or self.told.about == "none":
            return ""
        return self.told.objects or self.told.no

    def _look(self, call: Call) -> None:
        """A topic that was taken without any question, and leads elsewhere."""
        goal = self.told.wants.get("queue") or self.told.wants.get("callback")
        if call.intent and not self.asked and goal and self.plan.queue_of(call.intent) != goal:
            self.wrong_unasked = True

    def _callback(self, call: Call) -> str:
        if "callback" not in self.told.wants:
            return self.told.yes
        if self.told.moment and call.window is None:
            return self.told.moment
        return self._yes(call.number == self.told.wants.get("number"))

    def _is_rung(self, person: Caller) -> None:
        """The agent comes, the line rings back, and whoever picks up speaks."""
        self.store.agents.sign_in("An", self.now())
        contacts = self.store.contacts_of(person.sid)
        if not contacts or contacts[-1].number is None:
            return
        agent, customer = self.twilio.phone(AGENT), self.twilio.phone(contacts[-1].number)
        if contacts[-1].promised:
            self.twilio.advance(max((contacts[-1].promised - self.now()).total_seconds(), 0))
        if not self._until(agent):
            return
        agent.accepts()
        if not self._until(customer):
            return
        customer.picks_up()
        for words in self.told.picked_up:
            if customer.ended or customer.speaks_with or customer.in_conference:
                break
            self._says(customer, words)
        self._pass(3)

    def _until(self, phone: Phone) -> bool:
        for _ in range(2 * HALF_A_MINUTE):
            if phone.rings:
                return True
            self._pass(1)
        return phone.rings

    def _pass(self, seconds: int) -> None:
        for _ in range(seconds):
            self.worker.tick()
            self.twilio.advance(1)
        self.worker.tick()
        self.twilio.settle()
