"""A colleague is asked and goes on; a supervisor listens, coaches, joins: all in the room of an agent and a caller."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.conftest import Agent, Ringing, Telvia
from tests.console.conftest import Visitor
from voice.content.schema import ConsoleEntry
from voice.core.contact.state import Stage
from voice.localtwilio import Mishap, Standing
from voice.service.console.board import day_so_far
from voice.service.console.figures import agent_figures

Come = Callable[..., Visitor]
CALLER, AN, BEA = "+32470123456", "+32470000001", "+32470000002"


@pytest.fixture
def an(telvia: Telvia) -> Agent:
    return telvia.hire("An", AN, "technical")


@pytest.fixture
def bea(telvia: Telvia, an: Agent) -> Agent:  # noqa: ARG001
    return telvia.hire("Bea", BEA, "billing", "technical")


@pytest.fixture
def caller(telvia: Telvia, an: Agent) -> Ringing:
    """With An."""
    caller = telvia.ring().says("mijn internet ligt plat").stays_silent()
    an.accepts()
    assert an.speaks_with == [CALLER]
    return caller


@pytest.fixture
def desk(telvia: Telvia, visitor: Come, caller: Ringing, bea: Agent) -> Callable[..., int]:  # noqa: ARG001
    """What An does at her desk about the caller; the code of the answer."""
    page = visitor("an", "agent", agent="An")
    reference = telvia.contact_of(caller).reference

    def does(what: str, **more: str) -> int:
        code = page.posts(f"/desk/{what}", reference=reference, **more).status_code
        telvia.passes(3)
        return code

    return does


def test_a_caller_is_put_on_hold_and_back(an: Agent, caller: Ringing, desk: Callable[..., int]) -> None:
    assert desk("hold") == 303
    assert (caller.person.standing, an.speaks_with) == (Standing.HELD, [])
    assert desk("back") == 303
    assert an.speaks_with == [CALLER]


def test_a_colleague_is_asked_alone_and_goes_on_with_the_caller(
    telvia: Telvia, an: Agent, bea: Agent, caller: Ringing, visitor: Come, desk: Callable[..., int]
) -> None:
    assert desk("ask", agent="Bea") == 303
    assert bea.rings
    page = visitor("bea", "agent", agent="Bea")
    assert "mijn internet ligt plat" in page.sees("/desk"), "she reads what it is about"
    bea.phone.picks_up()
    telvia.passes(1)
    assert (bea.speaks_with, caller.person.speaks_with) == ([AN], [])
    telvia.ring(from_="+32470123499").says("mijn internet ligt plat").stays_silent()
    telvia.passes(5)
    assert not bea.rings, "she is given nobody else meanwhile"
    assert desk("hand-over") == 303
    assert an.phone.ended
    assert (bea.speaks_with, caller.person.speaks_with) == ([CALLER], [BEA])
    contact = telvia.contact_of(caller)
    assert (contact.stage, contact.agent) == (Stage.TALKING, "Bea")
    assert telvia.store.agents.find("An").contact is None  # type: ignore[union-attr]
    assert page.posts("/desk/note", reference=contact.reference, text="taken over").status_code == 303
    bea.hangs_up()
    telvia.passes(2)
    assert telvia.contact_of(caller).stage is Stage.ASKED
    assert telvia.store.agents.find("Bea").contact is None  # type: ignore[union-attr]
    now = telvia.worker.clock()
    found = agent_figures(telvia.line.plan, [], day_so_far(telvia.line, telvia.store, now), now)
    assert {name: one.handled for name, one in found.items()} == {"An": 1, "Bea": 1}


def test_a_colleague_who_was_asked_leaves_and_the_caller_is_back(
    telvia: Telvia, an: Agent, bea: Agent, desk: Callable[..., int]
) -> None:
    desk("ask", agent="Bea")
    bea.phone.picks_up()
    telvia.passes(1)
    assert desk("let-go") == 303
    assert bea.phone.ended
    assert an.speaks_with == [CALLER]
    assert telvia.store.agents.find("Bea").free(telvia.worker.clock())  # type: ignore[union-attr]
    assert desk("let-go") == 422


def test_a_colleague_who_does_not_answer_or_hangs_up_brings_the_caller_back(
    telvia: Telvia, an: Agent, bea: Agent, desk: Callable[..., int]
) -> None:
    desk("ask", agent="Bea")
    assert desk("hand-over") == 303
    assert an.speaks_with == [], "she has not picked up: nothing has changed"
    assert desk("ask", agent="Bea") == 422, "one at a time"
    telvia.passes(30)
    assert not bea.rings
    assert an.speaks_with == [CALLER]
    assert desk("hand-over") == 422
    desk("ask", agent="Bea")
    bea.phone.picks_up()
    bea.hangs_up()
    telvia.passes(3)
    assert an.speaks_with == [CALLER]


def test_the_caller_stays_with_a_colleague_when_the_first_hangs_up(
    telvia: Telvia, an: Agent, bea: Agent, caller: Ringing, desk: Callable[..., int]
) -> None:
    desk("ask", agent="Bea")
    bea.phone.picks_up()
    telvia.passes(1)
    an.hangs_up()
    telvia.passes(3)
    assert (bea.speaks_with, caller.person.speaks_with) == ([CALLER], [BEA])
    assert (telvia.contact_of(caller).stage, telvia.contact_of(caller).agent) == (Stage.TALKING, "Bea")
    bea.hangs_up()
    telvia.passes(3)
    assert telvia.contact_of(caller).stage is Stage.ASKED


def test_the_caller_goes_back_into_line_when_the_first_hangs_up_and_nobody_came(
    telvia: Telvia, an: Agent, bea: Agent, caller: Ringing, desk: Callable[..., int]
) -> None:
    before = telvia.contact_of(caller)
    desk("ask", agent="Bea")
    assert bea.rings
    an.hangs_up()
    telvia.passes(3)
    after = telvia.contact_of(caller)
    assert (after.place, after.queue, after.agent) == (before.place, before.queue, "Bea"), "she is free, and next"
    assert after.stage is Stage.RINGING
    assert not caller.call.passed_on
    bea.accepts()
    assert bea.speaks_with == [CALLER]


def test_the_caller_goes_back_into_line_when_both_hang_up(
    telvia: Telvia, an: Agent, bea: Agent, caller: Ringing, desk: Callable[..., int]
) -> None:
    desk("ask", agent="Bea")
    bea.phone.picks_up()
    telvia.passes(1)
    an.phone.hangs_up()
    bea.phone.hangs_up()
    telvia.passes(5)
    assert telvia.contact_of(caller).stage is Stage.RINGING
    assert bea.rings
    assert not caller.person.ended


def test_after_the_question_the_call_ends_with_the_agent_as_before(
    telvia: Telvia, an: Agent, bea: Agent, caller: Ringing, desk: Callable[..., int]
) -> None:
    desk("ask", agent="Bea")
    bea.phone.picks_up()
    desk("let-go")
    an.hangs_up()
    telvia.passes(3)
    assert telvia.contact_of(caller).stage is Stage.ASKED


def test_who_is_busy_or_out_is_not_asked(telvia: Telvia, bea: Agent, desk: Callable[..., int]) -> None:
    assert desk("ask", agent="An") == 422
    assert desk("ask", agent="Nobody") == 422
    telvia.store.agents.sign_out(bea.name, telvia.worker.clock())
    assert desk("ask", agent="Bea") == 422


def test_a_caller_who_hangs_up_leaves_nobody_behind(
    telvia: Telvia, an: Agent, bea: Agent, caller: Ringing, desk: Callable[..., int]
) -> None:
    desk("ask", agent="Bea")
    bea.phone.picks_up()
    caller.hangs_up()
    telvia.passes(3)
    assert an.phone.ended
    assert bea.phone.ended
    now = telvia.worker.clock() + timedelta(minutes=5)
    assert all(telvia.store.agents.find(name).free(now) for name in ("An", "Bea"))  # type: ignore[union-attr]


@pytest.mark.parametrize("path", ["agent-status", "room-status"])
def test_a_status_that_comes_twice_changes_nothing(
    telvia: Telvia, bea: Agent, caller: Ringing, desk: Callable[..., int], path: str
) -> None:
    desk("ask", agent="Bea")
    bea.phone.picks_up()
    telvia.twilio.next_webhook(Mishap.TWICE, path=path)
    desk("hand-over")
    telvia.passes(3)
    assert telvia.contact_of(caller).agent == "Bea"
    bea.hangs_up()
    telvia.passes(3)
    assert telvia.contact_of(caller).stage is Stage.ASKED


@pytest.fixture
def listening(telvia: Telvia) -> None:
    telvia.changes(console=ConsoleEntry(listening=True), plan=replace(telvia.line.plan, listened=True))


@pytest.mark.usefixtures("listening", "an")
def test_callers_are_told_where_somebody_may_listen(telvia: Telvia) -> None:
    assert "meeluisteren" in telvia.ring().hears


@pytest.mark.usefixtures("listening")
@pytest.mark.parametrize(("how", "heard_by"), [("listen", []), ("coach", [AN]), ("join", [CALLER, AN])])
def test_a_supervisor_comes_in_and_it_is_written_down(
    telvia: Telvia, an: Agent, visitor: Come, how: str, heard_by: list[str]
) -> None:
    caller = telvia.ring().says("mijn internet ligt plat").stays_silent()
    an.accepts()
    sofie = telvia.hire("Sofie", "+32470000009", "complaints")
    page = visitor("sofie", "supervisor", agent="Sofie")
    reference = telvia.contact_of(caller).reference
    assert page.posts(f"/calls/{reference}/{how}").status_code == 303
    telvia.passes(3)
    sofie.phone.picks_up()
    telvia.passes(1)
    assert sorted(sofie.speaks_with) == sorted(heard_by)
    assert how in [deed.what for deed in telvia.store.audit.latest(about=reference)]
    sofie.hangs_up()
    telvia.passes(2)
    assert an.speaks_with == [CALLER], "the two go on"


def test_nobody_listens_where_callers_are_not_told(telvia: Telvia, visitor: Come, caller: Ringing) -> None:
    telvia.hire("Sofie", "+32470000009", "complaints")
    page = visitor("sofie", "supervisor", agent="Sofie")
    reference = telvia.contact_of(caller).reference
    assert page.posts(f"/calls/{reference}/listen").status_code == 422
    assert "Listen" not in page.sees(f"/calls/{reference}")
    assert page.posts("/desk/ask", reference=reference, agent="Sofie").status_code == 403


def test_a_caller_on_hold_whose_agent_hangs_up_was_not_helped_and_has_the_old_place(
    telvia: Telvia, an: Agent, caller: Ringing, desk: Callable[..., int]
) -> None:
    desk("hold")
    arrived = telvia.contact_of(caller).arrived
    an.hangs_up()
    telvia.passes(3)
    contact = telvia.contact_of(caller)
    assert contact.stage in (Stage.WAITING, Stage.RINGING)
    assert (caller.queue, contact.arrived) == ("technical", arrived)
    assert "geholpen" not in caller.hears


@pytest.mark.usefixtures("listening")
def test_who_listens_coaches_then_and_joins_on_the_same_line(telvia: Telvia, an: Agent, visitor: Come) -> None:
    caller = telvia.ring().says("mijn internet ligt plat").stays_silent()
    an.accepts()
    sofie = telvia.hire("Sofie", "+32470000009", "complaints")
    page, reference = visitor("sofie", "supervisor", agent="Sofie"), telvia.contact_of(caller).reference
    for _ in range(2):  # a double click rings once
        page.posts(f"/calls/{reference}/listen")
    page.posts(f"/calls/{reference}/coach")  # not there yet
    telvia.passes(3)
    sofie.phone.picks_up()
    telvia.passes(1)
    for how, heard_by in (("coach", [AN]), ("join", [AN, CALLER]), ("listen", [])):
        assert page.posts(f"/calls/{reference}/{how}").status_code == 303
        telvia.passes(2)
        assert sorted(sofie.speaks_with) == sorted(heard_by), how
        assert not sofie.rings
    assert "Sofie listens, and is heard by nobody" in page.sees(f"/calls/{reference}")
    deeds = [deed.what for deed in telvia.store.audit.latest(about=reference)]
    assert [deeds.count(how) for how in ("coach", "join")] == [2, 1]
    sofie.hangs_up()
    telvia.passes(2)
    assert "Sofie listens" not in page.sees(f"/calls/{reference}")
    assert an.speaks_with == [CALLER]


@pytest.mark.usefixtures("listening")
def test_who_is_asked_by_a_colleague_does_not_listen_besides(
    telvia: Telvia, bea: Agent, caller: Ringing, visitor: Come, desk: Callable[..., int]
) -> None:
    desk("ask", agent="Bea")
    bea.phone.picks_up()
    page, reference = visitor("bea", "supervisor", agent="Bea"), telvia.contact_of(caller).reference
    refused = page.posts(f"/calls/{reference}/listen")
    assert (refused.status_code, "asked by a colleague" in refused.text) == (422, True)
