"""Old and new side by side: processes of the version before go on while and after a migration."""

import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Column, MetaData, Table, insert

from tests.conftest import PROJECT
from tests.store.test_contract import NOW
from voice.store import Store
from voice.store.schema import _config

pytestmark = pytest.mark.slow

SINCE = "0010"
"""Migrations after this one keep to the rule: they add, and take away only what no process writes."""


def a_row(table: Table) -> dict[str, Any]:
    """With a value in each column that must have one, as a process writes it that knows these columns alone."""
    return {c.name: value_of(c) for c in table.columns if not (c.primary_key and c.autoincrement is True)}


def value_of(column: Column[Any]) -> Any:
    kind = column.type.python_type
    return NOW if kind is datetime else kind(b"1" if kind is bytes else 1)


def test_what_the_version_before_writes_fits_after_each_migration(empty_url: str) -> None:
    store, config = Store(empty_url), _config()
    script = ScriptDirectory.from_config(config)
    revisions = [one.revision for one in reversed(list(script.walk_revisions()))]
    before = MetaData()
    for revision in revisions:
        with store.engine.begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, revision)
        if revision > SINCE:
            for table in before.sorted_tables:
                if table.name != "alembic_version":
                    writes(store, table)
        before = MetaData()
        before.reflect(store.engine)
    store.close()


def writes(store: Store, table: Table) -> None:
    """And takes back: the next migration meets what it met."""
    with store.engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SET session_replication_role = replica")  # rows that refer to none
        else:
            connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
        connection.execute(insert(table), a_row(table))
        connection.rollback()


OLD = """
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from voice.content import load_line
from voice.core.call.state import Call, State
from voice.core.contact.events import Joined, Story
from voice.store import Answer, Store

url = sys.argv[1]
plan = load_line(Path(".")).plan
store, now = Store(url), datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
store.migrate()
store.agents.add("An", "+32470000001", ["billing"], ["nl"])
store.agents.sign_in("An", now)
print("migrated", flush=True)
sys.stdin.readline()

call = Call("CA" + "8" * 32, "nl", "+3212345670", "+32470123456", now)
assert store.save(None, call, now, answer=Answer("voice", "t1", "<Response />"))
queued = call.but(turn=1, state=State.HOLD, queue="billing")
event = Joined(Story("billing", "nl", "billing", None, ()), call.sid)
assert store.save(call, queued, now, answer=Answer("turn:1", "t2", "<Response />"), event=event, plan=plan)
assert store.look_up(call.sid, "turn:1", None)[1] == "<Response />"
assert store.contacts.assign(plan, now) == 1
order = store.outbox.take(now, 0)
store.outbox.settle(order, "done", "", now)
store.contacts.sweep(plan, now + timedelta(minutes=5))
store.contacts.resettle(plan, now)
print(store.contacts_of(call.sid)[0].stage, flush=True)
"""


@pytest.mark.long
def test_the_program_before_the_newest_migration_works_beside_this_one(empty_url: str, tmp_path: Path) -> None:
    """That program itself, from the history: it begins, this one migrates, it goes on."""
    newest = max((PROJECT / "voice/store/migrations/versions").glob("[0-9]*.py"))
    git = ["git", "-C", str(PROJECT)]
    log = [*git, "log", "--format=%H", "--diff-filter=A", "--", str(newest)]
    added = subprocess.run(log, stdout=subprocess.PIPE, text=True, check=False).stdout.split()
    before = f"{added[-1]}^" if added else ""
    if not added or subprocess.run([*git, "rev-parse", "-q", "--verify", before], check=False).returncode:
        pytest.skip("the history is cut short here: that program is not in it")
    archive = [*git, "archive", before, "voice", "grammars", "prompts"]
    with subprocess.Popen(archive, stdout=subprocess.PIPE) as packed:
        subprocess.run(["tar", "-x", "-C", str(tmp_path)], stdin=packed.stdout, check=True)
    call = [sys.executable, "-c", OLD, empty_url]
    with subprocess.Popen(call, cwd=tmp_path, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as old:
        assert old.stdin is not None
        assert old.stdout is not None
        assert old.stdout.readline() == "migrated\n"
        store = Store(empty_url)
        store.migrate()
        said, _ = old.communicate("go on\n", timeout=60)
    assert old.returncode == 0
    assert said.strip() in ("waiting", "ringing")
    assert store.look_up("CA" + "8" * 32, "turn:1", None)[1] == "<Response />"
    assert store.agents.find("An") is not None
    store.close()
