"""docs/operators.md, done by a test: what it shows is what the commands print."""

import re
import shlex
import shutil
from datetime import date
from pathlib import Path

import pytest

import voice.cli.topic  # noqa: F401
from tests.cli.test_check import types
from tests.conftest import PROJECT
from tests.content.conftest import Operator
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


@pytest.fixture
def operator(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Operator:
    monkeypatch.setattr(check, "today", lambda: date(2026, 11, 30))
    laid = types("init", tmp_path / "peeters", "--languages", "en", "--name", "Peeters Bikes")
    assert laid.exit_code == 0
    return Operator(tmp_path / "peeters")


def printed(operator: Operator) -> str:
    return types("check", "--files", "--line", operator.folder).output


def adds_rental(operator: Operator) -> None:
    operator.changes("grammars/line.yaml", "  repair: helpdesk", "  repair: helpdesk\n  rental: helpdesk")
    operator.writes("grammars/en/rental.yaml", block("templates:\n"))
    operator.changes("prompts/en.yaml", "topic:\n", 'topic:\n  rental: "renting a bike"\n')


def test_what_init_prints(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "rechtdoor").mkdir()
    monkeypatch.chdir(tmp_path / "rechtdoor")
    command = 'voice init ../peeters --languages en --name "Peeters Bikes"'
    laid = types("init", "../peeters", "--languages", "en", "--name", "Peeters Bikes")
    assert laid.output == shown_after(command, "Your line stands in ../peeters.")


def test_adding_a_topic(operator: Operator) -> None:
    operator.changes("grammars/line.yaml", "  repair: helpdesk", "  repair: helpdesk\n  rental: helpdesk")
    assert printed(operator) == shown_after("voice check --files", "“rental” has no phrases")
    operator.changes("grammars/line.yaml", "\n  rental: helpdesk", "")
    adds_rental(operator)
    assert printed(operator) == "Nothing is wrong.\n"
    labelled = block("rental\t")
    assert len(labelled.splitlines()) == 8
    operator.adds("grammars/en/labelled.tsv", labelled)
    assert printed(operator) == "Nothing is wrong.\n"


def test_adding_a_queue_with_hours_and_holidays(operator: Operator) -> None:
    adds_rental(operator)
    hours = block("topics:\n  rental: shop").partition("queues:\n")[2]
    helpdesk = next(line for line in hours.splitlines() if "helpdesk" in line)
    operator.changes("grammars/line.yaml", "  rental: helpdesk", "  rental: shop")
    operator.changes("grammars/line.yaml", helpdesk + "\n", hours)
    assert printed(operator) == shown_after("voice check --files", "“queue.shop” is missing.\n    Add it.\n1 error")
    operator.changes("prompts/en.yaml", "queue:\n", 'queue:\n  shop: "Our shop"\n')
    assert printed(operator) == "Nothing is wrong.\n"
    shop = next(line for line in hours.splitlines() if "shop:" in line)
    operator.changes("grammars/line.yaml", shop + "\n", block("  shop:\n"))
    assert printed(operator) == "Nothing is wrong.\n"


def test_adding_a_language(operator: Operator, tmp_path: Path) -> None:
    adds_rental(operator)
    operator.changes("grammars/line.yaml", "  rental: helpdesk", "  rental: shop")
    operator.adds("grammars/line.yaml", "  shop: {hours: always}\n")
    operator.changes("prompts/en.yaml", "queue:\n", 'queue:\n  shop: "Our shop"\n')
    types("init", tmp_path / "spare", "--languages", "fr", "--name", "Peeters Bikes")
    shutil.copytree(tmp_path / "spare/grammars/fr", operator.folder / "grammars/fr")
    shutil.copy(tmp_path / "spare/prompts/fr.yaml", operator.folder / "prompts/fr.yaml")
    languages = block("languages:\n").partition("languages:\n")[2]
    operator.changes("grammars/line.yaml", languages.splitlines(keepends=True)[0], languages)
    assert printed(operator) == shown_after("voice check --files", "has no words for “fr”")


@pytest.mark.long
def test_adding_a_language_to_own_topics(operator: Operator, tmp_path: Path) -> None:
    types("init", tmp_path / "spare", "--languages", "fr", "--name", "Peeters Bikes")
    names = {operator.folder: "en=a passport", tmp_path / "spare": "fr=un passeport"}
    for folder, name in names.items():
        added = types("topic", "add", "passport", "--queue", "helpdesk", "--name", name, "--line", folder)
        removed = [types("topic", "remove", topic, "--line", folder) for topic in ("billing", "delivery", "repair")]
        assert [done.exit_code for done in (added, *removed)] == [0, 0, 0, 0]
    shutil.copytree(tmp_path / "spare/grammars/fr", operator.folder / "grammars/fr")
    shutil.copy(tmp_path / "spare/prompts/fr.yaml", operator.folder / "prompts/fr.yaml")
    languages = block("languages:\n").partition("languages:\n")[2]
    operator.changes("grammars/line.yaml", languages.splitlines(keepends=True)[0], languages)
    errors = [one for one in operator.is_told() if one.severity == "error"]
    assert [one.path for one in errors] == ["grammars/en/_shared.yaml", "grammars/fr/_shared.yaml"]


def test_a_phrase_of_two_topics(operator: Operator) -> None:
    adds_rental(operator)
    there = operator.line_of("grammars/en/delivery.yaml", "my parcel hasn't come")
    assert f"grammars/en/delivery.yaml:{there}." in block("grammars/en/rental.yaml:15")
    operator.changes("grammars/en/rental.yaml", "phrases:", 'phrases:\n  - "my parcel hasn\'t come"')
    assert block("grammars/en/rental.yaml:15").replace(":15", ":4") in printed(operator)


def test_two_phrases_that_are_alike(operator: Operator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOICE_CACHE", str(tmp_path / "cache"))
    adds_rental(operator)
    operator.adds("grammars/en/labelled.tsv", block("rental\t"))
    operator.adds("grammars/en/rental.yaml", '  - "i haven\'t had an invoice for that yet"\n')
    found = overlapping(load_line(operator.folder))
    shown = "".join(f"{p.path}:{p.line}  {p.severity}\n    {p.what}\n    {p.mend}\n" for p in found)
    assert shown == block("grammars/en/rental.yaml:14  warning")


@pytest.mark.parametrize("row", re.findall(r"(?m)^\| (`.*?) \| `(.*)` \| `(.*)` \|$", PAGE))
def test_the_table_of_faults(operator: Operator, row: tuple[str, str, str]) -> None:
    """Each fault of the table is put into a file of its kind; what the page says is among what is printed."""
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
        operator.changes("grammars/en/repair.yaml", "phrases:\n", f"phrases:\n  {written}\n")
    elif written.startswith(("again: ", "Bye", "Is it about", "{queue}")):
        key = {"ag": "again", "By": "goodbye", "Is": "confirm", "{q": "offer.closed"}[written[:2]]
        text = written if key == "again" else f'{key}: "{written}"'
        operator.writes(prompts, re.sub(rf"(?m)^{key}: .*$", lambda _: text, operator.reads(prompts)))
    elif "risk" in written or "rsik" in written:
        operator.changes(line, "risk: 0.01", written)
    elif written.startswith("billing:"):
        operator.changes(line, "billing: helpdesk", written)
    elif written.startswith(("(my", "<")):
        operator.changes("grammars/en/repair.yaml", "templates:\n", f'templates:\n  - "{written}"\n')
    elif re.fullmatch(r"[\d:, -]+", written) and ":" in written:
        operator.changes(line, "{hours: always", f'{{hours: {{mon: "{written}"}}')
    elif "closed" in written:
        operator.changes(line, ", holidays: open", f", holidays: open, exceptions: {{{written}}}")
    else:
        operator.changes(line, '"+3212345673"', written)


def without_numbers(text: str) -> str:
    return re.sub(r"yaml:\d+", "yaml", text)


@pytest.mark.long
def test_own_topics_in_the_place_of_the_starters(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "rechtdoor").mkdir()
    monkeypatch.chdir(tmp_path / "rechtdoor")
    monkeypatch.setenv("VOICE_DATABASE_URL", f"sqlite:///{tmp_path / 'own.sqlite3'}")
    monkeypatch.setenv("VOICE_CACHE", str(tmp_path / "cache"))
    typed = [line for line in block("$ voice init ../dorp").splitlines() if line.startswith("$ voice ")]
    for command in typed:
        done = types(*shlex.split(command)[2:], *(() if " init " in command else ("--line", "../dorp")))
        assert done.exit_code == 0, done.output
        if shown := shown_after(command.removeprefix("$ "), "$ voice init ../dorp"):
            assert done.output == shown
    checked = types("check", "--files", "--line", "../dorp").output
    assert without_numbers(checked) == without_numbers(shown_after("voice check --files", "“parking” has one phrase"))
    assert load_line(Path("../dorp")).plan.menu == ("passport", "waste", "parking")
