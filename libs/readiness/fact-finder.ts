import type { EffectLedger } from '@springtide/effects';
import { MINUTE, asSpringtideError, toInstant, type Clock, type Instant } from '@springtide/kernel';
import type { EndpointGate, RequestContext } from '@springtide/platform';
import type { RoutesService } from '@springtide/traffic';
import type { AccountFactFinder } from './account-facts.js';
import { lookAtCertificate } from './certificate-look.js';
import type { ProbeService } from './probe.service.js';
import { lookAtReach } from './reach-look.js';
import {
  MOST_ENDPOINTS,
  type AccountMarket,
  type BurstReach,
  type CertificateFact,
  type DialFact,
  type EntranceFacts,
  type Measured,
  type ReadinessFacts,
  type ReadinessSubject,
} from './domain/index.js';

export type FactSources = Readonly<{
  accounts: AccountFactFinder;
  routes: RoutesService;
  ledger: EffectLedger;
  gate: EndpointGate;
  probes: Pick<ProbeService, 'isPossible' | 'newest'>;
  clock: Clock;
}>;

/** Price lists change by the day: a quarter of an hour is as good as now, and a start must not wait for listings. */
const PRICE_AGE_MS = 15 * MINUTE;

/** Gathers what a plan is judged against: clouds, entrances and our own ledger, side by side, reads only. */
export class FactFinder {
  constructor(private readonly sources: FactSources) {}

  async find(ctx: RequestContext, subject: ReadinessSubject): Promise<ReadinessFacts> {
    const accountIds = [...new Set(subject.pools.map((pool) => pool.accountId))];
    const { probes: eyes } = this.sources;
    const [accounts, entrances, bursts, dials, probes] = await Promise.all([
      Promise.all(accountIds.map(async (id) => await this.sources.accounts.find(ctx, id, subject))),
      Promise.all(subject.services.map(async ({ name, route }) => await this.entrance(ctx, name, route))),
      this.bursts(ctx, subject),
      this.dials(subject),
      eyes.newest(ctx, subject.campaignId),
    ]);
    return { at: this.now(), accounts, entrances, bursts, dials, probing: eyes.isPossible, probes };
  }

  /** The markets of the plan's accounts alone, for a look at prices. */
  async markets(
    ctx: RequestContext,
    { pools }: Pick<ReadinessSubject, 'pools'>,
  ): Promise<readonly AccountMarket[]> {
    const accountIds = [...new Set(pools.map((pool) => pool.accountId))];
    return await Promise.all(
      accountIds.map(async (id) => {
        const own = pools.filter((pool) => pool.accountId === id);
        return { id, market: await this.sources.accounts.market(ctx, id, own, PRICE_AGE_MS) };
      }),
    );
  }

  private async entrance(ctx: RequestContext, service: string, name: string): Promise<EntranceFacts> {
    const state = await this.measured(async () => {
      const { id } = await this.sources.routes.getByName(ctx, name);
      const { entrance, live, problem } = await this.sources.routes.get(ctx, id);
      if (live === null) throw new Error(problem ?? 'the proxy did not answer');
      const members = {
        healthy: live.reduce((sum, group) => sum + group.healthy, 0),
        members: live.reduce((sum, group) => sum + group.members, 0),
      };
      if (entrance?.startsWith('https:') !== true) return { entrance, ...members };
      return { entrance, ...members, certificate: await this.certificate(entrance) };
    });
    return { service, route: name, state };
  }

  private async certificate(url: string): Promise<Measured<CertificateFact>> {
    return await this.measured(async () => await lookAtCertificate(this.sources.gate, url));
  }

  /** A machine that an entrance once found healthy shows that its network could be reached then. */
  private async bursts(ctx: RequestContext, subject: ReadinessSubject): Promise<readonly BurstReach[]> {
    const names = new Set(subject.services.map((service) => service.name));
    const places = new Map(
      subject.pools.map(({ accountId, region }) => [`${accountId}|${region}`, { accountId, region }]),
    );
    return await Promise.all(
      [...places.values()].map(async (place) => {
        const intents = await this.sources.ledger.listIntents(ctx.tenantId, { ...place, kind: 'create' });
        const healthy = intents
          .filter((intent) => intent.service !== null && names.has(intent.service))
          .flatMap((intent) => intent.items.flatMap(({ readyAt }) => (readyAt === null ? [] : [readyAt])));
        return { ...place, lastHealthyAt: healthy.toSorted().at(-1) ?? null };
      }),
    );
  }

  /** What the services call, each address once. */
  private async dials({ services }: ReadinessSubject): Promise<readonly DialFact[]> {
    const reaches = new Map(
      services.flatMap((service) =>
        service.reaches.map((reach) => [`${reach.host}:${reach.port}`, reach] as const),
      ),
    );
    return await Promise.all(
      [...reaches.values()].slice(0, MOST_ENDPOINTS).map(async (reach) => ({
        ...{ host: reach.host, port: reach.port },
        answered: await this.measured(async () => {
          await lookAtReach(this.sources.gate, reach);
          return true as const;
        }),
      })),
    );
  }

  private async measured<T>(ask: () => Promise<T>): Promise<Measured<T>> {
    try {
      const value = await ask();
      return { known: true, value, at: this.now() };
    } catch (thrown) {
      const { code, message } = asSpringtideError(thrown);
      return { known: false, code, why: message, at: this.now() };
    }
  }

  private now(): Instant {
    return toInstant(this.sources.clock.now());
  }
}
