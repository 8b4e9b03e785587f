"""what a resident leaves out, a contact to call back, what each side has seen, questions to ask later, referrals

Revision ID: 0021
Revises: 0020
"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

TIMES = ("moved_at", "told_at", "noticed_at", "resident_typing_at", "navigator_typing_at")
SEQS = ("from_seq", "danger_seq", "danger_noted_seq", "resident_seen_seq", "navigator_seen_seq")


def upgrade() -> None:
    for name in ("withheld", "counted"):
        op.add_column("conversations", sa.Column(name, sa.JSON(), nullable=True))
    for name in TIMES:
        op.add_column("handoffs", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    for name in SEQS:
        op.add_column("handoffs", sa.Column(name, sa.Integer(), nullable=True))
    op.execute("UPDATE handoffs SET moved_at = created_at")
    op.create_table(
        "handoff_contacts",
        sa.Column("handoff_id", sa.String(length=36), nullable=False),
        sa.Column("way", sa.String(length=200), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["handoff_id"], ["handoffs.id"], name=op.f("fk_handoff_contacts_handoff_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("handoff_id", name=op.f("pk_handoff_contacts")),
    )
    op.create_table(
        "desk_navigators",
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("available", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("telegram_chat", sa.String(length=64), nullable=True),
        sa.Column("code_hash", sa.String(length=64), nullable=True),
        sa.Column("code_until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_desk_navigators_person_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_desk_navigators")),
    )
    op.create_table(
        "follow_ups",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("channel_ref", sa.String(length=64), nullable=False),
        sa.Column("service", sa.String(length=64), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("asked", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follow_ups")),
    )
    op.create_index("ix_follow_ups_due_on", "follow_ups", ["due_on"])
    op.create_table(
        "service_feedback",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("service", sa.String(length=64), nullable=False),
        sa.Column("answer", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=16), nullable=True),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_feedback")),
    )
    op.create_index("ix_service_feedback_service", "service_feedback", ["service"])
    op.create_table(
        "referral_doors",
        sa.Column("door", sa.String(length=64), nullable=False),
        sa.Column("allowed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("door", name=op.f("pk_referral_doors")),
    )


def downgrade() -> None:
    for table in ("referral_doors", "service_feedback", "follow_ups", "desk_navigators", "handoff_contacts"):
        op.drop_table(table)
    for name in (*TIMES, *SEQS):
        op.drop_column("handoffs", name)
    for name in ("withheld", "counted"):
        op.drop_column("conversations", name)
