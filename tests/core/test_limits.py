"""How many callbacks a number may have: one rule, with the caller's own contact left out."""

from datetime import UTC, datetime, timedelta

import pytest

from voice.core.contact.limits import CallbackCounts, CallbackLimits, CallbackRefusal, counted, refusal
from voice.core.contact.state import Contact, Kind, Stage

MIDNIGHT = datetime(2026, 11, 24, tzinfo=UTC)
LIMITS = CallbackLimits(open=1, daily=2)


def contact(reference: str, kind: Kind = Kind.CALLBACK, stage: Stage = Stage.WAITING, hours: int = 9) -> Contact:
    return Contact(reference, "CA1", kind, stage, "billing", "nl", MIDNIGHT + timedelta(hours=hours))


@pytest.mark.parametrize(
    ("known", "own", "why"),
    [
        ([], (), None),
        ([contact("A")], (), CallbackRefusal.STANDING),
        ([contact("A")], ("A",), None),
        ([contact("A", Kind.LIVE)], (), None),
        ([contact("A", stage=Stage.ANSWERED)], (), None),
        ([contact("A", stage=Stage.ANSWERED), contact("B", stage=Stage.WITHDRAWN)], (), CallbackRefusal.OFTEN),
        ([contact("A", stage=Stage.ANSWERED), contact("B", stage=Stage.WITHDRAWN, hours=-1)], (), None),
    ],
)
def test_a_callback_is_refused_for_what_others_of_the_number_stand_for(known, own, why) -> None:
    assert refusal(LIMITS, counted(known, own, MIDNIGHT, None)) == why


def test_a_callback_about_another_topic_stands_in_nobodys_way() -> None:
    """Two people may ring from one switchboard; together they have no more on one day."""
    bill = contact("A").but(intent="billing")
    assert refusal(LIMITS, counted([bill], (), MIDNIGHT, "outage")) is None
    assert refusal(LIMITS, counted([bill], (), MIDNIGHT, "billing")) is CallbackRefusal.STANDING
    both = [bill, contact("B").but(intent="mobile")]
    assert refusal(LIMITS, counted(both, (), MIDNIGHT, "outage")) is CallbackRefusal.OFTEN


def test_a_window_is_refused_when_it_is_full() -> None:
    assert refusal(LIMITS, CallbackCounts(in_window=2), capacity=2) is CallbackRefusal.WINDOW
    assert refusal(LIMITS, CallbackCounts(in_window=1), capacity=2) is None
