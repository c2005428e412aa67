import type { AddressInfo } from 'node:net';
import { AdminDoor } from './admin-door.js';
import { AlibabaYardAdmin } from './alibaba-yard-admin.js';
import { CallLog } from './call-log.js';
import { AlibabaCloud } from './cloud.js';
import { FaultList } from './faults.js';
import { createFront } from './front.js';
import { RateWindows } from './rate-windows.js';
import { ACCOUNT_ID, type RegionSeed } from './seed.js';
import type { CloudSettings } from './settings.js';
import { AccessDesk } from './wire/access-desk.js';

export type AlibabaYardOptions = Readonly<{
  /** Second octet of the first region's addresses `127.<n>.…`; the other regions follow. Default 60. */
  firstOctet?: number;
  /** Default a free one. */
  port?: number;
  settings?: Partial<CloudSettings>;
}>;

/** What a client needs to know; plain JSON, so that it crosses process borders. */
export type AlibabaYardAccess = Readonly<{
  /** Every product answers here: ECS, VPC, … */
  endpoint: string;
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
  const desk = new AccessDesk([{ accessKeyId: ACCESS_KEY, secret: SECRET_KEY }]);
  const parts = { cloud, desk, faults: new FaultList(), rates: new RateWindows(), log: new CallLog() };
  const door = new AdminDoor(parts);
  const server = createFront({
    ...parts,
    admin: (method, path, body) => door.answer(method, path, body),
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    endpoint,
    accountId: ACCOUNT_ID,
    accessKeyId: ACCESS_KEY,
    accessKeySecret: SECRET_KEY,
    regions: [...cloud.regions.values()],
    admin: new AlibabaYardAdmin(endpoint),
    stop: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
