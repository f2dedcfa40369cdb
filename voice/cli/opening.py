"""What several commands open."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from voice.store import Store


def open_store(line: Path | None = None) -> "Store":
    """The store that the settings name, of this program's version."""
    from voice.service.runtime.settings import load
    from voice.store import Store

    store = Store(load(line=line).database_url, patient=True)
    store.prepare()
    return store
