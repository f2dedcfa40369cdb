"""Arrows of import point one way only. The imports are read, not trusted."""

import ast
import re
import sys
from pathlib import Path

import pytest
from sqlalchemy import String

from tests.store.personal_data import CALLERS, NOT_CALLERS
from voice.store.tables import metadata

VOICE = Path(__file__).parent.parent / "voice"

ALL = [*"errors core content understanding recognition store twilio service web console cli localtwilio".split()]  # noqa: SIM905

MAY_IMPORT = {
    "errors": set(),
    "core": {"errors", "core"},
    "content": {"errors", "core", "content"},
    "understanding": {"errors", "core", "content", "understanding"},
    "recognition": {"errors", "core", "content", "recognition"},
    "store": {"errors", "core", "content", "store"},
    "twilio": {"errors", "core", "content", "twilio"},
    "service": {"errors", "core", "content", "understanding", "recognition", "store", "twilio", "service"},
    "web": {"errors", "core", "content", "understanding", "store", "twilio", "service", "web"},
    "console": {"errors", "core", "content", "understanding", "store", "twilio", "service", "console"},
    "cli": set(ALL),
    "localtwilio": {"localtwilio"},
}


def modules(layer: str) -> list[Path]:
    single = VOICE / f"{layer}.py"
    return [single] if single.exists() else sorted((VOICE / layer).rglob("*.py"))


def imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are written in full, so that they can be read"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


@pytest.mark.parametrize("layer", MAY_IMPORT)
def test_a_layer_imports_only_what_lies_below_it(layer: str) -> None:
    assert modules(layer)
    for path in modules(layer):
        for name in imports(path):
            parts = name.split(".")
            if parts[0] == "voice" and len(parts) > 1 and not parts[1].startswith("__"):
                assert parts[1] in MAY_IMPORT[layer], f"{path.name} of {layer} imports {name}"


def test_the_core_is_standard_library_alone_and_reads_no_clock() -> None:
    for path in modules("core"):
        for name in imports(path):
            top = name.split(".")[0]
            assert top == "voice" or top in sys.stdlib_module_names, f"{path.name} imports {name}"
            assert top not in {"random", "time", "os", "socket", "sqlite3", "io", "pathlib"}, f"{path.name}: {name}"
        assert ".now(" not in path.read_text(encoding="utf-8")


FOLDERS = sorted(
    path.parent for path in VOICE.rglob("__init__.py") if path.parent != VOICE and "migrations" not in path.parts
)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.relative_to(VOICE).as_posix())
def test_every_folder_states_its_rule_and_lists_its_modules(folder: Path) -> None:
    rule = ast.get_docstring(ast.parse((folder / "__init__.py").read_text(encoding="utf-8")))
    assert rule
    inside = [path.stem for path in folder.glob("*.py")] + [path.parent.name for path in folder.glob("*/__init__.py")]
    missing = [name for name in inside if not name.startswith("__") and not re.search(rf"\b{name}\b", rule)]
    assert missing == []


def test_no_public_class_has_its_name_twice() -> None:
    """The two machines of the core are twins on purpose, and the local Twilio has a world of its own."""
    found: dict[str, set[str]] = {}
    for path in VOICE.rglob("*.py"):
        if "localtwilio" in path.parts:
            continue
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                found.setdefault(node.name, set()).add(path.relative_to(VOICE).as_posix())
    twins = {"core/call/table.py", "core/contact/table.py", "core/contact/moves.py"}
    assert {name: places for name, places in found.items() if len(places) > 1 and not places <= twins} == {}


def test_a_migration_imports_nothing_that_may_change_after_it() -> None:
    for path in (VOICE / "store" / "migrations" / "versions").glob("*.py"):
        assert not [name for name in imports(path) if name.startswith("voice")], f"{path.name}: write the type out"


def test_every_column_of_text_is_known_to_hold_a_callers_words_or_number_or_not() -> None:
    for table in metadata.sorted_tables:
        texts = {column.name for column in table.columns if isinstance(column.type, String)}
        known = CALLERS.get(table.name, set()) | NOT_CALLERS.get(table.name, set())
        assert texts == known, (
            f"say in tests/store/personal_data.py what {table.name} holds, and let voice.store.callers take it out"
        )


def test_migrations_form_one_chain() -> None:
    """Two branches that each add one fit together, and together stop every start."""
    found = (VOICE / "store" / "migrations" / "versions").glob("*.py")
    before = re.compile(r"^down_revision = (.+)$", re.MULTILINE)
    parents = [match[1] for path in found if (match := before.search(path.read_text(encoding="utf-8")))]
    assert len(parents) == len(set(parents)), "two migrations follow the same one"
