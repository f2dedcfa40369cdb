"""What a supervisor finds of a call, and does about it; what an administrator does about a number."""

import csv
import json
from collections.abc import Callable
from datetime import timedelta
from io import StringIO

import pytest
from sqlalchemy import update

from tests.conftest import Agent, Ringing, Telvia
from tests.console.conftest import Visitor
from voice.core.contact.state import Stage
from voice.service.console.period import harmless
from voice.service.operators.inbox import Inbox, Why
from voice.store.database import writing
from voice.store.tables import contacts

pytestmark = pytest.mark.slow

Come = Callable[..., Visitor]


@pytest.fixture
def sofie(visitor: Come) -> Visitor:
    return visitor("sofie", "supervisor")


@pytest.fixture
def an(telvia: Telvia) -> Agent:
    return telvia.hire("An", "+32470000001")


@pytest.fixture
def caller(telvia: Telvia, an: Agent) -> Ringing:  # noqa: ARG001
    caller = telvia.ring().says("mijn internet ligt plat").stays_silent()
    telvia.passes(3)
    return caller


def reference(telvia: Telvia, caller: Ringing) -> str:
    return telvia.contact_of(caller).reference


@pytest.mark.parametrize("text", ["internet LIGT", "0470 12 34 56", "123456", "+32470123456", ""])
def test_a_call_is_found(telvia: Telvia, sofie: Visitor, caller: Ringing, text: str) -> None:
    assert reference(telvia, caller) in sofie.client.get("/calls", query_string={"text": text}).text


def test_a_call_is_not_found_by_what_it_is_not(telvia: Telvia, sofie: Visitor, caller: Ringing) -> None:
    mine = reference(telvia, caller)
    for asked in (
        {"text": "100 %"},
        {"text": "_"},
        {"queue": "billing"},
        {"since": "2027-01-01"},
        {"until": "2020-01-01"},
    ):
        assert mine not in sofie.client.get("/calls", query_string=asked).text, asked
    assert mine in sofie.client.get("/calls", query_string={"queue": "technical", "since": "2026-11-24"}).text


def test_a_call_is_found_by_the_time_of_day(telvia: Telvia, sofie: Visitor, caller: Ringing) -> None:
    mine = reference(telvia, caller)
    arrived = telvia.contact_of(caller).arrived.astimezone(telvia.line.plan.timezone)
    day, minute = str(arrived.date()), f"{arrived:%H:%M}"
    before, after = (f"{arrived + timedelta(minutes=by):%H:%M}" for by in (-1, 1))
    for asked in ({"since": day, "since_at": minute}, {"until": day, "until_at": minute}, {"since_at": minute}):
        assert mine in sofie.client.get("/calls", query_string=asked).text, asked
    for asked in ({"since": day, "since_at": after}, {"until": day, "until_at": before}):
        assert mine not in sofie.client.get("/calls", query_string=asked).text, asked
    shown = sofie.client.get("/calls", query_string={"since": day, "since_at": "25:00"}).text
    assert "is no moment" in shown
    assert 'value="25:00"' in shown, "what was asked for is not lost"


@pytest.mark.parametrize("text", ["straße", "ÜBERWEISUNG nach", "überweisung"])
def test_words_are_found_however_they_are_written(telvia: Telvia, sofie: Visitor, caller: Ringing, text: str) -> None:
    mine, said = reference(telvia, caller), json.dumps(["Überweisung nach Hauptstraße"], ensure_ascii=False)
    with writing(telvia.store.source) as connection:
        connection.execute(update(contacts).where(contacts.c.reference == mine).values(words=said))
    assert mine in sofie.client.get("/calls", query_string={"text": text}).text


def test_its_story_tells_what_was_said_understood_and_done_and_who_looked(
    telvia: Telvia, an: Agent, sofie: Visitor, caller: Ringing
) -> None:
    an.accepts()
    shown = sofie.sees(f"/calls/{reference(telvia, caller)}")
    assert "mijn internet ligt plat" in shown
    assert "+32 470 12 34 56" in shown
    assert "brought to the agent" in shown
    [deed] = telvia.store.audit.latest(about=reference(telvia, caller))
    assert (deed.user, deed.what) == ("sofie", "looked")


def test_a_day_that_no_calendar_has_is_no_fault(sofie: Visitor) -> None:
    for day in ("0001-01-01", "9999-12-31", "2026-02-30"):
        assert sofie.client.get("/calls", query_string={"since": day, "until": day}).status_code == 200


def test_an_administrator_stays_one(telvia: Telvia, visitor: Come) -> None:
    admin = visitor("admin", "administrator")
    assert admin.posts("/users/admin", do="roles", role=["agent"]).status_code == 422
    assert telvia.store.users.find("admin").roles == ("administrator",)  # type: ignore[union-attr]
    assert admin.posts("/users/admin", do="anything else").status_code == 404


