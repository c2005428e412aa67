import type { CampaignInput, PlanBody, RunBody, Sentence } from '@springtide/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { CampaignStatus } from '../domain/index.js';
import type { PlanContent } from '../domain/plan-content.js';
import type { RunTargets } from '../domain/run-targets.js';

/** The engine forgot the run: nothing is bought or ended until a person decides, or what was approved is over. */
export type SafeHold = Readonly<{ since: string; until: string; was: 'run' | 'pause'; reason: string }>;

@Entity('campaign')
export class CampaignEntity {
  @PrimaryColumn('uuid') id!: string;
  @Column('uuid', { name: 'tenant_id' }) tenantId!: string;
  @Column('text') name!: string;
  @Column('text') status!: CampaignStatus;
  @Column('jsonb') input!: CampaignInput;
  @Column('text', { name: 'author_id' }) authorId!: string;
  @Column('text', { name: 'author_name' }) authorName!: string;
  @Column('text', { name: 'last_editor_id' }) lastEditorId!: string;
  @Column('integer') version!: number;
  @Column('uuid', { name: 'current_plan_id', nullable: true }) currentPlanId!: string | null;
  @Column('uuid', { name: 'current_run_id', nullable: true }) currentRunId!: string | null;
  @Column({ type: 'timestamptz', name: 'created_at', precision: 3 }) createdAt!: Date;
  @Column({ type: 'timestamptz', name: 'updated_at', precision: 3 }) updatedAt!: Date;
}

@Entity('campaign_plan')
export class PlanEntity {
  @PrimaryColumn('uuid') id!: string;
  @Column('uuid', { name: 'tenant_id' }) tenantId!: string;
  @Column('uuid', { name: 'campaign_id' }) campaignId!: string;
  @Column('integer') revision!: number;
  @Column('integer', { name: 'campaign_version' }) campaignVersion!: number;
  @Column('text') status!: PlanBody['status'];
  @Column('text') hash!: string;
  @Column('jsonb', { nullable: true }) content!: PlanContent | null;
  @Column('text', { nullable: true }) failure!: string | null;
  @Column({ type: 'timestamptz', name: 'created_at', precision: 3 }) createdAt!: Date;
}

@Entity('campaign_run')
export class RunEntity {
  @PrimaryColumn('uuid') id!: string;
  @Column('uuid', { name: 'tenant_id' }) tenantId!: string;
  @Column('uuid', { name: 'campaign_id' }) campaignId!: string;
  @Column('uuid', { name: 'plan_id' }) planId!: string;
  @Column('text') state!: RunBody['state'];
  @Column('text') control!: 'run' | 'pause' | 'hold' | 'abort';
  /** Why the run waits for a person, and until when at the latest; null where it does not. */
  @Column('jsonb', { name: 'safe_hold', nullable: true }) safeHold!: SafeHold | null;
  @Column('text', { nullable: true }) phase!: RunBody['phase'];
  @Column('jsonb') phases!: CampaignInput['phases'];
  @Column('jsonb') targets!: RunTargets;
  @Column('integer') revision!: number;
  @Column('text') summary!: string;
  /** What `summary` says; left behind where an older version wrote the text alone. */
  @Column('jsonb', { name: 'summary_sentences', nullable: true }) summarySentences!: Sentence[] | null;
  @Column({ type: 'timestamptz', precision: 3 }) since!: Date;
  @Column({ type: 'timestamptz', name: 'started_at', precision: 3 }) startedAt!: Date;
  @Column({ type: 'timestamptz', name: 'closed_at', precision: 3, nullable: true }) closedAt!: Date | null;
  /** The run of the same scaling group that gave way to a campaign, under whose approval this one came back. */
  @Column('uuid', { name: 'came_back_from', nullable: true }) cameBackFrom!: string | null;
}
