"""Topics added, renamed, split, merged and removed: in line.yaml, phrases, labels, prompts, tests and menu at once.

A change is made in a copy of the line. Only if the copy has no fault that the line did not have, and nobody waits for
what it takes away, are its files written over the line's own. Comments, order and quotes stay (ruamel.yaml).
"""

import re
import shutil
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from functools import partial
from io import StringIO
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.scalarstring import DoubleQuotedScalarString
from ruamel.yaml.tokens import CommentToken

from voice.content import load_line
from voice.content.check import check_files
from voice.content.files import nearest
from voice.content.linefile import LINE_FILE
from voice.core.plan import MENU_SIZE
from voice.errors import ContentError, SettingsError
from voice.service.live.published import Published, put
from voice.service.live.waiting import in_the_way
from voice.store import Store

NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")
Change = Callable[["Workbench"], None]


@dataclass(frozen=True)
class Workbench:
    """A copy of a line, with hands for its files."""

    folder: Path

    @property
    def languages(self) -> list[str]:
        return list(_read(self.folder / LINE_FILE)["languages"])

    def labelled(self, language: str) -> list[Path]:
        return sorted((self.folder / "grammars" / language).rglob("*.tsv"))

    def edit(self, path: str, change: Callable[[Any], object]) -> None:
        """Change one YAML file; its comments and quotes stay."""
        data = _read(self.folder / path)
        change(data)
        written = StringIO()
        _yaml().dump(data, written)
        (self.folder / path).write_text(written.getvalue(), encoding="utf-8")

    def relabel(self, language: str, label: Callable[[str], str | None]) -> None:
        """Give each labelled line the label that the function makes of each of its parts; None takes the line out."""
        for path in self.labelled(language):
            lines = path.read_text(encoding="utf-8-sig").splitlines()
            path.write_text("".join(f"{line}\n" for line in _relabelled(lines, label)), encoding="utf-8")


def apply(line: Path, change: Change, store: Store | None, *, dry_run: bool = False) -> list[str]:
    """The files that the change writes, makes or takes away; nothing is written on a dry run. Raises `SettingsError`
    for what cannot be, `ContentError` for faults that the change would make."""
    copied, _ = Published(line).copy()
    try:
        before = set(check_files(copied).problems)
        change(Workbench(copied))
        new = [one for one in check_files(copied).problems if one not in before and one.severity == "error"]
        if not new and store is not None:
            new = in_the_way(load_line(copied), store)
        if new:
            raise ContentError(tuple(new))
        changed = [name for name in _names(copied, line) if _text(copied / name) != _text(line / name)]
        for name in changed if not dry_run else ():
            _carry(copied / name, line / name)
        return changed
    finally:
        shutil.rmtree(copied, ignore_errors=True)


def add(topic: str, queue: str, names: dict[str, str]) -> Change:
    """A new topic with a first phrase of its own: its spoken name, by language; on the keypad while there is a key.
    Without a queue, the people who take any question answer it."""

    def change(bench: Workbench) -> None:
        _new(bench, topic)
        for language in bench.languages:
            spoken = names.get(language) or topic.replace("_", " ")
            text = "\n".join(("phrases:", f'  - "{_said(spoken)}"', ""))
            (bench.folder / f"grammars/{language}/{topic}.yaml").write_text(text, encoding="utf-8")
            bench.edit(f"prompts/{language}.yaml", partial(_name, topic=topic, spoken=spoken))
        bench.edit(LINE_FILE, partial(_into_line, topic=topic, queue=queue))

    return change


def rename(old: str, new: str) -> Change:
    def change(bench: Workbench) -> None:
        _known(bench, old)
        _new(bench, new)
        for language in bench.languages:
            base = bench.folder / "grammars" / language
            (base / f"{old}.yaml").rename(base / f"{new}.yaml")
            bench.relabel(language, lambda label: new if label == old else label)
            bench.edit(f"prompts/{language}.yaml", partial(_in_prompts, old=old, new=new))
        bench.edit(LINE_FILE, partial(_in_line, old=old, new=new))

    return change


