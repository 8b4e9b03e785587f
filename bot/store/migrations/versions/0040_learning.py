"""sentences that residents let us keep to learn from, and what a conversation holds of one until then

Revision ID: 0040
Revises: 0033
"""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("conversations", sa.Column("unclear", sa.JSON(), nullable=True))
    op.create_table(
        "learning_sentences",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("guessed", sa.JSON(), nullable=False),
        sa.Column("chosen", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_learning_sentences")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("learning_sentences")
    op.drop_column("conversations", "unclear")
