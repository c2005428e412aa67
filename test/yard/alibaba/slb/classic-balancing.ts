import type { RegionSeed } from '../seed.js';
import { WireError } from '../wire/wire-error.js';

export type BackendServer = {
  readonly serverId: string;
  readonly type: string;
  readonly serverIp: string;
  readonly port: number;
  readonly description: string;
  weight: number;
};

export type ServerList = { servers: BackendServer[] };

export type VServerGroup = ServerList &
  Readonly<{ id: string; name: string; loadBalancerId: string; regionId: string }>;

/** Port 0 in its own list: the listener decides. */
export type ClassicBalancer = ServerList &
  Readonly<{ id: string; name: string; regionId: string; vpcId: string; vswitchId: string; zone: string }>;

/** Classic load balancers: changes take effect at once. `revision` grows with each. */
export class ClassicBalancing {
  readonly balancers = new Map<string, ClassicBalancer>();
  readonly groups = new Map<string, VServerGroup>();
  revision = 0;

  constructor(regions: readonly RegionSeed[]) {
    for (const { regionId, vpcId, zones, vswitches, classic } of regions) {
      const [zone = ''] = zones;
      const id = classic.loadBalancerId;
      const vswitchId = vswitches[zone] ?? '';
      this.balancers.set(id, { id, name: 'shop', regionId, vpcId, vswitchId, zone, servers: [] });
      const group = { id: classic.groupId, name: 'shop', loadBalancerId: id, regionId, servers: [] };
      this.groups.set(group.id, group);
    }
  }

  balancer(id: string): ClassicBalancer {
    const found = this.balancers.get(id);
    if (found !== undefined) return found;
    throw new WireError(
      404,
      'InvalidLoadBalancerId.NotFound',
      'The specified LoadBalancerId does not exist.',
    );
  }

  group(id: string): VServerGroup {
    const found = this.groups.get(id);
    if (found !== undefined) return found;
    throw new WireError(400, 'ResourceNotFound.VServerGroup', 'The specified VServerGroup does not exist.');
  }
}
