"""What was agreed with callers, and which contact did not solve what the next is about."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("contacts", sa.Column("earlier", sa.String(16)))
    op.create_table(
        "agreements",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("reference", sa.String(16), sa.ForeignKey("contacts.reference"), nullable=False, index=True),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("due", MOMENT, nullable=False, index=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("by", sa.String(64), nullable=False),
        sa.Column("kept", MOMENT),
    )
