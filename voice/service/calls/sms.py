"""Texts that callers send."""

from datetime import timedelta

from twilio.twiml.messaging_response import MessagingResponse

from voice.content.texts import fold
from voice.core.call.actions import Prompt
from voice.core.contact.events import Withdrew
from voice.core.contact.state import Kind
from voice.service.calls.legs import ContactLeg
from voice.service.calls.phone_numbers import own_numbers
from voice.service.runtime.logs import log
from voice.twilio.webhook import CALLER, HIDDEN, Text

FINAL = frozenset({"delivered", "undelivered", "failed"})
"""MessageStatus of a text that is over (https://www.twilio.com/docs/messaging/api/message-resource)."""


HOUR = timedelta(hours=1)
MOST_AN_HOUR = 2
"""Automatic answers to one number."""


class Texts(ContactLeg):
    def goes(self, reference: str, sid: str, status: str, code: str) -> None:
        """What became of a text of ours; told more than once, it is written down once."""
        contact = self.store.contacts.contact(reference)
        if contact is None or status not in FINAL:
            return
        known = (entry["detail"] for entry in self.store.contacts.ledger_of(reference) if entry["what"] == "sms")
        if (sid, status) not in {(one["sms"], one["status"]) for one in known}:
            self.store.contacts.note(reference, "sms", self.now, sms=sid, status=status, code=code or None)

    def comes(self, text: Text) -> str:
        """An answer to one of our texts: a word of cancelling cancels what stands for the number; any other is told
        what stands. What is asked is done however often; the answers are few."""
        standing = [one for one in self.store.contacts.open_for(text.sender) if one.kind is Kind.CALLBACK]
        language = standing[0].language if standing else self.line.plan.default_language
        answers: list[str] = []
        if not standing:
            answers.append(self._text(language, "sms.nothing"))
        elif not self._cancels(text.body, language, [one.reference for one in standing]):
            answers.append(self.documents.text(standing[0], "sms.taken", self.now))
        else:
            for contact in standing:
                if self.happen(contact.reference, Withdrew()):
                    answers.append(self._text(language, "sms.cancelled", contact.reference))
        response = MessagingResponse()
        if answers and self._may_answer(text.sender):
            response.message(" ".join(answers))
        return str(response)

    def _cancels(self, body: str, language: str, references: list[str]) -> bool:
        """Whether the whole message is a word of cancelling: "it should stop dropping" is none. Politeness and the
        callback's own number do not count."""
        said = fold(body).split()
        words, polite = (
            fold(self.line.prompts[language].say(Prompt(key), self.now)).split()
            for key in ("sms.cancel.words", "sms.polite.words")
        )
        aside = {*polite, *(part for reference in references for part in fold(reference).split())}
        left = [word for word in said if word not in aside]
        return bool(left) and set(left) <= set(words)

    def _may_answer(self, sender: str) -> bool:
        """Two machines that answer each other never end: so only full numbers of others are answered, rarely, and one
        that the line knows nothing of once; and none beyond the hour's ceiling."""
        if not CALLER.fullmatch(sender) or sender in HIDDEN | own_numbers(self.line) | {self.line.sms_from}:
            return False
        known = self.store.texted.knows(sender)
        often = self.store.texted.since(sender, self.now - HOUR if known else None)
        too_many = self.store.texted.this_hour(self.now) >= self.line.plan.hourly.texts
        if too_many or often >= (MOST_AN_HOUR if known else 1):
            log.warning("a text is not answered", number=sender)
            return False
        self.store.texted.add(sender, self.now)
        return True

    def _text(self, language: str, key: str, reference: str = "") -> str:
        local = self.now.astimezone(self.line.plan.timezone)
        return self.line.prompts[language].say(Prompt(key, {"line": self.line.name, "reference": reference}), local)
