"""A save that is a draft until somebody publishes it, the history of what was live, and the way back."""

import shutil
import subprocess
import sys
from datetime import UTC
from pathlib import Path

import pytest

from tests.conftest import OPEN_DAY
from tests.content.conftest import Operator
from tests.live.conftest import Desk
from voice.cli import main, reload
from voice.content import load_line
from voice.content.line import version_of
from voice.errors import ContentError, SettingsError
from voice.service.live.published import Published, PublishedState
from voice.service.live.publishing import back, line_to_serve, publish
from voice.service.live.waiting import in_the_way
from voice.service.live.watcher import Watcher
from voice.service.operators import topics
from voice.store import Store

pytestmark = pytest.mark.slow

PROMPTS, LINE = "prompts/en.yaml", "grammars/line.yaml"


def by_hand(desk: Desk) -> str:
    """From now on this line is published by hand; the version that is live."""
    desk.files.adds(LINE, "\npublish: by-hand\n")
    desk.saved()
    if desk.state.draft:
        publish(desk.shelf, desk.store, OPEN_DAY)
        desk.saved()
    assert desk.state.draft == ""
    return desk.state.version


def test_a_save_is_written_into_the_history_with_who_saved_it(desk: Desk) -> None:
    subprocess.run(["git", "init", "-q", str(desk.shelf.line)], check=True)
    subprocess.run(["git", "-C", str(desk.shelf.line), "config", "user.name", "Ann Peeters"], check=True)
    before = desk.state.version
    desk.files.changes(PROMPTS, "Welcome to", "Good day, this is")
    desk.saved()
    new, old = desk.store.history.latest()
    assert (old.version, new.version) == (before, desk.state.version)
    assert (new.by, new.how, new.changed) == ("Ann Peeters", "saved", (PROMPTS,))


def test_who_saves_in_the_console_is_named(desk: Desk) -> None:
    desk.shelf.signed("bea")
    desk.files.changes(PROMPTS, "Welcome to", "Good day, this is")
    desk.saved()
    desk.files.changes(PROMPTS, "Good day, this is", "Hello from")
    desk.saved()
    latest = desk.store.history.latest()
    assert latest[1].by == "bea"
    assert latest[0].by != "bea"


def test_where_publishing_is_by_hand_a_save_is_heard_by_nobody_until_it_is_published(desk: Desk) -> None:
    line = desk.serve()
    live = by_hand(desk)
    desk.files.changes(PROMPTS, "Welcome to", "Good day, this is")
    desk.saved()
    assert "Welcome to" in line.ring().hears
    assert (desk.state.version, desk.state.draft) == (live, load_line(desk.shelf.line).version)
    done = publish(desk.shelf, desk.store, OPEN_DAY)
    assert done is not None
    desk.saved()
    assert "Good day, this is" in line.ring().hears
    assert (desk.state.version, desk.state.draft) == (done.version, "")
    assert publish(desk.shelf, desk.store, OPEN_DAY) is None


def test_a_draft_cannot_make_itself_live(desk: Desk) -> None:
    live = by_hand(desk)
    desk.files.changes(LINE, "publish: by-hand", "publish: on-save")
    desk.saved()
    assert desk.state.version == live


def test_a_faulty_draft_is_told_at_once_and_not_published(desk: Desk) -> None:
    live = by_hand(desk)
    desk.files.changes(PROMPTS, "question:", "qestion:")
    desk.saved()
    assert any("There is no prompt “qestion”" in told for told in desk.refused)
    with pytest.raises(ContentError):
        publish(desk.shelf, desk.store, OPEN_DAY)
    newest = desk.store.history.newest()
    assert newest is not None
    assert newest.version == live


def test_a_queue_in_which_somebody_waits_is_not_published_away(desk: Desk) -> None:
    line = desk.serve()
    live = by_hand(desk)
    line.ring().presses("0")
    text = desk.files.reads(LINE)
    desk.files.writes(LINE, text.replace("helpdesk", "counter"))
    desk.files.writes(PROMPTS, desk.files.reads(PROMPTS).replace("helpdesk:", "counter:"))
    with pytest.raises(ContentError, match="1 caller still waits for the queue “helpdesk”"):
        publish(desk.shelf, desk.store, OPEN_DAY)
    assert desk.store.history.latest(1)[0].version == live


