"""A caller id can be forged: whoever shows somebody's number learns nothing of that somebody."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.conftest import Ringing, Telvia
from voice.content.prompt_keys import KEYS
from voice.content.schema import CallersEntry, ColumnsEntry
from voice.content.spoken import PAIRS, said_number
from voice.core.caller import KnownCaller
from voice.core.plan import Tier
from voice.service.operators.agreements import agree

VICTIM = "+32470123456"
STRANGER = "+32470999555"
STORY = "mijn internet ligt plat"
AGREED = "technicus"
SECRETS = ("Zwaantje", "Vanderplas", "K-9917", "Ganshoren", "gold", AGREED, STORY)

OF_A_PERSON = {"name", "account", "birth", "words"}
SAID_TO_CALLERS = {
    "notice": "what an operator says to all",
    "answered.service": "what the operator's service answers",
    "agreed": "what was agreed, as far as `recognise` lets it be named",
}


def test_no_prompt_for_callers_has_a_place_for_name_account_or_words() -> None:
    """Every prompt: what is of a person is said to agents alone; free text is the operator's own, or goes by text to
    the number that it is about."""
    for key, places in KEYS.items():
        if OF_A_PERSON & places:
            assert key.startswith("agent."), key
        if "text" in places and key not in SAID_TO_CALLERS:
            assert key.startswith(("agent.", "sms.")), key


@pytest.fixture
def telvia(open_line: Callable[..., Telvia], request: pytest.FixtureRequest) -> Telvia:
    """Everything is known of the victim: who they are, what they rang about, and what was agreed."""
    telvia = open_line()
    plan = telvia.line.plan
    queues = plan.queues | {"technical": replace(plan.queues["technical"], escalates_to="complaints")}
    plan = replace(plan, tiers={"gold": Tier(1)}, queues=queues, recognise=request.param)
    telvia.changes(plan=plan, directory=CallersEntry(columns=ColumnsEntry(number="number")))
    known = KnownCaller("Zwaantje Vanderplas", tier="gold", account="K-9917", area="Ganshoren")
    telvia.store.directory.replace({VICTIM: known})
    an = telvia.hire("An", "+32470999001")
    victim = telvia.ring(from_=VICTIM).says(STORY).stays_silent()
    an.accepts()
    telvia.passes(30)
    victim.hangs_up()
    telvia.passes(30)
    now = telvia.worker.clock()
    reference = telvia.contact_of(victim).reference
    due = f"{now + timedelta(days=2):%Y-%m-%d} 14:00"
    agree(telvia.line, telvia.store, reference, "er komt een technicus", due, "an", now)
    telvia.store.agents.sign_out("An", now)
    if request.param == "always":
        telvia.store.agreements.keep(1, "An", now)
    telvia.twilio.advance(86400)
    return telvia


WAYS: tuple[Callable[[Ringing], Ringing], ...] = (
    lambda one: one.presses("1"),
    lambda one: one.presses("0"),
    lambda one: one.presses("#"),
    lambda one: one.says("herhaal"),
    lambda one: one.says("ja"),
    lambda one: one.says("mijn factuur klopt niet").presses("2"),
    lambda one: one.says("en français"),
    lambda one: one.stays_silent().stays_silent(),
)


@pytest.mark.parametrize("telvia", ["off", "same-day", "always"], indirect=True)
def test_who_shows_the_number_of_another_hears_what_a_stranger_hears(telvia: Telvia) -> None:
    for way in WAYS:
        assert heard(telvia, VICTIM, way) == heard(telvia, STRANGER, way)
    heard(telvia, VICTIM, lambda one: one.presses("9").presses("1"))


def heard(telvia: Telvia, number: str, way: Callable[[Ringing], Ringing]) -> str:
    one = telvia.ring(from_=number)
    way(one)
    said = " ".join(u.text for u in one.person.heard if u.kind == "say")
    assert [secret for secret in SECRETS if secret.casefold() in said.casefold()] == []
    if not one.person.ended:
        one.hangs_up()
    telvia.passes(1)
    for language in ("nl", "fr"):
        said = said.replace(said_number(number, language, "BE", PAIRS), "(the number shown)")
    return said


def test_what_was_agreed_is_named_as_far_as_recognise_allows_and_nothing_else_with_it(
    open_line: Callable[..., Telvia],
) -> None:
    telvia = open_line()
    telvia.changes(directory=CallersEntry(columns=ColumnsEntry(number="number")))
    telvia.store.directory.replace({VICTIM: KnownCaller("Zwaantje Vanderplas", account="K-9917")})
    an = telvia.hire("An", "+32470999001")
    victim = telvia.ring(from_=VICTIM).says(STORY).stays_silent()
    an.accepts()
    victim.hangs_up()
    telvia.passes(3)
    now = telvia.worker.clock()
    due = f"{now + timedelta(days=2):%Y-%m-%d} 14:00"
    agree(telvia.line, telvia.store, telvia.contact_of(victim).reference, f"er komt een {AGREED}", due, "an", now)
    named = []
    for days in (0, 1):
        telvia.twilio.advance(days * 86400)
        for recognise in ("off", "same-day", "always"):
            telvia.changes(plan=replace(telvia.line.plan, recognise=recognise))
            said = telvia.ring(from_=VICTIM).says("nee").hangs_up()
            heard = " ".join(u.text for u in said.person.heard if u.kind == "say")
            assert not any(secret in heard for secret in SECRETS if secret != AGREED)
            named += [(days, recognise)] if AGREED in heard else []
    assert named == [(0, "same-day"), (0, "always"), (1, "always")]
