"""the last message about danger that a navigator was told of on Telegram

Revision ID: 0033
Revises: 0032
"""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("handoffs", sa.Column("danger_noticed_seq", sa.Integer(), nullable=True))


def downgrade() -> None:
    op.drop_column("handoffs", "danger_noticed_seq")
