"""Hostile webhooks against the real app, in this process: signed and forged, well formed and not, in any order.

    python -m benchmarks.hostile [--requests 100000] [--seed 1] [--database URL] [--line FOLDER]

Whatever is sent, one law holds (`Law`): nobody on a telephone gets an error or silence, nothing breaks inside, nothing
is lost, and nothing is promised to a stranger. The first request that breaks it ends the run, with what was sent; the
same seed sends the same again. A worker is at work meanwhile, and a Twilio that refuses every tenth order.
"""

import argparse
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import urlencode
from xml.etree import ElementTree as ET

from flask import Flask
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeElapsedColumn, TimeRemainingColumn
from sqlalchemy import event, func, select
from twilio.request_validator import RequestValidator
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

from voice.content import Line, load_line
from voice.core.call.state import State
from voice.core.contact.state import Kind, Stage
from voice.errors import RequestError
from voice.service.calls.phone_numbers import is_callable
from voice.service.calls.pins import hash_pin
from voice.service.calls.turn import Switchboard
from voice.service.dispatch.worker import Worker
from voice.service.runtime.logs import set_up
from voice.store import Store
from voice.store.tables import calls, contacts, journal, ledger
from voice.twilio.fallback import fallback
from voice.twilio.rest import RestRefused, Ringing
from voice.twilio.routes import QUEUE, ROUTES, VERBS, Reply, Route, Whose
from voice.twilio.signature import SIGNATURE, Signatures
from voice.twilio.webhook import ENDED
from voice.understanding import Understanding, load_understanding
from voice.web import fault_views
from voice.web.app import create_app

PROJECT = Path(__file__).parent.parent
PUBLIC, TOKEN = "https://line.example", "the-token-of-the-attack"
BEGINS = datetime(2026, 11, 24, 9, tzinfo=UTC)
APART = timedelta(seconds=0.5)
"""Between two requests: a hundred thousand stay within one day of the line, whose limits are counted by the day."""

AGENTS = {"An": "+32470000001", "Bea": "+32470000002"}
CALLERS = [f"+3247012345{end}" for end in range(8)]
NOT_NUMBERS = ["anonymous", "", "+266696687", "sip:x@example.com", "+0", "+" + "9" * 30, "\x00", "8850", "Bank"]
HOSTILE = [
    *("", " ", "\x00", "\x1b[2J\x1b]0;x\x07", "</Say><Hangup/>", "<!DOCTYPE x [<!ENTITY a 'b'>]>&a;", "[/red][link=x]"),
    *("'; DROP TABLE calls; --", "%s%n{0}{{7*7}}", "\u202e\u2066\ufeff\ufffe", "😀" * 300, "x" * 9_000, "ja " * 3_000),
    *("-1", "1e9", "٣", "൰", "NaN", "9" * 400, "../../etc/passwd", "CA" + "g" * 32, "\r\nSet-Cookie: x=1", "null", "ß"),
]
DIGITS = ["1", "2", "0", "9", "5", "*", "#", "0472000000#", "0472000001#", "0900123456#", "4711#", "0000#", ""]
VALUES: Mapping[str, Sequence[str]] = {
    "CallStatus": ["ringing", "in-progress", "completed", "busy", "failed", "no-answer", "canceled"],
    "QueueResult": ["bridged", "hangup", "leave", "redirected", "queue-full", "error", "system-error"],
    "DialCallStatus": ["completed", "busy", "no-answer", "failed", "canceled"],
    "DialBridged": ["true", "false"],
    "QueuePosition": ["1", "2", "7"],
    "AnsweredBy": ["human", "machine_start", "fax", "unknown"],
    "MessageStatus": ["delivered", "undelivered", "failed", "sent"],
    "MessageSid": ["SM" + "1" * 32],
    "ErrorCode": ["11200", "30003"],
    "Body": ["stop", "annuleer", "hoe laat?", "hallo"],
}
SILENT = {"Hangup"}
TOLD = re.compile(r"turn=(\d+)")
GONE = {"hangup", "redirected"}


class Broken(AssertionError):
    """The law was broken by a request."""


