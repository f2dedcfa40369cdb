"""Who rings and who answers. What they do follows from a seed, so that two days differ only in what was changed."""

import math
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from random import Random

from voice.core.call.actions import Listen
from voice.core.call.state import State
from voice.core.interpretation import Command, Decision, Interpretation
from voice.localtwilio import Party, Standing

COMMANDS = {"yes": Command.YES, "no": Command.NO, "agent": Command.AGENT, "callback": Command.CALLBACK}

OPENS, CLOSES = 8.0, 18.0
"""The hours between which people ring. They ring most at ten and at three."""

TALK_MEAN, TALK_SPREAD = 240.0, 0.6
"""Seconds of a conversation: the mean, and the sigma of its log-normal distribution."""


class Understood:
    """An understanding for callers who say a topic's name: the statistics of language are measured elsewhere."""

    def understand(
        self,
        text: str,
        _language: str,
        *,
        state: State = State.QUESTION,  # noqa: ARG002
        without: Collection[str] = (),  # noqa: ARG002
        second: str | None = None,  # noqa: ARG002
    ) -> Interpretation:
        if text in COMMANDS:
            return Interpretation(command=COMMANDS[text])
        topic, _, sure = text.partition("?")
        decision = Decision.CONFIRM if sure else Decision.ROUTE
        return Interpretation(decision, (topic,), probabilities=((topic, 0.7 if sure else 0.97),))

    def hints(self, _language: str, _listen: Listen) -> Sequence[str]:
        return ()


@dataclass(frozen=True)
class Habits:
    """Seconds and shares; `yes` and `no` are what they say. Of who hears a notice, `texted` want a text once it is over
    and `content` know enough; the others stay. Of who gave up waiting, `again` ring again, `again_after` seconds
    later. Of whom a person answered, `unsolved` ring again about the same, `unsolved_after` seconds later, at most
    `most_again` times; of whom a level above answered, `above` of these."""

    patience: float = 480.0
    takes_callback: float = 0.35
    not_helped: float = 0.04
    reachable: float = 0.85
    solved: float = 0.03
    unsure: float = 0.2
    talk: float = TALK_MEAN
    texted: float = 0.45
    content: float = 0.25
    again: float = 0.0
    again_after: tuple[float, float] = (600.0, 3600.0)
    unsolved: float = 0.0
    unsolved_after: tuple[float, float] = (1800.0, 14400.0)
    above: float = 0.4
    most_again: int = 3
    yes: str = "yes"
    no: str = "no"


def arrivals(chance: Random, number: int) -> list[float]:
    """Seconds since midnight, in order: a busy morning, a busy afternoon, and some at any moment."""
    moments: list[float] = []
    while len(moments) < number:
        peak = chance.choices([(10.0, 1.2), (15.0, 1.3), (13.0, 3.0)], [4, 4, 2])[0]
        hour = chance.gauss(*peak)
        if OPENS <= hour < CLOSES:
            moments.append(hour * 3600)
    return sorted(moments)


def talk(chance: Random, mean: float) -> float:
    return chance.lognormvariate(math.log(mean) - TALK_SPREAD**2 / 2, TALK_SPREAD)


class Calling:
    """A caller: says what it is about, waits as long as their patience lasts, perhaps takes a callback, and `gives_up`;
    or speaks with a person, and is `answered`. `news` is what they may be told meanwhile, and `minded`, a share, what
    they then do."""

    def __init__(
        self,
        chance: Random,
        habits: Habits,
        topic: str,
        news: str | None = None,
        minded: float = 1.0,
        gives_up: Callable[[], None] = lambda: None,
        answered: Callable[[], None] = lambda: None,
    ) -> None:
        self.habits = habits
        self.patience = chance.expovariate(1 / habits.patience)
        self.takes_callback = chance.random() < habits.takes_callback
        self.topic = topic + ("?" if chance.random() < habits.unsure else "")
        self.helped = chance.random() >= habits.not_helped
        self.talks = talk(chance, habits.talk) if chance.random() < 0.5 else None
        self.waiting = False
        self.spoke = False
        self.heard = 0
        self.news, self.gives_up, self.answered = news, gives_up, answered
        self.minded = minded

    def __call__(self, me: Party) -> None:
        match me.standing:
            case Standing.LISTENED_TO:
                self._answer(me)
            case Standing.HELD:
                self._wait(me)
            case Standing.CONNECTED:
                self._speak(me)

    def _answer(self, me: Party) -> None:
        if me.in_queue:
            self._wait(me)
            return
        said = me.heard[-1].text if me.heard else ""
        if self.news and self.news in said:
            self._told(me, text=lambda: me.says(self.habits.yes, wait=False))
        elif self.spoke:
            self.spoke = False
            me.says(self.habits.yes if self.helped else self.habits.no, wait=False)
            self.helped = True
        elif len(me.heard) == 1:
            me.says(self.topic, wait=False)
        elif said.endswith("?"):
            me.presses("1", wait=False)

    def _wait(self, me: Party) -> None:
        if not self.waiting:
            self.waiting = True
            me.after(self.patience, lambda: self._leave(me))
        if self.news and any(self.news in u.text for u in me.heard[self.heard :]):
            self._told(me, text=lambda: self._by_key(me))
        if self.takes_callback and any("9" in u.text for u in me.heard[self.heard :]):
            self.takes_callback = False
            me.presses("9", wait=False)
        self.heard = len(me.heard)

    def _leave(self, me: Party) -> None:
        if me.in_queue:
            me.hangs_up()
            self.gives_up()

    def _told(self, me: Party, text: Callable[[], None]) -> None:
        self.news = None
        if self.minded < self.habits.texted:
            text()
        elif self.minded < self.habits.texted + self.habits.content:
            me.hangs_up()

    def _by_key(self, me: Party) -> None:
        self.takes_callback = False
        me.presses("4", wait=False)
        me.after(5.0, lambda: me.hangs_up() if me.in_queue else None)

    def _speak(self, me: Party) -> None:
        if self.spoke:
            return
        self.spoke = True
        self.answered()
        if self.talks is not None:
            me.after(self.talks, me.hangs_up)


class Customer:
    """Somebody who is called back, and is there; now and then they need it no more. `answered` as of `Calling`."""

    def __init__(self, chance: Random, habits: Habits, answered: Callable[[], None] = lambda: None) -> None:
        self.chance, self.habits, self.answered = chance, habits, answered

    def __call__(self, me: Party) -> None:
        match me.standing:
            case Standing.LISTENED_TO:
                me.presses("2" if self.chance.random() < self.habits.solved else "1", wait=False)
            case Standing.CONNECTED:
                self.answered()
                if self.chance.random() < 0.5:
                    me.after(talk(self.chance, self.habits.talk), me.hangs_up)


class Answering:
    """An agent: nearly always takes the call; speaks, and hangs up."""

    def __init__(self, chance: Random, habits: Habits) -> None:
        self.chance, self.habits = chance, habits

    def __call__(self, me: Party) -> None:
        match me.standing:
            case Standing.LISTENED_TO:
                me.presses("2" if self.chance.random() < 0.02 else "1", wait=False)
            case Standing.CONNECTED:
                me.after(talk(self.chance, self.habits.talk), me.hangs_up)
