"""Nobody reads when an alarm began, nor where a caller of the directory is from: both may be left out. A process of the
version before still writes them, so that they are taken away later."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("alarms") as alarms:
        alarms.alter_column("since", nullable=True, existing_type=sa.DateTime(timezone=True))
    with op.batch_alter_table("directory") as directory:
        directory.alter_column("source", nullable=True, existing_type=sa.String(16))
