"""`voice notice`: said, in another language, listed, over."""

import sys
from pathlib import Path

import pytest

from voice.cli import main
from voice.store import Store


@pytest.fixture
def voice(store: Store, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):  # type: ignore[no-untyped-def]
    monkeypatch.setenv("VOICE_DATABASE_URL", store.engine.url.render_as_string())

    def run(*words: str) -> tuple[str, str]:
        monkeypatch.setattr(sys, "argv", ["voice", *words])
        with pytest.raises(SystemExit) as ended:
            main()
        told = capsys.readouterr()
        assert ended.value.code == (2 if told.err and not told.out else 0), told
        return told.out, told.err

    return run


def test_a_notice_is_said_put_into_other_words_listed_and_ended(voice) -> None:  # type: ignore[no-untyped-def]
    out, warned = voice("notice", "add", "Het internet ligt uit.", "--topics", "outage", "--until", "2 h")
    assert "Notice 1 is said until" in out
    assert 'Callers in “fr” hear nothing of it. Mend: voice notice add "…" --language fr --to 1' in warned
    assert "“nl”" not in warned
    _, warned = voice("notice", "add", "Internet est coupé.", "--language", "fr", "--to", "1")
    assert "“fr”" not in warned
    assert "outage" in voice("notice", "list")[0]
    assert "nobody waits for a text" in voice("notice", "end", "1")[0]
    assert "ended" in voice("notice", "list")[0]


def test_what_is_wrong_is_told_with_its_mend(voice) -> None:  # type: ignore[no-untyped-def]
    assert "There is no topic “outtage”." in voice("notice", "add", "Storing.", "--topics", "outtage")[1]
    assert "voice notice list" in voice("notice", "end", "7")[1]


def test_a_notice_is_not_kept_where_the_words_are_too_many(voice, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]  # noqa: ARG001
    assert "12 are the most" in voice("notice", "add", "een " * 13)[1]