def merge(topic: str, into: str) -> Change:
    """Everything of one topic becomes the other's."""

    def change(bench: Workbench) -> None:
        _known(bench, topic)
        _known(bench, into)
        if topic == into:
            raise SettingsError(f"“{topic}” cannot become a part of itself.", "Name the topic that it goes to.")
        for language in bench.languages:
            base = bench.folder / "grammars" / language
            given = _read(base / f"{topic}.yaml") or {}
            bench.edit(f"grammars/{language}/{into}.yaml", partial(_append, given=given))
            (base / f"{topic}.yaml").unlink()
            bench.relabel(language, lambda label: into if label == topic else label)
        _forget(bench, topic)

    return change


def split(topic: str, new: str, holding: str, queue: str, names: dict[str, str]) -> Change:
    """Phrases, templates and labelled lines that hold the words (a regular expression) become a topic of their own."""
    try:
        wanted = re.compile(holding, re.IGNORECASE)
    except re.error as error:
        raise SettingsError(f"“{holding}” is no search: {error}.", "Write words, or words with | between.") from None

    def change(bench: Workbench) -> None:
        _known(bench, topic)
        _new(bench, new)
        moved = 0
        for language in bench.languages:
            taken: dict[str, list[str]] = {}
            bench.edit(f"grammars/{language}/{topic}.yaml", partial(_take, wanted=wanted, taken=taken))
            moved += sum(map(len, taken.values()))
            text = "".join(
                f"{key}:\n" + "".join(f'  - "{_said(one)}"\n' for one in each) for key, each in taken.items() if each
            )
            spoken = names.get(language) or new.replace("_", " ")
            text = text or f'phrases:\n  - "{_said(spoken)}"\n'
            (bench.folder / f"grammars/{language}/{new}.yaml").write_text(text, encoding="utf-8")
            for path in bench.labelled(language):
                rows = [_moved(row, topic, new, wanted) for row in path.read_text(encoding="utf-8-sig").splitlines()]
                path.write_text("".join(f"{row}\n" for row in rows), encoding="utf-8")
            bench.edit(f"prompts/{language}.yaml", partial(_name, topic=new, spoken=spoken))
        if not moved:
            raise SettingsError(f"No phrase of “{topic}” holds “{holding}”.", "Give words that stand in some of them.")
        bench.edit(LINE_FILE, partial(_beside, old=topic, new=new, queue=queue))

    return change


def remove(*topics: str) -> Change:
    """Their phrases and labelled lines go; what they were about is from then on nothing that the line knows."""

    def change(bench: Workbench) -> None:
        for topic in topics:
            _known(bench, topic)
            for language in bench.languages:
                (bench.folder / f"grammars/{language}/{topic}.yaml").unlink()
                bench.relabel(language, partial(_without, topic))
            _forget(bench, topic)

    return change


def _without(topic: str, label: str) -> str | None:
    return None if label == topic else label


def _forget(bench: Workbench, topic: str) -> None:
    for language in bench.languages:
        bench.edit(f"prompts/{language}.yaml", partial(_in_prompts, old=topic, new=None))
    bench.edit(LINE_FILE, partial(_in_line, old=topic, new=None))


def _known(bench: Workbench, topic: str) -> None:
    topics = _read(bench.folder / LINE_FILE)["topics"]
    if topic not in topics:
        raise SettingsError(f"There is no topic “{topic}”.", nearest(topic, topics))


def _new(bench: Workbench, topic: str) -> None:
    if not NAME.fullmatch(topic):
        raise SettingsError(f"“{topic}” is no name for a topic.", "Write small letters, digits and _, a letter first.")
    if topic in _read(bench.folder / LINE_FILE)["topics"]:
        raise SettingsError(f"There is a topic “{topic}” already.", "Take another name, or merge the two.")


def _name(prompts: Any, topic: str, spoken: str) -> None:
    prompts.setdefault("topic", CommentedMap())[topic] = DoubleQuotedScalarString(spoken)


def _move_key(data: Any, old: str, new: str) -> None:
    if old in data:
        at = list(data).index(old)
        remark = data.ca.items.pop(old, None)
        data.insert(at, new, data.pop(old))
        if remark:
            data.ca.items[new] = remark


def _drop_key(data: Any, key: str) -> None:
    """The parser keeps what leads over to the next entry with the last key: it stays."""
    names = list(data)
    remark = data.ca.items.get(key)
    at = names.index(key)
    after = remark[2].value.partition("\n")[2] if remark and remark[2] else ""
    if after and at:
        last = data.ca.items.get(names[at - 1])
        if last and last[2]:
            last[2].value += after
        else:
            data.ca.items[names[at - 1]] = [None, None, CommentToken("\n" + after, remark[2].start_mark), None]
    del data[key]


