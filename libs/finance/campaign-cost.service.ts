import { recordAudit, requirePermission } from '@springtide/identity';
import { SpringtideError, parseInstant, toInstant, type Clock, type Instant } from '@springtide/kernel';
import { hashJson, type Database, type RequestContext } from '@springtide/platform';
import type { EntityManager } from 'typeorm';
import { FinanceRepository, type MachineRef } from './data/finance.repository.js';
import {
  assembleCampaignCost,
  type CampaignCost,
  type CampaignUsage,
  type CostBasis,
  type UsageInterval,
} from './domain/index.js';

/** A machine that begins to cost: what its plan and its market snapshot say of it. */
export type StartedMachine = Omit<UsageInterval, 'from' | 'to'> & Readonly<{ startedAt: Instant }>;

/**
 * What campaigns cost: fed with facts in the transactions of those who know them, read as one report. The record
 * methods may be repeated; they never count a machine twice.
 */
export class CampaignCostService {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** The approved plan, against which the actual cost is held. The newest counts. */
  async recordPlan(
    tx: EntityManager,
    context: RequestContext,
    campaignId: string,
    basis: CostBasis,
    at: Instant,
  ): Promise<void> {
    requireOneCurrency(basis);
    const phases = basis.phases.map(({ name, from, to }) => ({ name, from: utc(from), to: utc(to) }));
    await new FinanceRepository(tx, context.tenantId).addBasis(campaignId, { ...basis, phases }, at);
  }

  /** From the moment at which the cloud begins to bill them. */
  async recordMachinesStarted(
    tx: EntityManager,
    context: RequestContext,
    campaignId: string,
    machines: readonly StartedMachine[],
  ): Promise<void> {
    if (machines.length === 0) return;
    const intervals = machines.map(({ startedAt, ...machine }) => ({
      ...machine,
      from: startedAt,
      to: null,
    }));
    await new FinanceRepository(tx, context.tenantId).addUsage(campaignId, intervals);
  }

  /** When the cloud stopped billing them. @returns how many of them were recorded as running. */
  async recordMachinesEnded(
    tx: EntityManager,
    context: RequestContext,
    machines: readonly MachineRef[],
    at: Instant,
  ): Promise<number> {
    return await new FinanceRepository(tx, context.tenantId).endUsage(machines, at);
  }

  /** The campaign was extended or cut: what runs is now wanted until then. */
  async recordWantedUntil(
    tx: EntityManager,
    context: RequestContext,
    campaignId: string,
    until: Instant,
  ): Promise<void> {
    await new FinanceRepository(tx, context.tenantId).wantUntil(campaignId, until);
  }

  /** The campaign's money at an instant, now unless said otherwise. A campaign that spent nothing has zeros. */
  async campaignCost(context: RequestContext, campaignId: string, at?: Instant): Promise<CampaignCost> {
    requirePermission(context, 'cost:read');
    const asOf = at === undefined ? this.now() : utc(at);
    return await this.database.unitOfWork(context, async (tx) => {
      const finance = new FinanceRepository(tx, context.tenantId);
      const usage = await finance.usage(campaignId);
      const settlement = await finance.lastSettlement(campaignId);
      const settled = settlement?.usageHash === hashOf(usage) && settlement.settledAt <= asOf;
      return { ...assembleCampaignCost(usage, asOf), basis: settled ? 'settled' : 'running-seconds' };
    });
  }

  /**
   * Fixes what the campaign cost. Repeating it changes nothing; facts that arrive later make the report live again,
   * until it is settled once more.
   * @throws failed-precondition while a machine still runs.
   */
  async settleCampaignCost(context: RequestContext, campaignId: string): Promise<CampaignCost> {
    requirePermission(context, 'cost:write');
    const at = this.now();
    return await this.database.unitOfWork(context, async (tx) => {
      const finance = new FinanceRepository(tx, context.tenantId);
      const before = await finance.lockSettlement(campaignId);
      const usage = await finance.usage(campaignId);
      const cost: CampaignCost = { ...assembleCampaignCost(usage, at), basis: 'settled' };
      requireStopped(usage, cost);
      const usageHash = hashOf(usage);
      if (before?.usageHash === usageHash) return cost;
      await finance.addSettlement(cost, usageHash, context.actor.id);
      const { currency, actualToDate } = cost;
      const after = { currency, bought: actualToDate.amount, private: cost.private.actualToDate.amount };
      const target = { kind: 'campaign', id: campaignId };
      await recordAudit(tx, context, { action: 'cost.settle', target, after, at });
      return cost;
    });
  }

  private now(): Instant {
    return toInstant(this.clock.now());
  }
}

function hashOf(usage: CampaignUsage): string {
  return hashJson({ basis: usage.basis, intervals: usage.intervals });
}

function requireStopped(usage: CampaignUsage, cost: CampaignCost): void {
  const running = usage.intervals.filter((interval) => interval.to === null);
  if (running.length === 0) return;
  const { amount, currency } = cost.burnPerHour;
  throw new SpringtideError(
    'failed-precondition',
    `${running.length} machines of the campaign still run and cost ${amount} ${currency} per hour, ` +
      'so its cost was not settled',
    {
      nextStep: 'Wait for the scale-back to prove them gone, or stop the campaign.',
      facts: { running: running.length },
    },
  );
}

function requireOneCurrency(basis: CostBasis): void {
  const { currency } = basis.budget;
  const other = basis.planned.find(
    (row) => row.pricePerHour !== null && row.pricePerHour.currency !== currency,
  );
  if (!other) return;
  throw new SpringtideError(
    'invalid-argument',
    `the plan prices pool "${other.pool}" in ${other.pricePerHour?.currency ?? ''} and its budget is in ${currency}; ` +
      'the two cannot be compared without a dated exchange rate, so the plan was not recorded',
  );
}

function utc(instant: Instant): Instant {
  return toInstant(parseInstant(instant));
}
