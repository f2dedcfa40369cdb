"""The shipped line's greetings, however long they are drawn, and whoever is greeted."""

from types import SimpleNamespace

import pytest

from tests.conftest import PROJECT
from voice.content.shared import read_shared
from voice.understanding.asides import greets
from voice.understanding.normalise import spoken


@pytest.mark.parametrize(
    ("language", "said", "greeting"),
    [
        ("nl", "dááág meiske", True),
        ("nl", "goeiedaaag menneke", True),
        ("nl", "dag, mijn factuur klopt niet", False),
        ("fr", "bonjouuur ma petite dame", True),
        ("fr", "oui allô", True),
        ("fr", "bonjour, ma petite facture", False),
        ("de", "servuuus junge Frau", True),
        ("de", "grüüüß Gott Schätzchen", True),
        ("de", "guten Tag, mein Vertrag", False),
        ("en", "hellooo sweetheart", True),
        ("en", "a very good day to you too", True),
        ("en", "good day, my bill", False),
    ],
)
def test_what_is_nothing_but_a_greeting(language: str, said: str, greeting: bool) -> None:
    model = SimpleNamespace(lists=read_shared(PROJECT, language, []).lists, language=language)
    assert greets(spoken(said, language), model) is greeting  # type: ignore[arg-type]


def test_a_greeting_said_hundreds_of_times_before_something_else_is_read_in_no_time() -> None:
    """Tried in every way to cut it, it would never be done."""
    model = SimpleNamespace(lists=read_shared(PROJECT, "nl", []).lists, language="nl")
    assert not greets([*["hallo", "dag", "'t", "hoe", "gaat"] * 100, "factuur"], model)  # type: ignore[arg-type]
