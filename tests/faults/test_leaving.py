"""The caller leaves the queue in the moment in which an agent takes them, and a webhook between them comes twice or
never: both end well, through the local Twilio. Every order of them is tried in `test_any_order`."""

from collections.abc import Iterator
from itertools import product

import pytest

from tests.conftest import Agent, Ringing, Telvia
from voice.core.contact.state import Stage
from voice.localtwilio import Mishap

pytestmark = pytest.mark.slow

AN = "+32470000001"
ON_THE_WAY = ["hold-turn", "agent-answer", "come"]
"""The webhooks that cross each other."""


@pytest.fixture
def telvia(telvia: Telvia) -> Telvia:
    telvia.twilio.world.calls_per_second = 0
    telvia.worker.calls_per_second = 0
    return telvia


APOLOGY = 15
"""Seconds that the fallback's words take."""


def does(caller: Ringing, act: str) -> None:
    if caller.person.ended:
        return
    match act:
        case "hangs up":
            caller.hangs_up()
        case "9" | "*":
            caller.person.presses(act, wait=False)
        case _:
            caller.person.says(act, wait=False)


def answers(agent: Agent, key: str) -> None:
    if agent.phone.ended:
        return
    if key == "hangs up":
        agent.hangs_up()
    else:
        agent.phone.presses(key, wait=False)


def crossing(telvia: Telvia, agent: Agent, number: str, act: str, key: str, *, caller_first: bool) -> Ringing:
    """A caller on hold and an agent who hears about them, each doing something at the same moment."""
    telvia.store.agents.sign_in(agent.name, telvia.worker.clock())
    caller = telvia.ring(from_=number).says("een medewerker")
    assert agent.is_rung(within=120)
    agent.phone.picks_up(wait=False)
    telvia.passes(1)
    if caller_first:
        does(caller, act)
        answers(agent, key)
    else:
        answers(agent, key)
        does(caller, act)
    telvia.passes(20)
    return caller


APOLOGY = 8
"""Seconds of the fallback's words, once what was lost has been waited for in vain."""


def ends_well(telvia: Telvia, agent: Agent, caller: Ringing, act: str, what: object) -> None:
    if act != "hangs up":
        told = "\n".join(f"{e.url} → {e.answer}" for e in caller.person.log[-6:])
        assert not caller.person.ended, f"{what}: the line let the caller go\n{told}"
        spoken = caller.queue or caller.person.speaks_with or caller.person.leg.question
        assert spoken, f"{what}: the caller hears nothing\n{told}"
        caller.hangs_up()
    if agent.phone.calls and not agent.phone.ended:
        agent.phone.hangs_up()
    telvia.passes(2)
    for _ in range(5):
        contacts = telvia.store.contacts_of(caller.person.sid)
        if all(one.over for one in contacts):
            break
        telvia.passes(60)
    assert [one.stage for one in contacts if not one.over] == [], what
    assert not any(one.stage is Stage.TALKING for one in contacts)
    assert telvia.store.agents.find(agent.name).contact is None, what  # type: ignore[union-attr]


def numbers() -> Iterator[str]:
    return (f"+3247{1_000_000 + n}" for n in range(100_000))


@pytest.mark.parametrize("mishap", [Mishap.TWICE, Mishap.RETRIED, Mishap.LOST, Mishap.ANSWER_LOST])
def test_what_comes_twice_or_never_harms_nobody(telvia: Telvia, mishap: Mishap) -> None:
    an, number = telvia.hire("An", AN), numbers()
    for path, act in product([*ON_THE_WAY, "queue"], ["9", "hangs up"]):
        telvia.twilio.next_webhook(mishap, path=f"/{path}?")
        caller = crossing(telvia, an, next(number), act, "1", caller_first=True)
        telvia.twilio.all_goes_well()
        if (mishap, path) == (Mishap.LOST, "queue"):
            telvia.passes(APOLOGY)
        ends_well(telvia, an, caller, act, (mishap, path, act))