def _in_prompts(data: Any, old: str, new: str | None) -> None:
    for group in (data.get("topic"), data.get("short")):
        if group and old in group:
            _in_group(group, old, new)


def _in_group(group: Any, old: str, new: str | None) -> None:
    if new is None:
        _drop_key(group, old)
    else:
        _move_key(group, old, new)


def _into_line(data: Any, topic: str, queue: str) -> None:
    """With its queue; and on the keypad, while there is a key."""
    _add_key(data["topics"], topic, queue or data["person"])
    if len(data["menu"]) < MENU_SIZE:
        data["menu"].append(topic)


def _beside(data: Any, old: str, new: str, queue: str) -> None:
    """What is asked of the old topic's callers is asked of the new one's."""
    _into_line(data, new, queue or data["topics"][old])
    asks = data.get("asks") or {}
    if old in asks:
        _add_key(asks, new, deepcopy(asks[old]))


def _add_key(data: Any, key: str, value: Any) -> None:
    """At the end, before what leads over to the next entry: the parser keeps empty lines with the last key."""
    last = data.ca.items.get(list(data)[-1]) if data else None
    data[key] = value
    if last and last[2]:
        own, end, after = last[2].value.partition("\n")
        last[2].value = own + end
        if after:
            data.ca.items[key] = [None, None, CommentToken(end + after, last[2].start_mark), None]


def _in_line(data: Any, old: str, new: str | None) -> None:
    """The topic under its new name, or no more, where line.yaml names it."""
    for group in (data["topics"], data.get("asks")):
        if group and old in group:
            _in_group(group, old, new)
    for name, answer in (data.get("answers") or {}).items() if new else ():
        if answer == old:
            data["answers"][name] = new
        elif isinstance(answer, dict) and answer.get("topic") == old:
            answer["topic"] = new
    if old in data["menu"]:
        at = data["menu"].index(old)
        data["menu"].pop(at)
        if new is not None and new not in data["menu"]:
            data["menu"].insert(at, new)


def _append(data: Any, given: Any) -> None:
    for key in ("templates", "phrases"):
        if given.get(key):
            if data.get(key) is None:
                data[key] = CommentedSeq()
            data[key].extend(one for one in given[key] if one not in data[key])


def _take(data: Any, wanted: re.Pattern[str], taken: dict[str, list[str]]) -> None:
    for key in ("templates", "phrases"):
        listed = data.get(key) or []
        taken[key] = [str(one) for one in listed if wanted.search(str(one))]
        for at in reversed([n for n, one in enumerate(listed) if wanted.search(str(one))]):
            listed.pop(at)
        if key in data and not listed:
            del data[key]


def _moved(row: str, topic: str, new: str, wanted: re.Pattern[str]) -> str:
    label, tab, text = row.partition("\t")
    return f"{new}\t{text}" if tab and label == topic and wanted.search(text) else row


def _relabelled(lines: list[str], label: Callable[[str], str | None]) -> Iterator[str]:
    for number, line in enumerate(lines):
        name, tab, text = line.partition("\t")
        if not tab or (number == 0 and name == "label"):
            yield line
            continue
        parts = [label(part) for part in name.split("+")]
        if None not in parts:
            yield "+".join(dict.fromkeys(part for part in parts if part)) + f"\t{text}"


def _said(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _read(path: Path) -> Any:
    return _yaml().load(path.read_text(encoding="utf-8"))


def _yaml() -> YAML:
    yaml = YAML()
    yaml.width = 10_000
    yaml.preserve_quotes = True
    yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml


def _names(*folders: Path) -> list[str]:
    found = {
        path.relative_to(folder).as_posix()
        for folder in folders
        for part in ("grammars", "prompts")
        for path in (folder / part).rglob("*")
        if path.suffix in (".yaml", ".tsv")
    }
    return sorted(found)


def _text(path: Path) -> str | None:
    return path.read_text(encoding="utf-8-sig") if path.exists() else None


def _carry(source: Path, target: Path) -> None:
    if source.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        put(target, source.read_text(encoding="utf-8"))
    else:
        target.unlink(missing_ok=True)
