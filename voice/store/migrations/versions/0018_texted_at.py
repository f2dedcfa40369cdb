"""Texts that were answered are counted by the hour."""

from alembic import op

revision = "0018"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("texted_at", "texted", ["at"])
