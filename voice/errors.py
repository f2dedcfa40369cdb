"""Every error a person can meet, in one tree. Imports nothing.

    VoiceError                 what went wrong, and how to mend it
    ├── ContentError           faults in grammars/ and prompts/, all at once, each with its place
    ├── SettingsError          an environment variable or option is missing or wrong
    ├── RequestError           a webhook that cannot be read
    ├── StoreError             the database cannot be reached or is of another version
    ├── TwilioError            Twilio refused a REST call
    └── (voice.recognition.errors: what hearing can meet)

What callers do (silence, nonsense, a hang-up) is never an error: it is an event of the dialogue.
"""

from dataclasses import dataclass
from typing import Literal


class VoiceError(Exception):
    """What went wrong in one sentence, and in `mend` what the reader can do about it."""

    def __init__(self, message: str, mend: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.mend = mend

    def __str__(self) -> str:
        return f"{self.message} {self.mend}".strip()


@dataclass(frozen=True, order=True)
class Problem:
    """One fault in an operator's file. `line` counts from 1; 0 is the file as a whole."""

    path: str
    line: int
    what: str
    mend: str = ""
    severity: Literal["error", "warning"] = "error"

    def __str__(self) -> str:
        place = f"{self.path}:{self.line}" if self.line else self.path
        return f"{place}: {self.what} {self.mend}".strip()


class ContentError(VoiceError):
    """The operators' files cannot be used as they are; `problems` names every fault found, warnings too."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        super().__init__("\n".join(str(problem) for problem in problems if problem.severity == "error"))


class SettingsError(VoiceError):
    """An environment variable or a command's option is missing or wrong."""


class RequestError(VoiceError):
    """A webhook that cannot be read: a parameter is missing or is not what Twilio documents."""


class StoreError(VoiceError):
    """The database cannot be reached, or its tables are of another version."""


class TwilioError(VoiceError):
    """Twilio refused a REST call. `code` is Twilio's own, `status` the HTTP status."""

    def __init__(self, message: str, mend: str = "", *, code: int | None = None, status: int = 0) -> None:
        super().__init__(message, mend)
        self.code = code
        self.status = status
