"""What callers said that went wrong is gathered, and an operator makes phrases of it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.conftest import SCRIPT, Ringing, Scripted, Telvia, routed
from tests.live.conftest import Desk
from voice.content import load_line
from voice.core.interpretation import Decision, Interpretation
from voice.errors import SettingsError
from voice.service.calls.redaction import without_numbers
from voice.service.operators.inbox import Group, Inbox, Why, add_phrase
from voice.store.inbox import dealt_with

pytestmark = pytest.mark.slow

BILLING = "grammars/en/billing.yaml"


@pytest.fixture
def groups(telvia: Telvia) -> Callable[[], list[Group]]:
    return lambda: Inbox(telvia.line, telvia.store).groups(telvia.worker.clock())


def test_what_is_not_understood_is_gathered_with_the_topic_it_turned_out_to_be(
    caller: Ringing, groups: Callable[[], list[Group]]
) -> None:
    caller.says("er klopt iets niet").says("mijn factuur klopt niet")
    [group] = groups()
    assert (group.texts, group.why, group.likely) == (("er klopt iets niet",), (Why.NOT_UNDERSTOOD,), "billing")


def test_what_the_caller_took_back_is_gathered(caller: Ringing, groups: Callable[[], list[Group]]) -> None:
    caller.says("mijn internet ligt plat").says("nee").says("mijn factuur klopt niet")
    [group] = groups()
    assert (group.texts, group.why, group.likely) == (("mijn internet ligt plat",), (Why.CORRECTED,), "billing")


def test_a_correction_in_one_breath_counts_too(caller: Ringing, groups: Callable[[], list[Group]]) -> None:
    caller.says("mijn internet ligt plat").says("nee, het gaat over mijn gsm").stays_silent()
    [group] = groups()
    assert (group.texts, group.why, group.likely) == (("mijn internet ligt plat",), (Why.CORRECTED,), "mobile")


def test_of_a_choice_that_was_refused_neither_is_the_likeliest(
    telvia: Telvia, caller: Ringing, monkeypatch: pytest.MonkeyPatch
) -> None:
    ranked = (("billing", 0.4), ("mobile", 0.3), ("outage", 0.1))
    unsure = Interpretation(Decision.CHOOSE, ("billing", "mobile"), probabilities=ranked, price=2.0)
    monkeypatch.setitem(SCRIPT, "factuur of gsm", unsure)
    monkeypatch.setattr(
        "voice.service.operators.inbox.load_understanding", lambda *_, **__: Scripted({"factuur of gsm": unsure})
    )
    caller.says("factuur of gsm").says("nee").hangs_up()
    inbox = Inbox(telvia.line, telvia.store)
    [group] = inbox.with_likeliest(inbox.groups(telvia.worker.clock()))
    assert (group.texts, group.not_about, group.likely) == (("factuur of gsm",), ("billing", "mobile"), "outage")


def test_another_topic_instead_of_a_yes_is_a_correction(caller: Ringing, groups: Callable[[], list[Group]]) -> None:
    caller.says("iets met betalen").says("mijn internet ligt plat").stays_silent()
    [group] = groups()
    assert (group.texts, group.why, group.likely) == (("iets met betalen",), (Why.CORRECTED,), "outage")


def test_the_same_topic_instead_of_a_yes_is_none(caller: Ringing, groups: Callable[[], list[Group]]) -> None:
    caller.says("iets met betalen").says("mijn factuur klopt niet").stays_silent()
    assert groups() == []


def test_what_an_agent_passed_on_is_gathered(telvia: Telvia, groups: Callable[[], list[Group]]) -> None:
    agent = telvia.hire("Ann", "+32470000001")
    caller = telvia.ring().says("mijn internet ligt plat").stays_silent()
    agent.accepts()
    from voice.service.calls.transfer import transfer

    transfer(telvia.line, telvia.store, telvia.contact_of(caller).reference, "billing", telvia.worker.clock())
    telvia.passes(3)
    [group] = groups()
    assert (group.texts, group.why, group.likely) == (("mijn internet ligt plat",), (Why.PASSED_ON,), "billing")


def test_what_went_well_is_not_in_it(caller: Ringing, groups: Callable[[], list[Group]]) -> None:
    caller.says("mijn factuur klopt niet").stays_silent()
    assert groups() == []


def test_a_known_phrase_at_the_wrong_moment_is_not_in_it(telvia: Telvia, groups: Callable[[], list[Group]]) -> None:
    telvia.ring().says("Ja hoor!").says("er klopt iets niet aan de zaak").hangs_up()
    [group] = groups()
    assert group.texts == ("er klopt iets niet aan de zaak",)


def test_the_same_in_nearly_the_same_words_is_one_entry(telvia: Telvia, groups: Callable[[], list[Group]]) -> None:
    telvia.ring().says("iets helemaal anders").hangs_up()
    for said in ("mijn dinges doet raar", "Mijn dinges doet raar.", "mijn dinges doet zo raar"):
        telvia.ring().says(said).hangs_up()
    first, second = groups()
    assert (first.count, len(first.texts), second.count) == (3, 3, 1)


def test_numbers_are_masked_before_anything_is_kept(telvia: Telvia, groups: Callable[[], list[Group]]) -> None:
    caller = telvia.ring().says("mijn klantnummer is 12 34 wat nu").hangs_up()
    assert groups()[0].texts == ("mijn klantnummer is ## ## wat nu",)
    assert "12" not in str([entry["detail"].get("words") for entry in telvia.store.journal_of(caller.person.sid)])


def test_spoken_numbers_are_masked_and_counts_are_not() -> None:
    said = "mijn nummer is nul vier zeven één twee en er is twee keer zestig euro af"
    assert without_numbers(said, "nl") == "mijn nummer is # # # # # en er is twee keer zestig euro af"
    assert without_numbers("오 넷 아홉 오", "ko", digits="5495") == "#"
    assert without_numbers("번호 이", "ko", digits="2") == "번호 이"


def test_words_are_kept_as_long_as_the_line_allows(caller: Ringing, telvia: Telvia) -> None:
    caller.says("er klopt iets niet").hangs_up()
    inbox, now = Inbox(telvia.line, telvia.store), telvia.worker.clock()
    assert inbox.groups(now + timedelta(days=29))
    assert inbox.groups(now + timedelta(days=31)) == []


def test_what_is_dismissed_does_not_come_back(telvia: Telvia, groups: Callable[[], list[Group]]) -> None:
    telvia.ring().says("er klopt iets niet").hangs_up()
    Inbox(telvia.line, telvia.store).dismiss(groups()[0].number, telvia.worker.clock())
    telvia.ring().says("Er klopt iets niet!").hangs_up()
    assert groups() == []


def asked(desk: Desk, said: str) -> tuple[Inbox, int, datetime]:
    """Somebody rang and was not understood; the operator opens the inbox."""
    line = desk.serve()
    board = line.editions.now
    object.__setattr__(board, "understanding", Scripted({said: Interpretation()}))
    line.ring().says(said).hangs_up()
    inbox = Inbox(load_line(desk.shelf.line), desk.store)
    now = board.clock()
    return inbox, inbox.groups(now)[0].number, now


def test_an_accepted_phrase_stands_in_the_file_and_nothing_else_changes(desk: Desk) -> None:
    desk.files.changes(BILLING, "phrases:\n", "phrases:  # as they are said\n  # the short ones first\n")
    before = desk.files.reads(BILLING)
    inbox, number, now = asked(desk, "the flibbertigibbet on my statement")
    inbox.accept(number, "billing", now)
    assert desk.files.reads(BILLING) == before + '  - "the flibbertigibbet on my statement"\n'
    assert inbox.groups(now) == []
    assert dealt_with(desk.store.engine) == {("en", "the flibbertigibbet on my statement")}


def test_a_phrase_that_another_topic_claims_is_refused(desk: Desk) -> None:
    taken = load_line(desk.shelf.line)
    topic = next(topic for topic in taken.plan.topics if topic != "billing")
    said = desk.files.reads(f"grammars/en/{topic}.yaml").partition("phrases:\n")[2].split('"')[1]
    inbox, number, now = asked(desk, "something that nobody has heard before")
    before = desk.files.reads(BILLING)
    with pytest.raises(SettingsError, match=f"by “{topic}”|by “billing”") as told:
        inbox.accept(number, "billing", now, said)
    assert "is claimed by" in told.value.mend
    assert desk.files.reads(BILLING) == before


def test_a_phrase_that_takes_what_another_topic_has_is_refused(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    inbox, number, now = asked(desk, "something about my parcel")
    topic = next(topic for topic in inbox.line.plan.topics if topic != "billing")
    said = next(
        row.partition("\t")[2]
        for row in desk.files.reads("grammars/en/labelled.tsv").splitlines()
        if row.startswith(topic)
    )
    models = iter((Scripted({said: routed(topic)}), Scripted({said: routed("billing")})))
    monkeypatch.setattr("voice.service.operators.inbox.load_understanding", lambda _, **__: Always(next(models), said))
    with pytest.raises(SettingsError, match="would take 1 from other topics"):
        inbox.accept(number, "billing", now)
    assert "parcel" not in desk.files.reads(BILLING).rpartition("\n  -")[2]


class Always:
    """Knows one line, and takes the rest for nothing."""

    def __init__(self, script: Scripted, said: str) -> None:
        self.script, self.said = script, said

    def understand(self, text: str, language: str) -> Interpretation:
        return self.script.understand(text, language) if text == self.said else Interpretation()


def test_of_what_is_alike_the_one_without_numbers_is_taken(desk: Desk) -> None:
    inbox, number, now = asked(desk, "the flibbertigibbet of 12 euro on my statement")
    object.__setattr__(desk.serving[-1].editions.now, "understanding", Scripted({}))
    desk.serving[-1].ring().says("the flibbertigibbet of euros on my statement").hangs_up()
    [group] = inbox.groups(now)
    assert group.texts[0] == "the flibbertigibbet of euros on my statement"
    inbox.accept(number, "billing", now)
    assert desk.files.reads(BILLING).endswith('  - "the flibbertigibbet of euros on my statement"\n')


def test_masked_numbers_are_not_written_into_a_file(desk: Desk) -> None:
    inbox, number, now = asked(desk, "my bill of 12 euro")
    with pytest.raises(SettingsError, match="masked"):
        inbox.accept(number, "billing", now)
    inbox.accept(number, "billing", now, text="the gizmo of a dozen euro", anyway=True)
    assert desk.files.reads(BILLING).endswith('  - "the gizmo of a dozen euro"\n')


def test_a_file_of_templates_alone_gets_its_first_phrase(tmp_path: Path) -> None:
    path = tmp_path / "yes.yaml"
    path.write_text('templates:\n  - "(yes|yeah) [please]"  # or nods\n', encoding="utf-8")
    add_phrase(path, "sure thing")
    assert path.read_text(encoding="utf-8") == (
        'templates:\n  - "(yes|yeah) [please]"  # or nods\nphrases:\n  - "sure thing"\n'
    )


def test_what_the_line_is_sure_of_goes_into_no_other_topic_by_mistake(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = "the washer will not spin"
    inbox, number, now = asked(desk, said)
    sure = Scripted({said: routed("repair")})
    monkeypatch.setattr("voice.service.operators.inbox.load_understanding", lambda _, **__: Always(sure, said))
    with pytest.raises(
        SettingsError, match="The line is sure that “the washer will not spin” is about “repair”"
    ) as told:
        inbox.accept(number, "none", now)
    assert "--intent repair" in told.value.mend
    inbox.accept(number, "none", now, anyway=True)
    assert said in desk.files.reads("grammars/en/none.yaml")


def test_what_a_caller_has_denied_is_accepted_all_the_same(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    said = "the washer is on my statement"
    inbox, number, now = asked(desk, said)
    [group] = inbox.groups(now)
    denied = replace(group, why=(Why.CORRECTED,), likely="billing")
    monkeypatch.setattr(Inbox, "groups", lambda *_: [denied])
    sure = Scripted({said: routed("repair")})
    monkeypatch.setattr("voice.service.operators.inbox.load_understanding", lambda _, **__: Always(sure, said))
    inbox.accept(number, "billing", now)
    assert said in desk.files.reads(BILLING)


def test_an_accept_is_taken_back_and_stands_in_the_inbox_again(desk: Desk) -> None:
    before = desk.files.reads(BILLING)
    inbox, number, now = asked(desk, "the flibbertigibbet on my statement")
    inbox.accept(number, "billing", now, text="a flibbertigibbet, please", anyway=True)
    how, _, file = inbox.undo()
    assert (how, file) == ("accepted", desk.shelf.line / BILLING)
    assert desk.files.reads(BILLING) == before
    assert [group.number for group in inbox.groups(now)] == [number]
    with pytest.raises(SettingsError, match="Nothing was accepted or dismissed"):
        inbox.undo()


def test_an_undo_takes_out_no_phrase_that_the_operator_wrote(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a caller said may stand in another file already: a guess was corrected, or an agent denied it."""
    said = "the flibbertigibbet on my statement"
    inbox, number, now = asked(desk, said)
    [group] = inbox.groups(now)
    desk.files.adds("grammars/en/repair.yaml", f'  - "{said}"\n')
    before = desk.files.reads("grammars/en/repair.yaml")
    monkeypatch.setattr(Inbox, "groups", lambda *_: [group])
    inbox.accept(number, "billing", now, text="a flibbertigibbet, please", anyway=True)
    inbox.undo()
    assert desk.files.reads("grammars/en/repair.yaml") == before


def test_a_dismissal_is_taken_back(desk: Desk) -> None:
    inbox, number, now = asked(desk, "the flibbertigibbet on my statement")
    inbox.dismiss(number, now)
    assert inbox.undo()[0] == "dismissed"
    assert [group.number for group in inbox.groups(now)] == [number]


def test_every_entry_has_its_likeliest_topic(desk: Desk) -> None:
    inbox, _, now = asked(desk, "the flibbertigibbet on my bill")
    [group] = inbox.with_likeliest(inbox.groups(now))
    assert group.likely in inbox.line.plan.topics
