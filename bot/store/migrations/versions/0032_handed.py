"""who handed a conversation to the navigator who has it

Revision ID: 0032
Revises: 0031
"""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("handoffs", sa.Column("handed_by", sa.String(length=36), nullable=True))


def downgrade() -> None:
    op.drop_column("handoffs", "handed_by")