@dataclass
class Refusing:
    """A Twilio for the worker: it takes orders, and refuses some. `texts` and `rung` are to whom."""

    random: Random
    texts: list[str] = field(default_factory=list)
    rung: list[str] = field(default_factory=list)

    def ring(self, ringing: Ringing) -> str:
        self._may_refuse()
        self.rung.append(ringing.to)
        return self._sid("CA")

    def text(self, to: str, _from: str, _body: str, _status: str) -> str:
        self._may_refuse()
        self.texts.append(to)
        return self._sid("SM")

    def take_out(self, *_: str) -> None:
        self._may_refuse()

    redirect = hang_up = take_out

    def is_over(self, _sid: str) -> bool:
        return self.random.random() < 0.3

    def _sid(self, kind: str) -> str:
        return f"{kind}{self.random.getrandbits(128):032x}"

    def _may_refuse(self) -> None:
        if self.random.random() < 0.1:
            kind = self.random.choice(["again", "unknown", "final"])
            raise RestRefused(kind, "no", code=21211 if kind == "final" else None)  # type: ignore[arg-type]


@dataclass
class Attacked:
    """The app under attack, with its store, its worker and its clock."""

    line: Line
    store: Store
    app: Flask
    worker: Worker
    twilio: Refusing
    now: list[datetime]


def open_line(line: Line, understanding: Understanding, store: Store, seed: int) -> Attacked:
    now = [BEGINS]
    switchboard = Switchboard(line, understanding, store, lambda: now[0])
    app = create_app(switchboard, Signatures(TOKEN, PUBLIC), fallback(line))
    twilio = Refusing(Random(seed))
    for name, number in AGENTS.items():
        store.agents.add(name, number, list(line.plan.queues), list(line.languages), hash_pin("4711"))
        store.agents.sign_in(name, now[0])
    worker = Worker(line, store, twilio, lambda: now[0], calls_per_second=0)  # type: ignore[arg-type]
    return Attacked(line, store, app, worker, twilio, now)


@dataclass(frozen=True)
class Sent:
    """One request. `signed` says whether the signature is Twilio's own."""

    path: str
    body: bytes
    headers: dict[str, str]
    signed: bool
    method: str = "POST"

    @property
    def route(self) -> Route | None:
        return ROUTES.get(self.path.partition("?")[0])


