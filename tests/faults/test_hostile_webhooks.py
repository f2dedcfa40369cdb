"""Hostile webhooks, signed and forged: a thousand on each database (`python -m benchmarks.hostile` sends more)."""

import pytest

from benchmarks.hostile import Broken, attack, open_line
from tests.conftest import SCRIPT, Scripted, Telvia
from tests.web.test_webhooks import SID, Twilio
from voice.content import Line
from voice.core.call.state import State
from voice.service.calls.turn import Switchboard
from voice.store import Store

pytestmark = pytest.mark.slow


def test_whatever_is_sent_nobody_hears_an_error_and_nothing_is_lost(line: Line, store: Store) -> None:
    law = attack(open_line(line, Scripted(), store, seed=7), list(SCRIPT), many=1000, seed=7)  # type: ignore[arg-type]
    assert law.counted["contacts"] > 10
    assert law.answers["forged 403"] > 50


def test_the_law_is_broken_by_a_line_that_breaks(line: Line, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(*_: object) -> str:
        raise LookupError("the switchboard broke")

    monkeypatch.setattr(Switchboard, "hold", breaks)
    with pytest.raises(Broken, match="broke inside: LookupError"):
        attack(open_line(line, Scripted(), store, seed=7), list(SCRIPT), many=300, seed=7)  # type: ignore[arg-type]


def test_a_signature_covers_the_url_as_it_was_asked_for(telvia: Telvia) -> None:
    for path in ("/twilio/agent-asked?agent=Jos%C3%A9+%26+An&times=0", "/twilio/come?contact=%E2%80%AE&attempt=1"):
        assert Twilio(telvia).posts(path).status_code == 200


def test_outside_a_queue_nobody_is_told_to_leave_one(telvia: Telvia) -> None:
    """The caller wants to leave, and the webhook that Twilio sends then is another than was expected."""
    twilio = Twilio(telvia)
    twilio.posts("/twilio/voice")
    twilio.posts("/twilio/turn?turn=1", SpeechResult="een medewerker")
    turn = telvia.store.call(SID).turn  # type: ignore[union-attr]
    assert "<Leave" in twilio.posts(f"/twilio/hold-turn?turn={turn}", Digits="9").text
    assert "<Say" in twilio.posts("/twilio/turn?turn=77").text


def test_who_stands_in_a_queue_that_their_call_knows_nothing_of_leaves_it_and_is_asked(telvia: Telvia) -> None:
    """In a queue nobody can be put into another one."""
    twilio = Twilio(telvia)
    for path in ("/twilio/hold", "/twilio/hold-turn?turn=1"):
        assert "<Response><Leave /></Response>" in twilio.posts(path, SpeechResult="een medewerker").text
    assert "Welkom" in twilio.posts("/twilio/queue?turn=1", QueueResult="leave").text
    assert "<Leave" in twilio.posts("/twilio/hold-turn?turn=1", SpeechResult="een medewerker").text
    assert "<Gather" in twilio.posts("/twilio/queue?turn=2", QueueResult="leave").text
    assert "<Enqueue" in twilio.posts("/twilio/turn?turn=1", SpeechResult="een medewerker").text


@pytest.mark.parametrize(
    "told", [("dialled", {"DialCallStatus": "completed"}), ("queue", {"QueueResult": "a new word of Twilio's"})]
)
def test_who_is_back_though_their_call_thinks_them_with_an_agent_is_asked(
    telvia: Telvia, told: tuple[str, dict[str, str]]
) -> None:
    twilio = Twilio(telvia)
    twilio.posts("/twilio/voice")
    twilio.posts("/twilio/turn?turn=1", SpeechResult="een medewerker")
    twilio.posts("/twilio/queue?turn=2", QueueResult="redirected")
    assert telvia.store.call(SID).state is State.AGENT  # type: ignore[union-attr]
    assert "<Gather" in twilio.posts("/twilio/queue?turn=2", QueueResult="error").text
    path, form = told
    assert "<Gather" in twilio.posts(f"/twilio/{path}?turn=9", **form).text
