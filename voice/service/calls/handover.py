"""What agents, and customers who are called back, do on their telephones.

Each webhook names a contact and an attempt. One that comes late, twice, or for an attempt that is over changes nothing:
whoever is on that line hears so, and hangs up.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from twilio.twiml.messaging_response import MessagingResponse

from voice.content import Line
from voice.core.call.actions import Prompt
from voice.core.call.state import Call, Outcome, State
from voice.core.contact.events import Accepted, AgentLeft, ContactEvent, Declined, Reached, Rung, Unreached, Withdrew
from voice.core.contact.state import CALL_CENTRE, Contact, Kind, Stage
from voice.core.interpretation import Command
from voice.service.calls.pins import pin_matches
from voice.service.calls.turn import Switchboard
from voice.service.runtime.logs import log
from voice.store import Agent, Entry, Store
from voice.store.report_data import CALLED_BACK
from voice.twilio.agent_documents import AgentDocuments, path
from voice.twilio.webhook import Webhook

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
    def documents(self) -> AgentDocuments:
        return AgentDocuments(self.line)

    # ── The agent ───────────────────────────────────────────────────────────────────────────────

    def agent_picks_up(self, webhook: Webhook, reference: str, attempt: int) -> str:
        """The whisper."""
        self._happen(reference, Rung(webhook.sid), attempt)
        contact = self._current(reference, attempt, Stage.RINGING)
        if contact is None:
            return self._gone(reference)
        return self._whisper(contact, 1)

    def _whisper(self, contact: Contact, times: int) -> str:
        return self.documents.whisper(contact, self._spoken(contact), self._earlier(contact), self.now, times)

    def _spoken(self, contact: Contact) -> str:
        """The caller's language, or the first of an agent who does not speak it."""
        agent = self.store.agents.find(contact.agent or "")
        known = [one for one in agent.languages if one in self.line.languages] if agent else []
        return contact.language if contact.language in known or not known else known[0]

    def _earlier(self, contact: Contact) -> int:
        return len(self.store.contacts.earlier(contact, self.now - LATELY))

    def agent_answers(self, webhook: Webhook, reference: str, attempt: int, times: int) -> str:
        """1 takes the call. 2 does not, nor does silence: that is a voicemail, or nobody. `times` is how often the
        whisper was heard."""
        if webhook.digits == ACCEPT:
            self._happen(reference, Accepted(), attempt)
            contact = self._current(reference, attempt, Stage.TAKING, Stage.TALKING)
            if contact is None or contact.agent_call != webhook.sid:
                return self._gone(reference)
            key = "agent.connecting" if contact.kind is Kind.LIVE else "agent.ringing"
            return self.documents.meet(contact, self.now, key, language=self._spoken(contact))
        ringing = self._current(reference, attempt, Stage.RINGING)
        if not webhook.digits and ringing and ringing.agent == CALL_CENTRE and times < WHISPERS:
            return self._whisper(ringing, times + 1)
        declined = Declined("declined") if webhook.digits == DECLINE else Declined("silence", missed=True)
        contact = self._happen(reference, declined, attempt)
        language = contact.language if contact else self.line.plan.default_language
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
        contact = self.store.contacts.of_leg(caller_sid)
        if contact is None or contact.leg != caller_sid or contact.agent is not None:
            return self.documents.hang_up()
        self._happen(contact.reference, Reached(caller_sid), contact.attempt)
        current = self._current(contact.reference, contact.attempt, Stage.TALKING)
        return (
            self.documents.briefing(current, self._earlier(current), self.now) if current else self.documents.hang_up()
        )

    # ── The caller on hold ──────────────────────────────────────────────────────────────────────

    def caller_comes(self, webhook: Webhook, reference: str, attempt: int) -> str:
        """Taken out of the queue: into the room, or, if the agent has gone meanwhile, back into the line."""
        self._happen(reference, Reached(webhook.sid), attempt)
        contact = self._current(reference, attempt, Stage.TALKING)
        if contact is None or contact.leg != webhook.sid:
            return self.switchboard.cut_off(webhook, attempt)
        self.switchboard.taken_out(webhook, attempt)
        return self.documents.meet(contact, self.now, after=path("after", contact).removeprefix("/twilio/"))

    # ── The customer who is called back ─────────────────────────────────────────────────────────

    def customer_picks_up(self, webhook: Webhook, reference: str, attempt: int, answered_by: str) -> str:
        contact = self._current(reference, attempt, Stage.TAKING)
        if contact is None:
            return self._sorry(reference)
        self._happen(reference, Rung(webhook.sid), attempt)
        if answered_by.startswith(("machine", "fax")):
            self._happen(reference, Unreached("voicemail"), attempt)
            return self.documents.hang_up()
        return self.documents.hello(contact, self._spoken(contact), self.now)

    def customer_answers(self, webhook: Webhook, reference: str, attempt: int) -> str:
        """1 or yes is the customer. No is one who needs it no more; anything else is not them."""
        contact = self._current(reference, attempt, Stage.TAKING, Stage.TALKING)
        if contact is None:
            return self._sorry(reference)
        command = None
        if webhook.speech:
            meaning = self.switchboard.understanding.understand(webhook.speech, contact.language, state=State.CONFIRM)
            command = meaning.command
        if webhook.digits == ACCEPT or command is Command.YES:
            return self._connect(webhook, contact)
        if webhook.digits == DECLINE or command is Command.NO:
            self._happen(reference, Withdrew(), attempt)
            return self.documents.last_words(contact.language, "customer.cancelled", self.now)
        self._happen(reference, Unreached("not confirmed"), attempt)
        return self.documents.hang_up()

    def _connect(self, webhook: Webhook, contact: Contact) -> str:
        """From here on the customer's line is a call like any other: it can be transferred, and asked afterwards."""
        now = self.now
        call = Call(
            sid=webhook.sid,
            language=contact.language,
            dialled=contact.dialled,
            caller=contact.number,
            arrived=contact.arrived,
            state=State.AGENT,
            intent=contact.intent,
            queue=contact.queue,
            words=contact.words,
            note=contact.note,
            number=contact.number,
            outcome=Outcome.CALLBACK,
            reference=contact.reference,
        )
        self.store.save(None, call, now, entries=[Entry(CALLED_BACK, {"reference": contact.reference})])
        self._happen(contact.reference, Reached(webhook.sid), contact.attempt)
        reached = self._current(contact.reference, contact.attempt, Stage.TALKING)
        if reached is None or reached.leg != webhook.sid:
            return self._sorry(contact.reference)
        after = path("after", reached).removeprefix("/twilio/")
        return self.documents.meet(reached, now, "customer.connecting", after)

    def customer_ended(self, webhook: Webhook, reference: str, attempt: int, status: str) -> None:
        contact = self._current(reference, attempt, Stage.TAKING)
        if contact is not None and contact.leg in (None, webhook.sid):
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
        standing = [one for one in self.store.contacts.open_for(number) if one.kind is Kind.CALLBACK]
        language = standing[0].language if standing else self.line.plan.default_language
        words = self.line.prompts[language].say(Prompt("sms.cancel.words"), self.now).casefold().split()
        response = MessagingResponse()
        if not standing:
            response.message(self._text(language, "sms.nothing"))
        elif not set(re.findall(r"\w+", body.casefold())) & set(words):
            response.message(self.documents.text(standing[0], "sms.taken", self.now))
        else:
            for contact in standing:
                if self._happen(contact.reference, Withdrew()):
                    response.message(self._text(language, "sms.cancelled", contact.reference))
        return str(response)

    # ── ─────────────────────────────────────────────────────────────────────────────────────────

    def _happen(self, reference: str, event: ContactEvent, attempt: int | None = None) -> Contact | None:
        return self.store.contacts.happen(self.line.plan, reference, event, self.now, attempt=attempt)

    def _current(self, reference: str, attempt: int, *stages: Stage) -> Contact | None:
        contact = self.store.contacts.contact(reference)
        fits = contact is not None and contact.attempt == attempt and contact.stage in stages
        return contact if fits else None

    def _gone(self, reference: str) -> str:
        return self._tell(reference, "agent.gone")

    def _sorry(self, reference: str) -> str:
        return self._tell(reference, "customer.sorry")

    def _tell(self, reference: str, key: str) -> str:
        contact = self.store.contacts.contact(reference)
        language = contact.language if contact else self.line.plan.default_language
        return self.documents.last_words(language, key, self.now)

    def _text(self, language: str, key: str, reference: str = "") -> str:
        local = self.now.astimezone(self.line.plan.timezone)
        return self.line.prompts[language].say(Prompt(key, {"line": self.line.name, "reference": reference}), local)
