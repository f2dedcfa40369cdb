"""`voice agents` and `voice calls`, as an operator types them."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Telvia
from voice.cli import main
from voice.core.contact.state import Kind, Stage

pytestmark = pytest.mark.slow

AN = "+32470000001"


@pytest.fixture
def voice(
    telvia: Telvia, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str]]:
    """Runs a command on the line's own store: its exit code, and what was printed."""
    file = Path(str(telvia.store.engine.url.database))
    monkeypatch.setenv("VOICE_DATABASE_URL", f"sqlite:///{file}")

    def run(*words: str) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["voice", *words])
        code = 0
        try:
            main()
        except SystemExit as ended:
            code = int(ended.code or 0)
        told = capsys.readouterr()
        return code, told.out + told.err

    return run


Voice = Callable[..., tuple[int, str]]


def listed(voice: Voice) -> list[dict[str, object]]:
    return [json.loads(row) for row in voice("agents", "list", "--json")[1].splitlines()]


def test_an_agent_is_added_signed_in_and_out_and_removed(voice: Voice) -> None:
    assert voice("agents", "add", "An", AN, "-q", "billing", "-q", "billing", "-l", "fr", "--pin", "4711")[0] == 0
    [an] = listed(voice)
    assert (an["endpoint"], an["queues"], an["languages"], an["signed_in"]) == (AN, ["billing"], ["fr"], False)
    assert "signed in" in voice("agents", "sign-in", "An")[1]
    assert "signed in" in voice("agents", "list")[1]
    assert voice("agents", "sign-out", "An")[0] == 0
    assert voice("agents", "remove", "An")[0] == 0
    assert listed(voice) == []


def test_who_is_added_without_queues_and_languages_answers_all(voice: Voice, telvia: Telvia) -> None:
    voice("agents", "add", "Jan Claes", "sip:jan@example.com")
    [jan] = listed(voice)
    assert (jan["queues"], jan["languages"]) == (list(telvia.line.plan.queues), list(telvia.line.languages))


def test_a_number_is_kept_as_twilio_says_it(voice: Voice) -> None:
    voice("agents", "add", "An", "0470 00 00 01")
    assert listed(voice)[0]["endpoint"] == AN


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("An", "12"), "“12” cannot be rung"),
        (("An", "+99912345678"), "cannot be rung"),
        (("An", "sip:an"), "cannot be rung"),
        (("An", "client:"), "cannot be rung"),
        (("An", AN, "-q", "biling"), "no queue “biling”"),
        (("An", AN, "-l", "xx"), "no language “xx”"),
        (("An", AN, "--pin", "12"), "4 to 12 digits"),
        (("An", AN, "--pin", ""), "4 to 12 digits"),
        (("", AN), "is no name"),
        ((" ", AN), "is no name"),
        ((AN, "client:an"), "is no name"),
        (("(call centre)", AN), "is no name"),
    ],
)
def test_what_cannot_be_is_told_in_words(voice: Voice, words: tuple[str, ...], why: str) -> None:
    code, told = voice("agents", "add", *words)
    assert (code, why in told) == (2, True)
    assert listed(voice) == []


def test_a_name_and_a_telephone_belong_to_one(voice: Voice) -> None:
    voice("agents", "add", "An", AN)
    assert "already" in voice("agents", "add", "An", "+32470000002")[1]
    assert "already" in voice("agents", "add", "Bea", AN)[1]
    assert len(listed(voice)) == 1


def test_who_is_not_there_is_neither_signed_in_nor_removed(voice: Voice) -> None:
    for command in ("sign-in", "sign-out", "remove"):
        code, told = voice("agents", command, "Dirk")
        assert (code, "There is no agent “Dirk”." in told) == (2, True)


def test_who_is_on_a_call_is_not_removed(voice: Voice, telvia: Telvia) -> None:
    an = telvia.hire("An", AN)
    caller = telvia.ring().says("mijn internet ligt plat").stays_silent()
    an.accepts()
    code, told = voice("agents", "remove", "An")
    assert (code, "An is on a call." in told) == (2, True)
    assert voice("agents", "sign-out", "An")[0] == 0
    assert "then signed out" in " ".join(voice("agents", "list")[1].split())
    assert an.speaks_with == ["+32470123456"]
    caller.hangs_up()
    telvia.passes(2)
    assert voice("agents", "remove", "An")[0] == 0


