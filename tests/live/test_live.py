"""What an operator saves is live for the next call; a call under way, and a faulty change, change nothing."""

import shutil
import threading
import time

import pytest

from tests.live.conftest import Desk
from voice.core.interpretation import Decision, Interpretation
from voice.service.live.versions import Meanwhile

pytestmark = pytest.mark.slow

PROMPTS, BILLING, LINE = "prompts/en.yaml", "grammars/en/billing.yaml", "grammars/line.yaml"


def test_the_next_caller_hears_what_was_saved(desk: Desk) -> None:
    line = desk.serve()
    desk.files.changes(PROMPTS, "Welcome to", "Good day, this is")
    desk.saved()
    assert line.ring().hears.startswith("Good day, this is Fietsen Peeters")


def test_a_call_under_way_goes_on_as_it_began(desk: Desk) -> None:
    line = desk.serve()
    caller = line.ring()
    desk.files.changes(PROMPTS, '\nquestion: "What are you ringing about?"', '\nquestion: "And why do you ring?"')
    desk.saved()
    assert "What are you ringing about?" in caller.presses("#").hears
    assert "And why do you ring?" in line.ring().presses("#").hears


def test_a_version_is_kept_as_long_as_a_call_has_it_and_no_longer(desk: Desk) -> None:
    line = desk.serve()
    caller = line.ring()
    versions = []
    for greeting in ("Good day from", "Hello from", "Hi from", "Hey from"):
        text = desk.files.reads(PROMPTS)
        desk.files.writes(PROMPTS, text.replace("Welcome to", greeting))
        desk.saved()
        desk.files.writes(PROMPTS, text)
        versions.append(desk.state.version)
    assert set(line.editions._older) == {caller.call.line, versions[-2]}


def test_a_new_phrase_is_understood_to_the_letter_before_the_statistics_are_trained(desk: Desk) -> None:
    line = desk.serve()
    said = "the flibbertigibbet wobbles"
    assert line.ring().says(said).call.intent is None
    desk.files.changes(BILLING, "phrases:\n", f'phrases:\n  - "{said}"\n')
    desk.saved()
    assert not desk.state.trained
    assert line.ring().says("The flibbertigibbet, wobbles!").call.intent == "billing"


def test_the_statistics_follow(desk: Desk) -> None:
    line = desk.serve()
    desk.files.changes(BILLING, "phrases:\n", 'phrases:\n  - "the flibbertigibbet on my statement"\n')
    desk.saved()
    until = time.monotonic() + 300  # training takes four seconds, where nobody else is at work
    while not desk.state.trained and time.monotonic() < until:
        time.sleep(0.1)
    assert desk.state.trained
    line.looks()
    meaning = line.editions.now.understanding.understand("there is a flibbertigibbet on the statement", "en")
    assert meaning.probabilities[0][0] == "billing"
    assert not isinstance(line.editions.now.understanding, Meanwhile)


def test_a_faulty_change_is_refused_named_and_heard_by_nobody(desk: Desk) -> None:
    line = desk.serve()
    version = desk.state.version
    desk.files.changes(LINE, "billing: helpdesk", "billing: helpdsk")
    desk.saved()
    assert any("There is no queue “helpdsk”" in told and told.startswith(LINE) for told in desk.refused)
    assert desk.state.version == version
    assert "Welcome to" in line.ring().hears
    desk.files.changes(LINE, "billing: helpdsk", "billing: helpdesk")
    desk.saved()
    assert desk.refused == []
    assert desk.state.version == version


def test_the_faults_of_all_files_are_told_at_once(desk: Desk) -> None:
    desk.files.changes(LINE, "billing: helpdesk", "billing: helpdsk")
    desk.files.changes(BILLING, "phrases:", "frases:")
    desk.files.changes(PROMPTS, "question:", "qestion:")
    desk.saved()
    assert {told.partition(":")[0] for told in desk.refused} == {LINE, BILLING, PROMPTS}


def test_whatever_happens_to_the_files_the_line_stays(desk: Desk) -> None:
    line = desk.serve()
    version, folder = desk.state.version, desk.shelf.line
    good = desk.files.reads(BILLING)

    def harmless() -> None:
        desk.saved()
        assert desk.state.version == version
        assert desk.refused
        assert "Welcome to" in line.ring().hears

    desk.files.writes(BILLING, "")
    harmless()
    desk.files.writes(BILLING, b"\xff\xfe\x00phrases")
    harmless()
    desk.files.writes(BILLING, good[: good.rindex('"')])
    harmless()
    desk.files.deletes(BILLING)
    (folder / BILLING).mkdir()
    harmless()
    (folder / BILLING).rmdir()
    shutil.move(folder / "grammars", folder / "elsewhere")
    harmless()
    assert desk.refused[0].startswith(f"{folder}: There is no line here")
    shutil.move(folder, folder.parent / "gone")
    harmless()
    shutil.move(folder.parent / "gone", folder)
    shutil.move(folder / "elsewhere", folder / "grammars")
    desk.files.writes(BILLING, good)
    desk.saved()
    assert (desk.state.version, desk.refused) == (version, [])


