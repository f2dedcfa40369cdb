"""What holds a line back, by its files and by what callers did."""

from collections import Counter
from datetime import UTC, datetime, timedelta

from tests.conftest import Telvia
from tests.content.conftest import Operator, operator, polyglot, starters
from voice.content import load_line
from voice.service.operators.health import Called, called, held_against, of_calls, of_files, one_sided
from voice.store.inbox import heard

__all__ = ["operator", "polyglot", "starters"]


def test_a_topic_without_labelled_lines_or_with_few_phrases_is_told(operator: Operator) -> None:
    lines = operator.reads("grammars/en/labelled.tsv").splitlines(keepends=True)
    operator.writes("grammars/en/labelled.tsv", "".join(line for line in lines if not line.startswith("billing\t")))
    operator.writes("grammars/en/repair.yaml", 'phrases:\n  - "it is broken"\n  - "it does nothing"\n')
    told = [one.what for one in of_files(load_line(operator.folder), "en")]
    assert any(what.startswith("en has no labelled lines for billing:") for what in told)
    assert any(what.startswith("en has few phrases for repair (2):") for what in told)


def test_lines_that_the_line_is_tested_with_are_none_that_it_learns_from(operator: Operator) -> None:
    lines = operator.reads("grammars/en/labelled.tsv").splitlines(keepends=True)
    operator.writes("grammars/en/labelled.tsv", "".join(line for line in lines if not line.startswith("billing\t")))
    operator.writes("grammars/en/tests/calls.tsv", "billing\tmy last bill is a riddle to me\n")
    [told] = of_files(load_line(operator.folder), "en")
    assert told.what.startswith("en has no labelled lines for billing:")


def test_topics_with_few_phrases_are_one_finding_and_the_fewer_they_have_the_dearer_it_is(operator: Operator) -> None:
    def costs(many: int) -> float:
        for topic in ("billing", "repair"):
            phrases = "".join(f'  - "the {topic} is wrong {n}"\n' for n in range(many))
            operator.writes(f"grammars/en/{topic}.yaml", f"phrases:\n{phrases}")
        [told] = of_files(load_line(operator.folder), "en")
        assert told.what.startswith(f"en has few phrases for billing ({many}), repair ({many}):")
        return told.cost

    assert costs(2) > costs(8) > 0


def test_a_topic_with_phrases_in_one_language_only_is_told(polyglot: Operator) -> None:
    polyglot.writes("grammars/fr/repair.yaml", 'phrases:\n  - "mon vélo est cassé"\n')
    [one] = one_sided(load_line(polyglot.folder))
    assert (one.language, one.topic) == ("fr", "repair")
    assert one.what.startswith("fr/repair has 1 phrases where nl has ")


def test_confirmations_are_counted_as_callers_answered_them(telvia: Telvia) -> None:
    telvia.ring().says("iets met betalen").says("ja")
    telvia.ring().says("iets met betalen").says("nee").hangs_up()
    telvia.ring().says("mijn factuur klopt niet")
    known = called(heard(telvia.store.engine, datetime(2026, 1, 1, tzinfo=UTC) - timedelta(days=1)))
    assert (known.asked["billing"], known.confirmed["billing"]) == (2, 1)
    assert (known.first["nl", True], known.first["nl", False]) == (2, 1)


def test_confirmations_that_are_always_answered_yes_and_a_topic_nobody_rings_about(operator: Operator) -> None:
    known = Called(Counter(billing=100, repair=20), Counter(billing=59), Counter(billing=60))
    told = {one.topic: one for one in of_calls(load_line(operator.folder), known)}
    assert told["billing"].what == "“Is it about billing?” was answered yes 59 times of 60."
    assert told["billing"].cost == 0.5
    assert told["delivery"].what == "Nobody rang about “delivery” in 120 calls."
    assert told["delivery"].mend.endswith("voice topic remove delivery.")
    assert "repair" not in told


def test_callers_who_speak_otherwise_than_the_labelled_lines_are_told() -> None:
    known = Called(Counter(), Counter(), Counter(), Counter({("en", True): 60, ("en", False): 40}))
    [one] = held_against(known, "en", 0.25)
    assert one.what == "In en 60% of 100 callers were asked, where the labelled lines foretell 25%."
    assert list(held_against(known, "en", 0.5)) == []
    assert list(held_against(known, "nl", 0.1)) == []
