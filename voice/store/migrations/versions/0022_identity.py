"""Who a caller says they are, where a topic asks it."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("contacts", sa.Column("identity", sa.String(32)))
    op.add_column("contacts", sa.Column("identity_kind", sa.String(32)))
    op.add_column("contacts", sa.Column("identity_checked", sa.Boolean, nullable=False, server_default=sa.false()))
