"""What agents, and customers who are called back, do on their telephones.

Each webhook names a request and an attempt. One that comes late, twice, or for an attempt that is over changes nothing:
whoever is on that line hears so, and hangs up.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from twilio.twiml.messaging_response import MessagingResponse

from voice.content import Line
from voice.core.actions import Prompt
from voice.core.call import Call, Outcome, State
from voice.core.meaning import Command
from voice.core.requests import (
    CALL_CENTRE,
    Accepted,
    AgentLeft,
    Declined,
    Happening,
    Kind,
    Reached,
    Request,
    Rung,
    Stage,
    Unreached,
    Withdrew,
)
from voice.service.logs import log
from voice.service.pins import pin_matches
from voice.service.switchboard import Switchboard
from voice.store import Agent, Entry, Store
from voice.store.figures import CALLED_BACK
from voice.twilio.handover import Documents, path
from voice.twilio.requests import Webhook

LATELY = timedelta(days=7)
"""Earlier calls of these days are told to the agent."""

PIN_TRIES = 5
"""Wrong PINs in a row after which a telephone cannot sign in; `voice agents sign-in` opens it again."""

ACCEPT, DECLINE = "1", "2"

WHISPERS = 6
"""How often a call centre that picked up hears the whisper: it may have a queue of its own before a person comes."""


@dataclass(frozen=True)
class Handover:
    switchboard: Switchboard

    @property
    def line(self) -> Line:
        return self.switchboard.line

    @property
    def store(self) -> Store:
        return self.switchboard.store

    @property
    def now(self) -> datetime:
        return self.switchboard.clock()

    @property
    def documents(self) -> Documents:
        return Documents(self.line)

    # ── The agent ───────────────────────────────────────────────────────────────────────────────

    def agent_picks_up(self, webhook: Webhook, reference: str, attempt: int) -> str:
        """The whisper."""
        self._happen(reference, Rung(webhook.sid), attempt)
        request = self._current(reference, attempt, Stage.RINGING)
        if request is None:
            return self._gone(reference)
        return self._whisper(request, 1)

    def _whisper(self, request: Request, times: int) -> str:
        return self.documents.whisper(request, self._spoken(request), self._earlier(request), self.now, times)

    def _spoken(self, request: Request) -> str:
        """The caller's language, or the first of an agent who does not speak it."""
        agent = self.store.agents.find(request.agent or "")
        known = [one for one in agent.languages if one in self.line.languages] if agent else []
        return request.language if request.language in known or not known else known[0]

    def _earlier(self, request: Request) -> int:
        return len(self.store.desk.earlier(request, self.now - LATELY))

    def agent_answers(self, webhook: Webhook, reference: str, attempt: int, times: int) -> str:
        """1 takes the call. 2 does not, nor does silence: that is a voicemail, or nobody. `times` is how often the
        whisper was heard."""
        if webhook.digits == ACCEPT:
            self._happen(reference, Accepted(), attempt)
            request = self._current(reference, attempt, Stage.TAKING, Stage.TALKING)
            if request is None or request.agent_call != webhook.sid:
                return self._gone(reference)
            key = "agent.connecting" if request.kind is Kind.LIVE else "agent.ringing"
            return self.documents.meet(request, self.now, key, language=self._spoken(request))
        ringing = self._current(reference, attempt, Stage.RINGING)
        if not webhook.digits and ringing and ringing.agent == CALL_CENTRE and times < WHISPERS:
            return self._whisper(ringing, times + 1)
        declined = Declined("declined") if webhook.digits == DECLINE else Declined("silence", missed=True)
        request = self._happen(reference, declined, attempt)
        language = request.language if request else self.line.plan.default_language
        return self.documents.last_words(language, "agent.declined", self.now)

    def agent_ended(self, reference: str, attempt: int, status: str) -> None:
        """The agent's line is over, whatever it was: never answered, declined by hanging up, or a call that is done."""
        if status in ("busy", "no-answer", "failed"):
            self._happen(reference, Declined(status, missed=True), attempt)
        elif self._current(reference, attempt, Stage.RINGING):
            self._happen(reference, Declined("hung up"), attempt)
        else:
            self._happen(reference, AgentLeft(), attempt)

    # ── A call centre that the caller's own line rings ──────────────────────────────────────────────

    def call_centre_picks_up(self, caller_sid: str) -> str:
        """The whisper; after it the two speak. Nobody is connected with a caller who has gone."""
        request = self.store.desk.of_leg(caller_sid)
        if request is None or request.leg != caller_sid or request.agent is not None:
            return self.documents.hang_up()
        self._happen(request.reference, Reached(caller_sid), request.attempt)
        current = self._current(request.reference, request.attempt, Stage.TALKING)
        return (
            self.documents.briefing(current, self._earlier(current), self.now) if current else self.documents.hang_up()
        )

    # ── The caller on hold ──────────────────────────────────────────────────────────────────────

    def caller_comes(self, webhook: Webhook, reference: str, attempt: int) -> str:
        """Taken out of the queue: into the room, or, if the agent has gone meanwhile, back into the line."""
        self._happen(reference, Reached(webhook.sid), attempt)
        request = self._current(reference, attempt, Stage.TALKING)
        if request is None or request.leg != webhook.sid:
            return self.switchboard.cut_off(webhook, attempt)
        self.switchboard.taken_out(webhook, attempt)
        return self.documents.meet(request, self.now, after=path("after", request).removeprefix("/twilio/"))

    # ── The customer who is called back ─────────────────────────────────────────────────────────

    def customer_picks_up(self, webhook: Webhook, reference: str, attempt: int, answered_by: str) -> str:
        request = self._current(reference, attempt, Stage.TAKING)
        if request is None:
            return self._sorry(reference)
        self._happen(reference, Rung(webhook.sid), attempt)
        if answered_by.startswith(("machine", "fax")):
            self._happen(reference, Unreached("voicemail"), attempt)
            return self.documents.hang_up()
        return self.documents.hello(request, self._spoken(request), self.now)

    def customer_answers(self, webhook: Webhook, reference: str, attempt: int) -> str:
        """1 or yes is the customer. No is one who needs it no more; anything else is not them."""
        request = self._current(reference, attempt, Stage.TAKING, Stage.TALKING)
        if request is None:
            return self._sorry(reference)
        command = None
        if webhook.speech:
            meaning = self.switchboard.understanding.understand(webhook.speech, request.language)
            command = meaning.command
        if webhook.digits == ACCEPT or command is Command.YES:
            return self._connect(webhook, request)
        if webhook.digits == DECLINE or command is Command.NO:
            self._happen(reference, Withdrew(), attempt)
            return self.documents.last_words(request.language, "customer.cancelled", self.now)
        self._happen(reference, Unreached("not confirmed"), attempt)
        return self.documents.hang_up()

    def _connect(self, webhook: Webhook, request: Request) -> str:
        """From here on the customer's line is a call like any other: it can be transferred, and asked afterwards."""
        now = self.now
        call = Call(
            sid=webhook.sid,
            language=request.language,
            dialled=request.dialled,
            caller=request.number,
            arrived=request.arrived,
            state=State.AGENT,
            intent=request.intent,
            queue=request.queue,
            words=request.words,
            note=request.note,
            number=request.number,
            outcome=Outcome.CALLBACK,
            reference=request.reference,
        )
        self.store.save(None, call, now, entries=[Entry(CALLED_BACK, {"reference": request.reference})])
        self._happen(request.reference, Reached(webhook.sid), request.attempt)
        reached = self._current(request.reference, request.attempt, Stage.TALKING)
        if reached is None or reached.leg != webhook.sid:
            return self._sorry(request.reference)
        after = path("after", reached).removeprefix("/twilio/")
        return self.documents.meet(reached, now, "customer.connecting", after)

    def customer_ended(self, webhook: Webhook, reference: str, attempt: int, status: str) -> None:
        request = self._current(reference, attempt, Stage.TAKING)
        if request is not None and request.leg in (None, webhook.sid):
            self._happen(reference, Unreached("hung up" if status == "completed" else status), attempt)
        else:
            self.switchboard.ended(webhook)

    # ── Signing in by telephone ─────────────────────────────────────────────────────────────────

    def agent_rings_in(self, webhook: Webhook) -> str:
        agent = self.store.agents.find(webhook.caller or "")
        language = self.line.plan.default_language
        if agent is None or not agent.pin or agent.pin_failures >= PIN_TRIES:
            return self.documents.last_words(language, "agent.unknown", self.now)
        return self.documents.pin(self._first_language(agent), ["agent.pin"], self.now)

    def agent_gives_pin(self, webhook: Webhook) -> str:
        """The right PIN signs in who is out, and out who is in. Silence is no try."""
        agent = self.store.agents.find(webhook.caller or "")
        if agent is None or not agent.pin or agent.pin_failures >= PIN_TRIES:
            return self.documents.last_words(self.line.plan.default_language, "agent.unknown", self.now)
        if not webhook.digits:
            return self.documents.hang_up()
        if not pin_matches(webhook.digits.rstrip("#"), agent.pin):
            self.store.agents.wrong_pin(agent.name)
            log.warning("wrong pin", agent=agent.name, failures=agent.pin_failures + 1)
            return self.documents.pin(self._first_language(agent), ["agent.pin.wrong", "agent.pin"], self.now)
        self.store.agents.right_pin(agent.name)
        if agent.signed_in:
            self.store.agents.sign_out(agent.name)
        else:
            self.store.agents.sign_in(agent.name, self.now)
        key = "agent.out" if agent.signed_in else "agent.in"
        return self.documents.last_words(self._first_language(agent), key, self.now)

    def _first_language(self, agent: Agent) -> str:
        """The first that the line has; an operator may have taken one out."""
        return next((one for one in agent.languages if one in self.line.languages), self.line.plan.default_language)

    # ── SMS ─────────────────────────────────────────────────────────────────────────────────────

    def text_comes(self, number: str, body: str) -> str:
        """An answer to one of our texts: words of cancelling cancel what stands for the number; any other is told what
        stands."""
        standing = [one for one in self.store.desk.open_for(number) if one.kind is Kind.CALLBACK]
        language = standing[0].language if standing else self.line.plan.default_language
        words = self.line.prompts[language].say(Prompt("sms.cancel.words"), self.now).casefold().split()
        response = MessagingResponse()
        if not standing:
            response.message(self._text(language, "sms.nothing"))
        elif not set(re.findall(r"\w+", body.casefold())) & set(words):
            response.message(self.documents.text(standing[0], "sms.taken", self.now))
        else:
            for request in standing:
                if self._happen(request.reference, Withdrew()):
                    response.message(self._text(language, "sms.cancelled", request.reference))
        return str(response)

    # ── ─────────────────────────────────────────────────────────────────────────────────────────

    def _happen(self, reference: str, happening: Happening, attempt: int | None = None) -> Request | None:
        return self.store.desk.happen(self.line.plan, reference, happening, self.now, attempt=attempt)

    def _current(self, reference: str, attempt: int, *stages: Stage) -> Request | None:
        request = self.store.desk.request(reference)
        fits = request is not None and request.attempt == attempt and request.stage in stages
        return request if fits else None

    def _gone(self, reference: str) -> str:
        return self._tell(reference, "agent.gone")

    def _sorry(self, reference: str) -> str:
        return self._tell(reference, "customer.sorry")

    def _tell(self, reference: str, key: str) -> str:
        request = self.store.desk.request(reference)
        language = request.language if request else self.line.plan.default_language
        return self.documents.last_words(language, key, self.now)

    def _text(self, language: str, key: str, reference: str = "") -> str:
        local = self.now.astimezone(self.line.plan.timezone)
        return self.line.prompts[language].say(Prompt(key, {"line": self.line.name, "reference": reference}), local)
