"""What the shipped line understands of plain, everyday sentences: its own test phrases."""

import pytest

from voice.content import Line
from voice.content.labelled import labelled_files, read_labelled
from voice.core.call.state import State
from voice.core.interpretation import Command
from voice.service.operators.check import Score, run_phrases
from voice.understanding import Trained
from voice.understanding.evaluation.calibration import calibration
from voice.understanding.loading import trained

# The first of them trains the models of all four languages.
pytestmark = pytest.mark.long


def test_its_test_phrases_go_right(shipped: tuple[Line, Trained]) -> None:
    line, understanding = shipped
    scores: list[Score] = []
    wrong = [str(problem) for problem in run_phrases(line, understanding, scores, [])]
    assert [score.language for score in scores] == list(line.languages)
    assert all(score.right >= score.needed for score in scores), "\n".join(wrong)


def test_they_cover_every_topic_and_command_in_every_language(shipped: tuple[Line, Trained]) -> None:
    line, _ = shipped
    for language in line.languages:
        files = [path for path in labelled_files(line.folder, language) if path.parent.name == "tests"]
        rows = [row for path in files for row in read_labelled(path, line.folder, line.intents)[0]]
        assert len(rows) >= 60
        assert {name for row in rows for name in row.label.split("+")} == set(line.intents) - set(line.plan.safety)


def test_a_greeting_is_no_farewell_at_the_first_question(shipped: tuple[Line, Trained]) -> None:
    understanding = shipped[1]
    for said, language in (
        ("dag", "nl"),
        ("goeiedag mevrouw", "nl"),
        ("salut", "fr"),
        ("servus", "de"),
        ("hello there", "en"),
    ):
        assert understanding.understand(said, language).command is None
        assert understanding.understand(said, language).probabilities[0][0] == "none"
    assert understanding.understand("salut", "fr", state=State.HELPED).command is Command.GOODBYE
    assert understanding.understand("tot ziens", "nl").command is Command.GOODBYE
    assert understanding.understand("dag en bedankt", "nl").command is Command.GOODBYE


@pytest.mark.parametrize("language", ["nl", "fr", "de", "en"])
def test_the_shipped_line_keeps_its_promise(shipped: tuple[Line, Trained], language: str) -> None:
    """On the labelled utterances, each held out: with the encoder, where it is installed, and without."""
    line, understanding = shipped
    alone = trained(line, dict(understanding.models), None)
    for each in {id(understanding): understanding, id(alone): alone}.values():
        found = calibration(each, language, line.risk)
        assert found.bound <= line.risk
        assert found.error < 0.08
        assert found.direct > 0.15


@pytest.mark.parametrize(
    ("language", "said", "command"),
    [
        ("nl", "ik wil een medewerker", Command.AGENT),
        ("fr", "rappelez-moi plus tard", Command.CALLBACK),
        ("de", "können Sie das wiederholen", Command.REPEAT),
        ("en", "i want to speak to a person", Command.AGENT),
        ("nl", "nee dat klopt niet", Command.NO),
    ],
)
def test_the_shipped_line_understands_commands(
    shipped: tuple[Line, Trained], language: str, said: str, command: Command
) -> None:
    assert shipped[1].understand(said, language).command is command


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("nl", "dááág meiske"),
        ("nl", "goeiedaaag menneke"),
        ("fr", "bonjouuur ma petite dame"),
        ("fr", "salut ma belle"),
        ("de", "halloooo mein Lieber"),
        ("de", "servuuus junge Frau"),
        ("en", "hellooo sweetheart"),
        ("en", "alriiight petal"),
    ],
)
def test_a_greeting_is_one_however_long_it_is_drawn(shipped: tuple[Line, Trained], language: str, said: str) -> None:
    meaning = shipped[1].understand(said, language)
    assert (meaning.command, meaning.topics, meaning.because) == (None, (), "a greeting")


@pytest.mark.parametrize(
    ("language", "said", "wished", "topic"),
    [
        ("nl", "kan het in het frans, het is voor mijn factuur", "fr", "billing"),
        (
            "nl",
            "pardon ik spreek niet goed nederlands, kan het in het frans, het is voor mijn factuur",
            "fr",
            "billing",
        ),
        ("nl", "engels graag want mijn internet ligt eruit", "en", "outage"),
        ("fr", "en néerlandais s'il vous plaît, c'est pour mon déménagement", "nl", "moving"),
        ("de", "auf Englisch bitte, es geht um meine Rechnung", "en", "billing"),
        ("en", "french please, it's about my invoice", "fr", "billing"),
    ],
)
def test_a_wish_for_a_language_keeps_the_story_beside_it(
    shipped: tuple[Line, Trained], language: str, said: str, wished: str, topic: str
) -> None:
    meaning = shipped[1].understand(said, language)
    assert (meaning.command, meaning.language) == (Command.LANGUAGE, wished)
    assert meaning.topics[:1] == (topic,)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("nl", "mijn modem praat duits tegen mij"),
        ("nl", "de handleiding is alleen in het engels"),
        ("fr", "le technicien ne parlait qu'anglais"),
        ("fr", "ma facture est en néerlandais"),
        ("de", "letztes Mal hat der Mann bloß Englisch geredet"),
        ("de", "die Anleitung ist nur auf Englisch"),
        ("en", "the engineer only spoke German"),
        ("en", "your website is only in French"),
    ],
)
def test_a_language_that_is_only_mentioned_is_not_changed_to(
    shipped: tuple[Line, Trained], language: str, said: str
) -> None:
    meaning = shipped[1].understand(said, language)
    assert meaning.command is not Command.LANGUAGE or meaning.ask


def test_a_language_that_is_not_spoken_is_not_the_one_asked_for(shipped: tuple[Line, Trained]) -> None:
    meaning = shipped[1].understand("ik spreek niet goed nederlands, kan het in het frans", "fr")
    assert (meaning.command, meaning.language) == (Command.LANGUAGE, "fr")


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("nl", "mijn vrouw zegt dag"),
        ("nl", "ik ben alleen thuis"),
        ("nl", "er zijn veel mensen"),
        ("fr", "il y a beaucoup de monde avant moi"),
        ("fr", "il y a un chien"),
        ("fr", "je raccroche si personne ne vient"),
        ("de", "mein Mann sitzt neben mir"),
        ("de", "ich lege gleich auf wenn niemand kommt"),
        ("en", "are there loads of people in front of me"),
        ("en", "I'm home alone"),
        ("en", "there's nobody home"),
    ],
)
def test_who_tells_how_they_sit_there_is_in_no_danger(shipped: tuple[Line, Trained], language: str, said: str) -> None:
    assert shipped[1].understand(said, language).safety is None


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("nl", "mijn decoder spreekt opeens frans"),
        ("nl", "ik begrijp geen frans"),
        ("fr", "le technicien parlait anglais"),
        ("de", "der Techniker sprach nur Flämisch"),
        ("de", "ich kann kein Englisch"),
        ("en", "I don't speak Dutch"),
    ],
)
def test_a_language_that_somebody_else_speaks_is_not_wished_for(
    shipped: tuple[Line, Trained], language: str, said: str
) -> None:
    assert shipped[1].understand(said, language).language in (None, language)
