"""Telegram's updates and message numbers."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('telegram_handles',
    sa.Column('handle', sa.String(length=64), nullable=False),
    sa.Column('choice', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('handle', name=op.f('pk_telegram_handles'))
    )
    op.create_table('telegram_messages',
    sa.Column('chat_ref', sa.String(length=64), nullable=False),
    sa.Column('message_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('from_resident', sa.Boolean(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('chat_ref', 'message_id', name=op.f('pk_telegram_messages'))
    )
    with op.batch_alter_table('telegram_messages', schema=None) as batch_op:
        batch_op.create_index('ix_telegram_messages_at', ['at'], unique=False)
    op.create_table('telegram_updates',
    sa.Column('update_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('chat_ref', sa.String(length=64), nullable=True),
    sa.Column('payload', sa.JSON(none_as_null=True), nullable=True),
    sa.Column('status', sa.String(length=16), nullable=False),
    sa.Column('attempts', sa.Integer(), server_default='0', nullable=False),
    sa.Column('not_before', sa.DateTime(timezone=True), nullable=False),
    sa.Column('received_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('update_id', name=op.f('pk_telegram_updates'))
    )
    with op.batch_alter_table('telegram_updates', schema=None) as batch_op:
        batch_op.create_index('ix_telegram_updates_chat_ref', ['chat_ref', 'status'], unique=False)
        batch_op.create_index('ix_telegram_updates_status', ['status', 'not_before'], unique=False)


def downgrade() -> None:
    op.drop_table("telegram_updates")
    op.drop_table("telegram_messages")
    op.drop_table("telegram_handles")
