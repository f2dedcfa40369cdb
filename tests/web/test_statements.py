"""How many statements a webhook asks of either database, besides BEGIN and COMMIT: three, and one more to queue."""

import pytest

from tests.conftest import Telvia
from tests.store.conftest import migrated_postgresql, store, url
from tests.web.test_cost import asked

__all__ = ["migrated_postgresql", "store", "url"]

pytestmark = pytest.mark.slow


@pytest.fixture
def warm(telvia: Telvia) -> Telvia:
    """One call is over: a connection's first of a kind is dearer."""
    telvia.ring(from_="+32470999999").says("mijn internet ligt plat").stays_silent().hangs_up()
    return telvia


def without_begin(statements: list[str]) -> int:
    return sum(not one.startswith("BEGIN") for one in statements)


def test_a_webhook_asks_no_more_than_it_needs(warm: Telvia) -> None:
    with asked(warm.store) as ring:
        caller = warm.ring()
    with asked(warm.store) as turn:
        caller.says("mijn internet ligt plat")
    with asked(warm.store) as queued:
        caller.stays_silent()
    assert caller.queue == "technical"
    with asked(warm.store) as over:
        caller.hangs_up()
    assert without_begin(ring) <= 3, ring
    assert without_begin(turn) <= 3, turn
    assert without_begin(queued) <= 4 + 3, queued  # two webhooks: the queue, and what is heard in it
    assert without_begin(over) <= 3 + 3, over  # two webhooks: the queue's end, and the call's


def test_agents_make_a_turn_one_statement_dearer(warm: Telvia) -> None:
    """Whom they serve besides says who stands before the caller."""
    warm.hire("An", "+32470000001")
    caller = warm.ring()
    with asked(warm.store) as turn:
        caller.says("mijn internet ligt plat")
    assert without_begin(turn) <= 4, turn
