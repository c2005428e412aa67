import { englishOf, sentence, type RunBody, type Sentence } from '@springtide/contracts';
import { costOfUsage, usageOf, type Intent, type Mandate } from '@springtide/effects/domain';
import {
  addMs,
  asSpringtideError,
  money,
  multiplyMoney,
  roundMoney,
  sumMoney,
  type Instant,
  type Money,
} from '@springtide/kernel';
import type { RequestContext } from '@springtide/platform';
import type { RoutesService } from '@springtide/traffic';
import type { KeptWayBack } from './data/way-back.repository.js';
import { capacityOf, isReturning, type PlanContent } from './domain/index.js';
import type { OpenRun } from './run-book.js';
import { wayBackBody } from './way-back-view.js';
import { isLive, machinesOf, type RunMachine } from './run-machines.js';

/** Decimal places of money in answers. */
const PLACES = 10;

type Facts = Readonly<{
  intents: readonly Intent[];
  mandate: Mandate | undefined;
  wayBack: KeptWayBack | undefined;
  routes: RoutesService;
  at: Instant;
}>;

/** What a person sees of a run: counted from the ledger and read from the proxies, never remembered. */
export async function runView(ctx: RequestContext, open: OpenRun, facts: Facts): Promise<RunBody> {
  const { run, plan, policy } = open;
  const machines = machinesOf(facts.intents);
  const live = machines.filter((machine) => isLive(machine));
  const end = run.phases.at(-1)?.endsAt ?? null;
  const stop = ifStopped(live, plan);
  return {
    id: run.id,
    version: run.revision,
    campaignId: run.campaignId,
    planId: run.planId,
    state: stateOf(run),
    phase: run.phase,
    summary: run.summary,
    summarySentences: saidBy(run),
    since: run.since.toISOString(),
    expectedEnd: end === null ? null : addMs(end, policy.drainMs),
    ifStopped: englishOf([stop]),
    ifStoppedSentences: [stop],
    startedAt: run.startedAt.toISOString(),
    closedAt: run.closedAt?.toISOString() ?? null,
    pools: poolRows(open, machines),
    capacity: capacityRows(open, machines),
    traffic: await trafficRows(ctx, open, facts.routes),
    spend: spendOf(open, facts),
    leftovers: run.closedAt === null && run.state !== 'stuck' ? [] : leftoversOf(live, plan),
    wayBack: facts.wayBack === undefined ? null : wayBackBody(facts.wayBack, plan, facts.intents, facts.at),
    safeHold:
      run.safeHold === null
        ? null
        : {
            since: run.safeHold.since,
            until: run.safeHold.until,
            reason: run.safeHold.reason,
            costPerHour: costPerHour(live, plan),
          },
  };
}

function stateOf(run: OpenRun['run']): RunBody['state'] {
  if (run.closedAt !== null || isReturning(run)) return run.state;
  if (run.control === 'hold') return 'safe-hold';
  return run.control === 'pause' ? 'paused' : run.state;
}

function costPerHour(live: readonly RunMachine[], plan: PlanContent): Money {
  return sumMoney(
    plan.cost.currency,
    live.map((machine) => priceOf(plan, machine.poolId)),
  );
}

/** An older version writes the text alone, and leaves the sentences of before where they are. */
function saidBy({ summary, summarySentences }: OpenRun['run']): Sentence[] | undefined {
  const sentences = summarySentences ?? [];
  return englishOf(sentences) === summary ? sentences : undefined;
}

function ifStopped(live: readonly RunMachine[], plan: PlanContent): Sentence {
  if (live.length === 0) return sentence('stop.nothing', {});
  const perHour = costPerHour(live, plan);
  return sentence('stop.returns', { machines: live.length, ...perHour });
}

function priceOf(plan: PlanContent, poolId: string) {
  return plan.pools.find((pool) => pool.id === poolId)?.pricePerHour ?? money(plan.cost.currency, 0);
}

