import type { WorkloadSpecBody } from '@springtide/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What was decided about a workload; how it is stands in its cluster. */
@Entity('cluster_workload')
export class WorkloadEntity {
  @PrimaryColumn('uuid') id!: string;
  @Column('uuid', { name: 'tenant_id' }) tenantId!: string;
  @Column('uuid', { name: 'account_id' }) accountId!: string;
  @Column('text') namespace!: string;
  @Column('text') name!: string;
  @Column('text') kind!: WorkloadSpecBody['kind'];
  @Column('jsonb') spec!: WorkloadSpecBody;
  @Column('boolean') adopt!: boolean;
  @Column('integer') version!: number;
  @Column({ type: 'timestamptz', name: 'removing_at', precision: 3, nullable: true })
  removingAt!: Date | null;
  @Column({ type: 'timestamptz', name: 'removed_at', precision: 3, nullable: true }) removedAt!: Date | null;
  @Column({ type: 'timestamptz', name: 'created_at', precision: 3 }) createdAt!: Date;
}
