"""The directory, in HSDS terms."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('directory_locations',
    sa.Column('id', sa.String(length=160), nullable=False),
    sa.Column('name', sa.Text(), nullable=True),
    sa.Column('latitude', sa.Float(), nullable=True),
    sa.Column('longitude', sa.Float(), nullable=True),
    sa.Column('approximate', sa.Integer(), server_default='0', nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_directory_locations'))
    )
    op.create_table('directory_organizations',
    sa.Column('id', sa.String(length=160), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('website', sa.Text(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_directory_organizations'))
    )
    op.create_table('directory_taxonomy_terms',
    sa.Column('id', sa.String(length=160), nullable=False),
    sa.Column('taxonomy', sa.String(length=32), nullable=False),
    sa.Column('code', sa.String(length=120), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_directory_taxonomy_terms')),
    sa.UniqueConstraint('taxonomy', 'code', name=op.f('uq_directory_taxonomy_terms_taxonomy_code'))
    )
    op.create_table('directory_translations',
    sa.Column('entity', sa.String(length=32), nullable=False),
    sa.Column('entity_id', sa.String(length=160), nullable=False),
    sa.Column('field', sa.String(length=32), nullable=False),
    sa.Column('language', sa.String(length=2), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('entity', 'entity_id', 'field', 'language', name=op.f('pk_directory_translations'))
    )
    op.create_table('directory_version',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_directory_version'))
    )
    op.create_table('directory_addresses',
    sa.Column('id', sa.String(length=160), nullable=False),
    sa.Column('location_id', sa.String(length=160), nullable=False),
    sa.Column('address_1', sa.Text(), nullable=True),
    sa.Column('city', sa.Text(), nullable=True),
    sa.Column('municipality', sa.String(length=5), nullable=True),
    sa.Column('postal_code', sa.String(length=7), nullable=True),
    sa.ForeignKeyConstraint(['location_id'], ['directory_locations.id'], name=op.f('fk_directory_addresses_location_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_directory_addresses'))
    )
    with op.batch_alter_table('directory_addresses', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_directory_addresses_location_id'), ['location_id'], unique=False)
    op.create_table('directory_attributes',
    sa.Column('id', sa.String(length=160), nullable=False),
    sa.Column('link_id', sa.String(length=160), nullable=False),
    sa.Column('link_entity', sa.String(length=32), nullable=False),
    sa.Column('taxonomy_term_id', sa.String(length=160), nullable=False),
    sa.Column('position', sa.Integer(), server_default='0', nullable=False),
    sa.ForeignKeyConstraint(['taxonomy_term_id'], ['directory_taxonomy_terms.id'], name=op.f('fk_directory_attributes_taxonomy_term_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_directory_attributes'))
    )
    with op.batch_alter_table('directory_attributes', schema=None) as batch_op:
        batch_op.create_index('ix_directory_attributes_link', ['link_entity', 'link_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_directory_attributes_taxonomy_term_id'), ['taxonomy_term_id'], unique=False)
    op.create_table('directory_services',
    sa.Column('id', sa.String(length=160), nullable=False),
    sa.Column('organization_id', sa.String(length=160), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('description', sa.Text(), nullable=True),
    sa.Column('url', sa.Text(), nullable=True),
    sa.Column('status', sa.String(length=16), nullable=False),
    sa.Column('eligibility_description', sa.Text(), nullable=True),
    sa.Column('minimum_age', sa.Integer(), nullable=True),
    sa.Column('maximum_age', sa.Integer(), nullable=True),
    sa.Column('accessibility', sa.Text(), nullable=True),
    sa.Column('holidays', sa.String(length=8), nullable=True),
    sa.Column('notes', sa.Text(), nullable=True),
    sa.Column('source_name', sa.Text(), nullable=False),
    sa.Column('source_url', sa.Text(), nullable=True),
    sa.Column('source_date', sa.String(length=10), nullable=True),
    sa.Column('source_licence', sa.Text(), nullable=True),
    sa.Column('second_source', sa.JSON(), nullable=True),
    sa.Column('verified_by', sa.Text(), nullable=True),
    sa.Column('verified_on', sa.String(length=10), nullable=True),
    sa.Column('closed_from', sa.Date(), nullable=True),
    sa.Column('closed_until', sa.Date(), nullable=True),
    sa.Column('origin', sa.String(length=32), nullable=False),
    sa.Column('origin_digest', sa.String(length=64), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['organization_id'], ['directory_organizations.id'], name=op.f('fk_directory_services_organization_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_directory_services'))
    )
    with op.batch_alter_table('directory_services', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_directory_services_organization_id'), ['organization_id'], unique=False)
        batch_op.create_index('ix_directory_services_origin', ['origin'], unique=False)
    op.create_table('directory_cost_options',
    sa.Column('id', sa.String(length=160), nullable=False),
    sa.Column('service_id', sa.String(length=160), nullable=False),
    sa.Column('option', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['service_id'], ['directory_services.id'], name=op.f('fk_directory_cost_options_service_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_directory_cost_options'))
    )
    with op.batch_alter_table('directory_cost_options', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_directory_cost_options_service_id'), ['service_id'], unique=False)
    op.create_table('directory_languages',
    sa.Column('id', sa.String(length=160), nullable=False),
    sa.Column('service_id', sa.String(length=160), nullable=False),
    sa.Column('code', sa.String(length=8), nullable=False),
    sa.Column('position', sa.Integer(), server_default='0', nullable=False),
    sa.ForeignKeyConstraint(['service_id'], ['directory_services.id'], name=op.f('fk_directory_languages_service_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_directory_languages'))
    )
    with op.batch_alter_table('directory_languages', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_directory_languages_service_id'), ['service_id'], unique=False)
    op.create_table('directory_phones',
    sa.Column('id', sa.String(length=160), nullable=False),
    sa.Column('service_id', sa.String(length=160), nullable=False),
    sa.Column('number', sa.String(length=32), nullable=False),
    sa.Column('extension', sa.String(length=16), nullable=True),
    sa.Column('display', sa.Text(), nullable=False),
    sa.Column('position', sa.Integer(), server_default='0', nullable=False),
    sa.ForeignKeyConstraint(['service_id'], ['directory_services.id'], name=op.f('fk_directory_phones_service_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_directory_phones'))
    )
    with op.batch_alter_table('directory_phones', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_directory_phones_service_id'), ['service_id'], unique=False)
    op.create_table('directory_required_documents',
    sa.Column('id', sa.String(length=160), nullable=False),
    sa.Column('service_id', sa.String(length=160), nullable=False),
    sa.Column('document', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['service_id'], ['directory_services.id'], name=op.f('fk_directory_required_documents_service_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_directory_required_documents'))
    )
    with op.batch_alter_table('directory_required_documents', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_directory_required_documents_service_id'), ['service_id'], unique=False)
    op.create_table('directory_schedules',
    sa.Column('id', sa.String(length=160), nullable=False),
    sa.Column('service_id', sa.String(length=160), nullable=False),
    sa.Column('byday', sa.String(length=20), nullable=False),
    sa.Column('opens_at', sa.String(length=5), nullable=False),
    sa.Column('closes_at', sa.String(length=5), nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=True),
    sa.Column('valid_to', sa.Date(), nullable=True),
    sa.Column('position', sa.Integer(), server_default='0', nullable=False),
    sa.ForeignKeyConstraint(['service_id'], ['directory_services.id'], name=op.f('fk_directory_schedules_service_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_directory_schedules'))
    )
    with op.batch_alter_table('directory_schedules', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_directory_schedules_service_id'), ['service_id'], unique=False)
    op.create_table('directory_service_areas',
    sa.Column('id', sa.String(length=160), nullable=False),
    sa.Column('service_id', sa.String(length=160), nullable=False),
    sa.Column('extent_type', sa.String(length=16), nullable=False),
    sa.Column('extent', sa.String(length=16), nullable=True),
    sa.Column('position', sa.Integer(), server_default='0', nullable=False),
    sa.ForeignKeyConstraint(['service_id'], ['directory_services.id'], name=op.f('fk_directory_service_areas_service_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_directory_service_areas'))
    )
    with op.batch_alter_table('directory_service_areas', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_directory_service_areas_service_id'), ['service_id'], unique=False)
    op.create_table('directory_service_at_locations',
    sa.Column('id', sa.String(length=160), nullable=False),
    sa.Column('service_id', sa.String(length=160), nullable=False),
    sa.Column('location_id', sa.String(length=160), nullable=False),
    sa.Column('position', sa.Integer(), server_default='0', nullable=False),
    sa.ForeignKeyConstraint(['location_id'], ['directory_locations.id'], name=op.f('fk_directory_service_at_locations_location_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['service_id'], ['directory_services.id'], name=op.f('fk_directory_service_at_locations_service_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_directory_service_at_locations'))
    )
    with op.batch_alter_table('directory_service_at_locations', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_directory_service_at_locations_location_id'), ['location_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_directory_service_at_locations_service_id'), ['service_id'], unique=False)


def downgrade() -> None:
    op.drop_table("directory_service_at_locations")
    op.drop_table("directory_service_areas")
    op.drop_table("directory_schedules")
    op.drop_table("directory_required_documents")
    op.drop_table("directory_phones")
    op.drop_table("directory_languages")
    op.drop_table("directory_cost_options")
    op.drop_table("directory_services")
    op.drop_table("directory_attributes")
    op.drop_table("directory_addresses")
    op.drop_table("directory_version")
    op.drop_table("directory_translations")
    op.drop_table("directory_taxonomy_terms")
    op.drop_table("directory_organizations")
    op.drop_table("directory_locations")
