"""An agent at their desk: what they see, and what they do with their page and their telephone."""

import html
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.conftest import OPEN_DAY, Agent, Ringing, Telvia
from tests.console.conftest import Visitor
from voice.core.contact.state import Stage
from voice.core.identity import AskedIdentity, IdentityKind
from voice.core.queue.hours import Hours
from voice.errors import SettingsError, StoreError
from voice.service.console import desk
from voice.service.console.queues import force
from voice.service.operators.agreements import agree

Come = Callable[..., Visitor]
AN = "+32470000001"


@pytest.fixture
def an(telvia: Telvia) -> Agent:
    return telvia.hire("An", AN)


@pytest.fixture
def page(visitor: Come, an: Agent) -> Visitor:  # noqa: ARG001
    return visitor("an", "agent", agent="An")


@pytest.fixture
def caller(telvia: Telvia, an: Agent) -> Ringing:  # noqa: ARG001
    """On hold for the technical service; An's telephone rings."""
    caller = telvia.ring().says("mijn internet ligt plat").stays_silent()
    telvia.passes(3)
    return caller


def which(telvia: Telvia, caller: Ringing) -> dict[str, object]:
    contact = telvia.contact_of(caller)
    return {"reference": contact.reference, "attempt": contact.attempt}


def test_the_story_stands_on_the_desk_while_it_rings_with_the_number_masked(page: Visitor, caller: Ringing) -> None:
    shown = page.sees("/desk")
    assert "mijn internet ligt plat" in shown
    assert "…56" in shown
    assert "470123456" not in shown.replace(" ", "")
    assert caller.queue == "technical"


def test_who_the_caller_says_they_are_is_whole_while_they_are_there_and_masked_afterwards(
    telvia: Telvia, an: Agent, page: Visitor
) -> None:
    asks = {"outage": AskedIdentity(IdentityKind.CUSTOMER_NUMBER)}
    telvia.changes(plan=replace(telvia.line.plan, asks=asks))
    caller = telvia.ring().says("mijn internet ligt plat").presses("81726354#")
    now = telvia.worker.clock()
    reference = telvia.contact_of(caller).reference
    agree(telvia.line, telvia.store, reference, "a new modem by post", "2 h", "An", now)
    telvia.passes(3)
    shown = page.sees("/desk")
    assert "81726354" in shown
    assert "a new modem by post" in shown
    an.accepts()
    caller.hangs_up()
    telvia.passes(3)
    shown = page.sees("/desk")
    assert "81726354" not in shown
    assert "…54" in shown


def test_a_desk_that_two_have_open_is_each_ones_own(
    page: Visitor, visitor: Callable[..., Visitor], caller: Ringing
) -> None:
    assert caller
    other = visitor("sofie", "agent", "supervisor", agent="An")
    parts = []
    for each in (page, other):
        answer = each.client.get("/desk/stream", buffered=False)
        parts.append([next(answer.response) for _ in range(2)][1].decode())
        answer.close()
    assert page.session
    assert other.session
    assert [page.session.csrf in part for part in parts] == [True, False]
    assert [other.session.csrf in part for part in parts] == [False, True]
    assert ["+32 470 12 34 56" in part for part in parts] == [False, True]


def close(telvia: Telvia, queue: str) -> None:
    now = telvia.worker.clock()
    until = now + timedelta(hours=1)
    force(telvia.line, telvia.store, queue, opens=False, until=until, by="Sofie", why="fire", now=now)
    telvia.passes(1)


def test_after_a_deed_the_desk_alone_is_sent_so_that_no_page_can_stand_within_the_page(page: Visitor) -> None:
    """The stream may have replaced the button that was pressed, and with it what htmx would choose of a whole page."""
    part = page.client.get("/desk", headers={"HX-Request": "true"}).text
    assert part.count('id="work"') == 1
    assert "<html" not in part
    assert 'id="desk"' not in part


def test_who_accepts_on_the_page_is_connected_as_they_pick_up_without_the_whisper(
    telvia: Telvia, an: Agent, page: Visitor, caller: Ringing
) -> None:
    page.posts("/desk/accept", **which(telvia, caller))
    telvia.passes(2)
    assert telvia.contact_of(caller).stage is Stage.RINGING, "nobody is fetched for a telephone that still rings"
    assert caller.queue == "technical"
    an.phone.picks_up()
    telvia.passes(3)
    assert an.speaks_with == ["+32470123456"]
    assert "mijn internet" not in an.hears


def test_who_accepts_on_the_page_during_the_whisper_is_connected_at_once(
    telvia: Telvia, an: Agent, page: Visitor, caller: Ringing
) -> None:
    an.phone.picks_up(wait=False)
    telvia.passes(1)
    assert an.speaks_with == []
    accepted = which(telvia, caller)
    page.posts("/desk/accept", **accepted)
    telvia.passes(3)
    assert an.speaks_with == ["+32470123456"]
    assert caller.person.speaks_with == [AN]
    assert page.posts("/desk/accept", **accepted).status_code == 303, "who presses twice has them all the same"


