"""What time it is, for those who are not told."""

from datetime import UTC, datetime


def system_clock() -> datetime:
    return datetime.now(UTC)
