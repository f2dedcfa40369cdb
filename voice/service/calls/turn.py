"""Load → step → save → answer: the way of every webhook."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import Enum, auto
from types import MappingProxyType

from voice.content import Line
from voice.core.call.actions import Action, Leave, Wait
from voice.core.call.effects import Inform
from voice.core.call.events import (
    CallEvent,
    CutOff,
    Dictated,
    HungUp,
    Identified,
    LeftAgent,
    LeftDial,
    LeftQueue,
    Misfit,
    Pressed,
    Rang,
    Refused,
    Said,
    SentOn,
    Silent,
    Waiting,
)
from voice.core.call.lookahead import queues_needed
from voice.core.call.questions import Result
from voice.core.call.signals import COMMAND_KEYS, is_number, read
from voice.core.call.state import Call, Outcome, State
from voice.core.call.table import Impossible, present, step
from voice.core.call.wishes import BEFORE, Arranging
from voice.core.contact.events import Joined
from voice.core.contact.from_call import contact_event, standing, story
from voice.core.contact.limits import CallbackRefusal, counted, refusal, too_often
from voice.core.contact.state import UNSERVED, Contact, Kind, Stage
from voice.core.interpretation import Decision
from voice.core.plan import ServiceReply
from voice.errors import StoreError
from voice.service.calls.identity import Identities, is_other
from voice.service.calls.known_caller import Acquaintances, agreed_with
from voice.service.calls.listening import LONGEST_NUMBER, Listener
from voice.service.calls.operator_service import OperatorService
from voice.service.calls.phone_numbers import full_number, is_callable
from voice.service.calls.redaction import without_numbers
from voice.service.calls.second_opinion import SecondOpinion
from voice.service.runtime import metrics
from voice.service.runtime.clock import system_clock
from voice.service.runtime.logs import log, masked
from voice.store import Answer, JournalEntry, NotPromised, Store
from voice.store.queue_status import statuses
from voice.twilio.caller_documents import CallerDocuments, leave_queue, redirect
from voice.twilio.routes import HOLD
from voice.twilio.webhook import Webhook
from voice.understanding import Understanding

TRIES = 5
"""How often a turn is answered anew because another process saved the call in between."""

LATELY = timedelta(days=7)
"""What a number rang about within these days is found again."""

NO_NUMBER = "?"
"""Stands for keys that are no telephone number: the dialogue hears something unclear."""


QUEUED = frozenset({State.HOLD, State.LEAVE, State.AGENT, State.OVER})
"""Of a call whose caller may stand in a queue, if only until Twilio has taken them out."""

ELSEWHERE = frozenset({"bridged", "bridging-in-process", "hangup", "redirected", "redirected-from-bridged"})
"""QueueResult of a caller who does not hear what is answered (https://www.twilio.com/docs/voice/twiml/enqueue)."""

NO_REPLIES: Mapping[str, ServiceReply] = MappingProxyType({})


class Where(Enum):
    """Where the caller stands, as Twilio sees it, who asks. QUEUE: there little may be said; who stands in one though
    their call knows of none is told to leave it, and is answered behind it. OUTSIDE: there Leave, and a document
    without a verb, would end the call; who is told to leave a queue has left it, and who would hear nothing is with no
    agent any more. BETWEEN: on the way, and either may be answered."""

    QUEUE = auto()
    OUTSIDE = auto()
    BETWEEN = auto()


@dataclass(frozen=True)
class Switchboard:
    """Answers webhooks about calls. Holds no call: state lives in the store alone, so any process may answer any turn.

    `log_words` says whether the log may hold what callers say; `address` is where the request came to, without a path
    of the webhooks.
    """

    line: Line
    understanding: Understanding
    store: Store
    clock: Callable[[], datetime] = system_clock
    music: str | None = None
    log_words: bool = False
    service: OperatorService = field(default_factory=OperatorService)
    second: SecondOpinion = field(default_factory=SecondOpinion)
    address: str = ""

    def ring(self, webhook: Webhook) -> str:
        """A call arrives: the greeting."""
        return self._outside(webhook, "voice", lambda _: Rang())

    def turn(self, webhook: Webhook, number: int, *, in_queue: bool = False) -> str:
        """The caller answered turn `number`, or was silent."""

        def event(call: Call) -> CallEvent | None:
            return self._event(call, webhook) if call.turn == number else None

        if in_queue:
            return self._inside(webhook, f"hold-turn:{number}", event)
        return self._outside(webhook, f"turn:{number}", event)

    def hold(self, webhook: Webhook) -> str:
        """The caller waits in a queue. Twilio asks again and again at one URL: only its token tells a repeat.

        Where Twilio tells no position (it is sure to only at the first contact), the store counts who came before.
        """
        key = f"hold:{webhook.token}" if webhook.token else None
        return self._inside(webhook, key, lambda call: Waiting(self._position(call, webhook)))

    def after_agent(self, webhook: Webhook, attempt: int) -> str:
        """The caller's line goes on behind the conference with the agent."""
        return self._outside(webhook, f"after:{attempt}", lambda _: LeftAgent())

    def sent_on(self, webhook: Webhook, attempt: int, queue: str) -> str:
        """An agent has sent the caller to another queue."""
        return self._outside(webhook, f"sent:{attempt}", lambda _: SentOn(queue))

    def taken_out(self, webhook: Webhook, attempt: int) -> None:
        """The caller is on the way to an agent."""
        self._answer(webhook, f"taken:{attempt}", lambda _: LeftQueue("redirected"))

    def cut_off(self, webhook: Webhook, attempt: int) -> str:
        """The caller was taken out of the queue, and the agent is gone."""
        return self._outside(webhook, f"cut off:{attempt}", lambda _: CutOff())

    def adopt(self, webhook: Webhook) -> str:
        """A caller whom the fallback has queued without the store: written down now, and held like any other. What they
        rang about, if they had said it, still decides who answers."""
        call = self.store.call(webhook.sid)
        now = self.clock()
        before = call or self._arrive(webhook)[0]
        if before.state is not State.HOLD:
            queue = (before.queue if before.state is State.ANNOUNCE else None) or self.line.plan.person
            after = before.but(
                state=State.HOLD, queue=queue, outcome=Outcome.AGENT, turn=before.turn + 1, told_at=None, held=now
            )
            event = Joined(story(after, queue), after.sid)
            entries = [JournalEntry("adopted", {"from": before.state})]
            self.store.save(call, after, now, event=event, plan=self.line.plan, entries=entries)
        return redirect(HOLD.link())

    def left_queue(self, webhook: Webhook, number: int | None) -> str:
        """The caller left the queue that turn `number` put them into; None is the fallback, which knows of no turn."""
        which = webhook.token if number is None else str(number)
        where = Where.BETWEEN if webhook.queue_result in ELSEWHERE else Where.OUTSIDE
        key = f"{'gone' if where is Where.BETWEEN else 'queue'}:{which}" if which else None
        return self._answer(webhook, key, lambda _: LeftQueue(webhook.queue_result), where)

    def left_dial(self, webhook: Webhook, number: int) -> str:
        """What came of the call centre that turn `number` rang."""

        if webhook.ended:
            return self._answer(webhook, f"dial:{number}", lambda _: HungUp())
        return self._outside(webhook, f"dial:{number}", lambda _: LeftDial(webhook.dial_result, webhook.bridged))

    def ended(self, webhook: Webhook) -> None:
        """The call is over, as Twilio's status callback tells; callbacks arrive in any order, and more than once."""
        for _ in range(TRIES):
            call = self.store.call(webhook.sid)
            if call is None or call.state is State.OVER:
                return
            now = self.clock()
            event = HungUp()
            after, actions, effects = step(self.line.plan, call, event, now)
            meant = contact_event(call, after, event, actions, effects)
            entries = [JournalEntry("hung up", {"in": call.state})]
            if self.store.save(call, after, now, event=meant, plan=self.line.plan, entries=entries):
                log.info("hung up", call=call.sid, state=call.state, outcome=after.outcome)
                return

    def _inside(self, webhook: Webhook, key: str | None, event_of: Callable[[Call], CallEvent | None]) -> str:
        """The answer to a caller who stands in a queue."""
        return self._answer(webhook, key, event_of, Where.QUEUE)

    def _outside(self, webhook: Webhook, key: str | None, event_of: Callable[[Call], CallEvent | None]) -> str:
        """The answer to a caller who stands in no queue."""
        return self._answer(webhook, key, event_of, Where.OUTSIDE)

    def _answer(
        self,
        webhook: Webhook,
        key: str | None,
        event_of: Callable[[Call], CallEvent | None],
        where: Where = Where.BETWEEN,
    ) -> str:
        for _ in range(TRIES):
            call, given = self.store.look_up(webhook.sid, key or "", webhook.token)
            if given is not None:
                return given
            if where is Where.QUEUE and (call is None or call.state not in QUEUED):
                return leave_queue()
            # A call that the store does not know (it began while the store was away) is greeted, whatever came first.
            before, event = (call, event_of(call)) if call else self._arrive(webhook)
            try:
                twiml = self._turn(webhook, key, call, before, event, where)
            except NotPromised as no:
                refused = Refused(no.why, standing(no.standing) if no.standing else None)
                twiml = self._turn(webhook, key, call, before, refused, where)
            if twiml is not None:
                return twiml
        raise StoreError(f"The call {webhook.sid} is being changed by too many at once.")

    def _turn(
        self,
        webhook: Webhook,
        key: str | None,
        call: Call | None,
        before: Call,
        event: CallEvent | None,
        where: Where = Where.BETWEEN,
    ) -> str | None:
        """One turn, saved and answered; None where another process has saved the call in between. Outside a queue it
        may be the next turn that is answered."""
        now = self.clock()
        after, actions, effects = self._step(before, event, now)
        missed = None
        if where is Where.OUTSIDE:
            missed = LeftQueue("leave") if Leave() in actions else None if actions else LeftAgent()
        if after is before and missed:
            return self._turn(webhook, key, call, before, missed)
        if after is before or (actions == (Wait(),) and after.but(turn=before.turn) == before):
            # Nothing has changed: what is not saved cannot be saved twice.
            return self._render(before, actions, now)
        twiml = self._render(after, actions, now)
        answer = Answer(key, webhook.token, twiml) if key and not missed else None
        assert event is not None
        meant = contact_event(before, after, event, actions, effects)
        entries = [self._entry(before, after, event)]
        saved = self.store.save(call, after, now, answer=answer, event=meant, plan=self.line.plan, entries=entries)
        if not saved:
            return None
        self._log(webhook, before, after, event)
        return self._turn(webhook, key, after, after, missed) if missed else twiml

    def _step(
        self, call: Call, event: CallEvent | None, now: datetime, replies: Mapping[str, ServiceReply] = NO_REPLIES
    ) -> Result:
        """The same call object comes back when the event is stale or impossible: nothing is saved then. Where an
        operator's service has something to say, the step is made anew with it."""
        plan = self.line.plan.for_caller(call.own_queue, now).but(replies=dict(replies))
        asked = queues_needed(plan, call, event, now)
        plan = plan.but(queue_status=statuses(self.store.source, plan, asked, now))
        if event is None:
            return call, present(plan, call), ()
        try:
            result = step(plan, call, event, now)
            said = {} if replies else self._replies(result)
            return self._step(call, event, now, said) if said else result
        except Impossible as error:
            log.warning("impossible", call=call.sid, cause=str(error))
            return call, present(plan, call), ()

    def _replies(self, result: Result) -> dict[str, ServiceReply]:
        """What the operator's service says, where the turn gives an answer for which there is one."""
        call, _, effects = result
        for effect in effects:
            answer = self.line.plan.answers[effect.answer] if isinstance(effect, Inform) else None
            if answer and answer.service:
                question = {
                    "intent": answer.name,
                    "topic": answer.topic,
                    "words": list(call.words),
                    "number": call.caller,
                    "language": call.language,
                    "call": call.sid,
                }
                reply = self.service.ask(answer.service, question)
                return {answer.name: reply} if reply else {}
        return {}

    def _arrive(self, webhook: Webhook) -> tuple[Call, CallEvent]:
        """A call that begins. Who has a callback on the list already hears that first."""
        now = self.clock()
        known = self._known(webhook.caller, now) if webhook.caller else []
        listed = next((one for one in known if one.listed), None)
        counts = counted(known, (listed.reference if listed else None,), self.line.plan.midnight(now), None)
        call = Call(
            sid=webhook.sid,
            language=self.line.plan.language_of(webhook.dialled),
            dialled=webhook.dialled,
            caller=webhook.caller,
            arrived=now,
            began=now,
            line=self.line.version,
            callable=bool(webhook.caller)
            and is_callable(webhook.caller or "", self.line)
            and not too_often(self.line.plan.limits, counts),
        )
        call = self._remembered(Acquaintances(self.line, self.store, self.service).greeted(call, now), now)
        if listed:
            return call, Rang(standing(listed))
        cut_off = self._cut_off(known, now)
        if cut_off:
            return call, Rang(earlier=standing(cut_off))
        return call, Rang(earlier=agreed_with(self.line.plan, self.store, webhook.caller, known, now))

    def _cut_off(self, known: list[Contact], now: datetime) -> Contact | None:
        """Of somebody who stood in the queue a short while ago, and whom nobody has answered since."""
        plan, newest = self.line.plan, known[-1] if known else None
        if newest is None or newest.stage is not Stage.ABANDONED or newest.kind is not Kind.LIVE:
            return None
        soon = newest.ended is not None and now - newest.ended <= plan.resume
        return newest if soon and plan.may_name(newest.arrived, now) else None

    def _earlier(self, call: Call, said: Said) -> Said:
        """With the contact that is spoken of: the callback that did not come, or what the last call was about."""
        plan = self.line.plan
        if said.wish is None or said.wish.what not in BEFORE or call.caller is None or plan.recognise == "off":
            return said
        known = self.store.contacts.recent(call.caller, self.clock() - LATELY)
        if said.wish.what is not Arranging.SAME:
            known = [one for one in known if one.kind is Kind.CALLBACK and (one.listed or one.stage in UNSERVED)]
        return replace(said, earlier=standing(known[0])) if known else said

    def _remembered(self, call: Call, now: datetime) -> Call:
        """With what a person answered this number lately, where there is a level above that could help."""
        plan = self.line.plan
        if call.caller is None or plan.recognise == "off" or not plan.has_levels:
            return call
        earlier = self.store.contacts.answered_lately(call.caller, now - plan.again_within)
        return call.but(answered=earlier)

    def _known(self, number: str, now: datetime) -> list[Contact]:
        """What this number waits for, and what it rang about today, or a short while ago."""
        plan = self.line.plan
        return self.store.contacts.standing(number, min(plan.midnight(now), now - plan.resume))

    def _position(self, call: Call, webhook: Webhook) -> int:
        """With agents the line is ours, callbacks included; without, Twilio's queue is all there is."""
        known, ahead = self.store.place_of(call, self.clock())
        return ahead + 1 if known else webhook.position or ahead + 1

    def _event(self, call: Call, webhook: Webhook) -> CallEvent:
        if webhook.digits:
            return self._keyed(call, webhook.digits)
        if not webhook.speech:
            return Silent()
        heard, number = Listener(self.line, self.understanding, self.clock(), self.second).hears(call, webhook.speech)
        if number:
            return self._keyed(call, number)
        if call.state is State.IDENTITY and isinstance(heard, Said) and not is_other(heard):
            return self._identities.said(call, webhook.speech) or heard
        return self._earlier(call, heard) if isinstance(heard, Said) else heard

    @property
    def _identities(self) -> Identities:
        return Identities(self.line, self.service, self.clock())

    def _keyed(self, call: Call, digits: str) -> Pressed | Refused | Dictated | Identified | Misfit:
        """Keys; where a telephone number is asked for, in its full form (E.164), if the line may ring it."""
        if call.state is State.IDENTITY and digits not in COMMAND_KEYS:
            return self._identities.given(call, digits)
        if call.state is State.NUMBER and digits not in COMMAND_KEYS:
            digits = next((whole for whole in (call.dictated + digits, digits) if full_number(whole, self.line)),
                          (call.dictated + digits)[:LONGEST_NUMBER])  # fmt: skip
            if not is_number(call, digits):
                return Dictated(digits)
        if not is_number(call, digits):
            return Pressed(digits)
        number, now = full_number(digits, self.line), self.clock()
        if number is None:
            return Dictated(digits) if call.state is State.NUMBER else Pressed(NO_NUMBER)
        if not is_callable(number, self.line) or (number == call.caller and not call.callable):
            return Refused(CallbackRefusal.NEVER)
        counts = counted(self._known(number, now), (call.reference,), self.line.plan.midnight(now), call.intent)
        why = refusal(self.line.plan.limits, counts)
        if why is None:
            return Pressed(number)
        return Refused(why, standing(counts.standing[0]) if why is CallbackRefusal.STANDING else None)

    def _render(self, call: Call, actions: tuple[Action, ...], now: datetime) -> str:
        return CallerDocuments(self.line, self.understanding.hints, self.music, self.address).render(call, actions, now)

    def _entry(self, before: Call, after: Call, event: CallEvent) -> JournalEntry:
        detail: dict[str, object] = {"from": before.state, "to": after.state}
        if isinstance(event, Said):
            metrics.understood(event.meaning.decision)
            detail |= {"decision": event.meaning.decision, "because": event.meaning.because}
            if event.meaning.topics and event.meaning.price is not None:
                detail |= {"topics": event.meaning.topics, "price": round(event.meaning.price, 2)}
            if self.line.keep_words_days and not _is_private(before, event):
                words = without_numbers(event.text, before.language, event.meaning.digits)
                detail |= {"words": words, "language": before.language}
                detail |= {"guess": event.meaning.probabilities[0][0]} if event.meaning.probabilities else {}
        if after.intent:
            detail["intent"] = after.intent
        return JournalEntry(read(self.line.plan, before, event).signal.value, detail)

    def _log(self, webhook: Webhook, before: Call, after: Call, event: CallEvent | None) -> None:
        spoken = self.log_words and isinstance(event, Said) and not _is_private(before, event)
        said = {"words": event.text} if spoken and isinstance(event, Said) else {}
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


def _is_private(before: Call, event: Said) -> bool:
    """Whether it may be of who the caller is, where they were asked that: neither the log nor the journal has it."""
    return before.state is State.IDENTITY and event.meaning.decision is not Decision.ROUTE
