"""Callers who are taken out of the queue, and customers who are called back: into the room with the agent."""

from voice.content.wishes import WishPhrases
from voice.core.call.actions import Prompt
from voice.core.call.state import Call, Outcome, State
from voice.core.call.wishes import Arranging
from voice.core.contact.events import OUR_FAULT, WRONG_NUMBER, Reached, Rung, Unreached, Withdrew
from voice.core.contact.state import Contact, Stage
from voice.core.interpretation import Command
from voice.service.calls.agent_leg import ACCEPT, DECLINE
from voice.service.calls.legs import ContactLeg
from voice.store import JournalEntry
from voice.twilio.webhook import Webhook

TIMES = 3
"""How often who picks up is asked whether it is them."""


class CustomerLeg(ContactLeg):
    def comes(self, webhook: Webhook, reference: str, attempt: int) -> str:
        """Taken out of the queue: into the room, or, if the agent has gone meanwhile, back into the line."""
        self.happen(reference, Reached(webhook.sid), attempt)
        contact = self.current(reference, attempt, Stage.TALKING)
        if contact is None or contact.leg != webhook.sid:
            return self.switchboard.cut_off(webhook, attempt)
        self.switchboard.taken_out(webhook, attempt)
        return self.documents.meet(contact, self.now)

    def picks_up(self, webhook: Webhook, reference: str, attempt: int, answered_by: str) -> str:
        contact = self.current(reference, attempt, Stage.TAKING)
        if contact is None:
            return self.last_words(reference, "customer.sorry")
        self.happen(reference, Rung(webhook.sid), attempt)
        if answered_by.startswith(("machine", "fax")):
            self.happen(reference, Unreached("voicemail"), attempt)
            return self.documents.hang_up()
        return self.documents.hello(contact, self.spoken(contact), self.now)

    def answers(self, webhook: Webhook, reference: str, attempt: int, times: int, *, cancel: bool = False) -> str:
        """1 or yes is the customer; the callback is withdrawn by 2, or by a wish that they say yes to (`cancel`: they
        were asked). Whoever picks up says something first ("hello?", their name), or fetches somebody: they are asked
        again, and after that rung another time; whoever cannot speak just now, at once. Somebody else, who was rung by
        mistake, withdraws nothing: they are rung once more at the most, as a word may have been misheard."""
        contact = self.current(reference, attempt, Stage.TAKING, Stage.TALKING)
        if contact is None:
            return self.last_words(reference, "customer.sorry")
        command, key = self._heard(contact, webhook)
        yes = key == ACCEPT or command is Command.YES
        if key == DECLINE or (cancel and yes):
            self.happen(reference, Withdrew(), attempt)
            return self.documents.last_words(contact.language, "customer.cancelled", self.now)
        wishes, said = self.line.wishes.get(contact.language) or WishPhrases(), webhook.speech or ""
        if wishes.wants(Arranging.WRONG_NUMBER.value, said):
            known = any(step["detail"].get("why") == WRONG_NUMBER for step in self.store.contacts.ledger_of(reference))
            self.happen(reference, Unreached(WRONG_NUMBER, final=known), attempt)
            return self.documents.last_words(contact.language, "customer.wrong", self.now)
        if wishes.wants(Arranging.CANCEL.value, said) and not cancel:
            return self.documents.ask_customer(contact, Prompt("listed.cancel"), self.now, times, cancel=True)
        asks = wishes.wants(Arranging.WHO.value, said)
        if yes and not asks and (key or times > 1 or self._is_sure(contact, said)):
            return self._connect(webhook, contact)
        if times < TIMES and not wishes.wants(Arranging.BUSY.value, said):
            later = command is Command.NO and not asks
            again = Prompt("customer.later" if later else "customer.again", {"line": self.line.name})
            return self.documents.ask_customer(contact, again, self.now, times + 1)
        self.happen(reference, Unreached("not confirmed"), attempt)
        return self.documents.last_words(contact.language, "customer.not_now", self.now)

    def _heard(self, contact: Contact, webhook: Webhook) -> tuple[Command | None, str | None]:
        """The command and the key."""
        if not webhook.speech:
            return None, webhook.digits
        meaning = self.switchboard.understanding.understand(webhook.speech, contact.language, state=State.CONFIRM)
        return meaning.command, webhook.digits or meaning.digits

    def _is_sure(self, contact: Contact, said: str) -> bool:
        """Whether it is a yes where none is expected, too: who only picks up ("oui allô", "met Jansen") has said yes to
        nothing."""
        meaning = self.switchboard.understanding.understand(said, contact.language, state=State.QUESTION)
        return meaning.command is Command.YES

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
            outbound=True,
        )
        self.store.save(None, call, now, entries=[JournalEntry("called back", {"reference": contact.reference})])
        self.happen(contact.reference, Reached(webhook.sid), contact.attempt)
        reached = self.current(contact.reference, contact.attempt, Stage.TALKING)
        if reached is None or reached.leg != webhook.sid:
            return self.last_words(contact.reference, "customer.sorry")
        return self.documents.meet(reached, now, "customer.connecting")

    def is_told_again(self, reference: str, attempt: int) -> str:
        """The customer has heard that something went wrong here, and is rung again."""
        self.happen(reference, Unreached(OUR_FAULT), attempt)
        return self.documents.hang_up()

    def ended(self, webhook: Webhook, reference: str, attempt: int, status: str) -> None:
        contact = self.current(reference, attempt, Stage.TAKING)
        if contact is not None and contact.leg in (None, webhook.sid):
            self.happen(reference, Unreached("hung up" if status == "completed" else status), attempt)
        else:
            self.switchboard.ended(webhook)
