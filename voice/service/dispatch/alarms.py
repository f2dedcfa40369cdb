"""Tells a person what is wrong with the line, once, and once that it is over: by text, and to an address of their own.

Every process looks, those that serve webhooks too: a dispatcher that is gone cannot tell so itself. The database says
which of them tells. Whatever becomes of the telling, the log has it.
"""

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import httpx

from voice.content import Line
from voice.core.alarms import alarms
from voice.errors import VoiceError
from voice.service.calls.operator_service import signed
from voice.service.runtime.logs import log
from voice.store import Store
from voice.twilio.rest import Rest

LOOK_EVERY = 10.0
WAIT = 5.0
"""Seconds."""

WORDS = {
    "nobody": "callers wait, and nobody is signed in",
    "overdue": "a promised callback is overdue",
    "dispatcher": "callers wait, and no dispatcher deals them out",
    "limit": "no more callbacks can be promised today",
    "ceiling": "most of the calls or texts that an hour may have are used",
}


@dataclass(frozen=True)
class Alarms:
    """Without `rest` nobody is sent a text."""

    store: Store
    rest: Rest | None
    secret: str
    transport: httpx.BaseTransport | None = None

    def look(self, line: Line, now: datetime) -> None:
        plan = line.plan
        found = self.store.processes.condition(now, plan.midnight(now))
        began, ended = self.store.processes.alarm(alarms(found, plan))
        for name in began:
            log.error("alarm", alarm=name)
            self._tell(line, name, "alarm", now)
        for name in ended:
            log.warning("all clear", alarm=name)
            self._tell(line, name, "all clear", now)

    def run(self, line: Callable[[], Line], clock: Callable[[], datetime], stop: threading.Event) -> None:
        """Until it is stopped."""
        while not stop.wait(LOOK_EVERY):
            try:
                self.look(line(), clock())
            except Exception as error:
                log.error("alarms", exc_info=error)

    def start(self, line: Callable[[], Line], clock: Callable[[], datetime]) -> None:
        arguments = (line, clock, threading.Event())
        threading.Thread(target=self.run, args=arguments, name="alarms", daemon=True).start()

    def _tell(self, line: Line, name: str, what: str, now: datetime) -> None:
        to = line.alarms
        sender = line.sms_from or next(iter(line.plan.numbers), "")
        for number in to.sms if self.rest else ():
            try:
                assert self.rest is not None
                self.rest.text(number, sender, f"{line.name}: {what}: {WORDS[name]}.")
            except VoiceError as error:
                log.error("an alarm was not texted", alarm=name, cause=str(error))
        if to.post:
            told = {"line": line.name, "alarm": name, "what": what, "text": WORDS[name], "at": now.isoformat()}
            try:
                self._post(to.post, told)
            except (httpx.HTTPError, httpx.InvalidURL) as error:
                log.error("an alarm was not posted", alarm=name, cause=type(error).__name__)

    def _post(self, url: str, told: dict[str, str]) -> None:
        body = json.dumps(told, ensure_ascii=False).encode()
        headers = {"Content-Type": "application/json", **signed(self.secret, body)}
        with httpx.Client(timeout=WAIT, transport=self.transport) as client:
            client.post(url, content=body, headers=headers).raise_for_status()