class Attacker:
    """Draws requests: mostly what Twilio could post at that path, with something in it that it never would."""

    def __init__(self, random: Random, said: Sequence[str], numbers: Sequence[str]) -> None:
        self.random, self.said = random, said
        self.numbers = [*numbers, "+3212345679", ""]
        self.sids = [self._sid() for _ in range(12)]
        self.attempts = [("A-1", 1)]
        self.turns: dict[str, str] = {}
        self.validator = RequestValidator(TOKEN)
        self.sent: list[Sent] = []

    def draw(self) -> Sent:
        chance = self.random.random()
        if chance < 0.05 and self.sent:
            return self.random.choice(self.sent)
        if chance < 0.1:
            return self._unreadable()
        request = self._forged() if chance < 0.25 else self._signed()
        if request.signed:
            self.sent = [*self.sent[-50:], request]
        return request

    def _signed(self) -> Sent:
        form = self._form()
        path = self._path(form.get("CallSid", ""))
        signature = self.validator.compute_signature(PUBLIC + path, form)
        headers = {SIGNATURE: signature} | ({"I-Twilio-Idempotency-Token": self._token()} if self._one_in(2) else {})
        return Sent(path, urlencode(form).encode(), headers, signed=True)

    def _forged(self) -> Sent:
        """No signature, a wrong one, or the right one of something else."""
        right = self._signed()
        match self.random.randrange(4):
            case 0:
                return Sent(right.path, right.body, {}, signed=False)
            case 1:
                return Sent(right.path, right.body, {SIGNATURE: self.random.choice(["x", "é", "A" * 28])}, signed=False)
            case 2:
                return Sent(right.path, right.body + b"&Digits=11", right.headers, signed=False)
            case _:
                joint = "&" if "?" in right.path else "?"
                return Sent(f"{right.path}{joint}turn=99", right.body, right.headers, signed=False)

    def _unreadable(self) -> Sent:
        kind, body = self.random.choice(
            [
                ("application/x-www-form-urlencoded", b"CallSid=" + b"x" * 70_000),
                ("application/x-www-form-urlencoded", b"&".join(b"a%d=1" % n for n in range(3000))),
                ("application/x-www-form-urlencoded", b"%FF%FE=%00%C3&a&=&&%"),
                ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n' * 300),
                ("application/json", b"{}"),
                ("", b"\xff" * 100),
            ]
        )
        headers = {"Content-Type": kind} | ({SIGNATURE: "x"} if self._one_in(2) else {})
        return Sent(self._path(""), body, headers, signed=False, method=self.random.choice(["POST", "GET", "PUT"]))

    def hears(self, sent: Sent, answer: str) -> None:
        """Twilio goes on with the turn that it was told."""
        if told := TOLD.search(answer):
            self.turns[_value(sent, "CallSid")] = told[1]

    def _path(self, sid: str) -> str:
        if self._one_in(30):
            return self.random.choice(
                ["/twilio/", "/twilio/nothing", "/twilio/turn/..", "/twilio/%00", "/twilio/VOICE"]
            )
        route = self.random.choice(list(ROUTES.values()))
        values: dict[str, str] = {}
        reference, attempt = self.random.choice(self.attempts)
        right = {"turn": self.turns.get(sid, "1"), "contact": reference, "attempt": str(attempt), "call": sid or "x"}
        for parameter in route.parameters:
            if self._one_in(12):
                continue
            fits = [str(self.random.randrange(8))] if parameter.number else self._known(parameter.name)
            if parameter.name in right and not self._one_in(4):
                fits = [right[parameter.name]]
            values[parameter.name] = self.random.choice(HOSTILE)[:500] if self._one_in(15) else self.random.choice(fits)
        return route.rule + (f"?{urlencode(values)}" if values else "")

    def _known(self, name: str) -> Sequence[str]:
        known = {"contact": [reference for reference, _ in self.attempts], "call": self.sids, "agent": list(AGENTS)}
        return known.get(name, ["billing", "general", "nowhere"])

    def _form(self) -> dict[str, str]:
        if self._one_in(15):
            self.sids[self.random.randrange(len(self.sids))] = self._sid()
        form = {
            "CallSid": self.random.choice(self.sids),
            "From": self.random.choice(NOT_NUMBERS if self._one_in(10) else [*CALLERS, *AGENTS.values()]),
            "To": self.random.choice(self.numbers),
        }
        if self._one_in(2):
            form["SpeechResult"] = self.random.choice(self.said)
        elif self._one_in(2):
            form["Digits"] = self.random.choice(DIGITS)
        for name in self.random.sample(list(VALUES), 4):
            if name != "CallStatus" or self._one_in(5):
                form[name] = self.random.choice(VALUES[name])
        for _ in range(self.random.choice([0, 0, 0, 1, 2])):
            form[self.random.choice([*form, "Nonsense"])] = self.random.choice(HOSTILE)
        if self._one_in(40):
            form.pop(self.random.choice(list(form)))
        return form

    def _sid(self) -> str:
        return f"CA{self.random.getrandbits(128):032x}"

    def _token(self) -> str:
        return f"{self.random.getrandbits(64):016x}" + "x" * 500 * self._one_in(50)

    def _one_in(self, many: int) -> bool:
        return self.random.randrange(many) == 0