function poolRows(open: OpenRun, machines: readonly RunMachine[]): RunBody['pools'] {
  const { run, plan } = open;
  const keys = new Map<string, { service: string; poolId: string }>();
  for (const row of [...run.targets, ...machines]) keys.set(`${row.service}|${row.poolId}`, row);
  return [...keys.values()].map(({ service, poolId }) => {
    const pool = plan.pools.find((one) => one.id === poolId);
    const own = machines.filter((machine) => machine.service === service && machine.poolId === poolId);
    const count = (...states: string[]) => own.filter(({ item }) => states.includes(item.state)).length;
    const target = run.targets.find(
      (row) => row.service === service && row.poolId === poolId && row.phase === run.phase,
    );
    return {
      service,
      poolId,
      accountName: pool?.accountName ?? '',
      machineType: pool?.machineType ?? '',
      zone: pool?.zone ?? '',
      // A run on its way back wants none: "0 of 4" would read like a failure.
      target: isReturning(run) ? 0 : (target?.machines ?? 0),
      requested: own.filter(({ item }) => item.state !== 'refused' && item.state !== 'absent').length,
      running: count('running', 'ready'),
      ready: count('ready'),
      releasing: count('releasing'),
      gone: count('gone', 'lost'),
      refused: count('refused', 'absent', 'failed'),
    };
  });
}

function capacityRows(open: OpenRun, machines: readonly RunMachine[]): RunBody['capacity'] {
  const { run, plan, campaign } = open;
  return plan.services.map(({ name }) => {
    const standing = plan.standing.find((row) => row.service === name)?.requestsPerSecond ?? 0;
    const ready = machines
      .filter((machine) => machine.service === name && machine.item.state === 'ready')
      .reduce((sum, machine) => sum + capacityOf(plan, name, machine.poolId), 0);
    const demand = campaign.input.demand.find((row) => row.service === name && row.phase === run.phase);
    return { service: name, demand: demand?.requestsPerSecond ?? 0, ready: standing + ready };
  });
}

async function trafficRows(
  ctx: RequestContext,
  open: OpenRun,
  routes: RoutesService,
): Promise<RunBody['traffic']> {
  const rows = open.plan.services.map(async (service) => {
    try {
      const state = await routes.read(await routes.getByName(ctx, service.route));
      const groups = state.groups.map((group) => ({
        name: group.name,
        weight: group.weight,
        healthy: group.members.filter((member) => member.healthy).length,
        members: group.members.length,
      }));
      return { route: service.route, service: service.name, groups };
    } catch (thrown) {
      // A proxy that cannot be read must not hide the rest of the run; the row says so by having no groups.
      const { code } = asSpringtideError(thrown);
      return { route: `${service.route} (${code})`, service: service.name, groups: [] };
    }
  });
  return await Promise.all(rows);
}

function spendOf(open: OpenRun, { intents, mandate, at }: Facts): RunBody['spend'] {
  const { currency } = open.plan.cost;
  const usages = intents.flatMap((intent) => usageOf(intent));
  return {
    planned: open.plan.cost,
    actual: roundMoney(
      sumMoney(
        currency,
        usages.map((usage) => costOfUsage(usage, at)),
      ),
      PLACES,
    ),
    committed: roundMoney(
      sumMoney(currency, mandate === undefined ? [] : [mandate.reserved, mandate.committed]),
      PLACES,
    ),
    budget: mandate?.budget ?? open.campaign.input.budget,
  };
}

function leftoversOf(live: readonly RunMachine[], plan: PlanContent): RunBody['leftovers'] {
  return live.map((machine) => ({
    machineId: machine.item.machineId ?? '',
    account: plan.pools.find((pool) => pool.id === machine.poolId)?.accountName ?? machine.accountId,
    state: machine.item.state,
    costPerHour: multiplyMoney(priceOf(plan, machine.poolId), 1),
  }));
}
