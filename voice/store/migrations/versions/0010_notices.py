"""Notices: what is going on, for whom, until when, and who wrote it down."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "notices",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("texts", sa.Text, nullable=False),
        sa.Column("topics", sa.Text, nullable=False),
        sa.Column("area", sa.String(64)),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False, index=True),
        sa.Column("by", sa.String(64), nullable=False),
        sa.Column("ended", sa.DateTime(timezone=True)),
        sa.Column("ended_by", sa.String(64)),
    )
