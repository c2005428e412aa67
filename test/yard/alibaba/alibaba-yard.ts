import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AdminDoor } from './admin-door.js';
import { AlibabaYardAdmin } from './alibaba-yard-admin.js';
import { CallLog } from './call-log.js';
import { AlibabaCloud, endpointAddress } from './cloud.js';
import { FaultList } from './faults.js';
import { createFront } from './front.js';
import { HealthProber } from './health-prober.js';
import { RateWindows } from './rate-windows.js';
import { ACCOUNT_ID, type RegionSeed } from './seed.js';
import type { CloudSettings } from './settings.js';
import { trafficTruth, type TrafficTruth } from './traffic-truth.js';
import { AccessDesk } from './wire/access-desk.js';

export type AlibabaYardOptions = Readonly<{
  /** Second octet of the first region's addresses `127.<n>.…`; the other regions follow. Default 60. */
  firstOctet?: number;
  /** Default a free one. */
  port?: number;
  settings?: Partial<CloudSettings>;
  /** Called before every answer with what load balancers and names say now: a body that carries requests follows it. */
  follow?: (truth: TrafficTruth) => void;
}>;

/** What a client needs to know; plain JSON, so that it crosses process borders. */
export type AlibabaYardAccess = Readonly<{
  /** Every product answers here: ECS, VPC, … */
  endpoint: string;
  /** The same for one region each: load balancers are told apart by it, their calls name no region. */
  regionEndpoints: Readonly<Record<string, string>>;
  accountId: string;
  accessKeyId: string;
  accessKeySecret: string;
  regions: readonly RegionSeed[];
}>;

export type AlibabaYard = AlibabaYardAccess & Readonly<{ admin: AlibabaYardAdmin; stop(): Promise<void> }>;

const ACCESS_KEY = 'LTAI5tYardYardYardYard00';
const SECRET_KEY = 'yardOnlyNeverARealSecret000000';

/** A cloud that speaks Alibaba Cloud's wire. Loopback only. */
export async function startAlibabaYard(options: AlibabaYardOptions = {}): Promise<AlibabaYard> {
  const cloud = new AlibabaCloud(options.settings ?? {}, options.firstOctet ?? 60, Date.now);
  const desk = new AccessDesk([
    { accessKeyId: ACCESS_KEY, secret: SECRET_KEY, identity: { type: 'ram-user', userName: 'yard' } },
  ]);
  const parts = { cloud, desk, faults: new FaultList(), rates: new RateWindows(), log: new CallLog() };
  const door = new AdminDoor(parts);
  const { follow } = options;
  const beforeAnswer = (): void => follow?.(trafficTruth(cloud));
  const front = { ...parts, admin: door.answer.bind(door), beforeAnswer };
  const main = createFront(front);
  const port = await listen(main, '127.0.0.1', options.port ?? 0);
  const servers = [main];
  const regionEndpoints: Record<string, string> = {};
  for (const region of cloud.regions.values()) {
    const server = createFront(front);
    await listen(server, endpointAddress(region), port);
    servers.push(server);
    regionEndpoints[region.regionId] = `http://${endpointAddress(region)}:${port}`;
  }
  const endpoint = `http://127.0.0.1:${port}`;
  const prober = new HealthProber(cloud);
  prober.start();
  return {
    endpoint,
    regionEndpoints,
    accountId: ACCOUNT_ID,
    accessKeyId: ACCESS_KEY,
    accessKeySecret: SECRET_KEY,
    regions: [...cloud.regions.values()],
    admin: new AlibabaYardAdmin(endpoint),
    stop: async () => {
      await prober.stop();
      for (const server of servers) await close(server);
    },
  };
}

async function listen(server: Server, host: string, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return (server.address() as AddressInfo).port;
}

async function close(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise<void>((resolve) => server.close(() => resolve()));
}
