"""Who rings, by their number: from the operator's directory, or from their service, whose word is kept for a while;
and what was agreed with them.

Asked once, when the call comes in and before its transaction. A service that is slow, broken or away costs the caller
nothing: they are then like any other.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from voice.content import Line
from voice.core.call.events import Standing
from voice.core.call.state import Call
from voice.core.caller import KnownCaller
from voice.core.contact.from_call import standing
from voice.core.contact.state import Contact
from voice.core.plan import Plan
from voice.service.calls.operator_service import OperatorService
from voice.store import Store

STILL_ASKED = timedelta(days=14)
"""For so long after it was due, what was agreed and is not done is still what a caller most likely rings about."""


def agreed_with(
    plan: Plan, store: Store, number: str | None, known: Sequence[Contact], now: datetime
) -> Standing | None:
    """The contact in which something was agreed that is still to be done, where it may be named to whoever rings from
    the number. `known` are its contacts of today: where there are none, only a line that always names them looks
    further."""
    if number is None or plan.recognise == "off" or not (known or plan.recognise == "always"):
        return None
    for agreement in store.agreements.open_of(number, now - STILL_ASKED):
        contact = store.contacts.contact(agreement.reference)
        if contact and contact.intent in plan.topics and plan.may_name(contact.arrived, now):
            return standing(contact, agreement.text.rstrip(" .!?"))
    return None


@dataclass(frozen=True)
class Acquaintances:
    line: Line
    store: Store
    service: OperatorService

    def find(self, number: str | None, dialled: str, now: datetime) -> KnownCaller | None:
        rules = self.line.directory
        if number is None or not (rules.columns or rules.url):
            return None
        known = self.store.directory.find(number, now)
        if known is None and rules.url:
            known = self.service.who_is(rules.url, number, dialled)
            if known is not None:
                self.store.directory.keep(number, known, now + rules.keep)
        return known

    def greeted(self, call: Call, now: datetime) -> Call:
        """The call of somebody who may be known: in their language, and where they stand. A name that the line does not
        know any more is passed over."""
        known, plan = self.find(call.caller, call.dialled, now), self.line.plan
        if known is None:
            return call
        agent = self.store.agents.find(known.agent) if known.agent else None
        return call.but(
            language=known.language if known.language in plan.languages else call.language,
            tier=known.tier if known.tier in plan.tiers else None,
            ahead=round(plan.ahead(known.tier).total_seconds()),
            own_queue=known.queue if known.queue in plan.queues else None,
            own_agent=known.agent if agent and agent.signed_in else None,
            area=known.area,
        )
