"""Anonymous events, what was counted, and what is published."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('demand_counted',
    sa.Column('month', sa.String(length=7), nullable=False),
    sa.Column('digest', sa.LargeBinary(length=32), nullable=False),
    sa.PrimaryKeyConstraint('month', 'digest', name=op.f('pk_demand_counted')),
    sqlite_with_rowid=False
    )
    op.create_table('demand_doors',
    sa.Column('code', sa.String(length=64), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.PrimaryKeyConstraint('code', name=op.f('pk_demand_doors'))
    )
    op.create_table('demand_events',
    sa.Column('month', sa.String(length=7), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('need', sa.String(length=32), nullable=False),
    sa.Column('territory', sa.String(length=4), nullable=True),
    sa.Column('language', sa.String(length=2), nullable=False),
    sa.Column('for_other', sa.Boolean(), nullable=False),
    sa.Column('age_band', sa.String(length=8), nullable=True),
    sa.Column('door', sa.String(length=64), nullable=True),
    sa.Column('channel', sa.String(length=16), nullable=False),
    sa.Column('met', sa.Boolean(), nullable=False),
    sa.Column('reason', sa.String(length=16), nullable=True),
    sa.Column('oriented_to', sa.String(length=64), nullable=True),
    sa.Column('wait', sa.String(length=8), nullable=False),
    sa.Column('asked_before', sa.Boolean(), nullable=True),
    sa.PrimaryKeyConstraint('month', 'id', name=op.f('pk_demand_events')),
    sqlite_with_rowid=False
    )
    op.create_table('demand_keys',
    sa.Column('month', sa.String(length=7), nullable=False),
    sa.Column('key', sa.LargeBinary(length=32), nullable=False),
    sa.PrimaryKeyConstraint('month', name=op.f('pk_demand_keys'))
    )
    op.create_table('demand_publications',
    sa.Column('table_name', sa.String(length=64), nullable=False),
    sa.Column('period', sa.String(length=7), nullable=False),
    sa.Column('dimensions', sa.JSON(), nullable=False),
    sa.Column('cells', sa.JSON(), nullable=False),
    sa.Column('rule', sa.JSON(), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('published_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('table_name', 'period', name=op.f('pk_demand_publications'))
    )


def downgrade() -> None:
    op.drop_table("demand_publications")
    op.drop_table("demand_keys")
    op.drop_table("demand_events")
    op.drop_table("demand_doors")
    op.drop_table("demand_counted")
