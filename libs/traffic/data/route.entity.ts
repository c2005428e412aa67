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
  /** While a step of the release is taken: the route is between two states then, and neither is to be given back. */
  @Column({ type: 'timestamptz', name: 'step_since', precision: 3, nullable: true }) stepSince!: Date | null;
  @Column('integer') version!: number;
  @Column({ type: 'timestamptz', name: 'created_at', precision: 3 }) createdAt!: Date;
}
