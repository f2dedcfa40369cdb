"""Who is known by number, and by what place callers of a better tier stand in line."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "directory",
        sa.Column("number", sa.String(32), primary_key=True),
        sa.Column("source", sa.String(16), nullable=False),
        sa.Column("until", MOMENT, index=True),
        sa.Column("name", sa.String(128)),
        sa.Column("language", sa.String(8)),
        sa.Column("tier", sa.String(64)),
        sa.Column("account", sa.String(64)),
        sa.Column("queue", sa.String(64)),
        sa.Column("agent", sa.String(64)),
        sa.Column("area", sa.String(64)),
    )
    op.drop_index("contacts_waiting", "contacts")
    op.add_column("contacts", sa.Column("place", MOMENT))
    op.add_column("contacts", sa.Column("tier", sa.String(64)))
    op.add_column("contacts", sa.Column("own_agent", sa.String(64)))
    op.add_column("contacts", sa.Column("own_until", MOMENT))
    op.execute("UPDATE contacts SET place = arrived")
    waiting = sa.text("stage = 'waiting'")
    op.create_index("contacts_waiting", "contacts", ["queue", "place"], sqlite_where=waiting, postgresql_where=waiting)
