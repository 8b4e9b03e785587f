"""where a door is

Revision ID: 0031
Revises: 0030
"""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("demand_doors", sa.Column("place", sa.String(length=200), nullable=True))


def downgrade() -> None:
    op.drop_column("demand_doors", "place")
