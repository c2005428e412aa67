import { groupOf } from '@springtide/campaigns';
import {
  capacityOf,
  demandOfService,
  type CampaignReplay,
  type PlanContent,
} from '@springtide/campaigns/domain';
import type { CampaignInput, RehearsalStorm } from '@springtide/contracts';
import type { RouteCounters } from '@springtide/provider-kit';
import { HOME_GROUP } from '@springtide/traffic';
import { TwinEntrance, type VirtualTime } from '@springtide/twin';

const SURGE = 1.5;

/** What services are asked for at a moment of the rehearsed campaign, requests per second. */
export class RehearsedDemand {
  constructor(
    private readonly campaign: CampaignInput,
    private readonly replay: CampaignReplay | null,
    storm: RehearsalStorm,
    private readonly factor = storm === 'demand-above-plan' ? SURGE : 1,
  ) {}

  at(service: string, ms: number): number {
    return demandOfService(this.campaign, this.replay, service, ms) * this.factor;
  }

  /** Requests between two moments: demand may change from one phase or recorded minute to the next in between. */
  between(service: string, fromMs: number, toMs: number): number {
    const slices = Math.min(MOST_SLICES, Math.ceil((toMs - fromMs) / 1_000));
    const sliceMs = (toMs - fromMs) / slices;
    const middles = Array.from({ length: slices }, (_, n) => fromMs + (n + 0.5) * sliceMs);
    return middles.reduce((sum, ms) => sum + (this.at(service, ms) * sliceMs) / 1_000, 0);
  }
}

/** More would not tell more of what entrances are asked for between two looks. */
const MOST_SLICES = 120;

type Counted = { requests: number; atMs: number };

/** An entrance that is asked for what the campaign expects, spread over its groups by their shares. */
export class RehearsedEntrance extends TwinEntrance {
  readonly #counted = new Map<string, Counted>();

  constructor(
    private readonly parts: Readonly<{
      time: VirtualTime;
      plan: PlanContent;
      demand: RehearsedDemand;
      isUp: (machineId: string) => boolean;
    }>,
  ) {
    super(
      parts.plan.services.map(({ route }) => route),
      (member) => parts.isUp(member.id),
    );
  }

  override async readCounters(route: string): Promise<readonly RouteCounters[]> {
    const { time, demand } = this.parts;
    const service = this.#serviceOf(route);
    return await Promise.resolve(
      [...this.applied(route)].map(([group, share]) => {
        const key = `${route}/${group}`;
        const before = this.#counted.get(key) ?? { requests: 0, atMs: time.ms };
        const requests = before.requests + demand.between(service, before.atMs, time.ms) * (share / 100);
        this.#counted.set(key, { requests, atMs: time.ms });
        return { group, requests: Math.floor(requests), errors: 0 };
      }),
    );
  }

  /** Requests per second that find capacity now, when so many are asked for: each group gets its share of them. */
  served(service: string, perSecond: number): number {
    const { plan, isUp } = this.parts;
    const route = plan.services.find(({ name }) => name === service)?.route ?? '';
    const standing = plan.standing.find((row) => row.service === service)?.requestsPerSecond ?? 0;
    const pools = new Map(plan.pools.map((pool) => [groupOf(pool.id), pool.id]));
    return [...this.applied(route)].reduce((sum, [group, share]) => {
      const members = this.members(route, group);
      const up = members.filter((id) => isUp(id)).length;
      const perMember =
        group === HOME_GROUP
          ? standing / Math.max(1, members.length)
          : capacityOf(plan, service, pools.get(group) ?? '');
      return sum + Math.min(perSecond * (share / 100), up * perMember);
    }, 0);
  }

  #serviceOf(route: string): string {
    return this.parts.plan.services.find((service) => service.route === route)?.name ?? '';
  }
}
