"""`python -m voice`: the same command."""

from voice.cli import main

main()
