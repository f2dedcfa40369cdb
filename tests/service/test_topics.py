"""An operator who moves topics about: every file and language at once, or nothing."""

import re
from datetime import UTC, datetime

import pytest

from tests.content.conftest import Operator, operator, polyglot, starters
from voice.content import load_line
from voice.content.check import check_files
from voice.errors import ContentError, SettingsError
from voice.service.operators import topics
from voice.store import Store

__all__ = ["operator", "polyglot", "starters"]

LINE = "grammars/line.yaml"
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


def errors(operator: Operator) -> list[str]:
    return [str(one) for one in check_files(operator.folder).problems if one.severity == "error"]


def test_a_topic_is_renamed_in_every_file_and_language(polyglot: Operator) -> None:
    topics.apply(polyglot.folder, topics.rename("billing", "invoices"), None)
    assert errors(polyglot) == []
    line = load_line(polyglot.folder)
    assert ("invoices" in line.plan.topics, "billing" in line.plan.topics) == (True, False)
    assert line.plan.menu[0] == "invoices"
    assert "billing\t" not in polyglot.reads("grammars/nl/labelled.tsv")
    assert "# what callers ring about" in polyglot.reads("grammars/line.yaml")


def test_remarks_stay_at_a_topic_that_is_renamed_and_where_one_is_removed(polyglot: Operator) -> None:
    polyglot.changes(LINE, "  delivery: helpdesk", "  delivery: helpdesk        # parcels")
    polyglot.changes(LINE, "  repair: helpdesk\n", "  repair: helpdesk\n# what is on the keypad\n")
    topics.apply(polyglot.folder, topics.rename("delivery", "exam"), None)
    topics.apply(polyglot.folder, topics.remove("repair"), None)
    assert re.search(r"  exam: helpdesk +# parcels\n# what is on the keypad\n", polyglot.reads(LINE))


def test_what_a_topic_asks_its_answers_and_its_short_name_go_along(operator: Operator) -> None:
    operator.changes(LINE, "risk: 0.01", "risk: 0.01\nasks: {billing: customer_number}\nanswers: {hours: billing}")
    operator.writes("grammars/en/answers/hours.yaml", 'phrases:\n  - "when are you open"\n  - "your hours please"\n')
    operator.changes("prompts/en.yaml", "topic:\n", 'short:\n  billing: "a bill"\ntopic:\n  hours: "our hours"\n')
    operator.adds("prompts/en.yaml", 'answer.hours: "From nine."\nanswer.hours.sms: "From nine."\n')
    topics.apply(operator.folder, topics.rename("billing", "invoices"), None)
    plan = load_line(operator.folder).plan
    assert (list(plan.asks), plan.answers["hours"].topic) == (["invoices"], "invoices")
    assert 'invoices: "a bill"' in operator.reads("prompts/en.yaml")


def test_a_topic_is_not_merged_into_itself(operator: Operator) -> None:
    with pytest.raises(SettingsError, match="cannot become a part of itself"):
        topics.apply(operator.folder, topics.merge("billing", "billing"), None)


def test_a_dry_run_changes_nothing(operator: Operator) -> None:
    before = operator.reads("grammars/line.yaml")
    told = topics.apply(operator.folder, topics.remove("repair"), None, dry_run=True)
    assert "grammars/line.yaml" in told
    assert operator.reads("grammars/line.yaml") == before
    assert (operator.folder / "grammars/en/repair.yaml").exists()


def test_a_topic_is_added_with_its_spoken_name(operator: Operator) -> None:
    topics.apply(operator.folder, topics.add("parking", "helpdesk", {"en": "a parking permit"}), None)
    assert errors(operator) == []
    assert "a parking permit" in operator.reads("grammars/en/parking.yaml")
    assert load_line(operator.folder).plan.topics["parking"] == "helpdesk"


def test_an_added_topic_stands_with_the_others_before_the_empty_line(operator: Operator) -> None:
    topics.apply(operator.folder, topics.add("parking", "helpdesk", {}), None)
    assert "  repair: helpdesk\n  parking: helpdesk\n\nmenu:" in operator.reads("grammars/line.yaml")


def test_a_topic_is_split_by_its_words_and_merged_again(operator: Operator) -> None:
    phrases = operator.reads("grammars/en/billing.yaml").count("refund")
    assert phrases
    topics.apply(operator.folder, topics.split("billing", "refunds", "refund", "", {}), None)
    assert errors(operator) == []
    assert "refund" not in operator.reads("grammars/en/billing.yaml")
    topics.apply(operator.folder, topics.merge("refunds", "billing"), None)
    assert errors(operator) == []
    assert operator.reads("grammars/en/billing.yaml").count("refund") == phrases


def test_what_is_split_off_stands_with_the_topics_and_is_asked_for_the_same(operator: Operator) -> None:
    operator.changes(LINE, "risk: 0.01", "risk: 0.01\nasks:\n  billing: {what: customer_number, pattern: '[0-9]{6}'}")
    topics.apply(operator.folder, topics.split("billing", "refunds", "refund", "", {}), None)
    assert "  repair: helpdesk\n  refunds: helpdesk\n\nmenu:" in operator.reads(LINE)
    plan = load_line(operator.folder).plan
    assert (plan.asks["refunds"], plan.menu[-1]) == (plan.asks["billing"], "refunds")


def test_several_topics_are_removed_at_once(operator: Operator) -> None:
    topics.apply(operator.folder, topics.remove("billing", "repair"), None)
    assert (errors(operator), list(load_line(operator.folder).plan.topics)) == ([], ["delivery"])


def test_a_topic_without_a_queue_is_answered_by_who_takes_any_question(operator: Operator) -> None:
    operator.changes(LINE, "person: helpdesk", "person: desk").adds(LINE, "  desk: {hours: always}\n")
    operator.changes("prompts/en.yaml", "queue:\n", 'queue:\n  desk: "Our desk"\n')
    topics.apply(operator.folder, topics.add("parking", "", {}), None)
    assert load_line(operator.folder).plan.topics["parking"] == "desk"


def test_a_topic_that_somebody_waits_for_is_not_taken_away(
    operator: Operator, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("voice.service.live.waiting.open_contacts", lambda _: [("helpdesk", "repair", "en", 2)])
    with pytest.raises(ContentError, match="2 callers still wait for the topic “repair”"):
        topics.apply(operator.folder, topics.remove("repair"), store)
    assert (operator.folder / "grammars/en/repair.yaml").exists()


@pytest.mark.parametrize(
    "change", [topics.rename("nope", "x"), topics.add("Bad Name", "helpdesk", {}), topics.merge("repair", "nope")]
)
def test_what_cannot_be_is_told_in_words(operator: Operator, change: topics.Change) -> None:
    with pytest.raises(SettingsError):
        topics.apply(operator.folder, change, None)