def test_the_story_is_shown_with_earlier_calls_and_what_was_done(voice: Voice, telvia: Telvia) -> None:
    telvia.ring().says("mijn factuur klopt niet").stays_silent().hangs_up()
    an = telvia.hire("An", AN)
    caller = telvia.ring().says("mijn internet ligt plat").stays_silent()
    an.accepts()
    reference = telvia.contact_of(caller).reference
    story = json.loads(voice("calls", "show", reference, "--json")[1])
    assert (story["intent"], story["language"], story["words"]) == ("outage", "nl", ["mijn internet ligt plat"])
    assert "mijn factuur klopt niet (abandoned)" in story["earlier"][0]
    assert [step["what"] for step in story["ledger"]][:2] == ["Joined", "Assigned"]
    shown = voice("calls", "show", caller.person.sid)[1]
    for part in ("outage", "mijn internet ligt plat", "mijn factuur klopt niet", "waited", "Assigned"):
        assert part in shown
    assert "('" not in shown
    assert reference in voice("calls", "list", "--open")[1]
    assert reference in voice("calls", "list", "internet", "--queue", "technical", "--since", "2026-11-24")[1]
    assert reference not in voice("calls", "list", "internet", "--until", "2026-11-01 12:00")[1]
    assert "is no moment" in voice("calls", "list", "--since", "yesterday")[1]


def test_a_caller_is_sent_on_and_what_cannot_be_is_told(voice: Voice, telvia: Telvia) -> None:
    an = telvia.hire("An", AN)
    caller = telvia.ring().says("mijn internet ligt plat").stays_silent()
    reference = telvia.contact_of(caller).reference
    assert "with no agent" in voice("calls", "transfer", reference, "billing")[1]
    an.accepts()
    assert "no queue “biling”" in voice("calls", "transfer", reference, "biling")[1]
    assert "no contact “nonsense”" in voice("calls", "transfer", "nonsense", "billing")[1]
    assert voice("calls", "transfer", reference, "billing")[0] == 0
    sent = telvia.contact_of(caller)
    assert (sent.stage, sent.queue) == (Stage.AWAY, "billing")
    assert telvia.store.agents.find("An").contact is None  # type: ignore[union-attr]
    caller.hangs_up()
    telvia.passes(2)
    assert "with no agent" in voice("calls", "transfer", reference, "billing")[1]


def test_what_an_agent_answers_is_changed_and_they_are_not_ready_for_a_reason(voice: Voice, telvia: Telvia) -> None:
    telvia.hire("An", AN)
    assert voice("agents", "update", "An", "-q", "billing", "-l", "fr")[0] == 0
    [an] = listed(voice)
    assert (an["queues"], an["languages"]) == (["billing"], ["fr"])
    assert voice("agents", "update", "An", "-q", "nonsense")[0] == 2
    assert voice("agents", "update", "Nobody", "-q", "billing")[0] == 2
    assert voice("agents", "pause", "An", "holiday on Mars")[0] == 2
    assert voice("agents", "pause", "An", "lunch")[0] == 0
    assert "not ready: lunch" in voice("agents", "list")[1]
    assert voice("agents", "ready", "An")[0] == 0
    assert "signed in" in voice("agents", "list")[1]


def test_a_note_is_left_and_who_left_unanswered_is_called_back(voice: Voice, telvia: Telvia) -> None:
    caller = telvia.ring().says("mijn internet ligt plat").stays_silent()
    reference = telvia.contact_of(caller).reference
    assert voice("calls", "callback", reference)[0] == 2, "she waits on the line"
    assert voice("calls", "note", reference, " ")[0] == 2
    assert voice("calls", "note", reference, "rings from the car")[0] == 0
    assert "rings from the car" in voice("calls", "show", reference)[1]
    caller.hangs_up()
    code, told = voice("calls", "callback", reference)
    assert code == 0, told
    [fresh] = telvia.store.contacts.newest(open_only=True)
    assert (fresh.kind, fresh.number) == (Kind.CALLBACK, "+32470123456")
    assert fresh.reference in told
