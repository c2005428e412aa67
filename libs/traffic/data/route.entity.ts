import type { RouteRelease } from '@springtide/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';

export type StoredMember = Readonly<{ id: string; address: string; port: number; machineType: string }>;

@Entity('traffic_route')
export class RouteEntity {
  @PrimaryColumn('uuid') id!: string;
  @Column('uuid', { name: 'tenant_id' }) tenantId!: string;
  @Column('text') name!: string;
  @Column('uuid', { name: 'account_id' }) accountId!: string;
  @Column('text') service!: string;
  @Column('text', { name: 'health_path' }) healthPath!: string;
  @Column('jsonb') home!: readonly StoredMember[];
  @Column('jsonb') release!: RouteRelease;
  @Column('integer') version!: number;
  @Column({ type: 'timestamptz', name: 'created_at', precision: 3 }) createdAt!: Date;
}
