"""Which notice a caller hears now, and in what words. What comes after it is in `voice.core.call.told`."""

from voice.core.call.actions import Prompt
from voice.core.call.state import Call
from voice.core.notice import Notice, NoticeKind
from voice.core.plan import Plan

MOST_AREAS = 2
"""A caller is asked of no more areas than this: more would be a tree."""

MOST_BEFORE = 2
"""So many notices at most are told before the queue; others while the caller waits."""


def greeting(plan: Plan, call: Call) -> tuple[Notice, ...]:
    """What all callers hear before the question."""
    return tuple(one for one in _new(plan, call) if one.kind is NoticeKind.ALL)


def due(plan: Plan, call: Call) -> Notice | None:
    """What is said before this caller is queued: what surely concerns them, or what they have to be asked about. A
    closure comes first, since nobody is queued behind it."""
    told = sum(one.kind is not NoticeKind.ALL and one.id in call.notices for one in plan.notices)
    asked = len(call.elsewhere)
    for one in sorted(_new(plan, call), key=lambda one: one.kind is not NoticeKind.CLOSURE):
        inside = one.reaches(call.area)
        if one.kind is not NoticeKind.ALL and inside is not False and (inside or asked < MOST_AREAS):
            return one if told < MOST_BEFORE or one.kind is NoticeKind.CLOSURE else None
    return None


def due_on_hold(plan: Plan, call: Call) -> Notice | None:
    """What is said to who waits: what surely concerns them."""
    return next((one for one in _new(plan, call) if one.reaches(call.area)), None)


def area_on_hold(plan: Plan, call: Call) -> Notice | None:
    """Of an area where they perhaps are: they are asked, once, and who does not answer hears no more of it."""
    if len(call.elsewhere) >= MOST_AREAS:
        return None
    return next((one for one in _new(plan, call) if one.reaches(call.area) is None), None)


def _new(plan: Plan, call: Call) -> list[Notice]:
    known = {*call.notices, *call.elsewhere}
    return [
        one for one in plan.notices if one.id not in known and call.language in one.texts and one.concerns(call.intent)
    ]


def current(plan: Plan, call: Call) -> Notice | None:
    return next((one for one in plan.notices if one.id == call.notice), None)


def said(plan: Plan, call: Call) -> tuple[Prompt, ...]:
    """The notice that the call is about; nothing where it has ended meanwhile."""
    notice = current(plan, call)
    text = notice.texts.get(call.language) if notice else None
    return (Prompt("notice", {"text": text}),) if text else ()


def can_be_texted(call: Call) -> bool:
    """Whether the line may text this caller once it is over."""
    return bool(call.caller and call.callable and call.notice not in call.awaited)


def wording(plan: Plan, call: Call) -> tuple[Prompt, ...]:
    """The notice, and what the caller may do."""
    return (*said(plan, call), Prompt("notice.text" if can_be_texted(call) else "notice.stay"))


def area_wording(plan: Plan, call: Call) -> tuple[Prompt, ...]:
    notice = current(plan, call)
    return (Prompt("notice.area", {"area": notice.area if notice and notice.area else ""}),)
