import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What was decided about a node pool of a cluster that a cloud runs; how it is stands in the cloud. */
@Entity('managed_node_pool')
export class NodePoolEntity {
  @PrimaryColumn('uuid') id!: string;
  @Column('uuid', { name: 'tenant_id' }) tenantId!: string;
  @Column('uuid', { name: 'account_id' }) accountId!: string;
  @Column('text') region!: string;
  @Column('text', { name: 'cluster_id' }) clusterId!: string;
  @Column('text') name!: string;
  @Column('integer') nodes!: number;
  @Column('integer') version!: number;
  @Column({ type: 'timestamptz', name: 'decided_at', precision: 3 }) decidedAt!: Date;
}
