"""Where an accepted phrase was written, so that an undo takes out that phrase and no other."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("settled", sa.Column("intent", sa.String(64)))
