"""Agents who sign in and out by telephone, with a PIN."""

from voice.service.calls.legs import ContactLeg
from voice.service.calls.pins import pin_matches
from voice.service.runtime.logs import log
from voice.store import Agent
from voice.twilio.webhook import Webhook

PIN_TRIES = 5
"""Wrong PINs in a row after which a telephone cannot sign in; `voice agents sign-in` opens it again."""


class SignIn(ContactLeg):
    def rings_in(self, webhook: Webhook) -> str:
        agent = self.store.agents.find(webhook.caller or "")
        language = self.line.plan.default_language
        if agent is None or not agent.pin or agent.pin_failures >= PIN_TRIES:
            return self.documents.last_words(language, "agent.unknown", self.now)
        return self.documents.pin(self._first_language(agent), ["agent.pin"], self.now)

    def gives_pin(self, webhook: Webhook) -> str:
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
