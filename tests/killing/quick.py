"""The demo line with seconds where its rules have minutes. Changes nothing of the program, so a test may import it."""

from dataclasses import replace
from datetime import timedelta

from tests.conftest import PROJECT
from voice.content import Line, load_line

SECOND = timedelta(seconds=1)


def _quick(line: Line) -> Line:
    queues = {
        name: replace(queue, attempts=50, spacing=SECOND, wrap_up=timedelta(0), ring=SECOND)
        for name, queue in line.plan.queues.items()
    }
    return replace(line, plan=replace(line.plan, queues=queues))


LINE = _quick(load_line(PROJECT))
