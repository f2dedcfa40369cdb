"""Who may serve whom, and who is next.

First come, first served over all channels: callers on the line and callbacks stand in one line, by the moment at which
they arrived; a better tier a little before it, by no more than the operator has set. The store reads free agents and
the line in these orders; the decisions are made here.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from voice.core.contact.hourly import RINGS
from voice.core.contact.state import CALL_CENTRE, Contact, Kind
from voice.core.plan import Plan

MISSED_RINGS = 3
"""An agent who did not answer so many rings in a row is signed out."""

LINE_ORDER = (("late", "falling"), ("place", "rising"), ("priority", "falling"))
"""The fields of a contact by which the line stands: overdue promises first, then who arrived first, a better tier being
put somewhat before its arrival (`Plan.ahead`); of two at one place, the one whose queue has the higher priority."""


@dataclass(frozen=True)
class Agent:
    """`endpoint` is a telephone number, a SIP address or client:name; `pin` is a salted hash. `not_ready` is why they
    take nobody just now, `since` when they last signed in or out or said so."""

    name: str
    endpoint: str
    queues: tuple[str, ...]
    languages: tuple[str, ...]
    pin: str | None = None
    pin_failures: int = 0
    signed_in: bool = False
    contact: str | None = None
    wrap_up_until: datetime | None = None
    idle_since: datetime | None = None
    missed: int = 0
    not_ready: str | None = None
    since: datetime | None = None

    def speaks(self, contact: Contact) -> bool:
        return contact.language in self.languages

    def serves(self, contact: Contact) -> bool:
        """Whoever speaks the caller's language; for a callback that is overdue, anybody of its queue."""
        return contact.queue in self.queues and (self.speaks(contact) or (contact.late and contact.listed))

    def free(self, now: datetime) -> bool:
        """Whether they are ready, with nobody, and their wrap-up is over."""
        return self.not_ready is None and self.contact is None and (not self.wrap_up_until or self.wrap_up_until <= now)


def hands(plan: Plan, agents: Iterable[Agent], rung: Collection[str]) -> list[Agent]:
    """Who can take somebody now: free agents, in the order in which they became idle, for the queues that agents
    answer; and each call centre that is not being rung just now (`rung`), as an agent of its own queue."""
    people = [replace(one, queues=tuple(name for name in one.queues if not plan.dialled(name))) for one in agents]
    dialled = (name for name in plan.queues if plan.dialled(name) and name not in rung)
    return [*people, *(Agent(CALL_CENTRE, "", (name,), plan.languages) for name in dialled)]


def _may(agent: Agent, contact: Contact, now: datetime) -> bool:
    """Who has an agent of their own waits a while for them alone."""
    own = contact.own_until is not None and now < contact.own_until
    return not own or agent.name == contact.own_agent


def pair(
    plan: Plan, line: Sequence[Contact], free: list[Agent], now: datetime, begun: int = 0
) -> Iterator[tuple[Contact, Agent]]:
    """Give this stretch of the line, in its order, to these hands: each pair's agent is taken out of `free`. `begun`
    calls count towards this hour's ceiling.

    A callback waits for its queue to open. An overdue one may go to somebody who does not speak its language, where
    nobody is free who does.
    """
    for contact in line:
        if contact.kind is Kind.CALLBACK and not plan.is_open(contact.queue, now):
            continue
        if not plan.hourly.allows(contact.kind, begun):
            continue
        able = [one for one in free if one.serves(contact) and _may(one, contact, now)]
        if able:
            agent = next((one for one in able if one.speaks(contact)), able[0])
            free.remove(agent)
            begun += RINGS[contact.kind]
            yield contact, agent
