import type { ProviderManifest } from '@springtide/provider-kit';
import { accountSchema, secretSchema, settingsSchema, type SimulatedAccount } from './account.js';
import { CloudApi } from './cloud-api.js';
import { LONGEST_BILL_LAG_MS, LONGEST_READ_LAG_MS } from './cloud/index.js';
import { httpPort } from './http.port.js';
import { inProcessPort } from './in-process.port.js';
import { SimulatedSession } from './simulated-session.js';

const supported = { supported: true } as const;

export const manifest: ProviderManifest<SimulatedAccount> = {
  id: 'simulated',
  title: 'Simulated cloud',
  kind: 'public-cloud',
  settingsSchema,
  secretSchema,
  accountSchema,
  endpoints: ({ settings }) => (settings.endpoint === undefined ? [] : [settings.endpoint]),
  capabilities: {
    idempotencyToken: supported,
    batchLaunch: supported,
    partialLaunch: supported,
    timeToLive: supported,
    spot: supported,
    stockSignal: supported,
    quotaSignal: supported,
    changeFeed: supported,
    managedClusters: supported,
    machineSnapshots: { supported: false, reason: 'the twin’s machines have nothing on their disks' },
  },
  limits: {
    launchBatch: 100,
    describeBatch: 100,
    terminateBatch: 100,
    visibilityLagMs: LONGEST_READ_LAG_MS,
    bootMs: 30_000,
    billLagMs: LONGEST_BILL_LAG_MS,
  },
  rates: { read: { burst: 200, perSecond: 100 }, mutate: { burst: 100, perSecond: 50 } },
  connect: async (account, context) => {
    const { cloud, endpoint } = account.settings;
    const port =
      endpoint === undefined ? inProcessPort(cloud ?? '', context.clock) : httpPort(endpoint, context);
    return new SimulatedSession(new CloudApi(port, account.secret), account, context.clock);
  },
};
