"""Webhooks as parts of a script: asking on behalf of a call, and telling without waiting for the answer.

Sending itself is the `Courier`'s (`webhooks`); here are the mishaps that cost time, the log of the call, and who waits.
"""

from voice.localtwilio.engine.script import Script, TimeUp, Wait, do
from voice.localtwilio.errors import CALLBACK_REFUSED, RETRIEVAL_FAILED, Fault
from voice.localtwilio.records import Exchange, Leg, Target
from voice.localtwilio.webhooks import LONGEST_ANSWER, Answer, Mishap, Webhook
from voice.localtwilio.world import World

_FARTHEST_APART = 2.0
"""Seconds by which shuffled callbacks may be late."""


def pass_time(world: World, seconds: float) -> Script[None]:
    """Let time pass; what the person on the call does meanwhile is not noticed."""
    end = world.engine.now() + seconds
    while (yield Wait(max(0.0, end - world.engine.now()))) != TimeUp():
        pass


def ask(leg: Leg, target: Target) -> Script[Answer]:
    """Ask the app for a document, with this call's parameters and those of the target."""
    answer = yield from send(leg.world, target, {**leg.params(), **target.params}, leg)
    return answer


def notify(world: World, target: Target, leg: Leg | None = None, *, ordered: bool = False) -> None:
    """Tell the app something, and take no instructions from its answer.

    `target` holds all parameters. Callbacks are shuffled if the test wants it so, unless they must keep their order.
    """
    late = world.random.uniform(0, _FARTHEST_APART) if world.shuffle_callbacks and not ordered else 0.0
    world.engine.start(_tell(world, target, leg, late))


def _tell(world: World, target: Target, leg: Leg | None, late: float) -> Script[None]:
    if late:
        yield from pass_time(world, late)
    answer = yield from send(world, target, target.params, leg)
    if answer.code:
        fault = Fault(CALLBACK_REFUSED, "callback", answer.outcome, target.url, leg.sid if leg else "")
        world.blame(fault, expected=answer.staged)


def send(world: World, target: Target, params: dict[str, str], leg: Leg | None = None) -> Script[Answer]:
    """One webhook, with the mishap that a test has ordered for it."""
    cookies = dict(leg.cookies) if leg else {}
    hook = Webhook(target.url, target.method, params, world.sid(""), cookies)
    began = world.engine.now()
    mishap, seconds = world.mishaps.take(target.url)
    if mishap is Mishap.LOST or (mishap is Mishap.LATE and seconds >= LONGEST_ANSWER):
        if mishap is Mishap.LATE:
            world.engine.start(_deliver_unheard(world, hook, seconds))
        yield from pass_time(world, LONGEST_ANSWER)
        answer = Answer(code=RETRIEVAL_FAILED, url=target.url, staged=True)
    else:
        if seconds and mishap is Mishap.LATE:
            yield from pass_time(world, seconds)
        answer = yield from do(lambda: world.courier.deliver(hook, mishap))
    if leg is not None:
        leg.cookies.update(answer.cookies)
        if world.keep_log:
            what = (hook.method, hook.url, params, hook.token)
            leg.log.append(Exchange(began, *what, answer.status, answer.text, answer.code))
    return answer


def _deliver_unheard(world: World, hook: Webhook, seconds: float) -> Script[None]:
    """A request that comes so late that nobody waits for its answer any more."""
    yield from pass_time(world, seconds)
    yield from do(lambda: world.courier.deliver(hook))