def test_a_file_written_in_steps_is_read_when_it_is_whole(desk: Desk) -> None:
    text = desk.files.reads(PROMPTS).replace("Welcome to", "Good day from")
    desk.files.writes(PROMPTS, "")

    def write() -> None:
        path = desk.shelf.line / PROMPTS
        with path.open("w", encoding="utf-8") as file:
            for start in range(0, len(text), len(text) // 8):
                file.write(text[start : start + len(text) // 8])
                file.flush()
                time.sleep(0.05)

    writer = threading.Thread(target=write)
    writer.start()
    desk.editor.look()
    writer.join()
    assert desk.refused == []
    assert "Good day from" in (desk.shelf.folder / "versions" / desk.state.version / PROMPTS).read_text("utf-8")


def test_a_topic_that_moves_to_another_queue_trains_nothing(desk: Desk) -> None:
    line = desk.serve()
    text = desk.files.reads(LINE)
    queue = text[text.index("  helpdesk:") :].splitlines()[0]
    moved = text.replace(queue, f"{queue}\n{queue.replace('helpdesk', 'bills')}")
    desk.files.writes(LINE, moved.replace("billing: helpdesk", "billing: bills"))
    spoken = desk.files.reads(PROMPTS)
    name = spoken[spoken.index("  helpdesk:") :].splitlines()[0]
    desk.files.writes(PROMPTS, spoken.replace(name, f"{name}\n{name.replace('helpdesk', 'bills')}"))
    desk.saved()
    assert desk.refused == []
    assert (desk.state.trained, desk.state.coming) == (True, "")
    assert line.ring().says("my account was debited twice").call.queue == "bills"


def test_a_queue_in_which_somebody_waits_cannot_be_taken_away(desk: Desk) -> None:
    line = desk.serve()
    line.ring().presses("0")
    text = desk.files.reads(LINE)
    desk.files.writes(LINE, text.replace("helpdesk", "counter"))
    desk.files.writes(PROMPTS, desk.files.reads(PROMPTS).replace("helpdesk:", "counter:"))
    desk.saved()
    [told] = desk.refused
    assert told.startswith(f"{LINE}: 1 caller still waits for the queue “helpdesk”.")


def test_a_turn_that_comes_to_a_process_not_yet_so_far_is_answered_by_its_own_version(desk: Desk) -> None:
    quick, slow = desk.serve(), desk.serve()
    desk.files.changes(PROMPTS, "Welcome to", "Good day from")
    desk.editor.look()
    quick.looks()
    caller = quick.ring()
    assert slow.editions.of(caller.person.sid).line.version == desk.state.version
    assert slow.editions.now.line.version != desk.state.version


def test_a_process_that_starts_later_knows_the_version_of_a_call_that_began_before(desk: Desk) -> None:
    first = desk.serve()
    desk.files.changes(PROMPTS, "Welcome to", "Good day from")
    desk.saved()
    caller = first.ring()
    desk.files.changes(PROMPTS, "Good day from", "Hello from")
    desk.saved()
    later = desk.serve()
    later.follower.behind = lambda: True
    later.editions.behind = lambda: True
    board = later.editions.of(caller.person.sid)
    assert "Good day from" in str(board.line.prompts["en"].texts["welcome"])


def test_a_cleared_cache_does_no_harm(desk: Desk) -> None:
    line = desk.serve()
    shutil.rmtree(desk.shelf.folder)
    desk.saved()
    assert "Welcome to" in line.ring().hears
    desk.files.changes(PROMPTS, "Welcome to", "Good day from")
    desk.saved()
    assert "Good day from" in line.ring().hears


class Before:
    """The model of the version before, which knew a topic more."""

    def understand(self, text: str, _language: str, **_moment: object) -> Interpretation:
        ranked = (("warranty", 0.6), ("billing", 0.4))
        if text == "either":
            return Interpretation(Decision.CHOOSE, ("warranty", "billing"), probabilities=ranked)
        return Interpretation(Decision.ROUTE, ("warranty",), probabilities=ranked)


def test_until_it_is_trained_nobody_is_sent_to_a_topic_that_is_gone() -> None:
    meanwhile = Meanwhile(Before(), {}, {"billing"})  # type: ignore[arg-type]
    assert meanwhile.understand("it broke", "en").decision is Decision.UNSURE
    either = meanwhile.understand("either", "en")
    assert (either.decision, either.topics) == (Decision.CONFIRM, ("billing",))
    assert either.probabilities == (("billing", 0.4),)


def test_a_refused_topic_is_not_taken_for_a_new_phrase(desk: Desk) -> None:
    meanwhile = Meanwhile(
        desk.serve().editions.now.understanding, {"en": {"thebill": "billing"}}, {"billing", "repair"}
    )
    assert meanwhile.understand("the bill", "en").topics == ("billing",)
    assert "billing" not in meanwhile.understand("the bill", "en", without=("billing",)).topics
