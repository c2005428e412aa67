import type { BuiltClusterBody, BuiltClusterSpec } from '@springtide/contracts';
import type { SecretEnvelope } from '@springtide/platform';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What was decided about a cluster on machines of ours. Its id is also that of the run that owns the machines. */
@Entity('built_cluster')
export class BuiltClusterEntity {
  @PrimaryColumn('uuid') id!: string;
  @Column('uuid', { name: 'tenant_id' }) tenantId!: string;
  @Column('uuid', { name: 'account_id' }) accountId!: string;
  @Column('text') name!: string;
  @Column('jsonb') spec!: BuiltClusterSpec;
  @Column('text') state!: BuiltClusterBody['state'];
  @Column('text', { nullable: true }) problem!: string | null;
  /** The bootstrap tokens, sealed; forgotten once the cluster is ready or given up. */
  @Column('jsonb', { nullable: true }) secret!: SecretEnvelope | null;
  /** The cluster as it was registered. */
  @Column('uuid', { name: 'cluster_id', nullable: true }) clusterId!: string | null;
  @Column({ type: 'timestamptz', name: 'ready_by', precision: 3 }) readyBy!: Date;
  @Column({ type: 'timestamptz', precision: 3 }) until!: Date;
  @Column({ type: 'timestamptz', name: 'created_at', precision: 3 }) createdAt!: Date;
}