def test_an_agent_sees_their_own_alone(telvia: Telvia, visitor: Come, an: Agent, caller: Ringing) -> None:
    telvia.hire("Bea", "+32470000002", "billing")
    path = f"/calls/{reference(telvia, caller)}"
    assert an.rings
    mine, other = visitor("an", "agent", agent="An"), visitor("bea", "agent", agent="Bea")
    assert "470 12" not in mine.sees(path)
    assert other.opens(path).status_code == 403


def test_a_supervisor_sends_on_withdraws_and_calls_back(
    telvia: Telvia, an: Agent, sofie: Visitor, caller: Ringing
) -> None:
    path = f"/calls/{reference(telvia, caller)}"
    assert sofie.posts(f"{path}/transfer", queue="billing").status_code == 422
    assert sofie.posts(f"{path}/withdraw", why="").status_code == 422
    assert sofie.posts(f"{path}/withdraw", why="solved by mail").status_code == 303
    assert telvia.contact_of(caller).stage is Stage.WITHDRAWN
    telvia.passes(2)
    assert not an.rings
    caller.hangs_up()
    answer = sofie.posts(f"{path}/callback")
    assert answer.status_code == 303
    assert answer.location != path
    assert an.is_rung(within=5)
    assert sofie.posts(f"{path}/nonsense").status_code == 404


def test_what_is_marked_misrouted_is_in_the_inbox(telvia: Telvia, sofie: Visitor, caller: Ringing) -> None:
    path = f"/calls/{reference(telvia, caller)}/misrouted"
    assert sofie.posts(path, topic="nonsense").status_code == 422
    assert sofie.posts(path, topic="mobile").status_code == 303
    [group] = Inbox(telvia.line, telvia.store).groups(telvia.worker.clock())
    assert (group.texts, group.why, group.likely) == (("mijn internet ligt plat",), (Why.MISROUTED,), "mobile")


def test_a_supervisor_closes_a_queue_and_the_next_caller_hears_so(telvia: Telvia, an: Agent, sofie: Visitor) -> None:
    assert an
    assert sofie.posts("/now/technical", what="close", until="nonsense", why="fire").status_code == 422
    assert sofie.posts("/now/technical", what="close", until="15:00", why="fire").status_code == 303
    assert sofie.sees("/now").count(">closed<") == 2, "the page says so at once: the queue, and what was done lately"
    telvia.passes(1)
    assert "gesloten" in telvia.ring().says("mijn internet ligt plat").hears
    assert "sofie" in sofie.sees("/now")
    assert sofie.posts("/now/technical/back").status_code == 303
    telvia.passes(1)
    assert telvia.ring(from_="+32470123499").says("mijn internet ligt plat").stays_silent().queue == "technical"


def test_what_cannot_be_is_said_in_the_language_of_whoever_asks(telvia: Telvia, sofie: Visitor) -> None:
    telvia.store.users.change("sofie", language="nl")
    answer = sofie.posts("/now/technical", what="close", until="nonsense", why="fire")
    assert (answer.status_code, "“nonsense” is geen tijdstip." in answer.text) == (422, True)


def test_the_report_and_its_tables(telvia: Telvia, an: Agent, sofie: Visitor, caller: Ringing) -> None:
    an.accepts()
    caller.hangs_up()
    telvia.passes(2)
    assert "technical" in sofie.sees("/report?days=1")
    rows = {row["queues"]: row for row in csv.DictReader(StringIO(sofie.sees("/report/queues.csv?days=1")))}
    assert (rows["technical"]["offered"], rows["technical"]["answered"]) == ("1", "1")
    agents = list(csv.DictReader(StringIO(sofie.sees("/report/agents.csv"))))
    assert [row["agents"] for row in agents] == ["An"]
    for table in ("topics", "hours", "days"):
        assert sofie.sees(f"/report/{table}.csv")
    assert sofie.opens("/report/nonsense.csv").status_code == 404


@pytest.mark.parametrize("name", ["=1+1", "+32", "-1", "@x", "\t=1"])
def test_no_cell_is_a_formula(name: str) -> None:
    assert harmless(name) == "'" + name
    assert harmless("An") == "An"


