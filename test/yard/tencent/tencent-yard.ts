import type { AddressInfo } from 'node:net';
import { systemClock } from '@springtide/platform';
import type { Clock } from '@springtide/kernel';
import { AdminDoor } from './admin/admin-door.js';
import { balancerViews, nameViews, type YardBalancer, type YardName } from './admin/balancer-view.js';
import { CallLog } from './admin/call-log.js';
import { Cloud } from './cloud/cloud.js';
import type { AccountCredential } from './cloud/accounts.js';
import { readSeed } from './cloud/seed.js';
import type { YardSettings } from './cloud/settings.js';
import { ApiContract } from './contract/api-contract.js';
import { TencentYardAdmin } from './tencent-yard-admin.js';
import { createFront } from './wire/front.js';

export type TencentYardOptions = Readonly<{
  /** Port of everything; default a free one. */
  port?: number;
  host?: string;
  /** First two octets of the first region's machines, default 127.60; the next region has the next number. */
  addressPrefix?: string;
  settings?: Partial<YardSettings>;
  /** The clock on which the cloud lives; default the system's. */
  clock?: Pick<Clock, 'now'>;
  seedFile?: string;
  /** Called before every answer with what load balancers and names say now: a body that carries requests follows it. */
  follow?: (said: YardTraffic) => void;
}>;

export type YardTraffic = Readonly<{ balancers: readonly YardBalancer[]; names: readonly YardName[] }>;

/** What a client needs to know; plain JSON, so that it crosses process borders. */
export type TencentYardAccess = Readonly<{
  /** `http://127.0.0.1:<port>`: all products, and `/_yard/…`. */
  endpoint: string;
  secretId: string;
  secretKey: string;
  regions: Readonly<Record<string, RegionAccess>>;
}>;

export type RegionAccess = Readonly<{
  zones: readonly string[];
  vpcId: string;
  /** Subnet id by zone. */
  subnets: Readonly<Record<string, string>>;
  /** The group named `shop`. */
  securityGroupId: string;
  /** The image named `shop-1.0`. */
  imageId: string;
}>;

export type TencentYard = TencentYardAccess & Readonly<{ admin: TencentYardAdmin; stop(): Promise<void> }>;

const MASTER: AccountCredential = {
  secretId: 'AKIDyardyardyardyardyardyardyardyard',
  secretKey: 'yardOnlyNeverARealSecretKey00000',
};

/** A cloud that speaks Tencent's wire, on loopback. */
export async function startTencentYard(options: TencentYardOptions = {}): Promise<TencentYard> {
  const clock = options.clock ?? systemClock;
  const cloud = new Cloud({
    seed: readSeed(options.seedFile),
    now: () => clock.now().getTime(),
    addressPrefix: options.addressPrefix ?? '127.60',
    ...(options.settings === undefined ? {} : { settings: options.settings }),
  });
  cloud.accounts.put(MASTER);
  const log = new CallLog(() => cloud.now());
  const admin = new AdminDoor(cloud, log, () => cloud.accounts.put(MASTER));
  const { follow } = options;
  const beforeAnswer = (): void => follow?.({ balancers: balancerViews(cloud), names: nameViews(cloud) });
  const server = createFront({ cloud, contract: new ApiContract(), admin, log, beforeAnswer });
  const host = options.host ?? '127.0.0.1';
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, host, resolve);
  });
  const endpoint = `http://${host}:${(server.address() as AddressInfo).port}`;
  return {
    endpoint,
    secretId: MASTER.secretId,
    secretKey: MASTER.secretKey,
    regions: regionAccess(cloud),
    admin: new TencentYardAdmin(endpoint),
    stop: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

function regionAccess(cloud: Cloud): Readonly<Record<string, RegionAccess>> {
  const entries = [...cloud.regions.values()].map((region): [string, RegionAccess] => [
    region.name,
    {
      zones: region.zones,
      vpcId: region.vpc.id,
      subnets: Object.fromEntries([...region.subnets.values()].map(({ plan }) => [plan.zone, plan.id])),
      securityGroupId: [...region.securityGroups.values()].find(({ name }) => name === 'shop')?.id ?? '',
      imageId: [...region.images.values()].find(({ name }) => name === 'shop-1.0')?.id ?? '',
    },
  ]);
  return Object.fromEntries(entries);
}
