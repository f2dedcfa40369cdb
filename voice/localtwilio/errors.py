"""What can be wrong, with Twilio's own numbers.

A `Fault` is a fact to be collected (`twilio.errors`); a `TwilioFault` carries one to the test.

The numbers and their levels are those of Twilio's error dictionary (docs/api/errors). An ERROR ends the document:
Twilio turns to the fallback URL. A WARNING lets the document go on without what was wrong.
"""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    ERROR = "error"
    WARNING = "warning"


RETRIEVAL_FAILED = 11200
CONNECTION_FAILED = 11205
TOO_MANY_REDIRECTS = 11215
NOT_XML = 12100
ROOT_IS_NOT_RESPONSE = 12102
SCHEMA = 12200
WRONG_CONTENT_TYPE = 12300
CALLBACK_REFUSED = 15003
NOT_ABSOLUTE = 15004

_ERRORS = frozenset(
    {11200, 11205, 11215, 11770, 12100, 12102, 12300, 13224, 13231, 13238, 13325, 13338, 13420, 15004}
    | {14201, 14202, 14203, 14204, 14205, 14206, 14210, 14211, 14212, 14213}
)


def level(code: int) -> Level:
    """How grave Twilio calls this code; a code not listed here is a warning."""
    return Level.ERROR if code in _ERRORS else Level.WARNING


@dataclass(frozen=True)
class Fault:
    """Something Twilio would write into its error log.

    `code` is Twilio's, `where` names the verb or the URL, `what` says what is wrong in words of our own.
    """

    code: int
    where: str
    what: str
    url: str = ""
    call_sid: str = ""

    @property
    def level(self) -> Level:
        return level(self.code)

    @property
    def is_grave(self) -> bool:
        """Whether it ends the document."""
        return self.level is Level.ERROR

    def __str__(self) -> str:
        source = f" (in the answer of {self.url})" if self.url else ""
        return f"{self.code} {self.where}: {self.what}{source}"


class LocalTwilioError(Exception):
    """Root of what this folder raises.

    LocalTwilioError
    ├── TwilioFault       the app did what Twilio would log as an error (strict mode)
    └── NeverYourTurn     the line talked on and on without waiting for the caller
    """


class TwilioFault(LocalTwilioError):
    def __init__(self, fault: Fault) -> None:
        super().__init__(str(fault))
        self.fault = fault

    @property
    def code(self) -> int:
        return self.fault.code


class NeverYourTurn(LocalTwilioError):
    """The caller was never given a turn within the limit of virtual seconds."""
