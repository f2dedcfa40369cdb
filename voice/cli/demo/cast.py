"""Who rings the demonstration, who answers, and who may sign in to look at it."""

from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

from voice.cli.simulation.people import Answering, Calling, Customer, Habits
from voice.content import Line, load_line
from voice.content.files import read_yaml
from voice.content.labelled import labelled_files, read_labelled
from voice.content.linefile import LINE_FILE
from voice.content.spoken import mobile_of
from voice.core.interpretation import Command
from voice.errors import ContentError
from voice.localtwilio import LocalTwilio
from voice.service.console.accounts import Accounts
from voice.service.runtime.clock import system_clock
from voice.store import Store

PASSWORD = "rechtdoor demo"
USERS = {"an": "agent", "sofie": "supervisor", "vera": "operator", "admin": "administrator"}

YOU = "An"
"""The agent whom the user `an` is: whoever looks. The others answer by themselves."""

LISTENS = "Sofie"
"""Whom the user `sofie` is tied to, so that she may listen, coach and join on the page of a call. Never signed in."""

OTHERS = {"Bram": "+32479000002", "Chloé": "+32479000003", "Dirk": "+32479000004"}

BETWEEN = 15.0
"""Seconds between two callers, on average."""

HABITS = Habits(patience=150.0, talk=40.0, unsure=0.0)
"""Shorter than at a helpdesk, so that there is something to see within a minute."""


@dataclass(frozen=True)
class DemoCaller:
    """What somebody of the country says who rings this number, and how they say yes and no."""

    country: str
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
            found += [
                DemoCaller(line.country, one.text, number, habits) for one in labelled if one.label in line.plan.topics
            ]
    return found


def _first(line: Line, language: str, command: Command) -> str:
    """The first phrase that the operator has written for a command."""
    shown_as = f"grammars/{language}/{command}.yaml"
    return str(read_yaml(line.folder / shown_as, shown_as).data["phrases"][0])


def hire(line: Line, store: Store, twilio: LocalTwilio) -> None:
    """Four agents for everything, signed in; and a user of each role. The supervisor has a telephone of her own."""
    now = system_clock()
    store.agents.add(LISTENS, f"client:{LISTENS}", list(line.plan.queues), list(line.languages))
    for name, endpoint in {YOU: f"client:{YOU}", **OTHERS}.items():
        store.agents.add(name, endpoint, list(line.plan.queues), list(line.languages))
        store.agents.sign_in(name, now)
    for name, number in OTHERS.items():
        chance = Random(name)
        twilio.person(number, answers_after=chance.uniform(2, 6), behaviour=Answering(chance, HABITS))
    accounts = Accounts(store)
    for name, role in USERS.items():
        accounts.add(name, PASSWORD, [role], {"agent": YOU, "supervisor": LISTENS}.get(role))


def let_listen(folder: Path) -> None:
    """In the copy, supervisors may listen, and callers are told; a line that says itself who may is left as it is."""
    path = folder / LINE_FILE
    written = path.read_text(encoding="utf-8")
    if "console" in read_yaml(path, LINE_FILE).data:
        return
    path.write_text(f"{written.rstrip()}\nconsole: {{listening: true}}\n", encoding="utf-8")
    try:
        load_line(folder)
    except ContentError:  # its prompts do not say so
        path.write_text(written, encoding="utf-8")


def somebody_rings(twilio: LocalTwilio, chance: Random, sentence: DemoCaller) -> None:
    from_ = mobile_of(sentence.country, chance.randrange(100_000))
    reachable = chance.random() < sentence.habits.reachable
    customer = Customer(chance, sentence.habits)
    twilio.person(from_, answers_after=chance.uniform(3, 10) if reachable else None, behaviour=customer)
    twilio.ring(sentence.dialled, from_, behaviour=Calling(chance, sentence.habits, sentence.text))
