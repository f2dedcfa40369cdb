"""What others wrote, shown in a terminal: cleaned, and none of it read as markup."""

from rich.markup import escape

from voice.core.cleaning import clean

LONGEST = 2_000


def plain(value: object) -> str:
    """As a cell of a table or a part of a line."""
    return escape(clean(str(value), LONGEST))
