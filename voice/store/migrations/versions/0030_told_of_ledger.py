"""Who listens is told of what changes the ledger alone, too: a note, a hold, a telephone that was picked up, who came
into the room."""

from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE TRIGGER voice_changed AFTER INSERT OR UPDATE OR DELETE ON ledger "
            "FOR EACH STATEMENT EXECUTE FUNCTION voice_changed()"
        )
