"""What callers ask of the line itself: answered in a sentence, and then the question stands as it did."""

import pytest

from tests.conftest import Telvia


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        ("bent u een robot", "met een computer"),
        ("spreek ik nu met een echt mens", "met een computer"),
        ("wordt dit gesprek opgenomen", "geen geluid"),
        ("hoe lang gaat dit duren", "voor u moet wachten"),
        ("hoe lang", "voor u moet wachten"),
        ("duurt het lang", "voor u moet wachten"),
        ("zijn er veel mensen voor mij", "voor u moet wachten"),
    ],
)
def test_the_line_says_what_it_is_and_asks_again(telvia: Telvia, said: str, heard: str) -> None:
    caller = telvia.ring().says(said)
    assert heard in caller.hears
    assert caller.says("mijn internet ligt plat").stays_silent().queue == "technical"


def test_in_the_queue_the_place_is_kept(telvia: Telvia) -> None:
    caller = telvia.ring().says("mijn internet ligt plat").stays_silent()
    assert caller.says("wordt dit gesprek opgenomen").queue == "technical"
    assert "geen geluid" in caller.hears