@pytest.mark.parametrize(
    "change", [topics.remove("billing"), topics.rename("billing", "money"), topics.merge("billing", "repair")]
)
def test_a_topic_is_not_taken_from_under_a_caller_who_waits_for_it(desk: Desk, change: topics.Change) -> None:
    caller = desk.serve().ring().says("my bill is wrong").stays_silent()
    assert caller.queue == "helpdesk"
    before = version_of(desk.shelf.line)
    with pytest.raises(ContentError, match="1 caller still waits for the topic “billing”"):
        topics.apply(desk.shelf.line, change, desk.store)
    assert version_of(desk.shelf.line) == before
    caller.hangs_up()
    assert "grammars/line.yaml" in topics.apply(desk.shelf.line, change, desk.store)


def test_back_makes_an_older_version_live_with_its_files(desk: Desk) -> None:
    line = desk.serve()
    before, old = desk.files.reads(PROMPTS), desk.state.version
    desk.files.changes(PROMPTS, "Welcome to", "Good day, this is")
    desk.files.writes("grammars/en/tests/more.tsv", "billing\tmy bill\n")
    desk.saved()
    done, kept = back(desk.shelf, desk.store, old[:6], OPEN_DAY)
    desk.saved()
    assert (done.version, done.how, kept) == (old, "back", "")
    assert "Welcome to" in line.ring().hears
    assert desk.files.reads(PROMPTS) == before
    assert not (desk.shelf.line / "grammars/en/tests/more.tsv").exists()
    assert desk.state.draft == ""
    assert [one.how for one in desk.store.history.latest()] == ["back", "saved", "saved"]


def test_what_back_takes_away_and_was_never_live_is_kept_even_where_it_is_faulty(desk: Desk) -> None:
    live = by_hand(desk)
    desk.files.writes(PROMPTS, "welcome: “half a sen")
    desk.saved()
    _, kept = back(desk.shelf, desk.store, live, OPEN_DAY)
    assert load_line(desk.shelf.line).version == live
    assert desk.store.history.files(kept)[PROMPTS].decode() == "welcome: “half a sen"


def test_back_asks_for_a_version_that_is_kept(desk: Desk) -> None:
    for wrong in ("zzzzzzzz", "", "abc"):
        with pytest.raises(SettingsError, match="No version begins with"):
            back(desk.shelf, desk.store, wrong, OPEN_DAY)


def test_a_start_serves_what_is_live_and_not_the_draft(desk: Desk) -> None:
    live = by_hand(desk)
    desk.files.changes(PROMPTS, "Welcome to", "Good day, this is")
    desk.files.writes("grammars/en/billing.yaml", "phrases: [broken")
    assert line_to_serve(desk.shelf.line, desk.store).version == live


def test_files_changed_while_nobody_served_are_live_at_the_start(desk: Desk) -> None:
    desk.files.changes(PROMPTS, "Welcome to", "Good day, this is")
    assert line_to_serve(desk.shelf.line, desk.store).version == load_line(desk.shelf.line).version


def machine(desk: Desk, tmp_path: Path) -> tuple[Operator, Published, Watcher]:
    """Another one, with a copy of the files as they are now, on the same database."""
    shutil.copytree(desk.shelf.line, tmp_path / "second")
    shelf = Published(tmp_path / "second")
    watcher = Watcher(shelf, lambda line: in_the_way(line, desk.store), desk.store.history)
    return Operator(shelf.line), shelf, watcher


