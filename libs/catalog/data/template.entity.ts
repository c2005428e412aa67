import { EntitySchema } from 'typeorm';

export type TemplateVersionRow = {
  id: string;
  tenantId: string;
  name: string;
  version: number;
  hash: string;
  document: unknown;
  createdAt: Date;
  createdBy: string;
};

export const TemplateVersionEntity = new EntitySchema<TemplateVersionRow>({
  name: 'CatalogTemplateVersion',
  tableName: 'catalog_template_version',
  columns: {
    id: { type: 'uuid', primary: true },
    tenantId: { name: 'tenant_id', type: 'uuid' },
    name: { type: 'text' },
    version: { type: 'integer' },
    hash: { type: 'text' },
    document: { type: 'jsonb' },
    createdAt: { name: 'created_at', type: 'timestamptz' },
    createdBy: { name: 'created_by', type: 'text' },
  },
});
