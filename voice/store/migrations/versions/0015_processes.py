"""The processes of every machine, and the alarms that stand."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "processes",
        sa.Column("machine", sa.String(128), primary_key=True),
        sa.Column("pid", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("what", sa.String(16), nullable=False),
        sa.Column("version", sa.String(16), nullable=False),
        sa.Column("trained", sa.Boolean, nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("seen", MOMENT, nullable=False),
        sa.Column("ticked", MOMENT),
    )
    op.create_table(
        "alarms",
        sa.Column("name", sa.String(16), primary_key=True),
        sa.Column("since", MOMENT, nullable=False),
    )
