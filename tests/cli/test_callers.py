"""`voice callers`, as an operator types it."""

import json

from tests.cli.test_agents import Voice, voice
from tests.conftest import Telvia

__all__ = ["voice"]


def test_what_is_kept_of_a_number_is_shown_and_taken_out(telvia: Telvia, voice: Voice) -> None:
    telvia.ring(from_="+32470123456").says("mijn factuur klopt niet").stays_silent().hangs_up()
    telvia.passes(2)
    assert "mijn factuur klopt niet" in voice("callers", "export", "0470 12 34 56")[1]
    kept = json.loads(voice("callers", "export", "+32470123456", "--json")[1])
    assert [one["number"] for one in kept["contacts"]] == ["+32470123456"]
    assert json.loads(voice("callers", "erase", "+32470123456", "--yes", "--json")[1]) == {"erased": 2}
    assert "contacts 0, calls 0" in voice("callers", "export", "+32470123456")[1]


def test_who_still_waits_is_not_erased_and_what_is_no_number_is_told(telvia: Telvia, voice: Voice) -> None:
    telvia.ring(from_="+32470123456").says("mijn factuur klopt niet").stays_silent()
    code, told = voice("callers", "erase", "+32470123456", "--yes")
    assert code == 2
    assert "still waits" in told
    code, told = voice("callers", "export", "An")
    assert code == 2
    assert "no telephone number" in told
