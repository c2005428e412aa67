import { asSpringtideError, toInstant, type Clock } from '@springtide/kernel';
import { collect, type CloudClient, type Machine, type RouteState } from '@springtide/provider-kit';
import type { Books, CloudListing, Entrance, GroundSatellite } from '../domain/index.js';

/** An account as it is registered, with the regions that it was seen to have. */
export type GroundAccount = Readonly<{
  tenantId: string;
  accountId: string;
  regions: readonly string[];
}>;

export interface GroundDirectory {
  open(tenantId: string, accountId: string): Promise<CloudClient>;
}

/** Runs whose satellites are asked for once more after they were closed. */
export type ClosedLately = Readonly<{ intents: Books['intents'] }>;

/**
 * What the clouds hold, by their own listings through the registered accounts. Only reads: no method of this class
 * changes anything anywhere. What a cloud does not answer becomes a listing that is not complete, with the reason.
 */
export class CloudGround {
  constructor(
    private readonly clouds: GroundDirectory,
    private readonly installation: string,
    private readonly clock: Pick<Clock, 'now'>,
  ) {}

  async listings(account: GroundAccount, lately: ClosedLately): Promise<readonly CloudListing[]> {
    try {
      const client = await this.clouds.open(account.tenantId, account.accountId);
      if (!client.offers('compute')) return [];
      const listings: CloudListing[] = [];
      for (const region of account.regions)
        listings.push(await this.listing(client, account, region, lately));
      return listings;
    } catch (thrown) {
      return account.regions.map((region) => this.unlisted(account, region, thrown));
    }
  }

  async entrances(account: GroundAccount): Promise<readonly Entrance[]> {
    const place = { tenantId: account.tenantId, accountId: account.accountId };
    try {
      const client = await this.clouds.open(account.tenantId, account.accountId);
      if (!client.offers('traffic')) return [];
      const { items } = await collect(client.traffic.listRoutes({ priority: 'sync' }));
      return items.map((route) => ({ ...place, ...entranceOf(route) }));
    } catch (thrown) {
      const { message } = asSpringtideError(thrown);
      return [{ ...place, route: 'every route', unreadable: message, groups: [] }];
    }
  }

  private async listing(
    client: CloudClient,
    { accountId }: GroundAccount,
    region: string,
    { intents }: ClosedLately,
  ): Promise<CloudListing> {
    const askedAt = toInstant(this.clock.now());
    const base = { accountId, region, askedAt, lagMs: client.manifest.limits.visibilityLagMs };
    try {
      // Without the filter by owner: the oracle does not rely on it, and sees what is not ours as well.
      const { items, complete } = await collect(client.compute.list({ region }, { priority: 'sync' }));
      const local = intents.filter((intent) => intent.accountId === accountId && intent.region === region);
      return {
        ...base,
        incomplete: complete ? null : 'the cloud ended it before its end',
        machines: items.map(machineOf),
        satellites: await this.satellites(client, region, local),
      };
    } catch (thrown) {
      return { ...base, incomplete: asSpringtideError(thrown).message, machines: [] };
    }
  }

  private async satellites(
    client: CloudClient,
    region: string,
    intents: Books['intents'],
  ): Promise<readonly GroundSatellite[]> {
    const found: GroundSatellite[] = [];
    for (const { id, tenantId, items } of intents) {
      const machineIds = items.flatMap(({ machineId }) => machineId ?? []);
      if (machineIds.length === 0) continue;
      const satellites = await client.compute.listSatellites(
        { region, machineIds, intent: id },
        { priority: 'sync' },
      );
      const marks = {
        installation: this.installation,
        tenant: tenantId,
        intent: id,
        token: null,
        campaign: null,
      };
      found.push(...satellites.map((one) => ({ id: one.id, marks, machineId: one.machineId ?? null })));
    }
    return found;
  }

  private unlisted(account: GroundAccount, region: string, thrown: unknown): CloudListing {
    const incomplete = asSpringtideError(thrown).message;
    const askedAt = toInstant(this.clock.now());
    return { accountId: account.accountId, region, askedAt, incomplete, lagMs: 0, machines: [] };
  }
}

function machineOf({ id, state, ownership, launchedAt }: Machine): CloudListing['machines'][number] {
  const marks =
    ownership === undefined
      ? null
      : {
          installation: ownership.installation,
          tenant: ownership.tenant,
          intent: ownership.intent,
          token: ownership.token,
          campaign: ownership.campaign ?? null,
        };
  return { id, marks, state: state === 'terminating' ? 'ending' : 'alive', createdAt: launchedAt ?? null };
}

function entranceOf({ name, groups }: RouteState): Pick<Entrance, 'route' | 'unreadable' | 'groups'> {
  return {
    route: name,
    unreadable: null,
    groups: groups.map((group) => ({
      name: group.name,
      weight: group.weight,
      members: group.members.length,
      healthy: group.members.filter((member) => member.healthy).length,
    })),
  };
}
