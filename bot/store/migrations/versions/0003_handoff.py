"""Requests for a person and the notes on them."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('handoffs',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('conversation_id', sa.String(length=36), nullable=False),
    sa.Column('status', sa.String(length=16), nullable=False),
    sa.Column('packet', sa.JSON(), nullable=False),
    sa.Column('territory', sa.String(length=4), nullable=True),
    sa.Column('language', sa.String(length=2), nullable=False),
    sa.Column('urgency', sa.String(length=8), nullable=False),
    sa.Column('owner', sa.String(length=36), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('claimed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('first_reply_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('oriented_to', sa.String(length=64), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_seq', sa.Integer(), nullable=True),
    sa.Column('outcome', sa.String(length=16), nullable=True),
    sa.Column('reason', sa.String(length=16), nullable=True),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversations.id'], name=op.f('fk_handoffs_conversation_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['owner'], ['people.id'], name=op.f('fk_handoffs_owner')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_handoffs'))
    )
    with op.batch_alter_table('handoffs', schema=None) as batch_op:
        batch_op.create_index('ix_handoffs_conversation_id', ['conversation_id'], unique=False)
        batch_op.create_index('ix_handoffs_owner', ['owner', 'status'], unique=False)
        batch_op.create_index('ix_handoffs_status', ['status', 'territory'], unique=False)
        batch_op.create_index('uq_handoffs_open', ['conversation_id'], unique=True, sqlite_where=sa.text("status IN ('waiting', 'navigator')"), postgresql_where=sa.text("status IN ('waiting', 'navigator')"))
    op.create_table('handoff_notes',
    sa.Column('id', sa.Integer(), autoincrement=True, nullable=False),
    sa.Column('handoff_id', sa.String(length=36), nullable=False),
    sa.Column('person_id', sa.String(length=36), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['handoff_id'], ['handoffs.id'], name=op.f('fk_handoff_notes_handoff_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_handoff_notes_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_handoff_notes'))
    )
    with op.batch_alter_table('handoff_notes', schema=None) as batch_op:
        batch_op.create_index('ix_handoff_notes_handoff_id', ['handoff_id'], unique=False)


def downgrade() -> None:
    op.drop_table("handoff_notes")
    op.drop_table("handoffs")
