"""What a supervisor changes of an agent at once: `/board`, and `voice agents update` and `sign-out`."""

from collections.abc import Sequence
from datetime import datetime

from voice.content import Line
from voice.errors import SettingsError, StoreError
from voice.store import Store


def work(
    line: Line, store: Store, name: str, queues: Sequence[str], languages: Sequence[str], by: str, now: datetime
) -> None:
    """From now on this agent answers these queues and languages. Raises `SettingsError` for what the line has not."""
    if not (queues and languages):
        raise SettingsError(
            f"{name} needs at least one queue and one language.", "Sign them out instead, if nobody is to ring them."
        )
    for queue in queues:
        if queue not in line.plan.queues:
            raise SettingsError(f"There is no queue “{queue}”.", f"There are: {', '.join(line.plan.queues)}.")
    for language in languages:
        if language not in line.languages:
            raise SettingsError(f"There is no language “{language}”.", f"There are: {', '.join(line.languages)}.")
    store.agents.work(name, list(dict.fromkeys(queues)), list(dict.fromkeys(languages)))
    store.audit.write(by, "agent changed", now, name, queues=queues, languages=languages)


def sign_out(store: Store, name: str, by: str, now: datetime) -> None:
    """A call under way goes on to its end."""
    if store.agents.find(name) is None:
        raise StoreError(f"There is no agent “{name}”.", "See: voice agents list.")
    store.agents.sign_out(name, now)
    store.audit.write(by, "agent signed out", now, name)
