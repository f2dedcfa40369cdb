"""The core is handed values: nothing reachable from what `step` is given can perform I/O."""

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime, time, timedelta
from enum import Enum
from types import NoneType
from zoneinfo import ZoneInfo

import pytest

from tests.conftest import Telvia
from voice.core.call.table import step
from voice.core.queue.status import QueueStatus
from voice.service.calls import turn

PLAIN = (str, int, float, bool, NoneType, datetime, date, time, timedelta, ZoneInfo, Enum)


def strangers(value: object, at: str) -> Iterator[str]:
    """What is no plain value, nor made of such alone: where it was found."""
    if isinstance(value, (type, *PLAIN)):
        return
    if type(value) is dict:
        for key, held in value.items():
            yield from strangers(key, f"{at}.keys()")
            yield from strangers(held, f"{at}[{key!r}]")
    elif type(value) in (tuple, frozenset):
        for n, held in enumerate(value):  # type: ignore[arg-type, var-annotated]
            yield from strangers(held, f"{at}[{n}]")
    elif is_dataclass(value) and type(value).__module__.startswith("voice.core."):
        if not value.__dataclass_params__.frozen:  # type: ignore[attr-defined]
            yield f"{at} can be changed"
        for field in fields(value):
            yield from strangers(getattr(value, field.name), f"{at}.{field.name}")
    else:
        yield f"{at} is a {type(value).__module__}.{type(value).__qualname__}"


def test_what_a_step_is_given_is_values_all_the_way_down(telvia: Telvia, monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[tuple[object, ...]] = []

    def noting(*values: object) -> object:
        given.append(values)
        return step(*values)  # type: ignore[arg-type]

    monkeypatch.setattr(turn, "step", noting)
    telvia.hire("An", "+32470000001")
    caller = telvia.ring().says("mijn internet ligt plat").stays_silent()
    telvia.passes(2)
    caller.presses("9")
    caller.says("ja")
    assert len(given) > 4
    for values in given:
        assert [found for n, value in enumerate(values) for found in strangers(value, f"[{n}]")] == []
    read: list[Mapping[str, QueueStatus]] = [values[0].queue_status for values in given]  # type: ignore[attr-defined]
    assert any(status["technical"].signed_in == 1 for status in read if status)
