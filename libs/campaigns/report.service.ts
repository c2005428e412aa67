import type { CampaignReport, Phase } from '@springtide/contracts';
import type { EffectLedger } from '@springtide/effects';
import { costOfUsage, usageOf, type Intent } from '@springtide/effects/domain';
import { requirePermission } from '@springtide/identity';
import { SpringtideError, msBetween, roundMoney, sumMoney, toInstant, type Clock } from '@springtide/kernel';
import type { Database, RequestContext } from '@springtide/platform';
import { findCampaign } from './campaign.service.js';
import { capacityOf } from './domain/index.js';
import { openIn, type OpenRun } from './run-book.js';
import { isLive, machinesOf, type RunMachine } from './run-machines.js';
import { readTimeline } from './run-timeline.js';

/** The after-action report: planned against what the ledger and the story say. */
export class ReportService {
  constructor(
    private readonly database: Database,
    private readonly ledger: EffectLedger,
    private readonly clock: Clock,
  ) {}

  async report(ctx: RequestContext, campaignId: string): Promise<CampaignReport> {
    requirePermission(ctx, 'campaign:read');
    const { open, timeline } = await this.database.unitOfWork(ctx, async (tx) => {
      const { currentRunId, name } = await findCampaign(tx, campaignId);
      if (currentRunId === null) {
        throw new SpringtideError(
          'failed-precondition',
          `campaign "${name}" has not run; there is nothing to report`,
          {
            nextStep: 'Arm it first.',
          },
        );
      }
      return {
        open: await openIn(tx, currentRunId),
        timeline: await readTimeline(tx, currentRunId, 0, 2000),
      };
    });
    const intents = await this.ledger.listIntents(ctx.tenantId, { runId: open.run.id, kind: 'create' });
    const machines = machinesOf(intents);
    const created = machines.filter(({ item }) => item.machineId !== null);
    return {
      campaignId,
      runId: open.run.id,
      name: open.campaign.name,
      state: open.run.state,
      phases: open.run.phases.map((phase) => reportPhase(open, phase, machines)),
      machines: {
        planned: plannedMachines(open),
        created: created.length,
        refused: machines.filter(({ item }) => item.state === 'refused').length,
        duplicated: duplicatesOf(intents),
        leftover: machines.filter((machine) => isLive(machine)).length,
      },
      timeToReadySeconds: timeToReady(machines),
      failuresByCause: failuresOf(machines),
      cost: this.costOf(open, intents),
      timeline,
    };
  }

  private costOf(open: OpenRun, intents: readonly Intent[]): CampaignReport['cost'] {
    const { currency } = open.plan.cost;
    const at = toInstant(this.clock.now());
    const optionOf = (poolId: string | null) =>
      open.plan.pools.find((pool) => pool.id === poolId)?.purchaseOption;
    const usages = intents.flatMap((intent) => usageOf(intent));
    const cost = (rows: typeof usages) =>
      roundMoney(
        sumMoney(
          currency,
          rows.map((usage) => costOfUsage(usage, at)),
        ),
        6,
      ).amount;
    return {
      currency,
      planned: roundMoney(open.plan.cost, 6).amount,
      actual: cost(usages),
      private: cost(usages.filter((usage) => optionOf(usage.poolId) === 'private')),
      budget: open.campaign.input.budget.amount,
    };
  }
}

/** The largest number that is planned to run at once, per service and pool, summed. */
function plannedMachines(open: OpenRun): number {
  const most = new Map<string, number>();
  for (const { service, poolId, machines } of open.plan.allocations) {
    const key = `${service}|${poolId}`;
    most.set(key, Math.max(most.get(key) ?? 0, machines));
  }
  return [...most.values()].reduce((sum, machines) => sum + machines, 0);
}

/** More machines for one intent than it asked for. */
function duplicatesOf(intents: readonly Intent[]): number {
  return intents.reduce((sum, intent) => sum + Math.max(0, intent.items.length - intent.count), 0);
}

function reportPhase(
  open: OpenRun,
  phase: Readonly<{ name: Phase['name']; startsAt: string; endsAt: string }>,
  machines: readonly RunMachine[],
): CampaignReport['phases'][number] {
  const { plan, campaign } = open;
  const standing = plan.standing.reduce((sum, row) => sum + row.requestsPerSecond, 0);
  const planned = plan.allocations.filter((row) => row.phase === phase.name);
  const ready = machines.filter(({ item }) => wasReadyDuring(item, phase));
  const capacity = (rows: readonly Readonly<{ service: string; poolId: string }>[]) =>
    rows.reduce((sum, row) => sum + capacityOf(plan, row.service, row.poolId), 0);
  return {
    name: phase.name,
    demandRps: campaign.input.demand
      .filter((row) => row.phase === phase.name)
      .reduce((sum, row) => sum + row.requestsPerSecond, 0),
    plannedCapacityRps:
      standing +
      planned.reduce((sum, row) => sum + row.machines * capacityOf(plan, row.service, row.poolId), 0),
    readyCapacityRps: standing + capacity(ready),
    machinesPlanned: planned.reduce((sum, row) => sum + row.machines, 0),
    machinesReady: ready.length,
  };
}

function wasReadyDuring(
  item: RunMachine['item'],
  phase: Readonly<{ startsAt: string; endsAt: string }>,
): boolean {
  if (item.readyAt === null || Date.parse(item.readyAt) > Date.parse(phase.endsAt)) return false;
  return item.releasingAt === null || Date.parse(item.releasingAt) > Date.parse(phase.startsAt);
}

function timeToReady(machines: readonly RunMachine[]): CampaignReport['timeToReadySeconds'] {
  const seconds = machines
    .flatMap(({ item }) =>
      item.acceptedAt !== null && item.readyAt !== null
        ? [msBetween(item.acceptedAt, item.readyAt) / 1000]
        : [],
    )
    .toSorted((a, b) => a - b);
  const last = seconds.at(-1);
  if (last === undefined) return null;
  return { p50: percentile(seconds, 0.5), p95: percentile(seconds, 0.95), max: last };
}

/** Nearest rank. */
function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
}

function failuresOf(machines: readonly RunMachine[]): CampaignReport['failuresByCause'] {
  const counts = new Map<string, number>();
  for (const { item } of machines) {
    if (item.refusal === null) continue;
    counts.set(item.refusal.code, (counts.get(item.refusal.code) ?? 0) + 1);
  }
  return [...counts].map(([code, count]) => ({ code, count }));
}
