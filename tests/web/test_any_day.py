"""Whatever happens at the line, in whatever order: callers, agents, customers, refusals, lost webhooks, dying workers.
A state machine (hypothesis) on the real webhooks, dispatcher and store, under a driven clock.

Each contact is in exactly one state and ends; nobody is rung twice for one attempt; the ledger tells the whole way.
"""

import shutil
import tempfile
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.conftest import OPEN_DAY, PROJECT, PUBLIC, TOKEN, Scripted
from voice.content import Line, load_line
from voice.core.call.state import State
from voice.core.contact.limits import CallbackLimits
from voice.core.contact.state import Contact, Kind, Stage
from voice.localtwilio import Caller, DrivenClock, LocalTwilio, Mishap, Party, Phone, Standing
from voice.service.calls.transfer import transfer
from voice.service.calls.turn import Switchboard
from voice.service.dispatch.worker import Worker
from voice.store import Store
from voice.twilio.fallback import fallback
from voice.twilio.rest import Rest
from voice.twilio.signature import Signatures
from voice.web.app import create_app

pytestmark = pytest.mark.long

DESK = "+3221234567"
CALLERS = ["+32470111111", "+32470222222", "+32470333333"]
AGENTS = {"An": "+32470000001", "Bea": "+32470000002"}
LINE_NUMBER = "+3212345670"
SAYS = [
    "mijn internet ligt plat",
    "mijn factuur klopt niet",
    "bel me terug",
    "een medewerker",
    "ja",
    "nee",
    "tot ziens",
]
WISHES = {
    "technical": ["mijn internet ligt plat", "ja"],
    "the call centre": ["mijn factuur klopt niet", "ja"],
    "a person": ["een medewerker"],
    "a callback": ["bel me terug", "ja"],
    "to hear": [],
}
KEYS = ["0", "9", "1", "2", "3", "*", "0471000000#"]
FATES = [
    "", "", "", "killed before", "killed after", "no connection", "no answer", "401", "429", "500", "503",
]  # fmt: skip


class Died(BaseException):
    """The worker's process is killed; no `except Exception` of ours may notice."""


def _quick() -> Line:
    """The demo line with short lengths, a queue that rings back who hangs up, and one of a call centre."""
    line = load_line(PROJECT)
    queues = {
        name: replace(queue, spacing=timedelta(minutes=1), wrap_up=timedelta(seconds=5))
        for name, queue in line.plan.queues.items()
    }
    queues["billing"] = replace(queues["billing"], dial=DESK)
    queues["general"] = replace(queues["general"], on_abandon="callback", capacity=2)
    return replace(line, plan=replace(line.plan, queues=queues, limits=CallbackLimits(daily=100)))


LINE = _quick()


class Network(httpx.BaseTransport):
    """The worker's way to Twilio. What it carried is kept; `fate` is what becomes of the next request."""

    def __init__(self, app: object) -> None:
        self.inside = httpx.WSGITransport(app)  # type: ignore[arg-type]
        self.fate = ""
        self.rung: Counter[str] = Counter()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        fate, self.fate = (self.fate, "") if request.method == "POST" else ("", self.fate)
        if fate == "killed before":
            raise Died
        if fate == "no connection":
            raise httpx.ConnectError("refused")
        response = self.inside.handle_request(request)
        response.read()
        if request.method == "POST" and request.url.path.endswith("/Calls.json") and response.status_code == 201:
            self._note(parse_qs(request.content.decode())["Url"][0])
        if fate == "killed after":
            raise Died
        if fate == "no answer":
            raise httpx.ReadTimeout("too late")
        return response

    def _note(self, url: str) -> None:
        asked = urlsplit(url)
        query = parse_qs(asked.query)
        self.rung[f"{asked.path} {query['contact'][0]} {query['attempt'][0]}"] += 1


