"""hours of exceptional days, appointments, who a service is for, and whether it has places left

Revision ID: 0010
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Added one by one: a rebuilt table would take its children with it on SQLite (ON DELETE CASCADE).
    op.add_column("directory_services", sa.Column("by_appointment", sa.Integer(), server_default="0", nullable=False))
    op.add_column("directory_services", sa.Column("for_sex", sa.String(length=8), nullable=True))
    op.add_column("directory_services", sa.Column("for_family", sa.Integer(), server_default="0", nullable=False))
    op.add_column("directory_services", sa.Column("capacity", sa.String(length=16), nullable=True))
    op.create_table(
        "directory_special_hours",
        sa.Column("id", sa.String(length=160), nullable=False),
        sa.Column("service_id", sa.String(length=160), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("opens_at", sa.String(length=5), nullable=True),
        sa.Column("closes_at", sa.String(length=5), nullable=True),
        sa.Column("position", sa.Integer(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["service_id"], ["directory_services.id"], name=op.f("fk_directory_special_hours_service_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_directory_special_hours")),
    )
    op.create_index(op.f("ix_directory_special_hours_service_id"), "directory_special_hours", ["service_id"])


def downgrade() -> None:
    op.drop_table("directory_special_hours")
    for column in ("capacity", "for_family", "for_sex", "by_appointment"):
        op.drop_column("directory_services", column)
