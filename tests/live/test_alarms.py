"""Who keeps the line running is told what is wrong, once, and once that it is over."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from tests.conftest import Telvia
from voice.content import Line
from voice.content.schema import AlarmsEntry
from voice.core.alarms import Alarm, Condition, alarms
from voice.service.calls.operator_service import SIGNATURE, TIMESTAMP, signature
from voice.service.dispatch.alarms import Alarms
from voice.store.processes import Serving

SECRET = "hush"
ON_CALL = "+32470999999"


@pytest.mark.parametrize(
    ("found", "wrong"),
    [
        (Condition(), set()),
        (Condition(waiting=1, agents=2), {Alarm.NOBODY}),
        (Condition(waiting=1, agents=2, signed_in=1), set()),
        (Condition(waiting=1, agents=0), set()),
        (Condition(waiting=1, agents=2, signed_in=1, dispatched=False), {Alarm.DISPATCHER}),
        (Condition(waiting=0, agents=2, signed_in=1, dispatched=False), set()),
        (Condition(late=1), {Alarm.OVERDUE}),
        (Condition(promised=1000), {Alarm.LIMIT}),
        (Condition(promised=999), set()),
        (Condition(calls=1333, texts=666), set()),
        (Condition(calls=1334), {Alarm.CEILING}),
        (Condition(texts=667), {Alarm.CEILING}),
    ],
)
def test_what_is_wrong(found: Condition, wrong: set[Alarm], line: Line) -> None:
    assert alarms(found, line.plan) == wrong


@dataclass
class OnCall:
    """Somebody who keeps the line running, with a telephone and a service that takes alarms."""

    telvia: Telvia
    posted: list[dict[str, str]] = field(default_factory=list)

    def looks(self, after: float = 0) -> None:
        """Two processes look at the line's state, so many seconds from now."""
        now = self.telvia.worker.clock() + timedelta(seconds=after)
        line = replace(self.telvia.line, alarms=AlarmsEntry(sms=[ON_CALL], post="https://ops.example/alarm"))
        transport = httpx.MockTransport(self._takes)
        for _ in range(2):
            Alarms(self.telvia.store, self.telvia.worker.rest, SECRET, transport).look(line, now)

    def _takes(self, request: httpx.Request) -> httpx.Response:
        assert request.headers[SIGNATURE] == signature(SECRET, request.headers[TIMESTAMP], request.content)
        self.posted.append(json.loads(request.content))
        return httpx.Response(204)

    @property
    def told(self) -> list[str]:
        return [f"{one['what']}: {one['alarm']}" for one in self.posted]


@pytest.fixture
def on_call(telvia: Telvia) -> OnCall:
    return OnCall(telvia)


def dispatcher(telvia: Telvia) -> Callable[[], None]:
    def ticks() -> None:
        now = telvia.worker.clock()
        telvia.store.processes.sign(Serving("one", 7, "work", "a" * 16, True, now, now, now))

    return ticks


def test_nobody_signed_in_is_told_once_and_so_is_that_somebody_is(telvia: Telvia, on_call: OnCall) -> None:
    telvia.store.agents.add("An", "+32470000001", ["technical"], ["nl"])
    telvia.store.agents.sign_in("An", telvia.worker.clock())
    telvia.store.agents.not_ready("An", "lunch", telvia.worker.clock())
    telvia.ring().says("mijn internet ligt plat").stays_silent()
    telvia.store.agents.sign_out("An", telvia.worker.clock())
    telvia.passes(31)
    dispatcher(telvia)()
    on_call.looks()
    on_call.looks()
    assert on_call.told == ["alarm: nobody"]
    telvia.twilio.advance(2)
    [text] = telvia.twilio.phone(ON_CALL).texts
    assert "nobody is signed in" in text.body
    telvia.store.agents.sign_in("An", telvia.worker.clock())
    on_call.looks()
    on_call.looks()
    assert on_call.told == ["alarm: nobody", "all clear: nobody"]


def test_a_dispatcher_that_breaks_at_each_look_has_not_looked(telvia: Telvia, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(*_: object) -> None:
        raise RuntimeError("it broke")

    monkeypatch.setattr("voice.service.dispatch.worker.what_is_due", breaks)
    with pytest.raises(RuntimeError):
        telvia.worker.tick()
    assert telvia.worker.ticked is None


def test_a_dispatcher_that_is_gone_is_told_by_those_that_are_left(telvia: Telvia, on_call: OnCall) -> None:
    telvia.store.agents.add("An", "+32470000001", ["technical"], ["nl"])
    telvia.store.agents.sign_in("An", telvia.worker.clock())
    telvia.store.agents.not_ready("An", "lunch", telvia.worker.clock())
    telvia.ring().says("mijn internet ligt plat").stays_silent()
    dispatcher(telvia)()
    telvia.passes(31)
    on_call.looks()
    assert on_call.told == ["alarm: dispatcher"]
    dispatcher(telvia)()
    on_call.looks()
    assert on_call.told == ["alarm: dispatcher", "all clear: dispatcher"]


def test_who_serves_is_known_of_every_machine(telvia: Telvia) -> None:
    now = datetime(2026, 11, 24, 9, tzinfo=UTC)
    for machine, what in (("two", "serve"), ("one", "serve"), ("one", "work")):
        pid = 8 if what == "work" else 7
        telvia.store.processes.sign(Serving(machine, pid, what, "a" * 16, True, now, now))
    telvia.store.processes.sign(Serving("one", 7, "serve", "b" * 16, True, now, now + timedelta(seconds=15)))
    later = now + timedelta(seconds=19)
    assert [(one.machine, one.what, one.version[0]) for one in telvia.store.processes.all(later)] == [
        ("one", "serve", "b"),
        ("one", "work", "a"),
        ("two", "serve", "a"),
    ]
    assert [one.what for one in telvia.store.processes.all(now + timedelta(seconds=30))] == ["serve"]
