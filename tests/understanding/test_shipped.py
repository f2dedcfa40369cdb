"""What the shipped line understands of plain, everyday sentences: its own test phrases."""

from voice.content import Line
from voice.content.labelled import labelled_files, read_labelled
from voice.core.call.state import State
from voice.core.interpretation import Command
from voice.service.operators.check import Score, run_phrases
from voice.understanding import Trained


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
