"""Plays the told calls and sums up what came of them.

    python -m benchmarks.calls [--language nl] [--part looked_at] [--wrong]

`--wrong` tells the calls that went wrong, turn by turn: of those that may be looked at alone.
"""

import argparse
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.calls.form import FOLDER, PARTS, read_calls
from benchmarks.calls.judge import Played
from benchmarks.calls.play import Stage
from voice.content import load_line
from voice.service.runtime.logs import set_up
from voice.store import Store
from voice.understanding import load_understanding

PROJECT = Path(__file__).parent.parent.parent
HEADER = ("calls", "right", "questions", "words", "hung up on", "promises lost", "wrong unasked")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.calls", description=__doc__)
    parser.add_argument("--language", action="append", choices=languages(), help="default: all")
    parser.add_argument("--part", action="append", choices=PARTS, help="default: all")
    parser.add_argument("--wrong", action="store_true", help="tell what went wrong, of looked_at alone")
    chosen = parser.parse_args()
    set_up("error")
    line = load_line(PROJECT)
    understanding = load_understanding(line)
    print(f"{'':16}" + "".join(f"{name:>15}" for name in HEADER))
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "empty.sqlite3"
        store = Store(f"sqlite:///{database}")
        store.migrate()
        store.close()
        stage = Stage(line, understanding, database)
        for part in chosen.part or PARTS:
            for language in chosen.language or languages():
                played = [stage.play(told) for told in read_calls(language, part)]
                print(f"{language} {part:12} " + "".join(f"{value:>15}" for value in sums(played)), flush=True)
                if chosen.wrong and part == PARTS[0]:
                    tell(played)


def languages() -> list[str]:
    return sorted(path.name for path in FOLDER.iterdir() if (path / f"{PARTS[0]}.yaml").exists())


def sums(played: Sequence[Played]) -> list[str]:
    count = len(played)
    return [
        str(count),
        f"{sum(one.right for one in played)} ({sum(one.right for one in played) / count:.0%})",
        f"{sum(one.call.questions for one in played) / count:.2f}",
        f"{sum(one.words for one in played) / count:.0f}",
        str(sum(one.hung_up_on for one in played)),
        str(sum(one.promise_lost for one in played)),
        str(sum(one.wrong_unasked for one in played)),
    ]


def tell(played: Sequence[Played]) -> None:
    for one in played:
        if not one.right or one.hung_up_on or one.promise_lost or one.wrong_unasked:
            contact = one.contact
            where = f"{contact.kind} {contact.stage} {contact.queue} {contact.promised}" if contact else "no contact"
            print(f"\n{one.told.title} ({one.told.situation}): wants {dict(one.told.wants)}")
            print("\n".join(one.turns))
            print(f"  → {one.call.state}, queue {one.queue or 'none'}, {where}")


if __name__ == "__main__":
    main()
