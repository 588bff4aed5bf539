"""Format 2: the first that is brought over. Vectors of sentences beside those of passages."""

revision = "2"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Do nothing: there is no older library to make it from."""
