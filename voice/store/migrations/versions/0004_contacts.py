"""Requests are called contacts, as the field calls them; a hashed PIN has 161 characters, and fits."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("requests_in_line", "requests")
    op.drop_index("requests_ended", "requests")
    for column in ("agent_call", "call_sid", "deadline", "leg", "number"):
        op.drop_index(f"ix_requests_{column}", "requests", if_exists=True)
    op.rename_table("requests", "contacts")
    op.create_index("contacts_in_line", "contacts", ["stage", "arrived"])
    op.create_index("contacts_ended", "contacts", ["stage", "ended"])
    for column in ("agent_call", "call_sid", "deadline", "leg", "number"):
        op.create_index(f"ix_contacts_{column}", "contacts", [column])
    with op.batch_alter_table("agents") as agents:
        agents.alter_column("request", new_column_name="contact", existing_type=sa.String(16))
        agents.alter_column("pin", type_=sa.String(255), existing_type=sa.String(160))
