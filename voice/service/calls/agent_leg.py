"""Agents and call centres that are rung: the whisper, and the key that takes the caller."""

from datetime import timedelta

from voice.core.contact.events import Accepted, AgentLeft, Declined, Reached, Rung
from voice.core.contact.state import CALL_CENTRE, Contact, Kind, Stage
from voice.service.calls.agent_page import OnPage, on_page
from voice.service.calls.known_caller import STILL_ASKED
from voice.service.calls.legs import ContactLeg
from voice.service.calls.room import RoomRole, agent_is_gone, is_gone, room_of
from voice.twilio.agent_documents import Background
from voice.twilio.webhook import Webhook

LATELY = timedelta(days=7)
"""Earlier calls of these days are told to the agent."""

EARLIER_STORIES = 3
"""So many calls that did not solve it are told to the agent of the next."""

ACCEPT, DECLINE = "1", "2"

AGENT_GOES_ON = "agent goes on"
"""In the ledger: the agent left the room by a key, or after the caller."""

WHISPERS = 6
"""How often a call centre that picked up hears the whisper: it may have a queue of its own before a person comes."""


class AgentLeg(ContactLeg):
    def picks_up(self, webhook: Webhook, reference: str, attempt: int) -> str:
        """The whisper; only its question to who has the story on their page, and nothing to who accepted there."""
        self.happen(reference, Rung(webhook.sid), attempt)
        contact = self.current(reference, attempt, Stage.RINGING)
        if contact is None:
            return self.last_words(reference, "agent.gone")
        page = on_page(self.store, contact, self.now)
        if page is OnPage.ACCEPTED:
            if self.happen(reference, Accepted(), attempt) is None:
                return self.documents.stay()  # the page was first, and its order to join the room is on the way
            return self.joins(webhook, reference, attempt)
        if page is OnPage.SEEN:
            return self.documents.question(contact, self.spoken(contact), self.now)
        return self._whisper(contact, 1)

    def joins(self, webhook: Webhook, reference: str, attempt: int) -> str:
        """Into the room, where the caller comes too."""
        contact = self.current(reference, attempt, Stage.TAKING, Stage.TALKING)
        if contact is None or contact.agent_call != webhook.sid:
            return self.last_words(reference, "agent.gone")
        key = "agent.connecting" if contact.kind is Kind.LIVE else "agent.ringing"
        up = self._level_above(contact) is not None
        keys = (key, "agent.up") if up else (key,)
        return self.documents.meet(contact, self.now, *keys, agent=True, up=up, language=self.spoken(contact))

    def goes_on(self, webhook: Webhook, reference: str, attempt: int) -> str:
        """The agent's line goes on behind the room, unless they hung up: they pressed *, or the caller is gone. Which
        of the two, the caller's own line tells (`caller_goes_on`)."""
        contact = self.current(reference, attempt, Stage.TALKING)
        if contact is not None and not webhook.ended:
            self.store.contacts.note(reference, AGENT_GOES_ON, self.now, attempt=attempt, agent=contact.agent)
        return self.documents.hang_up()

    def caller_goes_on(self, webhook: Webhook, reference: str, attempt: int, *, again: bool) -> str:
        """The caller's line goes on behind the room. Where the agent's does too, both are there still: then the agent
        passes the caller up. Who was on hold has not been helped: back into the line, in the old place."""
        if held := self._left_on_hold(reference, attempt):
            return self.switchboard.sent_on(webhook, attempt, held.queue)
        contact = self.current(reference, attempt, Stage.TALKING)
        above = self._level_above(contact) if contact else None
        if contact is None or above is None:
            return self.switchboard.after_agent(webhook, attempt)
        mine = {"attempt": attempt, "agent": contact.agent}
        ledger = self.store.contacts.ledger_of(reference)
        if any(one["what"] == AGENT_GOES_ON and one["detail"] == mine for one in ledger):
            self.happen(reference, AgentLeft(), attempt)
            return self.switchboard.sent_on(webhook, attempt, above)
        return self.switchboard.after_agent(webhook, attempt) if again else self.documents.wait_for_key(contact)

    def _left_on_hold(self, reference: str, attempt: int) -> Contact | None:
        """The caller, if the agent went while they were on hold; which of the two webhooks comes first does not matter.
        Whom a colleague is asked about goes on with that colleague."""
        contact = self.current(reference, attempt, Stage.TALKING, Stage.ASKED)
        if contact is None:
            return None
        room = room_of(self.store.contacts.ledger_of(reference), attempt)
        if not room.on_hold or room.asked:
            return None
        if contact.stage is Stage.TALKING:
            self.happen(reference, AgentLeft(), attempt)
        return contact

    def _level_above(self, contact: Contact) -> str | None:
        queue = self.line.plan.queues.get(contact.queue)
        return queue.escalates_to if queue and contact.agent != CALL_CENTRE else None

    def answers(self, webhook: Webhook, reference: str, attempt: int, times: int) -> str:
        """1 takes the call. 2 does not, nor does silence: that is a voicemail, or nobody. `times` is how often the
        whisper was heard."""
        if webhook.digits == ACCEPT:
            self.happen(reference, Accepted(), attempt)
            return self.joins(webhook, reference, attempt)
        ringing = self.current(reference, attempt, Stage.RINGING)
        if not webhook.digits and ringing and ringing.agent == CALL_CENTRE and times < WHISPERS:
            return self._whisper(ringing, times + 1)
        declined = Declined("declined") if webhook.digits == DECLINE else Declined("silence", missed=True)
        contact = self.happen(reference, declined, attempt)
        language = contact.language if contact else self.line.plan.default_language
        return self.documents.last_words(language, "agent.declined", self.now)

    def ended(self, reference: str, attempt: int, status: str, sid: str) -> None:
        """The agent's line is over, whatever it was: never answered, declined by hanging up, or a call that is done."""
        if status in ("busy", "no-answer", "failed"):
            self.happen(reference, Declined(status, missed=True), attempt)
        elif self.current(reference, attempt, Stage.RINGING):
            self.happen(reference, Declined("hung up"), attempt)
        elif contact := self._still_with(reference, attempt, sid):
            agent_is_gone(self.line, self.store, contact, self.now)

    def guest_ended(self, reference: str, attempt: int, how: str, who: str, sid: str) -> None:
        """The line of somebody who was taken into the room is over: of the agent by now, or of a guest."""
        contact = self.store.contacts.contact(reference)
        if contact is None or how not in set(RoomRole):
            return
        if contact.agent_call == sid:
            if contact.attempt == attempt:
                agent_is_gone(self.line, self.store, contact, self.now)
            return
        room = room_of(self.store.contacts.ledger_of(reference), attempt)
        if any(one.call == sid for one in room.guests):
            is_gone(self.store, contact, RoomRole(how), who, sid, self.now)

    def _still_with(self, reference: str, attempt: int, sid: str) -> Contact | None:
        """An agent who has handed the caller over leaves nobody alone."""
        contact = self.store.contacts.contact(reference)
        with_them = contact is not None and contact.attempt == attempt and contact.agent_call in (None, sid)
        return contact if with_them else None

    def call_centre_picks_up(self, caller_sid: str) -> str:
        """The whisper; after it the two speak. Nobody is connected with a caller who has gone."""
        contact = self.store.contacts.of_leg(caller_sid)
        if contact is None or contact.leg != caller_sid or contact.agent is not None:
            return self.documents.hang_up()
        self.happen(contact.reference, Reached(caller_sid), contact.attempt)
        current = self.current(contact.reference, contact.attempt, Stage.TALKING)
        if current is None:
            return self.documents.hang_up()
        return self.documents.briefing(current, self._earlier(current), self.now, self._background(current))

    def _whisper(self, contact: Contact, times: int) -> str:
        earlier, background = self._earlier(contact), self._background(contact)
        return self.documents.whisper(contact, self.spoken(contact), earlier, self.now, times, background)

    def _background(self, contact: Contact) -> Background:
        """What the directory says of the number, and what an earlier contact came to: for the agent alone."""
        rules = self.line.directory
        looked_up = contact.number and (rules.columns or rules.url)
        known = self.store.directory.find(contact.number or "", self.now) if looked_up else None
        agreements = self.store.agreements.open_of(contact.number, self.now - STILL_ASKED) if contact.number else []
        return Background(known, self._told_before(contact), tuple(one.text for one in agreements))

    def _told_before(self, contact: Contact) -> tuple[str, ...]:
        """The words of the calls that did not solve it, the first one first; what was said in the same words once."""
        words: list[str] = []
        before = contact
        for _ in range(EARLIER_STORIES):
            found = self.store.contacts.contact(before.earlier) if before.earlier else None
            if found is None:
                break
            before, words = found, [*found.words, *words]
        return tuple(dict.fromkeys(words))

    def _earlier(self, contact: Contact) -> int:
        return len(self.store.contacts.earlier(contact, self.now - LATELY))