class Law:
    """What holds of every answer, and of the store."""

    def __init__(self, attacked: Attacked) -> None:
        self.attacked = attacked
        self.faults: list[BaseException] = []
        self.written: list[str] = []
        self.counted: Counter[str] = Counter()
        self.answers: Counter[str] = Counter()
        self.over: set[str] = set()

    @contextmanager
    def watching(self) -> Iterator[None]:
        """What breaks inside, and what is written, is noted meanwhile."""
        tell, law = fault_views.log, self

        class Told:
            def error(self, _event: str, **about: Any) -> None:
                if isinstance(error := about.get("exc_info"), BaseException):
                    law.faults.append(error)

        def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
            if statement.lstrip().split(" ", 1)[0].upper() in ("INSERT", "UPDATE", "DELETE"):
                law.written.append(statement)

        engine = self.attacked.store.engine
        fault_views.log = Told()  # type: ignore[assignment]
        event.listen(engine, "before_cursor_execute", note)
        try:
            yield
        finally:
            event.remove(engine, "before_cursor_execute", note)
            fault_views.log = tell

    def judge(self, sent: Sent, answer: TestResponse) -> None:
        call = self.attacked.store.call(_value(sent, "CallSid")) if sent.signed else None
        if call is not None and call.state is State.OVER:
            self.over.add(call.sid)
        why = self._forged(answer) if not sent.signed else self._inside() or self._heard(sent, answer)
        if why:
            told = (
                f"{sent.method} {sent.path}\n{sent.body[:600]!r}\n{sent.headers}\n{answer.status} {answer.text[:600]}"
            )
            raise Broken(f"{why}\n{told}\n{self.attacked.store.call(_value(sent, 'CallSid'))}")
        whose = sent.route.whose.value if sent.route and sent.signed else "forged" if not sent.signed else "caller"
        self.answers[f"{whose} {answer.status_code}"] += 1
        self.faults.clear()
        self.written.clear()

    def _forged(self, answer: TestResponse) -> str:
        if answer.status_code not in (400, 403, 413, 415):
            return "a request that is not Twilio's was not refused"
        if answer.text.count("\n") != 1 or "<" in answer.text:
            return "a refusal is more than one plain line"
        return "a request that is not Twilio's changed the store" if self.written else ""

    def _inside(self) -> str:
        broken = [error for error in self.faults if not isinstance(error, RequestError | HTTPException)]
        return f"it broke inside: {broken[0]!r}" if broken else ""

    def _heard(self, sent: Sent, answer: TestResponse) -> str:
        route = sent.route
        whose = route.whose if route else Whose.CALLER
        if whose in (Whose.STATUS, Whose.SMS) and answer.status_code == 400:
            return ""
        if answer.status_code != 200:
            return "an error, where somebody listens or Twilio would repeat it"
        if whose is Whose.STATUS:
            return "" if not answer.text else "words that nobody hears"
        try:
            verbs = {verb.tag for verb in ET.fromstring(answer.text)}
        except ET.ParseError as error:
            return f"no XML: {error}"
        if strange := verbs - VERBS[route.reply if route else Reply.CALL]:
            return f"{strange} may not stand there"
        if whose in (Whose.AGENT, Whose.CUSTOMER):
            return "" if verbs else "silence"
        if whose is Whose.CALLER and not verbs - SILENT and not self._gone(sent):
            return "silence, and the end of a call"
        return ""

    def _gone(self, sent: Sent) -> bool:
        """The call is over, or was once; Twilio tells that the caller is elsewhere; or they were taken out of the queue
        that asks: what is answered nobody hears."""
        if _value(sent, "CallStatus") in ENDED or (sent.route is QUEUE and _value(sent, "QueueResult") in GONE):
            return True
        sid = _value(sent, "CallSid")
        call = self.attacked.store.call(sid)
        with_agent = call is not None and call.state is State.AGENT and bool(sent.route and sent.route.inside_queue)
        return with_agent or sid in self.over

    def judge_store(self) -> None:
        """Nothing is lost, nobody is stuck, and nothing was promised to a stranger."""
        store, line = self.attacked.store, self.attacked.line
        with store.engine.connect() as connection:
            counts = {
                table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
                for table in (calls, contacts, journal, ledger)
            }
            callers = dict(connection.execute(select(calls.c.sid, calls.c.caller)).all())
        for name, many in counts.items():
            _must(many >= self.counted[name], f"rows of {name} are lost")
            self.counted[name] = many
        known = {one.reference: one for one in store.contacts.newest(limit=1_000_000)}
        for contact in known.values():
            _must(not contact.over or contact.ended is not None, f"{contact} ended at no moment")
            _must(contact.over or contact.stage is Stage.WAITING or contact.deadline is not None, f"{contact} is stuck")
        for agent in store.agents.all():
            held = known.get(agent.contact or "")
            _must(
                agent.contact is None or (held is not None and held.agent == agent.name), f"{agent} is held by nobody"
            )
        callbacks = [one for one in known.values() if one.kind is Kind.CALLBACK]
        _must(all(one.number and is_callable(one.number, line) for one in callbacks), "a number that is never rung")
        limits = line.plan.limits
        of_number = Counter(one.number for one in callbacks)
        others = Counter(callers.get(one.call_sid) for one in callbacks if callers.get(one.call_sid) != one.number)
        hidden = others.pop(None, 0)
        _must(max(of_number.values(), default=0) <= limits.daily, f"too many callbacks to one number: {of_number}")
        _must(max(others.values(), default=0) <= limits.others, f"too many callbacks to strangers: {others}")
        _must(hidden <= limits.hidden and len(callbacks) <= limits.line, "too many callbacks")
        served = {one.number for one in known.values() if one.served}
        strangers = set(self.attacked.twilio.texts) - set(callers.values()) - served
        _must(not strangers, f"strangers were sent a text: {strangers}")
        rung = set(self.attacked.twilio.rung) - set(AGENTS.values()) - {one.number for one in callbacks}
        _must(not rung, f"rung without a callback: {rung}")


