"""docs/operators.md, done by a test: what it shows is what the commands print."""

import re
import shlex
import shutil
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

import voice.cli.call
import voice.cli.topic  # noqa: F401
from tests.cli.test_check import types
from tests.conftest import PROJECT
from tests.content.conftest import Operator
from voice.cli import app
from voice.content import check, load_line
from voice.service.operators.check import overlapping

pytestmark = pytest.mark.slow

PAGE = (PROJECT / "docs" / "operators.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"(?ms)^```\w*\n(.*?)^```$", PAGE)


def block(beginning: str) -> str:
    """The first block of the page that begins so."""
    return next(text for text in BLOCKS if text.startswith(beginning))


def shown_after(command: str, text: str) -> str:
    """What the page shows as the answer to a command, in the block that holds `text`."""
    answer = next(each for each in BLOCKS if text in each).partition(f"$ {command}\n")[2]
    return re.split(r"(?m)^\$ ", answer)[0]


COMMAND = re.compile(r"(?m)^\$ voice (init|topic add|topic remove) (.*)$")
PHRASES = {
    "exam": ("when can i take my driving test", "i failed and want to try again", "when does the theory course begin"),
    "enrol": ("how much does it cost to learn to drive", "how do i sign up", "can i pay in instalments"),
}
"""What the page leaves to its reader, who writes the other two topics as the first."""


@pytest.fixture(scope="module")
def laid(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The line after “Lay it down” and the commands of “Your own topics”."""
    folder = tmp_path_factory.mktemp("page")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VOICE_DATABASE_URL", f"sqlite:///{folder / 'own.sqlite3'}")
        (folder / "rechtdoor").mkdir()
        patch.chdir(folder / "rechtdoor")
        for beginning in ("$ voice init ../kerner", "$ voice topic add lessons"):
            follows(block(beginning), folder / "kerner")
    return folder / "kerner"


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of Rechtdoor, beside which the lines of the page stand."""
    monkeypatch.setattr(check, "today", lambda: date(2026, 11, 30))
    monkeypatch.setenv("VOICE_DATABASE_URL", f"sqlite:///{tmp_path / 'own.sqlite3'}")
    monkeypatch.setenv("VOICE_CACHE", str(tmp_path / "cache"))
    (tmp_path / "rechtdoor").mkdir()
    monkeypatch.chdir(tmp_path / "rechtdoor")
    return tmp_path


@pytest.fixture
def operator(desk: Path, laid: Path) -> Operator:
    return Operator(Path(shutil.copytree(laid, desk / "kerner")))


def follows(commands: str, line: Path) -> None:
    """Types the commands of a block that change files; each that the block shows an answer to gives that answer."""
    for deed, rest in COMMAND.findall(commands):
        words = (*deed.split(), *shlex.split(rest))
        typed = types(*words, *(() if deed == "init" else ("--line", line)))
        assert typed.exit_code == 0, typed.output
        shown = re.split(r"(?m)^\$ ", commands.partition(f"$ voice {deed} {rest}\n")[2])[0]
        assert shown in ("", typed.output)


def printed(operator: Operator) -> str:
    return types("check", "--files", "--line", operator.folder).output


def writes_phrases(operator: Operator) -> None:
    """In both languages, with the examples of `again`."""
    operator.writes("grammars/en/lessons.yaml", block("templates:\n"))
    operator.writes("grammars/de/lessons.yaml", block('phrases:\n  - "eine Fahrstunde"'))
    for topic, phrases in PHRASES.items():
        operator.adds(f"grammars/en/{topic}.yaml", "".join(f'  - "{phrase}"\n' for phrase in phrases))
        operator.adds(f"grammars/de/{topic}.yaml", '  - "noch etwas"\n'.replace("noch", topic))
    for key, text in re.findall(r"(?m)^(again[\w.]*|welcome): (.*)$", block("welcome: ")):
        says(operator, "en", key, text)
    for key in ("again", "again.silence"):
        says(operator, "de", key, '"Zum Beispiel: kann ich meine Fahrstunde verschieben."')


def says(operator: Operator, language: str, key: str, text: str) -> None:
    path = f"prompts/{language}.yaml"
    operator.writes(path, re.sub(rf"(?m)^{re.escape(key)}: .*$", lambda _: f"{key}: {text}", operator.reads(path)))


def opens_an_office(operator: Operator) -> None:
    hours = block("topics:\n  lessons: helpdesk\n  exam: office")
    topics, queues = hours.split("\nqueues:\n")
    operator.changes("grammars/line.yaml", "  lessons: helpdesk\n  exam: helpdesk\n  enrol: helpdesk", topics[8:-1])
    operator.changes("grammars/line.yaml", queues.splitlines()[0] + "\n", queues)


def test_own_topics_in_the_place_of_the_starters(operator: Operator) -> None:
    assert load_line(operator.folder).plan.menu == ("lessons", "exam", "enrol")
    assert printed(operator) == shown_after("voice check --files", "“enrol” have one phrase each")
    writes_phrases(operator)
    assert printed(operator) == "Nothing is wrong.\n"
    labelled = block("lessons\t")
    assert len(labelled.splitlines()) == 12
    operator.adds("grammars/en/labelled.tsv", labelled)
    assert printed(operator) == "Nothing is wrong.\n"


def test_adding_a_queue_with_hours_and_holidays(operator: Operator) -> None:
    writes_phrases(operator)
    opens_an_office(operator)
    assert printed(operator).startswith(shown_after("voice check --files", "prompts/de.yaml  error"))
    for language, name in (("en", "Our office"), ("de", "Unser Büro")):
        operator.changes(f"prompts/{language}.yaml", "queue:\n", f'queue:\n  office: "{name}"\n')
    assert printed(operator) == "Nothing is wrong.\n"
    one_line = re.search(r"(?m)^  office:   .*\n", operator.reads("grammars/line.yaml"))
    assert one_line
    operator.changes("grammars/line.yaml", one_line[0], block("  office:\n"))
    operator.adds("grammars/line.yaml", block("asks:\n"))
    assert printed(operator) == "Nothing is wrong.\n"


def test_a_language_more(operator: Operator, desk: Path) -> None:
    writes_phrases(operator)
    opens_an_office(operator)
    for language in ("en", "de"):
        operator.changes(f"prompts/{language}.yaml", "queue:\n", 'queue:\n  office: "office"\n')
    follows(block("$ voice init ../spare"), desk / "spare")
    shutil.copytree(desk / "spare/grammars/fr", operator.folder / "grammars/fr")
    shutil.copy(desk / "spare/prompts/fr.yaml", operator.folder / "prompts/fr.yaml")
    before, german = block("languages:\n").splitlines(keepends=True)[1:3]
    operator.changes("grammars/line.yaml", before + german, block("languages:\n").partition("languages:\n")[2])
    assert printed(operator) == shown_after("voice check --files", "has no words for “fr”")


@pytest.mark.long
def test_the_calls_of_the_page_go_as_it_says(operator: Operator) -> None:
    writes_phrases(operator)
    lines = re.findall(r"(?m)^you   (.*)\nline  (.*)$", block("you   my car will not start"))
    operator.adds("grammars/en/labelled.tsv", block("lessons\t"))
    for said, answer in lines:
        rung = CliRunner().invoke(app, ["call", "--text", "--line", str(operator.folder)], input=f"{said}\n")
        assert f"line  {answer}\n" in rung.output


def test_a_phrase_of_two_topics(operator: Operator) -> None:
    writes_phrases(operator)
    operator.adds("grammars/en/enrol.yaml", '  - "i have to cancel my lesson"\n')
    there = operator.line_of("grammars/en/enrol.yaml", "i have to cancel my lesson")
    assert block("grammars/en/lessons.yaml:2").replace("enrol.yaml:8", f"enrol.yaml:{there}") in printed(operator)


def test_two_phrases_that_are_alike(operator: Operator) -> None:
    writes_phrases(operator)
    operator.adds("grammars/en/labelled.tsv", block("lessons\t"))
    operator.adds("grammars/en/exam.yaml", '  - "when can i take my next hour"\n')
    there = operator.line_of("grammars/en/exam.yaml", "my next hour")
    found = overlapping(load_line(operator.folder))
    shown = "".join(f"{p.path}:{p.line}  {p.severity}\n    {p.what}\n    {p.mend}\n" for p in found)
    assert block("grammars/en/lessons.yaml:5  warning").replace("exam.yaml:8", f"exam.yaml:{there}") in shown


@pytest.mark.parametrize("row", re.findall(r"(?m)^\| (`.*?) \| `(.*)` \| `(.*)` \|$", PAGE))
def test_the_table_of_faults(operator: Operator, row: tuple[str, str, str]) -> None:
    """Each fault of the table is put into a file of its kind; what the page says is among what is printed."""
    writes_phrases(operator)
    said, wrong, right = (cell.replace("\\|", "|") for cell in row)
    for written, told in ((wrong, True), (right, False)):
        folder = Operator(Path(shutil.copytree(operator.folder, operator.folder.with_name(f"told-{told}"))))
        _put(folder, written)
        output = " ".join(printed(folder).split())
        parts = [part for part in said.strip("`").split("…") if part]
        assert all(part.strip() in output for part in parts) is told, output


def _put(operator: Operator, written: str) -> None:
    line, prompts = "grammars/line.yaml", "prompts/en.yaml"
    if written.startswith("- "):
        operator.changes("grammars/en/exam.yaml", "phrases:\n", f"phrases:\n  {written}\n")
    elif written.startswith(("again: ", "Bye", "Is it about", "{queue}")):
        key = {"ag": "again", "By": "goodbye", "Is": "confirm", "{q": "offer.closed"}[written[:2]]
        text = written if key == "again" else f'{key}: "{written}"'
        operator.writes(prompts, re.sub(rf"(?m)^{key}: .*$", lambda _: text, operator.reads(prompts)))
    elif "risk" in written or "rsik" in written:
        operator.changes(line, "risk: 0.01", written)
    elif written.startswith("lessons:"):
        operator.changes(line, "lessons: helpdesk", written)
    elif written.startswith(("(my", "<")):
        operator.changes("grammars/en/lessons.yaml", "templates:\n", f'templates:\n  - "{written}"\n')
    elif re.fullmatch(r"[\d:, -]+", written) and ":" in written:
        operator.changes(line, "{hours: always", f'{{hours: {{mon: "{written}"}}')
    elif "closed" in written:
        operator.changes(line, ", holidays: open", f", holidays: open, exceptions: {{{written}}}")
    else:
        operator.changes(line, '"+3212345673"', written)
