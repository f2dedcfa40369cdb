"""What YAML means here, and what a writer is told whose file is none."""

import json
import re
from pathlib import Path

import pytest

from tests.conftest import PROJECT
from voice.content import files
from voice.content.editor_schema import schemas
from voice.content.starter import start_line
from voice.errors import ContentError

PARSERS = [files.LOADER, files.yaml.SafeLoader]


@pytest.fixture(params=PARSERS, ids=["C", "Python"])
def path(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file to write, read by either of PyYAML's parsers: the C one may be missing."""
    monkeypatch.setattr(files, "LOADER", request.param)
    return tmp_path / "some.yaml"


def test_plain_words_mean_what_yaml_1_2_says(path: Path) -> None:
    plain = 'a: no\nb: 12:30\nc: 1.5\nd: ~\ne: 7\nf: "7"\ng: true\nh: +3212345670\ni: on\n'
    path.write_text(plain + "j: |\n  two\n  lines\n")
    assert files.read_yaml(path, "some.yaml").data == {
        "a": "no",
        "b": "12:30",
        "c": 1.5,
        "d": None,
        "e": 7,
        "f": "7",
        "g": True,
        "h": "+3212345670",
        "i": "on",
        "j": "two\nlines\n",
    }


def test_every_place_has_its_line(path: Path) -> None:
    path.write_text("# a remark\nphrases:\n  - one\n\n  - two\nrules: {a: x,\n  b: y}\n")
    document = files.read_yaml(path, "some.yaml")
    lines = [document.line(at) for at in [("phrases",), ("phrases", 1), ("rules", "b"), ("rules", "c"), ("no",)]]
    assert lines == [2, 5, 7, 6, 2]


@pytest.mark.parametrize(
    ("text", "line", "told"),
    [
        ("a:\n\t- b", 2, "There is a tab at the beginning of the line. Use spaces."),
        ('a: "x\nb: 1', 1, "The quotes of this line do not pair. Each text has one before it and one behind it."),
        ('- "a"\n- "b\n- "c"\n- "d"', 2, "The quotes of this line do not pair."),
        ("a: 'x\nb: 1", 1, "A quote is opened here and closed nowhere. Put the same quote behind the text."),
        ("a: say: this", 1, "Put text with a colon in it between quotes."),
        ("a: @home", 1, "Put text that begins with a sign between quotes."),
        ("a: 'it's'", 1, "Put quotes around the whole text, and none inside it."),
        ("a: {topic} there", 1, "Put quotes around the whole text, and none inside it."),
        ("a: b\n c: d", 2, "“c: d” stands 1 space in, where it belongs to nothing. Begin it at the left margin"),
        ("a:\n  - b\n    - c\n", 3, "“- c” stands 4 spaces in, where it belongs to nothing. Put 2 spaces before it"),
        ("a:\n    - b\n  - c\n  - d\n", 2, "Put 2 spaces before it, as line 3 has."),
        ("a:\n  b: 1\nc: 2\n  d: 3\n", 3, "“c: 2” stands at the left margin, where it belongs to nothing."),
        ("a:\n  - b\n  c:\n", 3, "Begin it at the left margin, as line 1 does."),
        ("  a: 1\nb: 2\n", 1, "Begin it at the left margin, as line 2 does."),
        ("a:\n  - b: 1\n     c: 2\n", 3, "Put 4 spaces before it, as line 2 has."),
        ("a: b\n  - c\n", 2, "This list belongs to nothing: “a: b” above it has a text of its own."),
        ("- a\nb:\n- c\n", 2, "“b:” is a name, and stands where the dashes of a list stand."),
        ("a: [1,\n  2]\nb: |\n  c:\n      d: 1\n e: 1\n", 6, "Begin it at the left margin, as line 1 does."),
        ('a:\n"b"\nc: "d"\n', 2, "This text stands under “a:”, and no further in than it."),
        ("a: 1\nb: 2\na: 3", 3, "“a” stands here twice. It already stands at line 1; keep one."),
        ("a: 1\n? [b, c]\n: 2", 2, "A name here is itself a list or a group. Write one word before the colon."),
        ("a: &x [*x]", 1, "Anchors and aliases (& and *) are not read here. Write the values out in each place."),
        ("a: 1\nb: \x07", 2, "There is a character here that no text file may hold. Delete the line and type it"),
    ],
)
def test_a_file_that_is_no_yaml_is_told_with_its_line_and_its_mend(path: Path, text: str, line: int, told: str) -> None:
    path.write_text(text)
    with pytest.raises(ContentError) as caught:
        files.read_yaml(path, "some.yaml")
    [problem] = caught.value.problems
    assert problem.line == line
    assert told in str(problem)


def test_a_file_that_is_missing_is_told(path: Path) -> None:
    with pytest.raises(ContentError, match=r"some\.yaml: The file is missing\. Make it, or restore it\."):
        files.read_yaml(path, "some.yaml")


def test_a_file_that_is_not_utf_8_is_told_with_its_line(path: Path) -> None:
    path.write_bytes("a: b\nc: é".encode("latin-1"))
    with pytest.raises(ContentError, match=r"some\.yaml:2: The file is not UTF-8: “é” stands here .* Save it as UTF-8"):
        files.read_yaml(path, "some.yaml")


def test_a_byte_order_mark_is_no_fault(path: Path) -> None:
    path.write_text("a: b", encoding="utf-8-sig")
    assert files.read_yaml(path, "some.yaml").data == {"a": "b"}


def test_a_file_too_large_to_be_meant_is_not_read(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files.yaml, "compose", lambda *_, **__: pytest.fail("it was read"))
    path.write_text("- a\n" * 250_001)
    with pytest.raises(ContentError, match=r"some\.yaml: The file has 1\.0 MB, and 1 are the most"):
        files.read_yaml(path, "some.yaml")


def test_nothing_is_an_empty_document(path: Path) -> None:
    path.write_text("# nothing yet\n")
    assert files.read_yaml(path, "some.yaml").data is None


@pytest.mark.parametrize(
    ("text", "line", "told"),
    [
        ('phrases:\n  - "a b"\n  "c d"\n  - "e"\n', 3, "There is no dash before this text."),
        ("phrases:\n  - a b\n    c d\n", 3, "This line runs on from line 2"),
        ("menu: [a, b\nperson: x\nqueues: y\n", 1, "A bracket [ is opened here and closed nowhere."),
        ("queues:\n  a: {hours: always\n  b: {hours: always}\n", 2, "A bracket { is opened here"),
        ("phrases:\n  -\u00a0a\n", 2, "There is a no-break space here"),
        ("name:\u00a0Telvia\nb: 1\n", 1, "There is a no-break space here"),
        ('welcome "hello"\nquestion: "x"\n', 1, "There is no colon behind the name"),
        ("a: 1\nname Telvia\nb: 2\n", 2, "There is no colon behind the name"),
        ("a: 1\n<<<<<<< HEAD\nb: 2\n=======\nb: 3\n>>>>>>> x\n", 2, "Two versions of this file"),
        ("label;text\nbilling;my bill\n", 1, "between semicolons"),
        ("name:Telvia\nb: 1\n", 1, "There is no space behind “name:”."),
        ("phrases:\n  -a b\n  - c\n", 2, "There is no space behind the dash."),
        ("a: " + "[" * 900 + "]" * 900, 1, "There are 900 brackets inside one another."),
        ("\n".join(" " * n + "- " for n in range(60)) + " x\n", 42, "dozens of brackets"),
    ],
)
def test_a_slip_of_the_hand_is_told_at_its_own_line(path: Path, text: str, line: int, told: str) -> None:
    path.write_text(text)
    with pytest.raises(ContentError) as caught:
        files.read_yaml(path, "some.yaml")
    [problem] = caught.value.problems
    assert problem.line == line
    assert told in str(problem)


def test_editors_find_a_schema_in_the_first_line_of_what_a_new_line_is_written_in(tmp_path: Path) -> None:
    start_line(tmp_path / "line", PROJECT, ("en",), "Acme")
    for file in (tmp_path / "line").rglob("*.yaml"):
        named = re.fullmatch(
            r"# yaml-language-server: \$schema=(\S+)", file.read_text(encoding="utf-8").splitlines()[0]
        )
        assert named, file
        assert "properties" in json.loads((file.parent / named[1]).read_text(encoding="utf-8")), file


def test_a_schema_takes_a_length_of_time_as_it_is_written() -> None:
    written = schemas()["line"]["$defs"]["QueueEntry"]["properties"]
    assert all(re.search(written[name]["pattern"], "30 s") for name in ("ring", "answer_within", "offer_after"))
    assert "duration" not in json.dumps(schemas())


@pytest.mark.parametrize("kind", ["shared", "wishes", "moments"])
def test_a_schema_knows_every_section_of_the_files_that_come_with_rechtdoor(kind: str) -> None:
    for path in (PROJECT / "grammars").glob(f"*/_{kind}.yaml"):
        sections = files.read_yaml(path, path.name).data
        assert set(sections) <= set(schemas()[kind]["properties"]), path
        assert schemas()[kind]["additionalProperties"] is False


@pytest.mark.parametrize("language", ["nl", "fr", "de", "en"])
def test_no_shipped_phrase_of_a_moment_is_marked_by_an_editor(language: str) -> None:
    fields = schemas()["moments"]["properties"]
    for section, phrases in files.read_yaml(PROJECT / "grammars" / language / "_moments.yaml", "").data.items():
        form = fields[section]
        values = phrases if isinstance(phrases, list) else phrases.values()
        pattern = form["items" if isinstance(phrases, list) else "additionalProperties"].get("pattern", "")
        assert [value for value in values if pattern and not re.search(pattern, str(value))] == []
