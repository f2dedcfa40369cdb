"""Nine complaints of callers, as they tell them, and what this line does instead."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from tests.complaints.conftest import Tale
from tests.conftest import Telvia, routed
from voice.content.schema import CallersEntry, ColumnsEntry
from voice.core.caller import KnownCaller
from voice.core.contact.events import Helped
from voice.core.contact.state import Kind, Stage
from voice.core.interpretation import Interpretation
from voice.core.plan import Tier
from voice.core.queue.hours import Hours
from voice.service.calls.operator_service import OperatorService
from voice.service.calls.transfer import transfer
from voice.service.operators.agreements import agree

SUNDAY = datetime(2026, 11, 22, 10, tzinfo=UTC)
NEARLY_FOUR = datetime(2026, 11, 24, 14, 55, tzinfo=UTC)
QUEUING = (("Piet", "+32470000001", 180), ("Els", "+32470000002", 9), ("gold", "+32470000003", 1))
"""Who rings, from where, and how long before the next."""

OFFICE = Hours((((8 * 60, 16 * 60),),) * 5 + ((), ()))


def queue(telvia: Telvia, name: str, **rules: object) -> None:
    """The operator changes a queue."""
    queues = telvia.line.plan.queues
    changed = replace(queues[name], **rules)  # type: ignore[arg-type]
    telvia.changes(plan=replace(telvia.line.plan, queues=queues | {name: changed}))


def test_one_in_ten_is_never_answered(tale: Tale) -> None:
    telvia = tale.telvia
    queue(telvia, "technical", on_abandon="callback")
    caller = tale.rings()
    tale.says(caller, "mijn internet ligt plat")
    tale.is_silent(caller)
    caller.hangs_up()
    tale.notes("has to go, and hangs up: the place stays, and the line rings back")
    customer = telvia.twilio.phone("+32470123456")
    an = telvia.hire("An", "+32470999001", "technical")
    tale.accepts(an)
    telvia.passes(3)
    customer.accepts()
    telvia.passes(3)
    contact = telvia.contact_of(caller)
    assert (contact.kind, contact.stage) == (Kind.CALLBACK, Stage.TALKING)


def test_endless_music(tale: Tale) -> None:
    telvia = tale.telvia
    caller = tale.rings()
    tale.says(caller, "mijn factuur klopt niet")
    tale.is_silent(caller)
    assert "liever teruggebeld" in caller.hears
    tale.presses(caller, "9")
    tale.presses(caller, "1")
    tale.notes("the telephone is put down, and the place in the line is kept")
    contact = telvia.contact_of(caller)
    assert contact.listed
    assert contact.arrived == caller.call.arrived


def test_three_agents_and_forty_five_minutes(tale: Tale) -> None:
    telvia = tale.telvia
    queue(telvia, "technical", escalates_to="complaints")
    queue(telvia, "complaints", escalates_to="general")
    an = telvia.hire("An", "+32470999001", "technical")
    first = telvia.ring().says("mijn internet ligt plat").stays_silent()
    an.accepts()
    telvia.passes(30)
    first.hangs_up()
    telvia.passes(60)
    tale.notes("An of the first level has helped on Tuesday; it did not last. The caller rings again")
    for name, number, level in (("Bea", "+32470999002", "complaints"), ("Cas", "+32470999003", "general")):
        agent = telvia.hire(name, number, level)
        caller = tale.rings()
        tale.says(caller, "mijn internet ligt plat")
        tale.says(caller, "ja")
        tale.accepts(agent)
        assert "Vorige keer: mijn internet ligt plat" in agent.hears
        assert telvia.contact_of(caller).queue == level
        telvia.passes(30)
        caller.hangs_up()
        telvia.passes(60)
        if name == "Bea":
            tale.notes("nor did what Bea of the second level did: the third level, and nothing is told anew")


def test_a_tree_with_no_way_back(tale: Tale) -> None:
    caller = tale.rings()
    tale.says(caller, "mijn factuur klopt niet")
    tale.says(caller, "terug")
    assert "opnieuw" in caller.hears
    tale.says(caller, "een medewerker")
    assert caller.queue == "general"


@pytest.mark.parametrize("at", [SUNDAY])
def test_closed_at_the_weekend(tale: Tale) -> None:
    telvia = tale.telvia
    for name in telvia.line.plan.queues:
        queue(telvia, name, hours=OFFICE)
    telvia.understanding.meanings["waar vind ik mijn wifi-wachtwoord"] = routed("wifi_password")  # type: ignore[attr-defined]
    caller = tale.rings()
    tale.says(caller, "waar vind ik mijn wifi-wachtwoord")
    assert "sticker" in caller.hears
    tale.says(caller, "nee")
    assert "gesloten" in caller.hears
    tale.says(caller, "ja")
    assert telvia.contact_of(caller).promised == datetime(2026, 11, 23, 7, tzinfo=UTC)


@pytest.mark.parametrize("at", [NEARLY_FOUR])
def test_the_wrong_department_and_closed_at_four(tale: Tale) -> None:
    telvia = tale.telvia
    queue(telvia, "billing", hours=OFFICE)
    an = telvia.hire("An", "+32470999001", "technical")
    caller = tale.rings()
    tale.says(caller, "mijn internet ligt plat")
    tale.is_silent(caller)
    tale.accepts(an)
    telvia.passes(360)
    tale.notes("it turns out to be about the bill; An sends the caller on, and billing closed at four")
    before = len(caller.person.heard)
    transfer(telvia.line, telvia.store, telvia.contact_of(caller).reference, "billing", telvia.worker.clock())
    telvia.passes(20)
    said = " ".join(one.text for one in caller.person.heard[before:] if one.kind == "say")
    tale.lines.append(f"line    {said}")
    contact = telvia.contact_of(caller)
    assert (contact.queue, contact.kind, contact.words) == ("billing", Kind.CALLBACK, ("mijn internet ligt plat",))
    assert "gesloten" in said


def test_agreements_are_never_confirmed(tale: Tale) -> None:
    telvia = tale.telvia
    an = telvia.hire("An", "+32470999001", "technical")
    caller = tale.rings()
    tale.says(caller, "mijn internet ligt plat")
    tale.is_silent(caller)
    tale.accepts(an)
    telvia.passes(30)
    caller.hangs_up()
    telvia.passes(2)
    tale.notes("a technician comes on Monday, says An: voice calls agreed …")
    reference, now = telvia.contact_of(caller).reference, telvia.worker.clock()
    agree(telvia.line, telvia.store, reference, "er komt een technicus langs", "2026-11-30 14:00", "An", now)
    assert "er komt een technicus langs (maandag om 14 uur)" in tale.texts()[0]
    tale.notes("the day before")
    telvia.twilio.advance(5.3 * 86400)
    assert "ter herinnering, morgen om 14 uur" in tale.texts()[1]


def test_better_customers_first_and_the_others_starve(tale: Tale) -> None:
    telvia = tale.telvia
    plan = replace(telvia.line.plan, tiers={"gold": Tier(1)}, overtake=timedelta(minutes=2))
    telvia.changes(plan=plan, directory=CallersEntry(columns=ColumnsEntry(number="number")))
    telvia.store.directory.replace({"+32470000003": KnownCaller(tier="gold")})
    people = {}
    for name, number, seconds in QUEUING:
        people[telvia.ring(from_=number).says("mijn internet ligt plat").stays_silent().person.sid] = name
        telvia.passes(seconds)
    tale.notes("Piet rings, minutes later Els, a minute later a gold customer; gold may go two minutes before others")
    an = telvia.hire("An", "+32470999001")
    served = []
    for _ in people:
        an.accepts()
        [talking] = [one for one in telvia.store.contacts.newest(open_only=True) if one.stage is Stage.TALKING]
        served.append(people[talking.call_sid])
        an.hangs_up()
        telvia.store.contacts.happen(telvia.line.plan, talking.reference, Helped(), telvia.worker.clock())
        telvia.passes(30)
    tale.notes(f"answered, in this order: {', '.join(served)}")
    assert served == ["Piet", "gold", "Els"]


def test_where_is_my_parcel(tale: Tale) -> None:
    telvia = tale.telvia
    telvia.understanding.meanings |= {  # type: ignore[attr-defined]
        "waar blijft mijn pakje": routed("parcel"),
        "vier": Interpretation(digits="4"),
    }
    reply = {"speech": "Uw pakje komt morgen voor de middag.", "sms": "Telvia: uw pakje komt morgen voor de middag."}
    service = OperatorService(httpx.MockTransport(lambda _: httpx.Response(200, json=reply)), secret="secret")
    object.__setattr__(telvia.app.extensions["switchboard"], "service", service)
    answers = telvia.line.plan.answers
    parcel = replace(answers["parcel"], service="https://shop.example/parcel")
    telvia.changes(plan=replace(telvia.line.plan, answers={**answers, "parcel": parcel}))
    caller = tale.rings()
    tale.says(caller, "waar blijft mijn pakje")
    tale.says(caller, "vier")
    tale.says(caller, "ja")
    assert tale.texts() == [reply["sms"]]
    assert telvia.contact_of(caller).stage is Stage.INFORMED
