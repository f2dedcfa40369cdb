"""Agents who sign in and out by telephone, with a PIN.

Whose number a call shows can be forged. So wrong PINs lock nobody out: after some in a row the line asks for no more on
a call that came in, but rings the agent's own telephone and asks there, where only they can answer.
"""

from datetime import timedelta

from voice.service.calls.legs import ContactLeg
from voice.service.calls.pins import pin_matches
from voice.service.runtime.logs import log
from voice.store import Agent
from voice.twilio.routes import AGENT_ASKED, AGENT_PIN
from voice.twilio.webhook import Webhook

PIN_TRIES = 5
"""PINs in a row that are looked at on calls that came in."""

ASKED_TIMES = 3
"""PINs that are looked at when the agent was rung."""

RUNG_APART = timedelta(minutes=5)
"""Whoever forges an agent's number cannot make their telephone ring more often."""


class SignIn(ContactLeg):
    def rings_in(self, webhook: Webhook) -> str:
        agent = self.store.agents.find(webhook.caller or "")
        if agent is None or not agent.pin:
            return self.documents.last_words(self.line.plan.default_language, "agent.unknown", self.now)
        if agent.pin_failures >= PIN_TRIES:
            return self._ring(agent)
        return self._question(agent, AGENT_PIN.link(), "agent.pin")

    def gives_pin(self, webhook: Webhook) -> str:
        """The right PIN signs in who is out, and out who is in. Silence is no try."""
        agent = self.store.agents.find(webhook.caller or "")
        if agent is None or not agent.pin:
            return self.documents.last_words(self.line.plan.default_language, "agent.unknown", self.now)
        if not webhook.digits:
            return self.documents.hang_up()
        if not self.store.agents.tries_pin(agent.name, PIN_TRIES):
            return self._ring(agent)
        if pin_matches(webhook.digits.rstrip("#"), agent.pin):
            return self._turns(agent)
        log.warning("wrong pin", agent=agent.name, failures=agent.pin_failures + 1)
        if agent.pin_failures + 1 >= PIN_TRIES:
            return self._ring(agent)
        return self._question(agent, AGENT_PIN.link(), "agent.pin.wrong", "agent.pin")

    def is_asked(self, webhook: Webhook, name: str, times: int) -> str:
        """The agent was rung: they are asked for so manieth time, or have answered."""
        agent = self.store.agents.find(name)
        if agent is None or not agent.pin:
            return self.documents.hang_up()
        if times == 0:
            return self._question(agent, AGENT_ASKED.link(agent=name, times=1), "agent.pin")
        if not webhook.digits:
            return self.documents.hang_up()
        if pin_matches(webhook.digits.rstrip("#"), agent.pin):
            return self._turns(agent)
        log.warning("wrong pin where the agent was rung", agent=agent.name)
        if times >= ASKED_TIMES:
            return self.documents.last_words(self._first_language(agent), "agent.pin.wrong", self.now)
        again = AGENT_ASKED.link(agent=name, times=times + 1)
        return self._question(agent, again, "agent.pin.wrong", "agent.pin")

    def _turns(self, agent: Agent) -> str:
        self.store.agents.right_pin(agent.name)
        if agent.signed_in:
            self.store.agents.sign_out(agent.name, self.now)
        else:
            self.store.agents.sign_in(agent.name, self.now)
        key = "agent.out" if agent.signed_in else "agent.in"
        return self.documents.last_words(self._first_language(agent), key, self.now)

    def _ring(self, agent: Agent) -> str:
        self.store.agents.ask_for_pin(agent.name, self.now, RUNG_APART)
        return self.documents.last_words(self._first_language(agent), "agent.pin.ring", self.now)

    def _question(self, agent: Agent, action: str, *keys: str) -> str:
        return self.documents.pin(self._first_language(agent), keys, self.now, action)

    def _first_language(self, agent: Agent) -> str:
        """The first that the line has; an operator may have taken one out."""
        return next((one for one in agent.languages if one in self.line.languages), self.line.plan.default_language)