def test_everything_of_a_number_is_exported_and_erased(
    telvia: Telvia, an: Agent, visitor: Come, caller: Ringing
) -> None:
    admin = visitor("admin", "administrator")
    path = "/callers/+32470123456"
    assert admin.posts(f"{path}/erase").status_code == 422, "a contact that is open is not erased"
    an.accepts()
    mine = reference(telvia, caller)
    telvia.store.contacts.note(mine, "note", telvia.worker.clock(), by="An", text="her dog is called Rex")
    caller.hangs_up()
    telvia.passes(2)
    kept = json.loads(admin.sees(f"{path}/export"))
    assert [one["reference"] for one in kept["contacts"]] == [mine]
    assert "Rex" in json.dumps(kept)
    assert admin.posts(f"{path}/erase").status_code == 200
    left = json.loads(admin.sees(f"{path}/export"))
    assert {what for what, kept in left.items() if kept} == {"audit"}, "who looks afterwards is written down anew"
    told = str(telvia.store.journal_of(caller.person.sid)) + str(telvia.store.contacts.ledger_of(mine))
    assert "internet ligt" not in told
    assert "Rex" not in told
    assert telvia.store.contacts.contact(mine).words == ()  # type: ignore[union-attr]


def test_a_number_is_looked_up_as_it_is_written_at_home(visitor: Come, caller: Ringing) -> None:
    assert caller
    admin = visitor("admin", "administrator")
    assert 'href="/callers"' in admin.sees("/users")
    answer = admin.client.get("/callers", query_string={"number": "0470 12 34 56"})
    assert answer.location == "/callers/+32470123456"
    assert "contacts 1, calls 1" in admin.sees("/callers/+32470123456")
    assert "is no telephone number" in admin.client.get("/callers", query_string={"number": "<b>12"}).text
    assert "Nothing is kept" in admin.sees("/callers/+32470999999")


def test_an_administrator_adds_changes_and_removes_users(telvia: Telvia, visitor: Come) -> None:
    admin = visitor("admin", "administrator")
    telvia.hire("An", "+32470000001")
    assert admin.posts("/users", name="an", password="long enough it is", role=["agent"], agent="An").status_code == 303
    assert "an" in admin.sees("/users")
    assert admin.posts("/users/an", do="roles", role=["agent", "operator"], agent="An").status_code == 303
    assert telvia.store.users.find("an").roles == ("agent", "operator")  # type: ignore[union-attr]
    assert admin.posts("/users/an", do="password", password="short").status_code == 422
    assert admin.posts("/users/admin", do="remove").status_code == 422
    assert admin.posts("/users/an", do="remove").status_code == 303
    assert telvia.store.users.find("an") is None


def test_an_operator_works_through_the_inbox(telvia: Telvia, visitor: Come) -> None:
    telvia.ring().says("er klopt iets niet").says("mijn factuur klopt niet")
    vera = visitor("vera", "operator")
    shown = vera.sees("/words/inbox")
    assert "er klopt iets niet" in shown
    [group] = Inbox(telvia.line, telvia.store).groups(telvia.worker.clock())
    assert vera.posts(f"/words/inbox/{group.number}", do="dismiss").status_code == 303
    assert "The inbox is empty" in vera.sees("/words/inbox")
    assert vera.posts(f"/words/inbox/{group.number}", do="dismiss").status_code == 422


def test_a_supervisor_tells_callers_what_is_going_on_and_that_it_is_over(telvia: Telvia, visitor: Come) -> None:
    sofie = visitor("sofie", "supervisor")
    wrong = {"text.nl": "Storing.", "until": "2 h", "topics": "no such topic"}
    assert sofie.posts("/now/notices", **wrong).status_code == 422
    assert sofie.posts("/now/notices", **wrong | {"topics": "outage"}).status_code == 303
    telvia.passes(1)
    assert "Storing." in telvia.ring().says("mijn internet ligt plat").hears
    assert "Storing." in sofie.sees("/now")
    assert sofie.posts("/now/notices/1/words", language="xx", text="?").status_code == 422
    assert sofie.posts("/now/notices/1/words", language="fr", text="Une panne.").status_code == 303
    assert "Une panne." in sofie.sees("/now")
    assert sofie.posts("/now/notices/1/end").status_code == 303
    assert "Storing." not in sofie.sees("/now")


def test_why_somebody_was_not_reached_is_said_in_the_users_language(telvia: Telvia, visitor: Come) -> None:
    telvia.hire("An", "+32470000001", "technical")
    caller = telvia.ring().says("mijn internet ligt plat").stays_silent()
    telvia.passes(60)
    page, reference = visitor("sofie", "supervisor"), telvia.contact_of(caller).reference
    page.posts(f"/calls/{reference}/misrouted", topic="billing")
    for language, why in (
        ("nl", "geen gehoor"),
        ("fr", "pas de réponse"),
        ("de", "keine Antwort"),
        ("en", "no answer"),
    ):
        telvia.store.users.change("sofie", language=language)
        shown = page.sees(f"/calls/{reference}")
        assert why in shown
        assert "no-answer" not in shown
    assert shown.count("marked misrouted") == 1
