import { sentence, type ScalingStrategy } from '@springtide/contracts';
import type { DemandService, PrometheusReader } from '@springtide/demand';
import { expectedFromSeason } from '@springtide/demand/domain';
import type { EffectLedger } from '@springtide/effects';
import { usageOf, type MachineUsage } from '@springtide/effects/domain';
import { SpringtideError, type Instant } from '@springtide/kernel';
import type { RequestContext } from '@springtide/platform';
import type { RoutesService } from '@springtide/traffic';
import { readyTimes, type ReadyTimes, type ScalingSight, type Seen } from './domain/index.js';

const STANDING = ['accepted', 'running', 'ready'] as const;

/** What there is of a service now. */
export type ServiceGround = Readonly<{
  /** Machines behind its entrances; null when no entrance says. */
  current: number | null;
  campaignMachines: number | null;
  /** When a machine of a campaign last came or went. */
  changedAt: Instant | null;
}>;

/** Looks at everything that strategies want to know. What cannot be read is a reason, not a failure: others still decide. */
export class ScalingEyes {
  constructor(
    private readonly demand: DemandService,
    private readonly prometheus: PrometheusReader,
    private readonly routes: RoutesService,
    private readonly ledger: EffectLedger,
  ) {}

  async ground(ctx: RequestContext, service: string): Promise<ServiceGround> {
    const { items } = await this.routes.list(ctx, { limit: 200 });
    const entrances = items.filter((route) => route.service === service);
    const groups = entrances.flatMap(({ live }) => live ?? []);
    const blind = entrances.length === 0 || entrances.some(({ live }) => live === null);
    const intents = await this.ledger.listIntents(ctx.tenantId, { kind: 'create', service });
    const machines = intents
      .flatMap((intent) => intent.items)
      .filter(({ state }) => (STANDING as readonly string[]).includes(state)).length;
    const home = entrances.reduce((sum, route) => sum + route.home.length, 0);
    const changes = intents.flatMap(({ items: all }) =>
      all.flatMap((item) => [item.acceptedAt, item.releasingAt].filter((at) => at !== null)),
    );
    return {
      current: blind ? null : groups.reduce((sum, { members }) => sum + members, 0),
      campaignMachines: machines === 0 ? null : machines + home,
      changedAt: changes.toSorted().at(-1) ?? null,
    };
  }

  /** What these runs bought for a service. */
  async usages(
    ctx: RequestContext,
    service: string,
    runIds: readonly string[],
  ): Promise<readonly MachineUsage[]> {
    if (runIds.length === 0) return [];
    const intents = await this.ledger.listIntents(ctx.tenantId, { kind: 'create', service });
    return intents.filter(({ runId }) => runIds.includes(runId)).flatMap(usageOf);
  }

  /** How long the machines that were ever bought for the service took. */
  async readyTimes(ctx: RequestContext, service: string): Promise<readonly ReadyTimes[]> {
    const intents = await this.ledger.listIntents(ctx.tenantId, { kind: 'create', service });
    return readyTimes(
      intents.flatMap(({ items, spec }) =>
        items.flatMap((item) => {
          const machineType = spec['machineType'];
          return typeof machineType === 'string' ? [{ ...item, machineType }] : [];
        }),
      ),
    );
  }

  async sight(
    ctx: RequestContext,
    strategies: readonly ScalingStrategy[],
    now: Instant,
    campaignMachines: number | null,
  ): Promise<ScalingSight> {
    const metrics: Record<string, Seen> = {};
    const forecasts: Record<string, Seen> = {};
    for (const strategy of strategies) {
      if (strategy.kind === 'metric') {
        metrics[strategy.id] = await seen(async () => {
          const value = await this.prometheus.now(strategy.url, strategy.query);
          return value ?? { missing: sentence('unseen.no-value', {}) };
        });
      }
      if (strategy.kind === 'predictive') {
        forecasts[strategy.id] = await seen(async () => {
          const { series } = await this.demand.get(ctx, strategy.seriesId);
          const { quantile, leadSeconds } = strategy;
          return expectedFromSeason(series, { now, leadMs: leadSeconds * 1_000, quantile });
        });
      }
    }
    return { now, metrics, forecasts, campaignMachines };
  }
}

async function seen(look: () => Promise<Seen>): Promise<Seen> {
  try {
    return await look();
  } catch (thrown) {
    if (!(thrown instanceof SpringtideError)) throw thrown;
    return { missing: sentence('quoted', { text: thrown.message }) };
  }
}
