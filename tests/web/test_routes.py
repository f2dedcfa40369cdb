"""The table of webhooks is what is served, and a request that does not fit its row is answered all the same."""

import pytest

from tests.conftest import Telvia
from voice.errors import RequestError
from voice.twilio.routes import AFTER, FALLBACK, QUEUE, ROUTES, SENT, TURN, VOICE


def test_the_table_names_every_webhook_that_is_served_and_no_other(telvia: Telvia) -> None:
    served = {str(rule) for rule in telvia.app.url_map.iter_rules() if str(rule).startswith("/twilio/")}
    assert served == set(ROUTES)


def test_a_url_names_its_parameters_and_is_read_again() -> None:
    assert SENT.path(contact="A-1", attempt=2, queue="sales & more") == (
        "/twilio/sent?contact=A-1&attempt=2&queue=sales+%26+more"
    )
    assert AFTER.read({"contact": "A-1", "attempt": "2"}) == {"contact": "A-1", "attempt": 2}
    assert QUEUE.read({}) == {}
    assert VOICE.link() == "voice"


def test_a_url_of_ours_that_lacks_a_parameter_is_a_fault_of_the_code() -> None:
    with pytest.raises(TypeError, match="turn takes"):
        TURN.link()
    with pytest.raises(TypeError, match="fallback takes"):
        FALLBACK.link(turn=1)


@pytest.mark.parametrize("written", [{}, {"turn": ""}, {"turn": "-1"}, {"turn": "٣"}, {"turn": "1" * 10}])
def test_a_query_that_cannot_be_read_is_told_by_name(written: dict[str, str]) -> None:
    with pytest.raises(RequestError, match="turn has no turn that can be read"):
        TURN.read(written)