class AnyDay(RuleBasedStateMachine):
    template: Path | None = None

    @initialize(
        callers=st.lists(st.sampled_from(sorted(WISHES)), min_size=1, max_size=3),
        signed_in=st.sets(st.sampled_from(sorted(AGENTS))),
    )
    def opens(self, callers: list[str], signed_in: set[str]) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.store = Store(f"sqlite:///{self._database()}")
        clock = DrivenClock(OPEN_DAY)
        self.switchboard = Switchboard(LINE, Scripted(), self.store, lambda: datetime.fromtimestamp(clock.now(), UTC))
        app = create_app(self.switchboard, Signatures(TOKEN, PUBLIC), fallback(LINE))
        webhooks = httpx.Client(transport=httpx.WSGITransport(app))
        self.twilio = LocalTwilio(auth_token=TOKEN, transport=webhooks, clock=clock, strict=False, calls_per_second=0)
        self.twilio.number(
            LINE_NUMBER,
            voice_url=f"{PUBLIC}/twilio/voice",
            fallback_url=f"{PUBLIC}/twilio/fallback",
            status_callback=f"{PUBLIC}/twilio/status",
            sms_url=f"{PUBLIC}/twilio/sms",
        )
        self.network = Network(self.twilio.rest_app)
        self.callers: list[Caller] = []
        self.starts_a_worker()
        for name, number in AGENTS.items():
            self.store.agents.add(name, number, tuple(LINE.plan.queues), tuple(LINE.languages))
        for name in signed_in:
            self.store.agents.sign_in(name, self.now())
        for number, wish in zip(CALLERS, callers, strict=False):
            self.somebody_rings(number, wish)

    def _database(self) -> Path:
        if AnyDay.template is None:
            AnyDay.template = Path(tempfile.mkdtemp()) / "calls.sqlite3"
            store = Store(f"sqlite:///{AnyDay.template}")
            store.migrate()
            store.close()
        return Path(shutil.copy(AnyDay.template, Path(self.folder.name) / "calls.sqlite3"))

    def starts_a_worker(self) -> None:
        client = httpx.Client(transport=self.network)
        rest = Rest(self.twilio.world.account_sid, TOKEN, PUBLIC, "http://twilio.example", client)
        self.worker = Worker(LINE, self.store, rest, self.switchboard.clock)

    def now(self) -> datetime:
        return self.switchboard.clock()

    # ── What callers do ─────────────────────────────────────────────────────────────────────────

    @property
    def on_the_line(self) -> list[Caller]:
        return [one for one in self.callers if not one.ended]

    @precondition(lambda self: len(self.on_the_line) < 3)
    @rule(number=st.sampled_from([*CALLERS, "anonymous"]), wish=st.sampled_from(sorted(WISHES)))
    def somebody_rings(self, number: str, wish: str) -> None:
        phone = self.twilio.phone(number)
        if any(one.leg.from_ == number for one in self.on_the_line) or (phone.calls and not phone.ended):
            return
        caller = self.twilio.ring(LINE_NUMBER, number)
        self.callers.append(caller)
        for words in WISHES[wish]:
            if not caller.ended and not caller.in_queue:
                caller.says(words)

    @precondition(lambda self: self.on_the_line)
    @rule(which=st.integers(0, 2), does=st.sampled_from([*SAYS, *KEYS, "is silent", "hangs up", "hangs up"]))
    def a_caller(self, which: int, does: str) -> None:
        caller = self.caller(which)
        match does:
            case "hangs up":
                caller.hangs_up()
            case "is silent":
                caller.stays_silent()
            case _ if does in KEYS:
                caller.presses(does)
            case _:
                caller.says(does)

    def caller(self, which: int) -> Caller:
        return self.on_the_line[which % len(self.on_the_line)]

    @rule(number=st.sampled_from(CALLERS), words=st.sampled_from(["STOP", "wanneer?"]))
    def texts(self, number: str, words: str) -> None:
        self.twilio.text(LINE_NUMBER, number, words)

    # ── What agents and customers do ────────────────────────────────────────────────────────────

    @rule(name=st.sampled_from(sorted(AGENTS)), there=st.booleans())
    def signs(self, name: str, there: bool) -> None:
        if there:
            self.store.agents.sign_in(name, self.now())
        else:
            self.store.agents.sign_out(name)

    @precondition(lambda self: self.ringing)
    @rule(does=st.sampled_from(["accepts", "accepts", "accepts", "declines", "picks up", "rejects"]))
    def whoever_is_rung(self, does: str) -> None:
        phone = self.ringing[0]
        if does == "rejects":
            phone.rejects()
            return
        phone.picks_up(wait=False)
        self.works(3)
        if does != "picks up" and not phone.ended:
            phone.presses("1" if does == "accepts" else "2", wait=False)

    @precondition(lambda self: self.answering)
    @rule(which=st.integers(0, 2))
    def somebody_who_was_rung_hangs_up(self, which: int) -> None:
        self.answering[which % len(self.answering)].hangs_up()

    @rule(number=st.sampled_from([*CALLERS, DESK]), how=st.sampled_from(["busy", "voicemail", "away"]))
    def cannot_be_reached(self, number: str, how: str) -> None:
        self.twilio.person(number, busy=how == "busy", voicemail="Voicemail." if how == "voicemail" else None)

    @property
    def phones(self) -> list[Phone]:
        return [self.twilio.phone(number) for number in (*AGENTS.values(), DESK, *CALLERS, "+32471000000")]

    @property
    def ringing(self) -> list[Phone]:
        return [phone for phone in self.phones if phone.rings]

    @property
    def answering(self) -> list[Phone]:
        return [phone for phone in self.phones if phone.calls and not phone.ended and not phone.rings]

    @property
    def talking(self) -> list[Contact]:
        return [one for one in self.contacts() if one.stage is Stage.TALKING]

    @precondition(lambda self: self.talking)
    @rule(queue=st.sampled_from(["technical", "billing", "general"]))
    def an_agent_transfers(self, queue: str) -> None:
        transfer(LINE, self.store, self.talking[0].reference, queue, self.now())

    # ── What goes wrong ─────────────────────────────────────────────────────────────────────────

    @rule(mishap=st.sampled_from([Mishap.TWICE, Mishap.RETRIED, Mishap.LOST, Mishap.ANSWER_LOST, Mishap.LATE]))
    def a_webhook_goes_astray(self, mishap: Mishap) -> None:
        self.twilio.next_webhook(mishap)

    @rule(shuffle=st.booleans())
    def callbacks_come_in_any_order(self, shuffle: bool) -> None:
        self.twilio.shuffle_callbacks = shuffle

    # ── Time ────────────────────────────────────────────────────────────────────────────────────

    @rule(seconds=st.sampled_from([1, 3, 10, 40, 120]), fate=st.sampled_from(FATES))
    def time_passes(self, seconds: int, fate: str) -> None:
        """`fate` is what becomes of the next order to Twilio."""
        if fate.isdecimal():
            self.twilio.next_rest(int(fate), performed=fate == "503")
        else:
            self.network.fate = fate
        self.works(seconds)

    def works(self, seconds: int) -> None:
        """Let time pass, with a worker at work: one that dies is replaced."""
        for second in range(seconds):
            if seconds <= 10 or second % 5 == 0:
                try:
                    self.worker.tick()
                except Died:
                    self.starts_a_worker()
            self.twilio.advance(1)

    # ── What always holds ───────────────────────────────────────────────────────────────────────

    def contacts(self) -> list[Contact]:
        return self.store.contacts.newest(limit=1000) if hasattr(self, "store") else []

    @invariant()
    def nobody_is_rung_twice_for_one_attempt(self) -> None:
        if hasattr(self, "network"):
            assert [attempt for attempt, times in self.network.rung.items() if times > 1] == []

    @invariant()
    def an_agent_is_busy_with_the_one_request_that_says_so(self) -> None:
        with_agent = Counter(one.agent for one in self.contacts() if one.agent in AGENTS)
        assert all(times == 1 for times in with_agent.values())
        held = {agent.name: agent.contact for agent in self.store.agents.all()} if hasattr(self, "store") else {}
        theirs = {one.agent: one.reference for one in self.contacts() if one.agent in AGENTS}
        assert {name: reference for name, reference in held.items() if reference} == theirs

    @invariant()
    def the_ledger_is_whole(self) -> None:
        for contact in self.contacts():
            moves = [e["detail"] for e in self.store.contacts.ledger_of(contact.reference) if "to" in e["detail"]]
            assert "from" not in moves[0]
            assert all(before["to"] == after["from"] for before, after in pairwise(moves))
            assert moves[-1]["to"] == contact.stage

    @invariant()
    def nobody_waits_whom_the_line_knows_nothing_of(self) -> None:
        """Who is in Twilio's queue, and holds there, has a contact in line, or is being taken out."""
        open_legs = {one.leg for one in self.contacts() if not one.over}
        for caller in getattr(self, "callers", []):
            if caller.in_queue and (call := self.store.call(caller.sid)) and call.state is State.HOLD:
                assert caller.sid in open_legs, [self._told(one) for one in self.store.contacts_of(caller.sid)]

    def _told(self, contact: Contact) -> list[str]:
        return [
            f"{e['at']:%H:%M:%S} {e['what']} {e['detail']}" for e in self.store.contacts.ledger_of(contact.reference)
        ]

    def a_callback_is_unreached_only_after_it_was_tried(self) -> None:
        for contact in self.contacts():
            if contact.kind is Kind.CALLBACK and contact.stage is Stage.UNREACHED:
                moves = [e["detail"] for e in self.store.contacts.ledger_of(contact.reference) if "to" in e["detail"]]
                assert moves[-1]["from"] == Stage.TAKING, self._told(contact)

    # ── The end of the day ──────────────────────────────────────────────────────────────────────

    def teardown(self) -> None:
        """Everybody leaves the line, agents and customers answer from now on, and every contact ends."""
        if not hasattr(self, "store"):
            return
        self.network.fate = ""
        self.twilio.all_goes_well()
        for phone in self.phones:
            self.twilio.person(phone.number, answers_after=1, behaviour=_obliging)
            if phone.calls and not phone.ended and not phone.rings:
                phone.hangs_up()
        for caller in self.on_the_line:
            caller.hangs_up()
        for name in AGENTS:
            self.store.agents.sign_in(name, self.now())
        for _ in range(60):
            left = [one for one in self.contacts() if not one.over]
            if not left:
                break
            if all(one.stage is Stage.WAITING and one.due and one.due > self.now() for one in left):
                first = min(one.due for one in left if one.due)
                self.twilio.advance((first - self.now()).total_seconds())
            self.works(60)
        assert not left, "\n".join(
            f"{one}\n{self._told(one)}\n{self.store.outbox.owed_to(one.reference)}" for one in left
        )
        self.nobody_is_rung_twice_for_one_attempt()
        self.the_ledger_is_whole()
        self.an_agent_is_busy_with_the_one_request_that_says_so()
        self.a_callback_is_unreached_only_after_it_was_tried()
        self.store.close()
        self.folder.cleanup()


def _obliging(me: Party) -> None:
    """Picks up, presses 1, and hangs up after a while."""
    match me.standing:
        case Standing.LISTENED_TO:
            me.presses("1", wait=False)
        case Standing.CONNECTED:
            me.after(3, me.hangs_up)


TestAnyDay = AnyDay.TestCase
TestAnyDay.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
