"""Who rings the demonstration, who answers, and who may sign in to look at it."""

from dataclasses import dataclass, replace
from random import Random

from voice.cli.simulation.people import Answering, Calling, Customer, Habits
from voice.content import Line
from voice.content.files import read_yaml
from voice.content.labelled import labelled_files, read_labelled
from voice.core.interpretation import Command
from voice.localtwilio import LocalTwilio
from voice.service.console.accounts import Accounts
from voice.service.runtime.clock import system_clock
from voice.store import Store

PASSWORD = "rechtdoor demo"
USERS = {"an": "agent", "sofie": "supervisor", "vera": "operator", "admin": "administrator"}

YOU = "An"
"""The agent whom the user `an` is: whoever looks. The others answer by themselves."""

OTHERS = {"Bram": "+32479000002", "Chloé": "+32479000003", "Dirk": "+32479000004"}

BETWEEN = 15.0
"""Seconds between two callers, on average."""

HABITS = Habits(patience=150.0, talk=40.0, unsure=0.0)
"""Shorter than at a helpdesk, so that there is something to see within a minute."""


@dataclass(frozen=True)
class DemoCaller:
    """What somebody says who rings this number, and how they say yes and no."""

    text: str
    dialled: str
    habits: Habits


def sentences(line: Line) -> list[DemoCaller]:
    """The labelled lines of the topics, in each language that has a number of its own."""
    found: list[DemoCaller] = []
    for number, language in line.plan.numbers.items():
        habits = replace(HABITS, yes=_first(line, language, Command.YES), no=_first(line, language, Command.NO))
        for path in labelled_files(line.folder, language):
            labelled, _ = read_labelled(path, line.folder, line.intents)
            found += [DemoCaller(one.text, number, habits) for one in labelled if one.label in line.plan.topics]
    return found


def _first(line: Line, language: str, command: Command) -> str:
    """The first phrase that the operator has written for a command."""
    shown_as = f"grammars/{language}/{command}.yaml"
    return str(read_yaml(line.folder / shown_as, shown_as).data["phrases"][0])


def hire(line: Line, store: Store, twilio: LocalTwilio) -> None:
    """Four agents for everything, signed in; and a user of each role."""
    now = system_clock()
    for name, endpoint in {YOU: f"client:{YOU}", **OTHERS}.items():
        store.agents.add(name, endpoint, list(line.plan.queues), list(line.languages))
        store.agents.sign_in(name, now)
    for name, number in OTHERS.items():
        chance = Random(name)
        twilio.person(number, answers_after=chance.uniform(2, 6), behaviour=Answering(chance, HABITS))
    accounts = Accounts(store)
    for name, role in USERS.items():
        accounts.add(name, PASSWORD, [role], YOU if role == "agent" else None)


def somebody_rings(twilio: LocalTwilio, chance: Random, sentence: DemoCaller) -> None:
    from_ = f"+32470{chance.randrange(1_000_000):06d}"
    reachable = chance.random() < sentence.habits.reachable
    customer = Customer(chance, sentence.habits)
    twilio.person(from_, answers_after=chance.uniform(3, 10) if reachable else None, behaviour=customer)
    twilio.ring(sentence.dialled, from_, behaviour=Calling(chance, sentence.habits, sentence.text))
