"""The line begins only so many calls and texts an hour: what is more waits, and a person is told before."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.conftest import Agent, Ringing, Telvia
from tests.live.test_alarms import OnCall
from tests.web.test_webhooks import Twilio
from voice.core.contact.events import Withdrew
from voice.core.contact.hourly import HourlyCeiling
from voice.core.contact.state import Contact, Kind, Stage
from voice.errors import StoreError
from voice.store.tables import outbox
from voice.twilio.rest import RestRefused

pytestmark = pytest.mark.slow

HOUR = 3600


def limited(telvia: Telvia, **ceiling: int) -> None:
    telvia.changes(plan=replace(telvia.line.plan, hourly=HourlyCeiling(**ceiling)))


def wants_to_be_rung(telvia: Telvia, number: str) -> Contact:
    caller = telvia.ring(from_=number).says("bel me terug").says("ja")
    if not caller.person.ended:
        caller.hangs_up()
    return telvia.contact_of(caller)


def an_hour_passes(telvia: Telvia) -> None:
    """Without a look of the worker in each of its seconds."""
    telvia.twilio.advance(HOUR)


def stages(telvia: Telvia) -> list[Stage]:
    return sorted(one.stage for one in telvia.store.contacts.newest() if one.kind is Kind.CALLBACK)


def texts(telvia: Telvia, contact: Contact) -> list[dict[str, Any]]:
    return [e["detail"] for e in telvia.store.contacts.ledger_of(contact.reference) if e["what"] == "text"]


def signed_in(telvia: Telvia, *names: str) -> list[Agent]:
    return [telvia.hire(name, f"+3247000000{n}") for n, name in enumerate(names, 1)]


def test_a_callback_begins_only_where_both_its_calls_may_be_made(telvia: Telvia) -> None:
    limited(telvia, calls=4)
    for end in range(2):
        wants_to_be_rung(telvia, f"+3247012000{end}")
    an, bea = signed_in(telvia, "An", "Bea")
    telvia.passes(5)
    assert stages(telvia) == [Stage.RINGING, Stage.WAITING], "three quarters are one callback's two calls"
    [rung] = [one for one in (an, bea) if one.rings]
    rung.accepts()
    assert stages(telvia) == [Stage.TAKING, Stage.WAITING], "the customer is rung at once"
    assert sum(telvia.twilio.phone(f"+3247012000{end}").rings for end in range(2)) == 1


def test_who_waits_on_the_line_is_served_when_callbacks_wait(telvia: Telvia) -> None:
    limited(telvia, calls=4)
    for end in range(2):
        wants_to_be_rung(telvia, f"+3247012000{end}")
    signed_in(telvia, "An", "Bea")
    telvia.passes(5)
    caller = telvia.ring(from_="+32470130000").says("een medewerker")
    telvia.passes(5)
    assert telvia.contact_of(caller).stage is Stage.RINGING


def test_the_next_hour_goes_on(telvia: Telvia) -> None:
    limited(telvia, calls=4)
    wants_to_be_rung(telvia, "+32470120000")
    [an] = signed_in(telvia, "An")
    for _ in range(2):
        assert an.is_rung()
        an.declines()
    assert not an.is_rung(within=45)
    an_hour_passes(telvia)
    assert an.is_rung(within=5)


def test_an_agent_who_wants_to_ring_somebody_is_told_why_not(telvia: Telvia) -> None:
    limited(telvia, calls=2)
    left: Ringing = telvia.ring(from_="+32470120000").says("een medewerker").hangs_up()
    signed_in(telvia, "An")
    contact, store = telvia.contact_of(left), telvia.store
    with pytest.raises(StoreError, match="as many people this hour as it may"):
        store.contacts.call_back(telvia.line.plan, contact, "+32470120000", "An", telvia.worker.clock())
    assert [one.reference for one in store.contacts.newest()] == [contact.reference]


def test_texts_wait_for_the_next_hour_and_the_ledger_says_so(telvia: Telvia) -> None:
    limited(telvia, texts=1)
    first, second = (wants_to_be_rung(telvia, f"+3247012000{end}") for end in range(2))
    telvia.passes(3)
    assert [len(telvia.twilio.phone(f"+3247012000{end}").texts) for end in range(2)] == [1, 0]
    assert [one["state"] for one in texts(telvia, first)] == ["done"]
    assert [one["state"] for one in texts(telvia, second)] == ["kept back"]
    an_hour_passes(telvia)
    telvia.passes(3)
    assert len(telvia.twilio.phone("+32470120001").texts) == 1
    assert [one["state"] for one in texts(telvia, second)] == ["kept back", "done"]


def test_what_was_taken_and_never_sent_uses_up_nothing(telvia: Telvia, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of nobody's interest any more, to a stranger, or refused by Twilio."""
    limited(telvia, texts=1)
    caller = telvia.ring().says("bel me terug").says("nee").presses("0472000000#").says("ja")
    withdrawn = wants_to_be_rung(telvia, "+32470120002")
    telvia.store.contacts.happen(telvia.line.plan, withdrawn.reference, Withdrew(), telvia.worker.clock())
    refused = wants_to_be_rung(telvia, "+32470120001")

    def refuse(*_: object) -> str:
        raise RestRefused("final", "no", code=21614)

    with monkeypatch.context() as patched:
        patched.setattr(telvia.worker.rest, "text", refuse)
        telvia.passes(3)
    assert [one["state"] for one in texts(telvia, telvia.contact_of(caller))] == ["void"]
    assert [one["state"] for one in texts(telvia, withdrawn)] == ["void"]
    assert [one["state"] for one in texts(telvia, refused)] == ["failed"]
    sent = wants_to_be_rung(telvia, "+32470120003")
    telvia.passes(3)
    assert [one["state"] for one in texts(telvia, sent)] == ["done"]


