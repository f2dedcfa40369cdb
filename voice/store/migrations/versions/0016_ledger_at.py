"""The ledger by its moments, whatever happened: an agent is given contacts in more than one way."""

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ledger_assigned", "ledger")
    op.create_index("ledger_at", "ledger", ["at"])
