"""What the pages are given: the line as it is now, the store, and what tells of changes."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from voice.console.openid import OpenId
from voice.console.streams import Changes
from voice.content import Line
from voice.service.console.accounts import Accounts
from voice.service.live.in_force import InForce
from voice.service.runtime.clock import system_clock
from voice.store import Store
from voice.twilio.softphone import Softphone


@dataclass
class Console:
    """`newest` is the version of the line that is live, `files` the folder where the operator's files stand, where that
    is not the folder it was read from. `secure`: the cookie goes over TLS alone. `softphone` gives agents who answer in
    their page what they need for it; `openid` is who else says who somebody is."""

    newest: Callable[[], Line]
    store: Store
    clock: Callable[[], datetime] = system_clock
    secure: bool = True
    softphone: Softphone | None = None
    openid: OpenId | None = None
    files: Path | None = None
    changes: Changes = field(init=False)
    accounts: Accounts = field(init=False)
    in_force: InForce = field(init=False)

    def __post_init__(self) -> None:
        self.changes = Changes(self.store)
        self.accounts = Accounts(self.store)
        self.in_force = InForce(self.store)

    @property
    def now(self) -> datetime:
        return self.clock()

    @property
    def line(self) -> Line:
        """With what is in force by hand."""
        return self.in_force.over(self.newest(), self.clock())
