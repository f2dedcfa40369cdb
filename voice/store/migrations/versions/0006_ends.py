"""Who hung up while waiting is abandoned, and a callback that reached nobody unreached; both were missed."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("UPDATE contacts SET stage = 'unreached' WHERE stage = 'missed' AND kind = 'callback'")
    op.execute("UPDATE contacts SET stage = 'abandoned' WHERE stage = 'missed'")


def downgrade() -> None:
    op.execute("UPDATE contacts SET stage = 'missed' WHERE stage IN ('abandoned', 'unreached')")