def test_who_has_seen_the_story_hears_only_which_key_to_press(
    telvia: Telvia, an: Agent, page: Visitor, caller: Ringing
) -> None:
    assert page.posts("/desk/see", **which(telvia, caller)).status_code == 204
    an.accepts()
    assert "mijn internet" not in an.hears
    assert "1" in an.hears
    assert an.speaks_with == ["+32470123456"]


def test_a_story_of_another_attempt_spares_nobody_the_whisper(
    telvia: Telvia, an: Agent, page: Visitor, caller: Ringing
) -> None:
    contact = telvia.contact_of(caller)
    page.posts("/desk/see", reference=contact.reference, attempt=contact.attempt + 1)
    an.accepts()
    assert "mijn internet ligt plat" in an.hears


def test_who_declines_on_the_page_is_left_alone_and_the_caller_keeps_the_place(
    telvia: Telvia, an: Agent, page: Visitor, caller: Ringing
) -> None:
    page.posts("/desk/decline", **which(telvia, caller))
    telvia.passes(2)
    assert not an.rings
    assert telvia.contact_of(caller).stage is Stage.WAITING
    assert page.posts("/desk/accept", **which(telvia, caller)).status_code == 422


def test_accepting_too_late_is_told(telvia: Telvia, an: Agent, page: Visitor, caller: Ringing) -> None:
    asked = which(telvia, caller)
    caller.hangs_up()
    telvia.passes(1)
    answer = page.posts("/desk/accept", **asked)
    assert answer.status_code == 422
    assert "not being offered" in answer.text
    assert not an.rings


def test_an_agent_signs_in_and_is_not_ready_for_a_reason(telvia: Telvia, an: Agent, page: Visitor) -> None:
    page.posts("/desk/pause", reason="lunch")
    assert "lunch" in page.sees("/desk")
    telvia.ring().says("mijn internet ligt plat").stays_silent()
    telvia.passes(5)
    assert not an.rings
    page.posts("/desk/ready")
    assert an.is_rung(within=3)
    assert page.posts("/desk/pause", reason="no such reason").status_code == 422


def test_wrap_up_is_made_longer(telvia: Telvia, an: Agent, page: Visitor, caller: Ringing) -> None:
    an.accepts()
    caller.hangs_up()
    telvia.passes(1)
    page.posts("/desk/more", minutes=3)
    telvia.ring(from_="+32470123499").says("mijn factuur klopt niet").stays_silent()
    telvia.passes(60)
    assert not an.rings
    page.posts("/desk/ready")
    assert an.is_rung(within=3)
    with pytest.raises(StoreError, match="over"):
        desk.more_wrap_up(telvia.store, "An", timedelta(minutes=1), telvia.worker.clock())


def test_a_note_and_an_outcome_are_kept_and_told_the_next_time(
    telvia: Telvia, an: Agent, page: Visitor, caller: Ringing
) -> None:
    an.accepts()
    mine = which(telvia, caller)
    page.posts("/desk/note", text="modem replaced on the 3rd", **mine)
    page.posts("/desk/outcome", outcome="solved", **mine)
    assert page.posts("/desk/outcome", outcome="nonsense", **mine).status_code == 422
    shown = page.sees("/desk")
    assert "modem replaced" in shown
    assert "solved" in shown
    caller.hangs_up()
    telvia.passes(25)
    telvia.ring().says("mijn factuur klopt niet").stays_silent()
    telvia.passes(3)
    again = page.sees("/desk")
    assert "Earlier" in again
    assert "modem replaced on the 3rd" in again


def test_an_agent_sends_on_and_the_desk_says_where_nobody_answers(
    telvia: Telvia, an: Agent, page: Visitor, caller: Ringing
) -> None:
    bea = telvia.hire("Bea", "+32470000002", "billing")
    an.accepts()
    close(telvia, "sales")
    assert "sales (closed)" in page.sees("/desk")
    page.posts("/desk/transfer", queue="billing", **which(telvia, caller))
    assert bea.is_rung(within=10)
    assert telvia.contact_of(caller).queue == "billing"


def test_an_agent_has_no_say_in_others_contacts(telvia: Telvia, visitor: Come, an: Agent, caller: Ringing) -> None:
    telvia.hire("Bea", "+32470000002", "billing")
    bea = visitor("bea", "agent", agent="Bea")
    an.accepts()
    mine = which(telvia, caller)
    assert bea.posts("/desk/note", text="x", **mine).status_code == 403
    assert bea.posts("/desk/transfer", queue="billing", **mine).status_code == 403
    assert bea.posts("/desk/accept", **mine).status_code == 422
    assert "mijn internet" not in bea.sees("/desk")


