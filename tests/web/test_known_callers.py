"""Callers who are known by number: their language, their place, a person of their own; and what goes wrong with it."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from tests.conftest import Telvia
from voice.content.schema import CallersEntry, ColumnsEntry
from voice.core.caller import KnownCaller
from voice.core.contact.state import Stage
from voice.core.plan import Tier
from voice.errors import SettingsError
from voice.service.calls.operator_service import SIGNATURE, OperatorService
from voice.service.dispatch.retention import Retention
from voice.service.operators.directory import ROUNDED, read_directory
from voice.store.callers import erase, everything

GOLD = "+32470000001"
COLUMNS = ColumnsEntry(
    number=["Telefoon", "Gsm"], name="Naam", language="Taal", tier="Klasse", account="Klantnr", queue="Dienst"
)
SHEET = """Naam;Telefoon;Gsm;Taal;Klasse;Klantnr;Dienst
An Peeters;02 512 34 56;0470 00 00 01;fr;gold;K-1;
Jan Janssens;+32 470 00 00 02 / 0470000003;;nl;;K-2;sales
Piet;0470 00 00 01;;nl;;;
Fout;12;;nl;;;
Els;0470000004;;xx;platina;;nergens
Leeg;;;;;;
"""


@pytest.fixture
def telvia(open_line: Callable[..., Telvia]) -> Telvia:
    telvia = open_line()
    tiers = {"gold": Tier(1, timedelta(minutes=1))}
    plan = replace(telvia.line.plan, tiers=tiers, overtake=timedelta(minutes=2), own_first=timedelta(minutes=2))
    telvia.changes(directory=CallersEntry(columns=COLUMNS), plan=plan)
    return telvia


def knows(telvia: Telvia, **callers: KnownCaller) -> None:
    telvia.store.directory.replace({f"+3247000000{number[1:]}": known for number, known in callers.items()})


def test_a_file_is_read_by_its_own_columns_and_faults_are_told_by_line(telvia: Telvia, tmp_path: Path) -> None:
    path = tmp_path / "callers.csv"
    path.write_bytes(SHEET.encode("cp1252"))
    read = read_directory(telvia.line, path)
    an = KnownCaller("An Peeters", "fr", "gold", "K-1")
    assert (read.callers["+3225123456"], read.callers[GOLD]) == (an, an)
    assert read.callers["+32470000003"] == KnownCaller("Jan Janssens", "nl", account="K-2", queue="sales")
    assert read.callers["+32470000004"] == KnownCaller("Els")
    assert (read.people, len(read.callers)) == (3, 5)
    told = [(problem.line, problem.what) for problem in read.problems]
    assert told == [
        (4, "The number 0470 00 00 01 stands in line 2 already."),
        (5, "“12” is no telephone number."),
        (6, "There is no language “xx”."),
        (6, "There is no tier “platina”."),
        (6, "There is no queue “nergens”."),
        (7, "There is no telephone number."),
    ]
    assert all(problem.mend for problem in read.problems)


def test_a_fault_is_told_at_the_line_where_its_row_begins_though_a_cell_goes_over_lines(
    telvia: Telvia, tmp_path: Path
) -> None:
    path = tmp_path / "callers.csv"
    path.write_text(HEAD + '0470000001;;"Els\nen Jan";nl;;;\n0470000001;;Ann;nl;;;\n12;;"Bo\nen Co";nl;;;\n')
    told = [(problem.line, problem.what) for problem in read_directory(telvia.line, path).problems]
    assert told == [(4, "The number 0470000001 stands in line 2 already."), (5, "“12” is no telephone number.")]


HEAD = "Telefoon;GSM ;naam;TAAL;Klasse;Klantnr;Dienst\n"


@pytest.mark.parametrize(
    ("sheet", "numbers"),
    [
        ((HEAD + "011/22 33 44;0470/12.34.56;Zoë;NL;Gold;1;Sales\n").encode("utf-8-sig"), 2),
        ((HEAD + "011/22.33.44, 0470/12.34.56 / 0475 11 22 33;;Zoë;nl;gold;1;sales\n").encode("utf-16"), 3),
        (("sep=;\n" + HEAD + "3,2470123456E+10;32470123457.0;Zoë;nl;gold;1;sales\n").encode("cp1252"), 2),
    ],
)
def test_what_spreadsheets_make_of_a_directory_is_read(
    telvia: Telvia, tmp_path: Path, sheet: bytes, numbers: int
) -> None:
    path = tmp_path / "callers.csv"
    path.write_bytes(sheet)
    read = read_directory(telvia.line, path)
    assert read.problems == ()
    assert list(read.callers.values()) == [KnownCaller("Zoë", "nl", "gold", "1", "sales")] * numbers


@pytest.mark.parametrize(
    ("sheet", "what"),
    [
        (b"PK\x03\x04", "is a spreadsheet"),
        (b"\n", "is empty"),
        (HEAD.encode(), "nobody in it"),
        ((HEAD + '011223344;;"An;nl;;;\n011223355;;Jan;nl;;;\n').encode(), ":2: A quote is opened"),
        ((HEAD + f"011223344;;{'A' * 200_000};nl;;;\n").encode(), ":2: A cell here has more than 131072 characters"),
    ],
)
def test_a_file_that_would_empty_the_directory_is_refused(
    telvia: Telvia, tmp_path: Path, sheet: bytes, what: str
) -> None:
    path = tmp_path / "callers.csv"
    path.write_bytes(sheet)
    with pytest.raises(SettingsError, match=what):
        read_directory(telvia.line, path)


def test_of_a_number_that_the_spreadsheet_rounded_the_operator_is_told_how_to_mend_it(
    telvia: Telvia, tmp_path: Path
) -> None:
    path = tmp_path / "callers.csv"
    path.write_text(f"sep=;\n{HEAD}3.24701E+10;0470123456;An;nl;;;\n")
    [problem] = read_directory(telvia.line, path).problems
    assert (problem.line, problem.mend) == (3, ROUNDED)


def test_a_file_without_the_columns_is_refused_with_a_mend(telvia: Telvia, tmp_path: Path) -> None:
    path = tmp_path / "callers.csv"
    path.write_text("Naam,Telefoonnummer\n")
    with pytest.raises(SettingsError, match="no column “Telefoon”") as refused:
        read_directory(telvia.line, path)
    assert "Telefoonnummer" in refused.value.mend


def test_the_call_is_in_the_callers_language_and_a_key_changes_it(telvia: Telvia) -> None:
    knows(telvia, n1=KnownCaller(language="fr"))
    caller = telvia.ring(from_=GOLD)
    assert "Bienvenue" in caller.hears
    assert caller.presses("5").call.language == "nl"
    assert telvia.ring(from_="+32470000002").call.language == "nl"


def test_a_better_tier_goes_before_who_arrived_a_little_earlier_and_not_before_who_waits_longer(telvia: Telvia) -> None:
    knows(telvia, n1=KnownCaller(tier="gold"))
    long = telvia.ring(from_="+32470000002").says("mijn internet ligt plat").stays_silent()
    telvia.passes(150)
    short = telvia.ring(from_="+32470000003").says("mijn internet ligt plat").stays_silent()
    telvia.passes(30)
    gold = telvia.ring(from_=GOLD).says("mijn internet ligt plat").stays_silent()
    agent = telvia.hire("an", "+32470999001")
    order = []
    for _ in range(3):
        agent.accepts()
        talking = [one for one in (long, short, gold) if telvia.contact_of(one).stage is Stage.TALKING]
        order.append(talking[0])
        talking[0].hangs_up()
        telvia.passes(25)
    assert order == [long, gold, short]


def test_what_is_said_of_the_place_is_true_of_the_tier(telvia: Telvia) -> None:
    knows(telvia, n1=KnownCaller(tier="gold"))
    telvia.hire("an", "+32470999001")
    for number in ("+32470000002", "+32470000003"):
        telvia.ring(from_=number).says("mijn internet ligt plat").stays_silent()
        telvia.passes(2)
    gold = telvia.ring(from_=GOLD).says("mijn internet ligt plat").stays_silent()
    assert "Er is nog één persoon voor u" in gold.hears


def test_a_person_of_ones_own_is_tried_first_and_others_after_that(telvia: Telvia) -> None:
    els = telvia.hire("els", "+32470999002")
    an = telvia.hire("an", "+32470999001")
    knows(telvia, n1=KnownCaller(agent="an"))
    caller = telvia.ring(from_=GOLD).says("mijn internet ligt plat").stays_silent()
    telvia.passes(3)
    assert (an.rings, els.rings) == (True, False)
    an.declines()
    telvia.passes(3)
    assert not els.rings
    assert els.is_rung(within=90)
    assert caller.queue == "technical"


def test_who_is_not_signed_in_is_not_waited_for(telvia: Telvia) -> None:
    els = telvia.hire("els", "+32470999002")
    telvia.hire("an", "+32470999001")
    telvia.store.agents.sign_out("an", telvia.worker.clock())
    knows(telvia, n1=KnownCaller(agent="an"))
    telvia.ring(from_=GOLD).says("mijn internet ligt plat").stays_silent()
    telvia.passes(3)
    assert els.rings


def test_a_queue_of_ones_own_takes_whatever_it_is_about(telvia: Telvia) -> None:
    knows(telvia, n1=KnownCaller(queue="sales"))
    caller = telvia.ring(from_=GOLD).says("mijn internet ligt plat").stays_silent()
    assert (caller.queue, telvia.contact_of(caller).intent) == ("sales", "outage")


def test_the_agent_hears_who_it_is_and_the_caller_does_not(telvia: Telvia) -> None:
    an = telvia.hire("an", "+32470999001")
    knows(telvia, n1=KnownCaller("Zwaantje Vanderplas", account="K12"))
    caller = telvia.ring(from_=GOLD).says("mijn internet ligt plat").stays_silent()
    an.accepts()
    assert "De klant is Zwaantje Vanderplas. Klantnummer K 1 2." in an.hears
    assert all("Zwaantje" not in document for document in caller.documents)


@pytest.fixture
def served(telvia: Telvia) -> list[httpx.Request]:
    seen: list[httpx.Request] = []

    def handle(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        known = json.loads(request.read())["number"] == GOLD
        return httpx.Response(200, json={"tier": "gold", "language": "de"} if known else {})

    service = OperatorService(httpx.MockTransport(handle), secret="secret")
    object.__setattr__(telvia.app.extensions["switchboard"], "service", service)
    telvia.changes(directory=CallersEntry(url="https://crm.example/who"))
    return seen


def test_the_operators_service_is_asked_once_and_its_word_is_kept_for_a_while(
    telvia: Telvia, served: list[httpx.Request]
) -> None:
    for _ in range(2):
        caller = telvia.ring(from_=GOLD)
        assert (caller.call.tier, caller.call.language) == ("gold", "de")
        caller.hangs_up()
    assert telvia.ring(from_="+32470000009").call.tier is None
    assert len(served) == 2
    assert served[0].headers[SIGNATURE].startswith("sha256=")
    telvia.twilio.advance(3601)
    telvia.ring(from_=GOLD)
    assert len(served) == 3
    Retention(telvia.store).tidy(telvia.line, telvia.worker.clock() + timedelta(hours=2))
    assert everything(telvia.store.source, GOLD)["directory"] == []


def test_a_broken_service_costs_the_caller_nothing(telvia: Telvia) -> None:
    service = OperatorService(httpx.MockTransport(lambda _: httpx.Response(500)), secret="secret")
    object.__setattr__(telvia.app.extensions["switchboard"], "service", service)
    telvia.changes(directory=CallersEntry(url="https://crm.example/who"))
    assert telvia.ring(from_=GOLD).says("mijn internet ligt plat").stays_silent().queue == "technical"


def test_what_is_known_is_erased_with_the_rest(telvia: Telvia) -> None:
    knows(telvia, n1=KnownCaller("An Peeters"))
    [row] = everything(telvia.store.source, GOLD)["directory"]
    assert row["name"] == "An Peeters"
    erase(telvia.store.source, GOLD, telvia.worker.clock())
    assert telvia.store.directory.find(GOLD, telvia.worker.clock()) is None