def test_a_call_that_twilio_refused_uses_up_nothing(telvia: Telvia, monkeypatch: pytest.MonkeyPatch) -> None:
    limited(telvia, calls=2)

    def refuse(*_: object) -> str:
        raise RestRefused("final", "no", code=20003)

    [an] = signed_in(telvia, "An")
    with monkeypatch.context() as patched:
        patched.setattr(telvia.worker.rest, "ring", refuse)
        telvia.ring(from_="+32470130000").says("een medewerker")
        for _ in range(3):
            telvia.passes(60)
    assert an.is_rung(within=120)


def test_a_text_that_helps_nobody_an_hour_later_is_dropped(telvia: Telvia) -> None:
    limited(telvia, texts=1)
    wants_to_be_rung(telvia, "+32470120000")
    telvia.passes(3)
    contact = wants_to_be_rung(telvia, "+32470120001")
    [late] = [one for one in telvia.store.outbox.owed_to(contact.reference) if one["job"] == "text"]
    with telvia.store.engine.begin() as connection:
        connection.execute(outbox.update().where(outbox.c.id == late["id"]).values(what="sms.late"))
    telvia.passes(3)
    an_hour_passes(telvia)
    telvia.passes(3)
    assert [one["state"] for one in texts(telvia, contact)] == ["dropped"]
    assert telvia.twilio.phone("+32470120001").texts == []


def test_what_an_hour_later_says_that_a_callback_stands_is_sent_only_where_it_does(telvia: Telvia) -> None:
    limited(telvia, texts=1)
    wants_to_be_rung(telvia, "+32470120000")
    telvia.passes(3)
    wants_to_be_rung(telvia, "+32470120001")
    telvia.passes(3)
    Twilio(telvia).posts("/twilio/sms", From="+32470120001", Body="stop")
    an_hour_passes(telvia)
    telvia.passes(3)
    assert telvia.twilio.phone("+32470120001").texts == []


def test_texts_that_are_answered_count_and_are_obeyed_beyond_the_ceiling(telvia: Telvia) -> None:
    limited(telvia, texts=3)
    contact = wants_to_be_rung(telvia, "+32470120000")
    telvia.passes(3)
    twilio = Twilio(telvia)
    replies = [twilio.posts("/twilio/sms", From=f"+3247099999{n}", Body="hallo").text for n in range(3)]
    assert ["<Message>" in reply for reply in replies] == [True, True, False]
    assert "<Message>" not in twilio.posts("/twilio/sms", From="+32470120000", Body="stop").text
    current = telvia.store.contacts.contact(contact.reference)
    assert current is not None
    assert current.stage is Stage.WITHDRAWN


def test_a_person_is_told_before_anything_waits_and_when_the_hour_is_over(telvia: Telvia) -> None:
    on_call = OnCall(telvia)
    limited(telvia, calls=10, texts=3)
    wants_to_be_rung(telvia, "+32470120000")
    telvia.passes(3)
    on_call.looks()
    assert on_call.told == []
    wants_to_be_rung(telvia, "+32470120001")
    telvia.passes(3)
    on_call.looks()
    on_call.looks(after=60)
    assert on_call.told == ["alarm: ceiling"]
    on_call.looks(after=timedelta(hours=1).total_seconds())
    assert on_call.told == ["alarm: ceiling", "all clear: ceiling"]