def test_who_left_unanswered_is_rung_the_agent_first(telvia: Telvia, an: Agent, page: Visitor, caller: Ringing) -> None:
    caller.hangs_up()
    telvia.passes(2)
    reference = telvia.contact_of(caller).reference
    assert "mijn internet ligt plat" in page.sees("/missed")
    assert page.posts(f"/missed/{reference}/ring").status_code == 303
    assert "mijn internet ligt plat" not in page.sees("/missed")
    assert an.is_rung(within=3)
    customer = telvia.twilio.phone("+32470123456")
    assert not customer.rings
    an.accepts()
    telvia.passes(2)
    assert customer.rings
    customer.accepts()
    telvia.passes(3)
    assert an.speaks_with == ["+32470123456"]
    assert customer.texts == [], "nobody was promised anything"
    assert page.posts(f"/missed/{reference}/ring").status_code == 422


def test_who_need_not_be_rung_is_done_with_a_reason(telvia: Telvia, an: Agent, page: Visitor, caller: Ringing) -> None:
    assert an.rings
    caller.hangs_up()
    telvia.passes(2)
    reference = telvia.contact_of(caller).reference
    assert page.posts(f"/missed/{reference}/done", why=" ").status_code == 422
    page.posts(f"/missed/{reference}/done", why="sent a mail")
    assert "mijn internet ligt plat" not in page.sees("/missed")
    with pytest.raises(SettingsError):
        desk.done(telvia.store, "An", reference, "", telvia.worker.clock())


def test_who_is_busy_rings_nobody(telvia: Telvia, an: Agent, page: Visitor, caller: Ringing) -> None:
    caller.hangs_up()
    telvia.passes(2)
    reference = telvia.contact_of(caller).reference
    telvia.ring(from_="+32470123499").says("mijn factuur klopt niet").stays_silent()
    an.accepts()
    assert page.posts(f"/missed/{reference}/ring").status_code == 422
    assert "mijn internet ligt plat" in page.sees("/missed")


def test_who_agrees_on_a_moment_at_which_the_queue_is_closed_is_told_when_it_opens(
    telvia: Telvia, an: Agent, page: Visitor, caller: Ringing
) -> None:
    weekdays = Hours((*[((9 * 60, 17 * 60),)] * 5, (), ()), {})
    queues = telvia.line.plan.queues
    queues = queues | {"technical": replace(queues["technical"], hours=weekdays)}
    telvia.changes(plan=replace(telvia.line.plan, queues=queues))
    an.accepts()
    reference = str(which(telvia, caller)["reference"])
    sunday = OPEN_DAY + timedelta(days=(6 - OPEN_DAY.weekday()) % 7 or 7)

    def reads(day: timedelta) -> str:
        until = f"{sunday + day:%Y-%m-%d} 14:00"
        return page.posts("/desk/agreed", reference=reference, text="a technician comes", until=until).text

    assert "closed then, and nobody can see to it before" in reads(timedelta(0))
    assert "closed then" not in reads(timedelta(days=1))


def test_an_agent_promises_to_ring_at_a_moment_and_reads_the_text_before_it_goes(
    telvia: Telvia, an: Agent, page: Visitor, caller: Ringing
) -> None:
    bea = telvia.hire("Bea", "+32470000002")
    an.accepts()
    reference = str(which(telvia, caller)["reference"])
    assert page.posts("/desk/later", reference=reference, at="yesterday").status_code == 422
    assert "says no time" in page.posts("/desk/later", reference=reference, at="2026-12-24").text
    told = page.posts("/desk/later", reference=reference, at="1" * 5000).text
    assert f"“{'1' * 60}…” is no moment" in told
    shown = page.posts("/desk/later", reference=reference, at="11:00").text
    assert "11" in shown
    customer = telvia.twilio.phone("+32470123456")
    assert customer.texts == []
    assert page.posts("/desk/later", reference=reference, at="11:00", sure="text").status_code == 303
    caller.hangs_up()
    telvia.passes(2)
    assert [text.body in html.unescape(shown) for text in customer.texts] == [True]
    assert page.posts("/desk/later", reference=reference, at="11:00", sure="no").status_code == 422, "promised already"
    assert page.posts("/desk/agreed", reference=reference, text="a new modem by post", until="2 h").status_code == 200
    assert len(customer.texts) == 1, "read before it goes"
    page.posts("/desk/agreed", reference=reference, text="a new modem by post", until="2 h", sure="text")
    telvia.passes(2)
    assert "a new modem by post" in customer.texts[-1].body
    telvia.twilio.advance((OPEN_DAY + timedelta(hours=1) - telvia.worker.clock()).total_seconds() - 60)
    telvia.passes(30)
    assert not an.rings
    assert not bea.rings
    assert an.is_rung(within=60), "it is her promise, though Bea is free for longer"
    assert not bea.rings
