"""`LocalTwilio`: the one object a test or the command line holds."""

import random
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Self

import httpx
from flask import Flask

from voice.localtwilio.calls import take_call
from voice.localtwilio.engine.clock import Clock, DrivenClock
from voice.localtwilio.engine.pace import Loudspeaker, Pace
from voice.localtwilio.engine.timers import Engine
from voice.localtwilio.errors import Fault
from voice.localtwilio.people import Behaviour, Caller, Phone
from voice.localtwilio.records import Conference, Leg, Member, Message, Queue, StatusCallback, Target
from voice.localtwilio.rest.api import Api, Trouble
from voice.localtwilio.rest.calls import serve_calls
from voice.localtwilio.rest.clients import serve_clients
from voice.localtwilio.rest.conferences import serve_conferences
from voice.localtwilio.rest.messages import serve_messages
from voice.localtwilio.rest.numbers import serve_numbers
from voice.localtwilio.rest.permissions import serve_permissions
from voice.localtwilio.rest.queues import serve_queues
from voice.localtwilio.server import Server
from voice.localtwilio.texting import receive_text
from voice.localtwilio.verbs.by_name import VERBS
from voice.localtwilio.webhooks import Courier, Mishap
from voice.localtwilio.world import Number, World


class LocalTwilio:
    """A Twilio account of one's own.

    - `api_key`, `api_secret`: what access tokens of softphones are signed with.
    - `transport`: the `httpx.Client` that carries webhooks. Without one they go over the network; with
      `httpx.Client(transport=httpx.WSGITransport(app))` straight into the app.
    - `clock`: a `DrivenClock` (default), or a `RealClock` followed by `run()`.
    - `strict`: raise a `TwilioFault` as soon as the app does what Twilio would log as an error. Off, the stand-in
      does what Twilio does (fallback URL, or going on after a warning), and the faults are in `errors`.
    - `keep_log`: whether calls remember their webhooks; a simulated day of thousands does better without.
    - `calls_per_second`: how many calls by REST go out in a second; those beyond it are queued. 0: no limit.
    - `tunnel`: where public origins really listen, `{"https://line.example": "http://127.0.0.1:5000"}`.
    - `seed`: SIDs, tokens and shuffling are the same in every run with the same seed.
    """

    def __init__(
        self,
        account_sid: str = "AC" + "0" * 32,
        auth_token: str = "local-auth-token",
        api_key: str = "SK" + "0" * 32,
        api_secret: str = "the-secret-of-the-local-api-key-",
        transport: httpx.Client | None = None,
        clock: Clock | None = None,
        *,
        pace: Pace | None = None,
        loudspeaker: Loudspeaker | None = None,
        strict: bool = True,
        keep_log: bool = True,
        calls_per_second: float = 1.0,
        tunnel: Mapping[str, str] | None = None,
        seed: int = 1,
    ) -> None:
        self.clock = clock or DrivenClock()
        engine = Engine(self.clock)
        self._phones: dict[str, Phone] = {}
        self.world = World(
            account_sid=account_sid,
            auth_token=auth_token,
            api_key=api_key,
            api_secret=api_secret,
            engine=engine,
            courier=Courier(auth_token, transport, tunnel),
            pace=pace or Pace(),
            verbs=VERBS,
            phone=self.phone,
            strict=strict,
            keep_log=keep_log,
            loudspeaker=loudspeaker,
            calls_per_second=calls_per_second,
            random=random.Random(seed),
        )
        engine.after_step = self.world.raise_blame
        self._servers: list[Server] = []

    # ── Calls ───────────────────────────────────────────────────────────────────────────────────

    def number(
        self,
        number: str,
        *,
        voice_url: str,
        fallback_url: str = "",
        status_callback: str = "",
        sms_url: str = "",
    ) -> None:
        """Set up a number of the account, as the console does."""
        self.world.numbers[number] = Number(
            number,
            Target(voice_url),
            Target(fallback_url) if fallback_url else None,
            StatusCallback(status_callback) if status_callback else None,
            Target(sms_url) if sms_url else None,
        )

    def phone(self, number: str) -> Phone:
        """The telephone with this number (or SIP address, or `client:name`), and whoever owns it."""
        if number not in self._phones:
            self._phones[number] = Phone(self.world, number)
        return self._phones[number]

    def person(
        self,
        number: str,
        *,
        answers_after: float | None = None,
        voicemail: str | None = None,
        busy: bool = False,
        unreachable: bool = False,
        behaviour: Behaviour | None = None,
    ) -> Phone:
        """Say what will happen when this telephone is rung."""
        phone = self.phone(number)
        phone.answers_after, phone.voicemail, phone.behaviour = answers_after, voicemail, behaviour
        phone.busy, phone.unreachable = busy, unreachable
        return phone

    def text(self, to: str, from_: str, body: str) -> None:
        """Somebody sends an SMS to a number of the account."""
        self.world.engine.start(receive_text(self.world, self.world.numbers[to], from_, body))
        self.world.engine.settle()

    def ring(
        self,
        to: str,
        from_: str = "+32470000000",
        *,
        voice_url: str = "",
        fallback_url: str = "",
        status_callback: str = "",
        patient: bool = True,
        wait: bool = True,
        behaviour: Behaviour | None = None,
        **extra: str,
    ) -> Caller:
        """Somebody rings `to`; returns when it is the caller's turn, or at once for one with a behaviour.

        The URLs may be left out for a number that was set up. `extra` are further request parameters, such as
        `ForwardedFrom` or `FromCountry`.
        """
        if voice_url:
            self.number(to, voice_url=voice_url, fallback_url=fallback_url, status_callback=status_callback)
        number = self.world.numbers.get(to)
        if number is None or number.voice is None:
            raise LookupError(f"{to} is no number of this account: set it up with number(), or give voice_url")
        engine = self.world.engine
        leg = Leg(self.world, self.world.sid("CA"), from_, to, "inbound", engine.now(), "ringing", extra=extra)
        leg.callback, leg.fallback = number.callback, number.fallback
        caller = Caller(self.world, leg, patient=patient)
        with engine.lock:
            self.world.calls[leg.sid] = leg
            leg.task = engine.start(take_call(leg, number.voice))
            if behaviour is not None:
                caller.behaves(behaviour)
        if wait and behaviour is None:
            caller.await_turn()
        return caller

    # ── REST ────────────────────────────────────────────────────────────────────────────────────

    @property
    def rest_app(self) -> Flask:
        """The REST API as a WSGI app: all of https://api.twilio.com/2010-04-01 that a voice line needs."""
        return self._api.app

    @cached_property
    def _api(self) -> Api:
        api = Api(self.world)
        for serve in (
            serve_calls,
            serve_queues,
            serve_conferences,
            serve_messages,
            serve_clients,
            serve_numbers,
            serve_permissions,
        ):
            serve(api)
        return api

    def serve_rest(self, port: int = 0) -> str:
        """Serve the REST API on loopback until `close()`; returns the URL to use instead of https://api.twilio.com."""
        server = Server(self.rest_app, port)
        self._servers.append(server)
        return server.url

    def next_rest(self, status: int, *, performed: bool = False, seconds: float = 0.0, path: str = "") -> None:
        """Let the next REST request whose path holds `path` be answered 429, 500, 503…

        `performed`: it is carried out nevertheless, and only the answer is lost. `seconds` (real ones): the answer
        is late.
        """
        self._api.troubles.append(Trouble(status, performed, seconds, path))

    def refuse_number(self, number: str, code: int) -> None:
        """Calls and messages to this number are refused with this code (21211, 21214, 21217, 21610…)."""
        self.world.unreachable[number] = code

    # ── Time ────────────────────────────────────────────────────────────────────────────────────

    def advance(self, seconds: float) -> None:
        """Let time pass, and all that falls into it happen."""
        self.world.engine.advance(seconds)

    def settle(self) -> None:
        """Let happen what is due at this moment; no time passes."""
        self.world.engine.settle()

    def run_until(self, condition: Callable[[], bool], limit: float = 3600.0) -> bool:
        """Let time pass until `condition` holds; False if it does not within `limit` seconds."""
        return self.world.engine.run_until(condition, limit)

    def run(self) -> Self:
        """Follow the real clock, in a thread, until `close()`."""
        self.world.engine.start_pump()
        return self

    def close(self) -> None:
        """Stop, and raise what went wrong in the thread."""
        self.world.engine.stop_pump()
        for server in self._servers:
            server.close()
        self._servers.clear()
        self.world.courier.close()
        if self.world.engine.crashes:
            raise self.world.engine.crashes[0]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # ── What a test looks at and turns ──────────────────────────────────────────────────────────

    @property
    def errors(self) -> list[Fault]:
        """What Twilio would have logged, oldest first."""
        return self.world.faults

    @property
    def calls(self) -> list[Leg]:
        """All calls, oldest first."""
        return list(self.world.calls.values())

    @property
    def conferences(self) -> dict[str, Conference]:
        """Those that are not over, by name."""
        return {room.name: room for room in self.world.conferences.values() if not room.over}

    @property
    def messages(self) -> list[Message]:
        """All SMS, oldest first."""
        return list(self.world.messages.values())

    @property
    def queues(self) -> dict[str, Queue]:
        """By name."""
        return {queue.name: queue for queue in self.world.queues.values()}

    def queue(self, name: str) -> list[Member]:
        """Who waits in a queue, in order."""
        queue = self.world.queue(name)
        return list(queue.members) if queue is not None else []

    def open_queue(self, name: str, max_size: int = 1000) -> Queue:
        """Make a queue before anyone waits in it."""
        return self.world.open_queue(name, max_size)

    def next_webhook(self, mishap: Mishap, *, seconds: float = 20.0, path: str = "") -> None:
        """Let something go wrong with the next webhook whose URL holds `path`; `seconds` for one that is LATE."""
        self.world.mishaps.order(mishap, seconds, path)

    def all_goes_well(self) -> None:
        """Forget what was to go wrong with webhooks and REST requests, and has not yet."""
        self.world.mishaps.forget()
        self._api.troubles.clear()

    def break_next_enqueue(self) -> None:
        """The next Enqueue ends at once with the QueueResult system-error."""
        self.world.enqueue_breaks = True

    @property
    def strict(self) -> bool:
        return self.world.strict

    @strict.setter
    def strict(self, strict: bool) -> None:
        self.world.strict = strict

    @property
    def confidence(self) -> float | None:
        """What the recogniser claims of each utterance; None: nothing."""
        return self.world.confidence

    @confidence.setter
    def confidence(self, confidence: float | None) -> None:
        self.world.confidence = confidence

    @property
    def shuffle_callbacks(self) -> bool:
        """Whether status callbacks arrive up to two seconds late, and so in any order."""
        return self.world.shuffle_callbacks

    @shuffle_callbacks.setter
    def shuffle_callbacks(self, shuffle: bool) -> None:
        self.world.shuffle_callbacks = shuffle