def test_a_second_machine_takes_up_what_the_first_has_saved(desk: Desk, tmp_path: Path) -> None:
    files, shelf, watcher = machine(desk, tmp_path)
    watcher.look()
    desk.files.changes(PROMPTS, "Welcome to", "Good day, this is")
    desk.saved()
    watcher.look()
    watcher.stop_training()
    assert shelf.state().coming == desk.state.version or shelf.state().version == desk.state.version
    assert shelf.state().draft == load_line(files.folder).version


def test_a_second_machine_with_older_files_changes_nothing(desk: Desk, tmp_path: Path) -> None:
    files, shelf, watcher = machine(desk, tmp_path)
    desk.files.changes(PROMPTS, "Welcome to", "Good day, this is")
    desk.saved()
    watcher.look()
    watcher.stop_training()
    desk.saved()
    assert len(desk.store.history.latest()) == 2
    assert "Good day, this is" in desk.serve().ring().hears
    assert line_to_serve(files.folder, desk.store).version == desk.state.version
    assert shelf.state().draft == load_line(files.folder).version


def test_a_second_machine_takes_up_what_is_live_before_it_publishes(desk: Desk, tmp_path: Path) -> None:
    other = Operator(Path(shutil.copytree(desk.shelf.line, tmp_path / "other")))
    shelf = Published(other.folder)
    desk.files.changes(PROMPTS, "Welcome to", "Good day, this is")
    first = publish(desk.shelf, desk.store, OPEN_DAY, "Ann")
    assert first is not None
    other.changes(LINE, "risk: 0.01", "risk: 0.02")
    with pytest.raises(SettingsError, match=r"“prompts/en.yaml” stands here as it was before Ann changed it") as told:
        publish(shelf, desk.store, OPEN_DAY, "Bea")
    assert told.value.mend == f"Take the live files up with voice back {first.version[:8]}, or publish with --anyway."
    assert back(shelf, desk.store, first.version, OPEN_DAY, "Bea")[0] == first
    assert len(desk.store.history.latest()) == 2
    assert other.reads(PROMPTS) == desk.files.reads(PROMPTS)
    other.changes(LINE, "risk: 0.01", "risk: 0.02")
    second = publish(shelf, desk.store, OPEN_DAY, "Bea")
    assert second is not None
    assert second.changed == (LINE,)


def test_another_line_of_the_same_file_takes_no_change_back_either(desk: Desk, tmp_path: Path) -> None:
    other = Operator(Path(shutil.copytree(desk.shelf.line, tmp_path / "other")))
    desk.files.changes(PROMPTS, "Welcome to", "Good day, this is")
    first = publish(desk.shelf, desk.store, OPEN_DAY, "Ann")
    assert first is not None
    other.changes(PROMPTS, "What are you ringing about?", "What is it about?")
    with pytest.raises(SettingsError, match=r"“prompts/en.yaml” lacks what Ann changed"):
        publish(Published(other.folder), desk.store, OPEN_DAY, "Bea")
    other.changes(PROMPTS, "Welcome to", "Good day, this is")
    assert publish(Published(other.folder), desk.store, OPEN_DAY, "Bea") is not None


def test_two_machines_that_start_at_once_make_one_version_live_once(desk: Desk) -> None:
    files, (before, *_) = {PROMPTS: b"welcome: x"}, desk.store.history.latest()
    first = desk.store.history.publish("1234", files, OPEN_DAY, "Ann", "saved")
    assert desk.store.history.publish("1234", files, OPEN_DAY, "Bea", "saved") == first
    assert [one.version for one in desk.store.history.latest()][:2] == ["1234", before.version]


def test_a_save_on_a_machine_that_is_behind_takes_nothing_back(desk: Desk, tmp_path: Path) -> None:
    files, shelf, watcher = machine(desk, tmp_path)
    watcher.look()
    desk.files.changes(PROMPTS, "Welcome to", "Good day, this is")
    desk.saved()
    watcher.look()
    files.changes(LINE, "risk: 0.01", "risk: 0.02")
    watcher.look()
    live = desk.store.history.latest(1)[0].version
    assert (live, shelf.state().draft) == (desk.state.version, load_line(files.folder).version)
    back(shelf, desk.store, live, OPEN_DAY)
    files.changes(LINE, "risk: 0.01", "risk: 0.02")
    watcher.look()
    watcher.stop_training()
    assert desk.store.history.latest(1)[0].changed == (LINE,), "with the other's change in it, it is live at once"


