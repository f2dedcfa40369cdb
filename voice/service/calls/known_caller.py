"""Who rings, by their number: from the operator's directory, or from their service, whose word is kept for a while.

Asked once, when the call comes in and before its transaction. A service that is slow, broken or away costs the caller
nothing: they are then like any other.
"""

from dataclasses import dataclass
from datetime import datetime

from voice.content import Line
from voice.core.call.state import Call
from voice.core.caller import KnownCaller
from voice.service.calls.operator_service import OperatorService
from voice.store import Store


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
