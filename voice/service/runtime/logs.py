"""Structured log lines, one JSON object each, on standard error: ours, and those of gunicorn and of libraries. Callers'
numbers are masked in every value.

structlog writes them: it is kept, typed, and has no dependencies.
"""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any, TextIO, cast

import structlog

from voice.service.runtime.faults import of_the_database, told

NUMBER = re.compile(r"(?<![\w+])\+?\d[\d ./-]{5,}\d(?!\w)")
"""A run of digits as long as a telephone number. Sids have letters beside their digits and are left alone."""

MASKED_KEYS = frozenset({"caller", "dialled", "number", "words"})
"""The values that may hold what a caller is or said; times and durations are not theirs."""


def masked(text: str) -> str:
    """The text with every telephone number in it reduced to its last two digits."""
    return NUMBER.sub(lambda found: "…" + re.sub(r"\D", "", found.group())[-2:], text)


def _mask(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for key, value in event.items():
        if isinstance(value, str) and key in MASKED_KEYS | {"event", "exception", "cause"}:
            event[key] = masked(value)
    return event


def _tell_fault(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """`exc_info` is the exception, what `sys.exc_info` gives of it, or true for the one that is being handled."""
    given = event.pop("exc_info", None)
    if isinstance(given, tuple):
        given = given[1]
    error = given if isinstance(given, BaseException) else sys.exc_info()[1] if given else None
    if error is not None:
        event["exception"] = told(error)
        if found := of_the_database(error):
            event["what"], event["mend"] = found
    return event


class _Stderr:
    """What is standard error at the moment of writing: it may be another for a while, and closed after."""

    def write(self, text: str) -> int:
        return sys.stderr.write(text)

    def flush(self) -> None:
        sys.stderr.flush()


def set_up(level: str) -> None:
    """Write log lines from `level` up: those of this package, and those that gunicorn and libraries hand to `logging`;
    of libraries only warnings."""
    written: list[structlog.typing.Processor] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _tell_fault,
        _mask,
    ]
    as_json = structlog.processors.JSONRenderer(ensure_ascii=False)
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[structlog.stdlib.add_logger_name, structlog.stdlib.ExtraAdder(), *written],
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, as_json],
    )
    handler = logging.StreamHandler(cast(TextIO, _Stderr()))
    handler.setFormatter(formatter)
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    for ours in ("voice", "gunicorn"):
        logging.getLogger(ours).setLevel(level.upper())
    structlog.configure(
        processors=[*written, as_json],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.WriteLoggerFactory(file=cast(TextIO, _Stderr())),
        cache_logger_on_first_use=False,
    )


log = structlog.stdlib.get_logger("rechtdoor")
