import type { ReadinessProbe } from '@springtide/contracts';
import type { Money } from '@springtide/kernel';
import type { SecretEnvelope } from '@springtide/platform';
import type { PurchaseOption } from '@springtide/provider-kit';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The machine that is bought, to the last parameter. */
export type ProbeLaunch = Readonly<{
  region: string;
  zone: string;
  poolId: string;
  machineType: string;
  purchaseOption: PurchaseOption;
  image: string;
  subnet: string | null;
  securityGroups: readonly string[];
  pricePerHour: Money;
  minimumBillingSeconds: number;
}>;

/** One probe of one place. Its id is also that of the run that owns its machine. */
@Entity('readiness_probe')
export class ProbeEntity {
  @PrimaryColumn('uuid') id!: string;
  @Column('uuid', { name: 'tenant_id' }) tenantId!: string;
  @Column('uuid', { name: 'campaign_id' }) campaignId!: string;
  @Column('uuid', { name: 'plan_id' }) planId!: string;
  @Column('uuid', { name: 'account_id' }) accountId!: string;
  @Column('text', { name: 'place_key' }) placeKey!: string;
  @Column('text') place!: string;
  @Column('jsonb') launch!: ProbeLaunch;
  /** What is tried, in the order in which its machine numbers it. */
  @Column('jsonb') endpoints!: readonly Readonly<{ host: string; port: number }>[];
  @Column('text', { name: 'report_url' }) reportUrl!: string;
  /** The token of the report, sealed; forgotten once the machine goes back. */
  @Column('jsonb', { nullable: true }) secret!: SecretEnvelope | null;
  @Column('text', { name: 'token_hash' }) tokenHash!: string;
  @Column('text') state!: ReadinessProbe['state'];
  @Column('text', { nullable: true }) outcome!: ReadinessProbe['outcome'];
  @Column('text', { nullable: true }) problem!: string | null;
  @Column('text', { name: 'machine_id', nullable: true }) machineId!: string | null;
  @Column('text', { name: 'machine_state', nullable: true }) machineState!: string | null;
  @Column('text', { name: 'requested_by' }) requestedBy!: string;
  @Column({ type: 'timestamptz', name: 'requested_at', precision: 3 }) requestedAt!: Date;
  @Column({ type: 'timestamptz', name: 'answer_by', precision: 3 }) answerBy!: Date;
  @Column({ type: 'timestamptz', name: 'reported_at', precision: 3, nullable: true })
  reportedAt!: Date | null;
  @Column({ type: 'timestamptz', name: 'ended_at', precision: 3, nullable: true }) endedAt!: Date | null;
  @Column({ type: 'timestamptz', name: 'gone_at', precision: 3, nullable: true }) goneAt!: Date | null;
  @Column('jsonb') answers!: ReadinessProbe['answers'];
}