def test_who_undoes_a_change_where_it_was_made_is_heard_at_once(desk: Desk) -> None:
    for old, new in (("Welcome to", "Good day, this is"), ("Good day, this is", "Welcome to")):
        desk.files.changes(PROMPTS, old, new)
        desk.saved()
    assert "Welcome to" in desk.serve().ring().hears
    assert desk.state.draft == ""


def test_another_line_in_the_same_database_is_not_taken_up(desk: Desk, tmp_path: Path) -> None:
    shutil.copytree(desk.shelf.line, tmp_path / "other")
    Operator(tmp_path / "other").changes(LINE, 'name: "Fietsen Peeters"', 'name: "Bakkerij Ann"')
    shelf = Published(tmp_path / "other")
    watcher = Watcher(shelf, history=desk.store.history)
    watcher.look()
    watcher.stop_training()
    live = desk.state.version
    desk.saved()
    assert desk.state.version == live
    assert line_to_serve(desk.shelf.line, desk.store).version == live


def test_the_commands_say_what_was_done(
    desk: Desk, store: Store, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("voice.cli.history.open_store", lambda _line: store)

    def voice(*words: str) -> str:
        monkeypatch.setattr(sys, "argv", ["voice", *words, "--line", str(desk.shelf.line)])
        with pytest.raises(SystemExit) as ended:
            main()
        assert ended.value.code == 0
        return " ".join(capsys.readouterr().out.split())

    live = by_hand(desk)
    desk.files.changes(PROMPTS, "Welcome to", "Good day, this is")
    desk.saved()
    draft = desk.state.draft
    assert f"Your files are a draft: {draft}. Make it live: voice publish" in voice("history")
    assert f"The files as they stand are a draft, {draft}. Make it live: voice publish" in voice("status")
    assert voice("publish").startswith(f"Published {draft} by ")
    assert voice("publish") == "Nothing to publish: the files are what is live."
    told = voice("history")
    assert told.startswith("version since by how changed " + draft)
    assert f"published {PROMPTS}" in told
    assert voice("back", live[:8]) == f"Live again: {live}, with its files in your folder: {PROMPTS}."


def test_the_status_of_files_that_were_live_before_is_not_that_of_a_draft(
    desk: Desk, store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    older = desk.state.version
    desk.files.changes(PROMPTS, "Welcome to", "Good day, this is")
    done = publish(desk.shelf, store, OPEN_DAY)
    assert done is not None
    state = PublishedState(version=done.version, draft=older)
    url = store.engine.url.render_as_string(hide_password=False)
    reload._print(state, [], UTC, older=reload._was_live(url, older))
    assert f"older than what is live. Take that up: voice back {done.version[:8]}" in capsys.readouterr().out
    reload._print(state, [], UTC, older=reload._was_live(url, "0123456789abcdef"))
    assert "are a draft" in capsys.readouterr().out


def test_what_an_older_program_could_fill_starts_with_this_one_and_is_told_at_the_next_save(desk: Desk) -> None:
    desk.files.changes(PROMPTS, "goodbye: ", 'goodbye: "Bye, {name}." #')
    desk.shelf.publish(PublishedState(version=version_of(desk.shelf.line), trained=True, at=1.0))
    desk.editor = Watcher(desk.shelf, lambda line: in_the_way(line, desk.store), desk.store.history)
    desk.saved()
    assert desk.refused == []
    served = line_to_serve(desk.shelf.line, desk.store)
    assert served.version == desk.state.version
    assert served.prompts["en"].texts["goodbye"]["other"] == "Thank you for ringing. Goodbye."
    desk.files.changes(PROMPTS, "Welcome to", "Good day, this is")
    desk.saved()
    assert "“goodbye” cannot fill {name}." in " ".join(desk.refused)
