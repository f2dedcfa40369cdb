"""Small lines, made in the test: ten phrases or fewer for each thing that a caller may say."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from voice.content import Line, load_line
from voice.understanding import Trained, load_understanding

PROJECT = Path(__file__).parent.parent.parent

LINE = """
name: Test
country: BE
timezone: Europe/Brussels
language: en
risk: {risk}
languages:
  en: {{number: "+3212345673", key: "8", hear: en-GB, say: en-GB, voice: Polly.Amy-Neural}}
{second}
topics: {{billing: billing, outage: technical, order: orders, moving: orders, cancel: retention, sales: sales,
         mobile: mobile, complaint: complaints}}
menu: [billing, outage, mobile, order]
person: general
queues:
  billing: {{hours: always, holidays: open}}
  technical: {{hours: always, holidays: open}}
  orders: {{hours: always, holidays: open}}
  retention: {{hours: always, holidays: open}}
  sales: {{hours: always, holidays: open}}
  mobile: {{hours: always, holidays: open}}
  complaints: {{hours: always, holidays: open}}
  general: {{hours: always, holidays: open}}
"""

SECOND = '  nl: {number: "+3212345670", key: "5", hear: nl-NL, say: nl-BE, voice: Polly.Lisa-Neural}'

SHARED = """
rules:
  i_want: "(i want|i would like)"
lists:
  month: [january, february, march]
  language: {nl: [dutch, nederlands], en: [english, engels]}
  number: {"0": [zero], "1": [one, press one], "2": [two, press two], "3": [three, press three], "4": [four],
           "5": [five], "6": [six], "7": [seven], "8": [eight], "9": [nine]}
  choice: {first: [the first one, the first], second: [the second one, the second], other: [something else, neither]}
"""

ANSWERS = YAML(typ="safe").load((PROJECT / "grammars" / "line.yaml").read_text(encoding="utf-8"))["answers"]
OF_THE_SHIPPED_LINE = re.compile(rf"  (account|{'|'.join(ANSWERS)}):|answer\.({'|'.join(ANSWERS)})(\.sms)?:")
"""Prompts for what the small lines do not have."""

PHRASES = {
    "billing": "my bill is wrong|my invoice is too high|you charged me twice|i paid already and got a reminder|"
    "why is the amount on my bill higher|i want to pay in parts|a refund of the money i paid|direct debit failed",
    "outage": "my internet is down|the wifi keeps dropping out|no picture on the television|the modem lights are red|"
    "the landline is dead|everything is slow and freezes|no signal on the decoder|internet does not work",
    "order": "where is my parcel|the technician did not come|my delivery is late|"
    "move my appointment with the technician|"
    "i want to return the device|when does my order arrive|the box was not delivered|track my order",
    "moving": "i am moving house|we move to a new flat|take my subscription to my new address|i have a new address|"
    "we are moving next month|my address changes|new house next month|move the line to our new home",
    "cancel": "cancel my subscription|i want to end my contract|stop everything|i am going to a competitor|"
    "what is the notice period|terminate the contract|i quit your service|end the television part",
    "sales": "i want a new subscription|what does fibre cost|add the sports package|is there an offer|"
    "can you connect my street|i want to become a customer|upgrade to a faster package|how much is the big package",
    "mobile": "my sim card is blocked|i lost my phone|what is my puk code|keep my number with you|"
    "no reception on my mobile|roaming in spain|my phone was stolen|a new sim card please",
    "complaint": "i want to complain|nobody keeps their promises|let me speak to the manager|your staff was rude|"
    "i waited for an hour|i want compensation|how you treat people is a scandal|third time i complain about this",
    "agent": "an employee please|a real person|speak to someone|the operator|put me through to a human|i want a person",
    "callback": "call me back|ring me later|can you call me back|i want to be called back|phone me tomorrow",
    "repeat": "say that again|pardon|what did you say|repeat please|once more please",
    "back": "go back|start again|main menu|wrong choice|back to the beginning",
    "yes": "yes|yes please|that is right|correct|sure",
    "no": "no|no thanks|that is not it|not at all|wrong",
    "goodbye": "goodbye|bye|that was all thanks|i will hang up now|never mind bye",
    "language": "dutch please|do you speak english|in dutch|can we speak nederlands",
    "none": "is this the bakery|my newspaper did not come|what time is it|the cat is on the roof|hello good morning|"
    "i need a dentist|the train is late|my car does not start|can i book a table|the weather is lovely",
}
"""The Dutch of this line is English: what is tested here is the machinery, not a language."""


@pytest.fixture(scope="session")
def make_line(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Line]:
    """A line's folder: with `labelled` lines, another `risk`, a second language."""

    def make(labelled: str = "", risk: float = 0.2, languages: tuple[str, ...] = ("en",)) -> Line:
        folder = tmp_path_factory.mktemp("line")
        (folder / "prompts").mkdir()
        (folder / "grammars").mkdir()
        (folder / "grammars" / "line.yaml").write_text(
            LINE.format(risk=risk, second=SECOND if len(languages) > 1 else ""), encoding="utf-8"
        )
        for language in languages:
            spoken = (PROJECT / "prompts" / f"{language}.yaml").read_text(encoding="utf-8").splitlines(keepends=True)
            kept = "".join(row for row in spoken if not OF_THE_SHIPPED_LINE.match(row))
            (folder / "prompts" / f"{language}.yaml").write_text(kept, encoding="utf-8")
            base = folder / "grammars" / language
            base.mkdir()
            shared = SHARED if len(languages) > 1 else SHARED.replace("nl: [dutch, nederlands], ", "")
            (base / "_shared.yaml").write_text(shared, encoding="utf-8")
            for intent, phrases in PHRASES.items():
                template = (
                    'templates:\n  - "<i_want> to know about my bill of {month}"\n' if intent == "billing" else ""
                )
                text = template + "phrases:\n" + "".join(f'  - "{phrase}"\n' for phrase in phrases.split("|"))
                (base / f"{intent}.yaml").write_text(text, encoding="utf-8")
            if labelled:
                (base / "labelled.tsv").write_text(labelled, encoding="utf-8")
        return load_line(folder)

    return make


@pytest.fixture(scope="session")
def small(make_line: Callable[..., Line], trained_once: Callable[[Line], Path]) -> Trained:
    line = make_line(languages=("en", "nl"))
    return load_understanding(line, cache=trained_once(line))


@pytest.fixture(scope="session")
def shipped() -> tuple[Line, Trained]:
    """The line that the project ships; built once for all tests of this machine."""
    line = load_line(PROJECT)
    return line, load_understanding(line)
