"""A topic that asks who is calling: by keys and by voice, checked by a service, read to the agent, and gone with the
words."""

import json
from collections.abc import Callable
from dataclasses import replace

import httpx
import pytest
from sqlalchemy import select

from tests.conftest import Scripted, Telvia, routed
from voice.core.contact.state import Stage
from voice.core.identity import AskedIdentity, IdentityKind
from voice.core.interpretation import Interpretation
from voice.service.calls.operator_service import SIGNATURE, OperatorService
from voice.service.dispatch.retention import Retention
from voice.store.callers import erase, everything
from voice.store.tables import metadata

KLANT = "+32470123456"
ASKED = "Wat is uw klantnummer?"
SERVICE = "https://crm.example/known"
SAID = {
    "het is één twee drie vier vijf zes zeven acht": Interpretation(digits="12345678"),
    "weet ik niet": routed("account"),
    "drie mei vijfenzeventig": Interpretation(digits="375"),
}


@pytest.fixture
def telvia(open_line: Callable[..., Telvia]) -> Telvia:
    telvia = open_line(Scripted(dict(SAID)))
    asks = {
        "billing": AskedIdentity(IdentityKind.CUSTOMER_NUMBER, r"\d{8}"),
        "outage": AskedIdentity(IdentityKind.BIRTH_DATE),
    }
    telvia.changes(plan=replace(telvia.line.plan, asks=asks))
    return telvia


def serves(telvia: Telvia, *known: str) -> list[httpx.Request]:
    """The operator has a service that knows these."""
    seen: list[httpx.Request] = []

    def handle(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json={"known": json.loads(request.read())["value"] in known})

    service = OperatorService(httpx.MockTransport(handle), secret="secret")
    object.__setattr__(telvia.app.extensions["switchboard"], "service", service)
    asks = {topic: replace(asked, service=SERVICE) for topic, asked in telvia.line.plan.asks.items()}
    telvia.changes(plan=replace(telvia.line.plan, asks=asks))
    return seen


@pytest.mark.parametrize(
    "gives",
    [
        lambda one: one.presses("12345678#"),
        lambda one: one.says("het is één twee drie vier vijf zes zeven acht"),
        lambda one: one.says("het is 1234").says("5678"),
    ],
)
def test_the_agent_hears_the_number_that_was_given(telvia: Telvia, gives: Callable) -> None:  # type: ignore[type-arg]
    an = telvia.hire("An", "+32470999001")
    caller = telvia.ring().says("mijn factuur klopt niet")
    assert f"U belt over een factuur. {ASKED}" in caller.hears
    assert gives(caller).queue == "billing"
    an.accepts()
    assert "De klant gaf klantnummer 1 2 3 4 5 6 7 8. De klant zegt: mijn factuur klopt niet." in an.hears
    assert "nagekeken" not in an.hears


def test_a_date_of_birth_is_said_as_people_say_it(telvia: Telvia) -> None:
    an = telvia.hire("An", "+32470999001")
    caller = telvia.ring().says("mijn internet ligt plat")
    assert "Wat is uw geboortedatum?" in caller.hears
    assert caller.says("drie mei vijfenzeventig").queue == "technical"
    assert telvia.contact_of(caller).identity == "1975-05-03"
    an.accepts()
    assert "De klant is geboren op 3 mei 1975." in an.hears


def test_who_does_not_know_it_or_wants_a_person_goes_on(telvia: Telvia) -> None:
    for way in ("weet ik niet", "nee", "een medewerker"):
        caller = telvia.ring().says("mijn factuur klopt niet").says(way)
        assert (caller.queue, telvia.contact_of(caller).identity) == ("billing", None), way
        caller.hangs_up()
        telvia.twilio.advance(3700)
    caller = telvia.ring().says("mijn factuur klopt niet").presses("0")
    assert caller.queue == "billing"


def test_what_fits_neither_time_is_left(telvia: Telvia) -> None:
    caller = telvia.ring().says("mijn factuur klopt niet").presses("123#")
    assert caller.hears == (
        f"Dat lijkt niet te kloppen. {ASKED} Zeg het of toets het in. Hebt u het niet bij de hand, zeg dan nee."
    )
    assert caller.presses("99#").queue == "billing"
    assert telvia.contact_of(caller).identity is None


def test_the_service_says_whether_it_is_known(telvia: Telvia) -> None:
    seen = serves(telvia, "12345678")
    an = telvia.hire("An", "+32470999001")
    caller = telvia.ring().says("mijn factuur klopt niet").presses("87654321#")
    assert ASKED in caller.hears
    caller.presses("12345678#")
    assert telvia.contact_of(caller).identity_checked
    an.accepts()
    assert "klantnummer 1 2 3 4 5 6 7 8. Dat is nagekeken, en klopt." in an.hears
    assert [json.loads(one.content)["value"] for one in seen] == ["87654321", "12345678"]
    assert json.loads(seen[0].content)["asked"] == "customer_number"
    assert seen[0].headers[SIGNATURE].startswith("sha256=")


@pytest.mark.parametrize("reply", [httpx.Response(500), httpx.Response(200, json={"known": "perhaps"})])
def test_a_broken_service_costs_the_caller_nothing(telvia: Telvia, reply: httpx.Response) -> None:
    serves(telvia)
    service = OperatorService(httpx.MockTransport(lambda _: reply), secret="secret")
    object.__setattr__(telvia.app.extensions["switchboard"], "service", service)
    caller = telvia.ring().says("mijn factuur klopt niet").presses("12345678#")
    contact = telvia.contact_of(caller)
    assert (caller.queue, contact.identity, contact.identity_checked) == ("billing", "12345678", False)


def tables_with(telvia: Telvia, text: str) -> set[str]:
    with telvia.store.engine.connect() as connection:
        return {
            table.name
            for table in metadata.sorted_tables
            if any(text in str(dict(row)) for row in connection.execute(select(table)).mappings())
        }


@pytest.fixture
def over(telvia: Telvia) -> Telvia:
    """Calls that gave a number, one of them in words that were not understood; and are over."""
    caller = telvia.ring(from_=KLANT).says("mijn factuur klopt niet").says("ehm 1234 nog iets").presses("12345678#")
    caller.hangs_up()
    telvia.passes(3)
    assert telvia.contact_of(caller).stage is Stage.ABANDONED
    return telvia


def test_it_stands_with_the_contact_and_the_call_alone_and_is_exported(over: Telvia) -> None:
    assert tables_with(over, "12345678") == {"contacts", "calls"}
    assert tables_with(over, "1234 nog") == set()
    assert "12345678" in json.dumps(everything(over.store.source, KLANT), default=str)


def test_it_goes_with_the_words_and_when_the_number_is_erased(over: Telvia) -> None:
    now = over.worker.clock()
    Retention(over.store).tidy(replace(over.line, keep_words_days=1), now.replace(year=now.year + 1))
    assert tables_with(over, "12345678") == set()


def test_it_is_erased_with_the_number(over: Telvia) -> None:
    erase(over.store.source, KLANT, over.worker.clock())
    assert tables_with(over, "12345678") == set()


def test_no_log_has_it(telvia: Telvia, capfd: pytest.CaptureFixture[str]) -> None:
    from voice.service.runtime.logs import set_up

    set_up("debug")
    try:
        object.__setattr__(telvia.app.extensions["switchboard"], "log_words", True)
        telvia.ring().says("mijn factuur klopt niet").says("wat 1234").presses("12345678#").hangs_up()
    finally:
        set_up("error")
    told = "".join(capfd.readouterr())
    assert "mijn factuur" in told
    assert "1234" not in told.replace("+3212345670", "")
