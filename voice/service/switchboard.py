"""Load → step → save → answer: the way of every webhook."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import phonenumbers

from voice.content import Line
from voice.core.actions import Action, TakeCallback
from voice.core.call import Call, Event, HungUp, LeftQueue, Pressed, Rang, Said, Silent, State, Waiting
from voice.core.reading import NUMBER_STATES, SHORTEST_NUMBER, read
from voice.core.table import Impossible, present, step
from voice.errors import StoreError
from voice.service.logs import log, masked
from voice.store import Answer, Entry, Store
from voice.twilio.requests import Webhook
from voice.twilio.twiml import Renderer
from voice.understanding import Understanding

TRIES = 5
"""How often a turn is answered anew because another process saved the call in between."""

NO_NUMBER = "?"
"""Stands for keys that are no telephone number: the dialogue hears something unclear."""


def system_clock() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Switchboard:
    """Answers webhooks about calls. Holds no call: state lives in the store alone, so any process may answer any turn.

    `log_words` says whether the log may hold what callers say.
    """

    line: Line
    understanding: Understanding
    store: Store
    clock: Callable[[], datetime] = system_clock
    music: str | None = None
    log_words: bool = False

    def ring(self, webhook: Webhook) -> str:
        """A call arrives: the greeting."""
        return self._answer(webhook, "voice", lambda _: Rang())

    def turn(self, webhook: Webhook, number: int) -> str:
        """The caller answered turn `number`, or was silent."""

        def event(call: Call) -> Event | None:
            return self._event(call, webhook) if call.turn == number else None

        return self._answer(webhook, f"turn:{number}", event)

    def hold(self, webhook: Webhook) -> str:
        """The caller waits in a queue. Twilio asks again and again at one URL: only its token tells a repeat.

        Where Twilio tells no position (it is sure to only at the first request), the store counts who came before.
        """
        key = f"hold:{webhook.token}" if webhook.token else None
        return self._answer(webhook, key, lambda call: Waiting(webhook.position or self.store.ahead_of(call) + 1))

    def left_queue(self, webhook: Webhook, number: int) -> str:
        """The caller left the queue that turn `number` put them into."""
        return self._answer(webhook, f"queue:{number}", lambda _: LeftQueue(webhook.queue_result))

    def ended(self, webhook: Webhook) -> None:
        """The call is over, as Twilio's status callback tells; callbacks arrive in any order, and more than once."""
        for _ in range(TRIES):
            call = self.store.call(webhook.sid)
            if call is None or call.state is State.OVER:
                return
            now = self.clock()
            after, _ = step(self.line.plan, call, HungUp(), now)
            if self.store.save(call, after, now, entries=[Entry("hung up", {"in": call.state})]):
                log.info("hung up", call=call.sid, state=call.state, outcome=after.outcome)
                return

    def _answer(self, webhook: Webhook, key: str | None, event_of: Callable[[Call], Event | None]) -> str:
        for _ in range(TRIES):
            call, given = self.store.look_up(webhook.sid, key or "", webhook.token)
            if given is not None:
                return given
            # A call that the store does not know (it began while the store was away) is greeted, whatever came first.
            event = event_of(call) if call else Rang()
            before = call or self._new(webhook)
            now = self.clock()
            after, actions = self._step(before, event, now)
            if after is before:
                return self._render(after, actions, now)
            twiml = self._render(after, actions, now)
            answer = Answer(key, webhook.token, twiml) if key else None
            effects = [action for action in actions if isinstance(action, TakeCallback)]
            entry = self._entry(before, after, event)
            if self.store.save(call, after, now, answer=answer, effects=effects, entries=[entry]):
                self._log(webhook, before, after, event)
                return twiml
        raise StoreError(f"The call {webhook.sid} is being changed by too many at once.")

    def _step(self, call: Call, event: Event | None, now: datetime) -> tuple[Call, tuple[Action, ...]]:
        """The same call object comes back when the event is stale or impossible: nothing is saved then."""
        plan = self.line.plan
        if event is None:
            return call, present(plan, call)
        try:
            return step(plan, call, event, now)
        except Impossible as error:
            log.warning("impossible", call=call.sid, cause=str(error))
            return call, present(plan, call)

    def _new(self, webhook: Webhook) -> Call:
        return Call(
            sid=webhook.sid,
            language=self.line.plan.language_of(webhook.dialled),
            dialled=webhook.dialled,
            caller=webhook.caller,
            arrived=self.clock(),
            line=self.line.version,
        )

    def _event(self, call: Call, webhook: Webhook) -> Event:
        if webhook.digits:
            return Pressed(self._checked(call, webhook.digits))
        if not webhook.speech:
            return Silent()
        meaning = self.understanding.understand(webhook.speech, call.language, without=call.rejected)
        if call.state in NUMBER_STATES and len(meaning.digits) >= SHORTEST_NUMBER:
            return Pressed(self._checked(call, meaning.digits))
        return Said(webhook.speech, meaning)

    def _checked(self, call: Call, digits: str) -> str:
        """A telephone number in its full form (E.164), or what no state takes for a number."""
        if call.state not in NUMBER_STATES or len(digits) < SHORTEST_NUMBER:
            return digits
        try:
            parsed = phonenumbers.parse(digits, self.line.country)
        except phonenumbers.NumberParseException:
            return NO_NUMBER
        if not phonenumbers.is_valid_number(parsed):
            return NO_NUMBER
        return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)

    def _render(self, call: Call, actions: tuple[Action, ...], now: datetime) -> str:
        return Renderer(self.line, self.understanding.hints, self.music).render(call, actions, now)

    def _entry(self, before: Call, after: Call, event: Event | None) -> Entry:
        assert event is not None
        detail: dict[str, object] = {"from": before.state, "to": after.state}
        if isinstance(event, Said):
            detail |= {"decision": event.meaning.decision, "because": event.meaning.because}
        if after.intent:
            detail["intent"] = after.intent
        return Entry(read(self.line.plan, before, event).signal.value, detail)

    def _log(self, webhook: Webhook, before: Call, after: Call, event: Event | None) -> None:
        said = {"words": event.text} if self.log_words and isinstance(event, Said) else {}
        log.info(
            "turn",
            call=after.sid,
            caller=masked(webhook.caller or "hidden"),
            heard=type(event).__name__.lower(),
            was=before.state,
            state=after.state,
            intent=after.intent,
            queue=after.queue,
            language=after.language,
            **said,
        )