def _value(sent: Sent, name: str) -> str:
    for part in sent.body.decode("ascii", "replace").split("&"):
        if part.startswith(f"{name}="):
            return part.partition("=")[2]
    return ""


def _must(holds: bool, why: str) -> None:
    if not holds:
        raise Broken(why)


def attack(
    attacked: Attacked, said: Sequence[str], many: int, seed: int, sent_one: Callable[[], object] = lambda: None
) -> Law:
    """Send so many requests; `sent_one` is called after each. Raises `Broken`."""
    attacker = Attacker(Random(seed), [*said, *HOSTILE], list(attacked.line.plan.numbers))
    law, client = Law(attacked), attacked.app.test_client()
    with law.watching():
        for number in range(1, many + 1):
            attacked.now[0] += APART
            sent = attacker.draw()
            kind = sent.headers.get("Content-Type", "application/x-www-form-urlencoded")
            answer = client.open(
                sent.path, method=sent.method, data=sent.body, content_type=kind, headers=dict(sent.headers)
            )
            law.judge(sent, answer)
            attacker.hears(sent, answer.text)
            if number % 10 == 0:
                attacked.worker.tick()
                law.written.clear()
            if number % 50 == 0:
                newest = attacked.store.contacts.newest(limit=12)
                attacker.attempts = [(one.reference, one.attempt) for one in newest] or attacker.attempts
            if number % 1000 == 0:
                law.judge_store()
            sent_one()
        law.judge_store()
    return law


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", help="an empty database; else a SQLite file of the moment")
    parser.add_argument("--line", type=Path, default=PROJECT)
    asked = parser.parse_args()
    set_up("error")
    line = load_line(asked.line)
    said = [phrase.text for phrase in _phrases(line)]
    with tempfile.TemporaryDirectory() as folder:
        store = Store(asked.database or f"sqlite:///{folder}/hostile.sqlite3")
        store.migrate()
        attacked = open_line(line, load_understanding(line), store, asked.seed)
        begun = time.monotonic()
        columns = (BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn())
        try:
            with Progress(*columns, console=Console(stderr=True)) as bar:
                task = bar.add_task("", total=asked.requests)
                law = attack(attacked, said, asked.requests, asked.seed, lambda: bar.advance(task))
        except Broken as broken:
            print(f"broken with --seed {asked.seed}:\n{broken}")
            sys.exit(1)
        seconds = time.monotonic() - begun
        store.close()
    print(f"{asked.requests} requests in {seconds:.0f} s ({asked.requests / seconds:.0f} a second): the law held.")
    for what, often in sorted(law.answers.items()):
        print(f"  {what:14} {often}")
    print("  " + ", ".join(f"{name} {many}" for name, many in law.counted.items()))


def _phrases(line: Line) -> Any:
    from voice.content import load_grammar

    phrases = load_grammar(line.folder, line.plan.default_language, line.intents).phrases
    return Random(1).sample(list(phrases), min(300, len(phrases)))


if __name__ == "__main__":
    main()
