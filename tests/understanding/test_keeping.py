"""Models are built once, kept, and never trusted blindly."""

import stat
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from voice.content import Line, load_line
from voice.errors import ContentError
from voice.understanding import load_understanding, loading
from voice.understanding.model import Model, load

pytestmark = pytest.mark.long

SAID = "there is a wrong amount on the invoice you sent"


def test_what_is_kept_is_not_built_again(
    make_line: Callable[..., Line], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    line, told = make_line(languages=("en", "nl")), list[str]()
    first = load_understanding(line, cache=tmp_path, progress=told.append)
    assert sorted(told) == ["en", "nl"]

    def refuse(*_: object) -> None:
        raise AssertionError("the grammar is read again")

    monkeypatch.setattr(loading, "load_grammar", refuse)
    again = load_understanding(line, cache=tmp_path)
    assert again.understand(SAID, "en") == first.understand(SAID, "en")
    assert again.policies == first.policies


def test_of_several_who_want_it_at_once_one_builds_it(
    make_line: Callable[..., Line], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    line, built = make_line(), list[str]()
    train = loading._trained

    def count(line: Line, language: str, *rest: Any) -> Model:
        built.append(language)
        return train(line, language, *rest)

    monkeypatch.setattr(loading, "_trained", count)
    with ThreadPoolExecutor(3) as threads:
        said = list(threads.map(lambda _: load_understanding(line, cache=tmp_path).understand(SAID, "en"), range(3)))
    assert built == ["en"]
    assert said == said[:1] * 3
    assert [path.suffix for path in tmp_path.iterdir()] == [".npz"]


def test_the_same_files_make_the_same_model_anywhere(make_line: Callable[..., Line], tmp_path: Path) -> None:
    for place in ("one", "other"):
        load_understanding(make_line(), cache=tmp_path / place)
    one, other = ({p.name: load(p) for p in (tmp_path / place).glob("*.npz")} for place in ("one", "other"))
    assert one.keys() == other.keys()
    for name in one:
        assert (one[name].weights == other[name].weights).all()
        assert one[name].hints == other[name].hints


def test_a_changed_phrase_makes_a_new_model(make_line: Callable[..., Line], tmp_path: Path) -> None:
    line = make_line(languages=("en", "nl"))
    load_understanding(line, cache=tmp_path)
    path = line.folder / "grammars" / "en" / "billing.yaml"
    path.write_text(path.read_text(encoding="utf-8") + '  - "the purple elephant"\n', encoding="utf-8")
    changed = load_understanding(load_line(line.folder), cache=tmp_path)
    assert changed.understand("the purple elephant", "en").topics == ("billing",)
    assert len(list(tmp_path.glob("en-*.npz"))) == 2
    assert len(list(tmp_path.glob("nl-*.npz"))) == 1


def test_a_line_named_from_where_one_stands_is_the_one_that_is_learnt(
    make_line: Callable[..., Line], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Several languages are learnt in processes of their own, which stand elsewhere."""
    folder = make_line(languages=("en", "nl")).folder
    monkeypatch.chdir(folder)
    understanding = load_understanding(load_line(Path()), cache=tmp_path)
    for language in ("en", "nl"):
        assert understanding.understand("the modem lights are red", language).because == "a phrase of “outage”"
    monkeypatch.chdir(tmp_path)
    load_understanding(load_line(folder), cache=Path("kept"))
    assert len(list((tmp_path / "kept").glob("*.npz"))) == 2


def test_only_the_user_may_read_it(make_line: Callable[..., Line], tmp_path: Path) -> None:
    load_understanding(make_line(), cache=tmp_path)
    for path in tmp_path.glob("*.npz"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("rubbish", [b"", b"PK\x03\x04 nothing", b"\x80\x04cos\nsystem\n(S'false'\ntR."])
def test_a_broken_file_is_no_model(tmp_path: Path, rubbish: bytes) -> None:
    path = tmp_path / "en.npz"
    path.write_bytes(rubbish)
    with pytest.raises(ValueError, match="no model"):
        load(path)


def test_a_broken_file_is_built_anew(make_line: Callable[..., Line], tmp_path: Path) -> None:
    line = make_line()
    load_understanding(line, cache=tmp_path)
    for path in tmp_path.glob("*.npz"):
        path.write_bytes(path.read_bytes()[:5000])
    assert load_understanding(line, cache=tmp_path).understand("my bill is wrong", "en").topics == ("billing",)


def test_a_cache_that_cannot_be_written_costs_time_alone(make_line: Callable[..., Line], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder", encoding="utf-8")
    understanding = load_understanding(make_line(), cache=tmp_path / "file" / "cache")
    assert understanding.understand("my bill is wrong", "en").topics == ("billing",)


def test_several_processes_may_build_at_once(make_line: Callable[..., Line], tmp_path: Path) -> None:
    line = make_line()
    code = (
        "import sys; from pathlib import Path; from voice.content import load_line;"
        "from voice.understanding import load_understanding as u;"
        "t = u(load_line(Path(sys.argv[1])), cache=Path(sys.argv[2]));"
        f"print(t.understand('{SAID}', 'en').probabilities)"
    )
    command = [sys.executable, "-c", code, str(line.folder), str(tmp_path)]
    root = Path(__file__).parent.parent.parent
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=root) for _ in range(2)]
    answers = {process.communicate(timeout=300)[0] for process in running}
    assert len(answers) == 1
    assert "billing" in answers.pop()
    assert not list(tmp_path.glob("*.part"))


def test_a_fault_in_labelled_lines_is_told(make_line: Callable[..., Line], tmp_path: Path) -> None:
    with pytest.raises(ContentError, match=r"labelled.tsv:2.*biling"):
        load_understanding(make_line(labelled="label\ttext\nbiling\tmy bill\n"), cache=tmp_path)
