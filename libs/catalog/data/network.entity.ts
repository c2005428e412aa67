import { EntitySchema } from 'typeorm';

export type NetworkRow = {
  tenantId: string;
  accountId: string;
  region: string;
  cloudId: string;
  name: string;
  zone: string | null;
  freeAddresses: string | null;
  takesUnnamed: boolean;
  observedAt: Date;
};

export const NetworkEntity = new EntitySchema<NetworkRow>({
  name: 'CatalogNetwork',
  tableName: 'catalog_network',
  columns: {
    tenantId: { name: 'tenant_id', type: 'uuid', primary: true },
    accountId: { name: 'account_id', type: 'uuid', primary: true },
    region: { type: 'text', primary: true },
    cloudId: { name: 'cloud_id', type: 'text', primary: true },
    name: { type: 'text' },
    zone: { type: 'text', nullable: true },
    freeAddresses: { name: 'free_addresses', type: 'bigint', nullable: true },
    takesUnnamed: { name: 'takes_unnamed', type: 'boolean' },
    observedAt: { name: 'observed_at', type: 'timestamptz' },
  },
});
